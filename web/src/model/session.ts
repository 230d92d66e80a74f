/* Who is signed in. `null` is nobody; a Problem is something else that went wrong. */

import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import * as api from "./api.gen.ts";
import { keys } from "./keys.ts";
import { Problem, setCsrf } from "./request.ts";

async function current(signal?: AbortSignal): Promise<api.Session | null> {
  try {
    const session = await api.getSession({}, signal);
    setCsrf(session.csrf);
    return session;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: keys.session(),
  queryFn: ({ signal }) => current(signal),
  staleTime: 60_000,
});

export function useSession() {
  return useQuery(sessionQuery);
}

/** Whether a session ended that nobody signed out of: the sign-in says so. */
export function useEnded(): boolean {
  return useQuery({ queryKey: keys.ended(), queryFn: () => false, staleTime: Infinity, gcTime: Infinity, initialData: false }).data;
}

export function may(session: api.Session | null | undefined, permission: api.Permission): boolean {
  return session?.stage === "signed_in" && session.permissions.includes(permission);
}

/* Another stage is another person as far as answers are concerned: nothing that was fetched before stays. */
export function enter(client: QueryClient, session: api.Session | null, ended = false): void {
  setCsrf(session?.csrf ?? "");
  client.setQueryData(keys.ended(), ended);
  client.setQueryData(keys.session(), session);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

/** Asks whether the session that this page believes in still is one, and forgets everything when it is not. */
export async function checkSession(client: QueryClient): Promise<void> {
  const before = client.getQueryData<api.Session | null>(keys.session());
  if (!before) return;
  const now = await client.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => before);
  if (!now) enter(client, null, true);
}

/** Ends the session without anybody's asking for it. */
export async function endSession(client: QueryClient): Promise<void> {
  await api.signOut().catch(() => undefined);
  enter(client, null, true);
}

/** The session goes on under another token: what was fetched stays true. */
export function renew(client: QueryClient, session: api.Session): void {
  setCsrf(session.csrf);
  client.setQueryData(keys.session(), session);
}

/** Whether the page only missed that its session got another token, which another page of this browser did; it may ask again then. */
export async function caughtUp(client: QueryClient): Promise<boolean> {
  const before = client.getQueryData<api.Session | null>(keys.session());
  const now = await current().catch(() => null);
  if (!before || !now) return false;
  if (now.user.id === before.user.id && now.stage === before.stage) {
    renew(client, now);
    return true;
  }
  /* Somebody else signed in meanwhile: nothing of the one before is done in their name. */
  enter(client, now);
  return false;
}

/** A mutation whose answer is the session from now on; before() runs first, while the form that began it is still there. */
export function useEnter(act: () => Promise<api.Session>, before?: (session: api.Session) => Promise<void> | void) {
  const client = useQueryClient();
  return useMutation<api.Session, Error>({
    mutationFn: act,
    onSuccess: async (session) => {
      await before?.(session);
      enter(client, session);
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => api.signOut(), onSuccess: () => enter(client, null) });
}
