/*
 * What is in front, reduced to what may leave the browser: a host name and three flags
 *
 * Pure. Paths, queries, fragments, user names, ports and titles have no way through: Focus has no field for them.
 */

export interface Focus {
  readonly host: string;
  readonly focused: boolean;
  readonly incognito: boolean;
  readonly audible: boolean;
}

/** The part of a tab that is looked at. */
export interface TabView {
  readonly url?: string | undefined;
  readonly incognito: boolean;
  readonly audible?: boolean | undefined;
}

export const NOTHING: Focus = { host: "", focused: false, incognito: false, audible: false };

/** The host name of a web page; empty for the browser's own pages, files, and what is no URL. */
export function hostOf(url: string | undefined): string {
  if (!url) return "";
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.hostname : "";
  } catch {
    return "";
  }
}

/** What to tell of the active tab of a window that has the focus, or of none. */
export function focusOf(tab: TabView | undefined, windowFocused: boolean): Focus {
  if (!tab || !windowFocused) return NOTHING;
  return {
    host: hostOf(tab.url),
    focused: true,
    incognito: tab.incognito,
    audible: tab.audible ?? false,
  };
}

export function sameFocus(a: Focus, b: Focus): boolean {
  return (
    a.host === b.host && a.focused === b.focused && a.incognito === b.incognito && a.audible === b.audible
  );
}
