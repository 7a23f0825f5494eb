// Runs before the first paint (a classic script in the head), so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem("labeld-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is blocked: the system's choice stays */ }
