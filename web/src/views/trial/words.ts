/* What came of an attempt to leak, in words. Pure. */

import type { Trial, TrialDevice } from "../../model/api.gen.ts";

const PLACES: Record<string, string> = {
  "spans.sealed": "Spans: dictionaries and boxes, opened",
  "spans.file": "spans.db, as it is",
  "spans.memory": "Texts that questions hold in memory",
  records: "records.db, opened",
  audit: "Audit log",
  live: "Live view",
  files: "Files of the server, as they are",
  log: "Log of the server",
  "agent.spool": "Spool of the computer, opened",
  "agent.queue": "What its agent has not stored yet",
  "agent.front": "What is in front on it",
  "agent.files": "Files of its agent, as they are",
  "agent.log": "Log of its agent",
};

export function placeText(place: string): string {
  return PLACES[place] ?? place;
}

interface Place {
  readonly texts: number;
  readonly bytes: number;
  readonly found: number;
  readonly whole: boolean;
}

/** "searched 120 texts, 4.2 KB: 0 found", "FOUND 2 times in …", or why nothing was searched. */
export function placeResult({ texts, bytes, found, whole }: Place): string {
  if (!whole && texts === 0) return "not searched: it goes to a journal, or to a file that Ward may not read";
  const searched = `${texts.toLocaleString("en")} ${texts === 1 ? "text" : "texts"}, ${bytesText(bytes)}${whole ? "" : " (not all of it)"}`;
  return found > 0 ? `FOUND ${found.toLocaleString("en")} times in ${searched}` : `searched ${searched}: 0 found`;
}

const VERDICTS = {
  same: "the same as stored",
  differs: "NOT the same as stored: see Devices",
  uncompared: "not to be compared with what is stored",
} as const;

/** What the computer's signed receipt says of the counts. moment: how a time is written. */
export function receiptText(receipt: TrialDevice["receipt"], moment: (at: string) => string): string {
  if (receipt === undefined) return "not asked for then";
  if (receipt === null) return "none has come yet";
  if (!receipt.covers) return `not yet: the last, of ${moment(receipt.made_at)}, was made before`;
  const which = `${receipt.final ? "the final one" : `revision ${receipt.revision}`} of ${receipt.day}`;
  return `signed ${moment(receipt.made_at)}, ${which}: ${VERDICTS[receipt.verdict]}`;
}

/** Every computer that counted all of it has signed for it. */
export function allSigned(devices: readonly TrialDevice[]): boolean {
  return devices.filter((device) => device.complete).every((device) => device.receipt?.covers === true);
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export const OUTCOMES: Record<Trial["outcome"], { title: string; text: string }> = {
  running: { title: "Under way", text: "" },
  clean: { title: "Nothing got through", text: "A computer counted every kind that the text holds, and nothing of the text was found anywhere." },
  found: {
    title: "Something of it was found",
    text: "What was recorded before may hold real patients in the same form. Tell whoever runs Ward to look for them and take them out: ward spill, on the server.",
  },
  unseen: {
    title: "Nothing is proven",
    text: "Nothing was found, but no computer counted the whole text either: it may never have been seen.",
  },
};

const DAY_MS = 86_400_000;

/** "Last done 3 days ago, next due in 28 days" */
export function dueText(passed: string | null, due: string | null, now: number): string {
  if (!passed || !due) return "Nobody has done it yet.";
  const since = Math.floor((now - Date.parse(passed)) / DAY_MS);
  const until = Math.ceil((Date.parse(due) - now) / DAY_MS);
  const last = since <= 0 ? "Last done today" : since === 1 ? "Last done yesterday" : `Last done ${since} days ago`;
  if (until < 0) return `${last}, overdue for ${-until} ${until === -1 ? "day" : "days"}.`;
  return until === 0 ? `${last}, due today.` : `${last}, next due in ${until} ${until === 1 ? "day" : "days"}.`;
}
