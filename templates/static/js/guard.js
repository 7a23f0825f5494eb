// Forms with data-guard: leaving with unsaved changes asks first; [data-guard-note] says that there are some.
const dirty = new Set();

function state(form) {
  const rows = [];
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken") rows.push(name, value instanceof File ? `${value.name} ${value.size}` : value);
  }
  return JSON.stringify(rows);
}

for (const form of document.querySelectorAll("form[data-guard]")) {
  const saved = state(form);
  const note = form.querySelector("[data-guard-note]");
  const check = () => {
    const changed = state(form) !== saved;
    if (changed) dirty.add(form);
    else dirty.delete(form);
    if (note) note.hidden = !changed;
  };
  form.addEventListener("input", check);
  form.addEventListener("change", check);
  form.addEventListener("submit", () => dirty.delete(form));
}

window.addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});
