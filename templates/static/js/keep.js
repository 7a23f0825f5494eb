// form[data-keep]: what was written stays in this tab until it is sent, also when the page is left and opened again. Files cannot be
// kept. Runs before the scripts that build on the fields.
import { toast } from "./toast.js";

const fields = (form) => [...form.querySelectorAll("input:not([type=hidden], [type=file], [type=radio]), textarea")].filter((f) => f.name);

function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function store(key, form) {
  const written = fields(form).filter((field) => field.value !== field.defaultValue).map((field) => [field.name, field.value]);
  try {
    if (written.length) sessionStorage.setItem(key, JSON.stringify(written));
    else sessionStorage.removeItem(key);
  } catch { /* full or blocked: then it is not kept */ }
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `labeld-form ${form.getAttribute("action")}`;
  const drop = () => sessionStorage.removeItem(key);
  // A page that tells what is wrong has the values as they were sent.
  const kept = form.querySelector("[aria-invalid=true], .notice.bad") ? null : load(key);
  let any = false;

  for (const [name, value] of kept ?? []) {
    const field = form.elements[name];
    if (!field || field.value === value) continue;
    field.value = value;
    any = true;
  }
  if (any) toast("What you wrote before is here again. Files must be chosen anew.", "good", () => { drop(); location.reload(); });
  for (const name of ["input", "change"]) form.addEventListener(name, () => store(key, form));
  form.addEventListener("submit", drop);
  form.addEventListener("reset", drop);
}
