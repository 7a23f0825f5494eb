// The label configuration: a chosen template fills the editor, Tab indents, and what is wrong is said while typing.
// form[data-config] holds textarea[name=label_config], radios [name=template] whose values are configurations, and [data-config-status].
const wait = 400;

async function ask(url, text) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ label_config: text }),
  });
  if (answer.ok) return "";
  const problem = await answer.json();
  const fields = { ...problem, ...problem.validation_errors };
  const messages = fields.label_config ?? fields.non_field_errors;
  return messages?.join(" ") ?? problem.detail ?? "The server does not take this configuration.";
}

function indent(event) {
  const area = event.target;
  if (event.key === "Escape") {
    area.dataset.tabLeaves = "1";
    return;
  }
  if (event.key !== "Tab" || event.shiftKey || area.dataset.tabLeaves) return;
  event.preventDefault();
  area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const form of document.querySelectorAll("form[data-config]")) {
  const area = form.querySelector("textarea[name=label_config]");
  const status = form.querySelector("[data-config-status]");
  let timer, own = area.value.trim() !== "" && !form.querySelector("input[name=template]:checked");

  const check = async () => {
    const text = area.value;
    let problem = "";
    try {
      if (text.trim()) problem = await ask(form.dataset.config, text);
    } catch {
      return; /* offline: the server checks again when the form is sent */
    }
    if (text !== area.value) return;
    status.textContent = problem || (text.trim() ? "The configuration is valid." : "");
    status.className = problem ? "error-text" : "help";
    if (problem) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
    const line = Number(/line (\d+), column/.exec(problem)?.[1] ?? 0);
    area.dispatchEvent(new CustomEvent("xml:bad", { detail: line }));
    area.dispatchEvent(new CustomEvent("config:checked", { bubbles: true }));
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, wait);
  };

  area.addEventListener("input", () => {
    own = true;
    soon();
  });
  area.addEventListener("keydown", indent);
  area.addEventListener("blur", () => delete area.dataset.tabLeaves);
  for (const radio of form.querySelectorAll("input[name=template]")) {
    // With the arrow keys people go through the templates; who points at one wants to see it.
    radio.addEventListener("click", ({ screenX, screenY }) => {
      if (screenX || screenY) area.closest(".config-panes").scrollIntoView({ behavior: "smooth" });
    });
    radio.addEventListener("change", () => {
      if (own && area.value.trim() && !confirm("Replace the configuration that you wrote?")) return;
      area.value = radio.value.trim() ? `${radio.value.trim()}\n` : "";
      own = false;
      area.dispatchEvent(new Event("change", { bubbles: true }));
      soon();
    });
  }
}
