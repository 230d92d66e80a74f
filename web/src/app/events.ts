/*
 * Live: the server says which answers are stale, and what is on screen is asked for again
 *
 * An event carries ids only, so nothing about people travels here that was not permitted and recorded when it was fetched.
 */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { keys } from "../model/keys.ts";

export function useEvents(enabled: boolean): void {
  const client = useQueryClient();

  useEffect(() => {
    if (!enabled) return undefined;
    const source = new EventSource("/api/v1/events");
    const stale = (key: readonly unknown[]) => () => void client.invalidateQueries({ queryKey: key });
    source.addEventListener("people", stale(keys.days()));
    source.addEventListener("people", stale(keys.personDays()));
    source.addEventListener("devices", stale(keys.devices()));
    source.addEventListener("audit", stale(keys.audit()));
    return () => source.close();
  }, [client, enabled]);
}
