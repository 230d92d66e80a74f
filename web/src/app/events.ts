/*
 * Live: the server says which answers are stale, and what is on screen is asked for again
 *
 * An event carries ids only, so nothing about people travels here that was not permitted and recorded when it was fetched. After a break everything is stale,
 * since nobody knows what was missed. Browsers come back by themselves when the connection breaks, but not after a refusal: then this does.
 */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { setLive } from "../model/live.ts";
import { keys } from "../model/keys.ts";
import { checkSession } from "../model/session.ts";

const RETRY_MS = 3_000;

export function useEvents(enabled: boolean): void {
  const client = useQueryClient();

  useEffect(() => {
    if (!enabled) return undefined;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let broken = false;
    const stale = (key: readonly unknown[]) => () => void client.invalidateQueries({ queryKey: key });

    const open = () => {
      source = new EventSource("/api/v1/events");
      source.addEventListener("people", stale(keys.days()));
      source.addEventListener("people", stale(keys.personDays()));
      source.addEventListener("devices", stale(keys.devices()));
      source.addEventListener("audit", stale(keys.audit()));
      source.addEventListener("open", () => {
        setLive(true);
        if (broken) void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
        broken = false;
      });
      source.addEventListener("error", () => {
        setLive(false);
        broken = true;
        if (source?.readyState !== EventSource.CLOSED) return;
        void checkSession(client);
        timer = setTimeout(open, RETRY_MS);
      });
    };

    open();
    return () => {
      clearTimeout(timer);
      source?.close();
      setLive(false);
    };
  }, [client, enabled]);
}
