// Before the first paint: the stored theme, where a person chose one. Everything else waits for app.js.
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* storage refused: the system's theme stays */ }
