// Runs before the first paint (a classic script in the head), so that a chosen theme does not flash, and what needs scripts has its
// place from the beginning (data-js in the stylesheet).
document.documentElement.dataset.js = "";
try {
  const theme = localStorage.getItem("labeld-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const width = Number(localStorage.getItem("labeld-quick"));
  if (width >= 20 && width <= 80) document.documentElement.style.setProperty("--quick", `${width}vw`); // dm-quick.js
} catch { /* storage is blocked: the system's choice stays */ }
