// form[data-confirm="text"]: its danger button wakes up when that text has been typed. The server checks the same.
export function arm(form) {
  const input = form.querySelector("input[required]") ?? form.querySelector("input:not([type=hidden])");
  const button = form.querySelector("button.danger");
  const check = () => { button.disabled = input.value.trim() !== form.dataset.confirm.trim(); };
  input.addEventListener("input", check);
  check();
}

for (const form of document.querySelectorAll("form[data-confirm]")) arm(form);
