// form[data-live="#results"]: results follow the typing. The answer is the same page as without this script; only the named
// part of it is taken over.
const wait = 200;

for (const form of document.querySelectorAll("form[data-live]")) {
  const target = document.querySelector(form.dataset.live);
  let timer, running;

  const run = async () => {
    running?.abort();
    running = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (value === "") query.delete(name);
    const url = form.action.replace(/\?.*/, "") + (query.size ? `?${query}` : "");
    try {
      const answer = await fetch(url, { signal: running.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(form.dataset.live);
      if (!fresh) throw new Error("another page came back");
      target.replaceChildren(...fresh.childNodes);
      target.removeAttribute("aria-busy");
      history.replaceState(null, "", url);
    } catch (problem) {
      if (problem.name !== "AbortError") form.submit();
    }
  };

  // Fields may stand elsewhere on the page and belong to the form by their form attribute.
  document.addEventListener("input", (event) => {
    if (event.target.form !== form || !target) return;
    target.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = setTimeout(run, event.target.matches("select") ? 0 : wait);
  });
}
