/*
 * The document of an organisation's own patterns, as the page edits it: rows and lists. What it says is the server's to judge; here it is only cut at
 * lines and tabs, so that whatever the page does not show (comments) is written back where it stood.
 */

export interface PatternRow {
  readonly kind: "pattern";
  readonly name: string;
  readonly identifier: string;
  readonly template: string;
  readonly context: string;
  readonly within: string;
}

export interface ListPart {
  readonly kind: "list";
  readonly name: string;
  /** One entry a line. */
  readonly entries: string;
}

interface Other {
  readonly kind: "other";
  readonly line: string;
}

export type Part = PatternRow | ListPart | Other;

function partOf(line: string): Part {
  const [first = "", second = "", template = "", context = "", ...within] = line.split("\t");
  if (line === "" || line.startsWith("#")) return { kind: "other", line };
  if (first === "list") return { kind: "list", name: second, entries: "" };
  return { kind: "pattern", name: first, identifier: second, template, context, within: within.join("\t") };
}

/** Cuts a document; joinParts() of it is the same document. */
export function cutDocument(document: string): Part[] {
  const parts: Part[] = [];
  const lines = document.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    const last = parts.at(-1);
    if (line.startsWith("\t") && last?.kind === "list") parts[parts.length - 1] = { ...last, entries: `${last.entries}${line.slice(1)}\n` };
    else parts.push(partOf(line));
  }
  return parts;
}

function rowLine({ name, identifier, template, context, within }: PatternRow): string {
  const fields = [name, identifier, template, context, within];
  while (fields.length > 3 && fields.at(-1) === "") fields.pop();
  return fields.join("\t");
}

function listLines({ name, entries }: ListPart): string[] {
  return [
    `list\t${name}`,
    ...entries
      .split("\n")
      .filter((entry) => entry.trim() !== "")
      .map((entry) => `\t${entry}`),
  ];
}

function partLines(part: Part): string[] {
  if (part.kind === "list") return listLines(part);
  return [part.kind === "pattern" ? rowLine(part) : part.line];
}

export function joinParts(parts: readonly Part[]): string {
  return parts
    .flatMap(partLines)
    .map((line) => `${line}\n`)
    .join("");
}

/** Where a document does not hold, as the server tells it; lines are counted from 1. */
export interface Place {
  readonly line: number;
  readonly field: string;
  readonly expected: string;
}

/** The place in a problem of a field: "line 3, column 12, template: expected …". */
export function placeOf(detail: string | undefined): Place | undefined {
  const [, line = "", field = "", expected = ""] = /^line (\d+), column \d+, ([a-z ]+): expected (.+)$/s.exec(detail ?? "") ?? [];
  return line ? { line: Number(line), field, expected } : undefined;
}

/** A place as the page shows it: the index of the part, and of lists the entry, counted from 1. */
export interface Spot {
  readonly at: number;
  readonly entry: number;
}

export function spotOf(parts: readonly Part[], line: number): Spot | undefined {
  let before = 0;
  for (const [at, part] of parts.entries()) {
    const count = partLines(part).length;
    if (line <= before + count) return { at, entry: part.kind === "list" ? line - before - 1 : 0 };
    before += count;
  }
  return undefined;
}

/** A part more: lists before all patterns, since a pattern uses those above it. */
export function withPart(parts: readonly Part[], part: Part): Part[] {
  if (part.kind !== "list") return [...parts, part];
  const last = parts.findLastIndex(({ kind }) => kind === "list");
  const at = last >= 0 ? last + 1 : Math.max(0, parts.findIndex(({ kind }) => kind !== "other"));
  return [...parts.slice(0, at), part, ...parts.slice(at)];
}
