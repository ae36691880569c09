// Runs before the first paint, so that a dark page never flashes white. Kept apart from the bundle because the page's security
// policy allows no inline script.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('dialtone.theme') ?? 'system';
  } catch {
    // Storage may be switched off: the system's theme is then the answer.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
