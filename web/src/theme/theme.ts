// The theme: as the system says, or as the user chose. The choice is a cookie so that the server
// sends the page with the right `data-theme` and nothing flashes.
export type Theme = "auto" | "light" | "dark";

const kCookie = "tocsin_theme";
const listeners = new Set<() => void>();

export function readTheme(): Theme {
  const value = document.documentElement.dataset.theme;
  return value === "light" || value === "dark" ? value : "auto";
}

export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "auto") {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = theme;
  }
  const age = theme === "auto" ? 0 : 365 * 24 * 3600;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${kCookie}=${theme}; path=/; max-age=${age}; samesite=strict`;
  notify();
}

export function nextTheme(theme: Theme): Theme {
  return theme === "auto" ? "light" : theme === "light" ? "dark" : "auto";
}

// Tells when colours may have changed: by the user here, or by the system.
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}

if (typeof matchMedia === "function") {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", notify);
}
