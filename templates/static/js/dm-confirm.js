// The form that asks before an action of the task table is done, on its page or in a dialog: fields that belong to one choice are seen with
// it, a long list of people can be searched, and nothing is sent twice.
import { arm } from "./confirm.js";

function onlyWithChoice(form) {
  for (const part of form.querySelectorAll("[data-only-how]")) {
    const check = () => { part.hidden = form.elements.how.value !== part.dataset.onlyHow; };
    form.addEventListener("change", check);
    check();
  }
}

function find(input) {
  const lines = [...input.closest("fieldset").querySelectorAll("li")];
  input.hidden = false;
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const line of lines) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  });
}

export function prepare(form) {
  onlyWithChoice(form);
  for (const input of form.querySelectorAll("[data-pick-find]")) find(input);
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
  });
}

const own = document.querySelector("main #dm-confirm");
if (own) prepare(own);

// A form that came later: the rest of what a page would have done.
export function prepareFetched(form) {
  prepare(form);
  if (form.dataset.confirm) arm(form);
}
