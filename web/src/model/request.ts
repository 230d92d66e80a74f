/*
 * One request to Ward's API: same origin, CSRF token on whatever changes something, answers validated where they enter
 *
 * Problems (RFC 9457) become a Problem that is thrown; so is an answer that is not what the schema says.
 */

import * as v from "valibot";

const ProblemSchema = v.object({
  title: v.string(),
  status: v.number(),
  detail: v.optional(v.string(), ""),
  type: v.optional(v.string(), ""),
  request: v.optional(v.string(), ""),
  errors: v.optional(v.array(v.object({ pointer: v.string(), detail: v.string() })), []),
});

export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  readonly word: string;
  readonly request: string;
  readonly fields: ReadonlyMap<string, string>;

  constructor(problem: v.InferOutput<typeof ProblemSchema>) {
    super(problem.title);
    this.name = "Problem";
    this.status = problem.status;
    this.detail = problem.detail;
    this.word = problem.type.split("/").at(-1) ?? "";
    this.request = problem.request;
    this.fields = new Map(problem.errors.map((field) => [field.pointer, field.detail]));
  }
}

/** The server could not be reached, or answered something that is no answer of Ward's. */
export function unreachable(detail: string): Problem {
  return new Problem({ title: "Ward cannot be reached", status: 0, detail, type: "unreachable", request: "", errors: [] });
}

let csrf = "";

/** Set from every Session that the server gives; kept in memory only. */
export function setCsrf(token: string): void {
  csrf = token;
}

type Recovery = (problem: Problem) => Promise<boolean>;

let recovery: Recovery | undefined;

/** Who is asked when something was refused that may pass if it is sent again: true sends it once more. */
export function setRecovery(next: Recovery | undefined): void {
  recovery = next;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

function address(path: string, query: RequestOptions["query"]): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(response: Response): Promise<Problem> {
  const parsed = v.safeParse(ProblemSchema, await response.json().catch(() => undefined));
  return parsed.success ? new Problem(parsed.output) : unreachable(`The answer was ${response.status}.`);
}

async function send(method: string, path: string, accept: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (method !== "GET") headers["Ward-Csrf"] = csrf;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.ifMatch !== undefined) headers["If-Match"] = options.ifMatch;
  const response = await fetch(address(path, options.query), {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    ...(options.body !== undefined ? { body: JSON.stringify(options.body) } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable("The connection failed. Is Ward running, and is this computer on the network?");
  });
  return response;
}

async function answer(method: string, path: string, accept: string, options: RequestOptions): Promise<Response> {
  const first = await send(method, path, accept, options);
  if (first.ok) return first;
  const problem = await problemOf(first);
  if (!(await recovery?.(problem))) throw problem;
  const second = await send(method, path, accept, options);
  if (!second.ok) throw await problemOf(second);
  return second;
}

/** A file that the server gives, as it is. */
export async function requestFile(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await answer("GET", path, "*/*", { signal });
  return response.blob();
}

export async function request<Schema extends v.GenericSchema>(
  method: string,
  path: string,
  schema: Schema,
  options: RequestOptions,
): Promise<v.InferOutput<Schema>> {
  const response = await answer(method, path, "application/json", options);
  const parsed = v.safeParse(schema, response.status === 204 ? undefined : await response.json());
  if (!parsed.success) throw unreachable("The answer is not what this page expects. Reload it: Ward may have been updated.");
  return parsed.output;
}
