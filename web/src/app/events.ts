/*
 * Live: the server says which answers are stale, and what is on screen is asked for again
 *
 * An event carries ids only, so nothing about people travels here that was not permitted and recorded when it was fetched. After a break everything is stale,
 * since nobody knows what was missed. Browsers come back by themselves when the connection breaks, but not after a refusal: then this does.
 *
 * A page that nobody sees listens to nothing: browsers keep six connections to a server for all its pages together (HTTP/1.1), and forgotten tabs would use
 * them up until the seventh page waits for ever.
 */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keys } from "../model/keys.ts";
import { setLive } from "../model/live.ts";
import { checkSession } from "../model/session.ts";

const RETRY_MS = 3_000;
const HIDDEN_MS = 5_000;

/** Listens until the function that it gives is called. */
function listen(client: QueryClient): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let missed = false;
  const stale = (key: readonly unknown[]) => () => void client.invalidateQueries({ queryKey: key });

  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
    missed = true;
    setLive(false);
  };
  const open = () => {
    source = new EventSource("/api/v1/events");
    source.addEventListener("people", stale(keys.days()));
    source.addEventListener("people", stale(keys.personDays()));
    source.addEventListener("devices", stale(keys.devices()));
    source.addEventListener("audit", stale(keys.audit()));
    source.addEventListener("notices", stale(keys.notices()));
    source.addEventListener("notices", stale(keys.emergencies()));
    source.addEventListener("open", () => {
      setLive(true);
      if (missed) {
        void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
        /* Emergency access may have begun or ended. */
        void client.invalidateQueries({ queryKey: keys.session(), exact: true });
      }
      missed = false;
    });
    source.addEventListener("error", () => {
      setLive(false);
      missed = true;
      if (source?.readyState !== EventSource.CLOSED) return;
      void checkSession(client);
      retry = setTimeout(open, RETRY_MS);
    });
  };
  const see = () => {
    clearTimeout(hiding);
    if (document.visibilityState === "hidden") hiding = setTimeout(close, HIDDEN_MS);
    else if (!source) open();
  };

  document.addEventListener("visibilitychange", see);
  see();
  return () => {
    document.removeEventListener("visibilitychange", see);
    clearTimeout(hiding);
    close();
  };
}

export function useEvents(enabled: boolean): void {
  const client = useQueryClient();

  useEffect(() => (enabled ? listen(client) : undefined), [client, enabled]);
}
