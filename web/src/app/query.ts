import { QueryClient } from "@tanstack/react-query";

import { Problem } from "../model/request.ts";

/* A refusal will not turn into an answer by asking again; a connection may. */
function worthTrying(failures: number, error: Error): boolean {
  return failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthTrying, staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
