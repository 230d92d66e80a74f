/* The theme: the system's, or the one that was chosen. The only thing this site keeps in the browser's storage. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "ward-theme";

export function readTheme(): Theme {
  const kept = globalThis.localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function keepTheme(theme: Theme): void {
  globalThis.localStorage.setItem(KEY, theme);
  applyTheme(theme);
}
