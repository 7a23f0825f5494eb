// The theme buttons: system, light, dark, in turn.
const names = ["system", "light", "dark"];

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function show() {
  for (const b of document.querySelectorAll("[data-theme-switch]")) {
    b.hidden = false;
    b.querySelector("[data-theme-name]").textContent = current();
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  const next = names[(names.indexOf(current()) + 1) % names.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem("labeld-theme");
    else localStorage.setItem("labeld-theme", next);
  } catch { /* lasts for this page only */ }
  show();
});

show();
