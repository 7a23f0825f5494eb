// form[data-steps]: one step at a time. All steps stay in the one form, so nothing is lost by going back, neither by the buttons of
// the page nor by the browser's. Without this script they simply stand below each other.
for (const form of document.querySelectorAll("form[data-steps]")) {
  const parts = [...form.querySelectorAll("[data-step]")];
  const links = [...document.querySelectorAll("[data-steps-nav] a")];
  const wrong = parts.findIndex((part) => part.querySelector("[aria-invalid=true], [data-step-error]"));

  const show = (index, focus = true) => {
    for (const [i, part] of parts.entries()) part.hidden = i !== index;
    for (const [i, link] of links.entries()) {
      if (i === index) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    if (focus) {
      parts[index].querySelector("h2").focus();
      window.scrollTo({ top: 0 });
    }
  };

  const at = (hash) => parts.findIndex((part) => `#${part.id}` === hash);
  const go = (index) => {
    if (at(location.hash) !== index) history.pushState(null, "", `#${parts[index].id}`);
    show(index);
  };

  for (const [i, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(i);
    });
  }
  window.addEventListener("popstate", () => show(Math.max(0, at(location.hash))));
  for (const button of form.querySelectorAll("[data-step-go]")) {
    button.hidden = false;
    button.addEventListener("click", () => go(Number(button.dataset.stepGo)));
  }
  // What the browser or, in the background, the server finds wrong must be seen.
  form.addEventListener("wrong-step", (event) => go(at(`#${event.detail}`)));
  form.addEventListener("invalid", (event) => show(parts.findIndex((part) => part.contains(event.target)), false), true);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
    const next = parts.findIndex((part) => part.contains(event.target)) + 1;
    if (next >= parts.length) return;
    event.preventDefault();
    go(next);
  });
  show(Math.max(0, wrong >= 0 ? wrong : at(location.hash)), false);
  form.dataset.stepsOn = "";
}
