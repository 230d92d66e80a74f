/*
 * The token of a one-time link: "/setup#token". It is taken out of the address before anything else runs, so that it is neither shown, bookmarked nor kept
 * in the history, and stays in memory only. Browsers send fragments nowhere.
 */

import { useSyncExternalStore } from "react";

let token = "";
const watchers = new Set<() => void>();

function take(): void {
  if (window.location.pathname !== "/setup" || window.location.hash.length < 2) return;
  token = window.location.hash.slice(1);
  window.history.replaceState(window.history.state, "", "/setup");
  for (const watcher of watchers) watcher();
}

/** Before the router reads the address; again when another link is pasted into the same page, which does not load it anew. */
export function watchLinks(): void {
  take();
  window.addEventListener("hashchange", take);
}

export function useLinkToken(): string {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => token,
  );
}
