import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "../model/request.ts";
import { checkSession } from "../model/session.ts";

/* A refusal will not turn into an answer by asking again; a connection may. */
function worthTrying(failures: number, error: Error): boolean {
  return failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500);
}

/* Whoever is answered "nobody is signed in" may have had a session that ended: ask, and let the gate show the sign-in. */
function onError(error: Error): void {
  if (error instanceof Problem && error.status === 401) void checkSession(queryClient);
}

/* The network mode: Ward is often on this very machine or in a house without the internet, where browsers call themselves offline. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: { retry: worthTrying, staleTime: 5_000, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});
