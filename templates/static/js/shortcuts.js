// Keys: any element with data-key is pressed (or focused, when it is a field) by that key; "?" lists them all.
const dialog = document.getElementById("shortcuts");
const list = dialog?.querySelector("[data-shortcut-list]");
const toggle = dialog?.querySelector("[data-shortcut-toggle]");

function enabled() {
  try {
    return localStorage.getItem("labeld-keys") !== "off";
  } catch {
    return true;
  }
}

function typing(target) {
  return target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
}

function describe(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
}

function fill() {
  const rows = [...document.querySelectorAll("[data-key]")].map((e) => [e.dataset.key, describe(e)]);
  for (const note of document.querySelectorAll("[data-key-notes]")) rows.push(...JSON.parse(note.textContent));
  list.replaceChildren(...rows.flatMap(([key, text]) => {
    const dt = document.createElement("dt");
    const kbd = document.createElement("kbd");
    const dd = document.createElement("dd");
    kbd.textContent = key;
    dd.textContent = text;
    dt.append(kbd);
    return [dt, dd];
  }));
}

function show() {
  fill();
  toggle.checked = enabled();
  dialog.showModal();
}

for (const button of document.querySelectorAll("[data-shortcuts-open]")) {
  button.hidden = false;
  button.addEventListener("click", show);
}

toggle?.addEventListener("change", () => {
  try {
    localStorage.setItem("labeld-keys", toggle.checked ? "on" : "off");
  } catch { /* not kept */ }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?" && dialog) {
    event.preventDefault();
    show();
    return;
  }
  if (!enabled()) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!element || element.disabled) return;
  event.preventDefault();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
});
