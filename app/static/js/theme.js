// Runs before the first paint: the scheme this person chose on this device, and the sign that script works.
// The choice stays in this browser; no cookie goes to the server.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is off: the scheme of the system is used.
  }
})();
