/*
 * Automatic log-off (45 CFR 164.312(a)(2)(iii)): a live page asks the server for news by itself, which keeps its session alive there; only this page knows
 * that nobody touches it. Pages of one browser tell each other, so that one left open does not end the other's session.
 */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { endSession } from "../model/session.ts";

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const LOOK_MS = 5_000;
const TELL_MS = 5_000;

/** idleMs: how long a session may be left alone; undefined while nobody is signed in. */
export function useIdle(idleMs: number | undefined): void {
  const client = useQueryClient();

  useEffect(() => {
    if (idleMs === undefined) return undefined;
    const others = new BroadcastChannel("ward-in-use");
    let used = Date.now();
    let told = 0;
    const use = () => {
      used = Date.now();
      if (used - told < TELL_MS) return;
      told = used;
      others.postMessage(null);
    };
    const look = () => {
      if (Date.now() - used > idleMs) void endSession(client);
    };
    others.onmessage = () => {
      used = Date.now();
    };
    for (const sign of SIGNS) window.addEventListener(sign, use, { passive: true, capture: true });
    /* A computer that wakes up looks before anything is shown for long. */
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      for (const sign of SIGNS) window.removeEventListener(sign, use, { capture: true });
      others.close();
    };
  }, [client, idleMs]);
}
