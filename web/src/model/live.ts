/* Whether the server's events reach this page. */

import { useSyncExternalStore } from "react";

let live = false;
const watchers = new Set<() => void>();

export function setLive(now: boolean): void {
  if (now === live) return;
  live = now;
  for (const watcher of watchers) watcher();
}

export function useLive(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => live,
  );
}
