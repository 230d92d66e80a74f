/* Classes of workforce in words. */

import type { ClassRow, UserAccess } from "../../model/api.gen.ts";

const ACTIVITY = { everyone: "everyone's activity", self: "their own activity" };

/** "Viewer: everyone's activity"; "Auditor: sees devices, policy, ..." */
export function classText(row: ClassRow): string {
  const parts = row.levels.activity === "none" ? [] : [ACTIVITY[row.reach]];
  const others = Object.entries(row.levels).filter(([category]) => !["activity", "titles", "identity"].includes(category));
  const changes = others.filter(([, level]) => level === "change").map(([category]) => category);
  const sees = others.filter(([, level]) => level === "see").map(([category]) => category);
  if (changes.length === others.length) return `${row.title}: everything`;
  if (sees.length > 0) parts.push(`sees ${sees.join(", ")}`);
  if (changes.length > 0) parts.push(`changes ${changes.join(", ")}`);
  return `${row.title}: ${parts.join("; ")}`;
}

export function classTitle(rows: readonly ClassRow[], word: string): string {
  return rows.find((row) => row.class === word)?.title ?? word;
}

/** Does the class see its own data only, so that an administrator has to say who that is? */
export function seesSelf(rows: readonly ClassRow[], word: string): boolean {
  return rows.find((row) => row.class === word)?.reach === "self";
}

/** "sees the activity of 12 people." */
export function activityText({ reason, people }: UserAccess["activity"]): string {
  if (reason === "untied") return "sees nobody's activity until it is said which person they are.";
  if (reason !== "allowed") return "sees nobody's activity.";
  return `sees the activity of ${people} ${people === 1 ? "person" : "people"}.`;
}

/** 0: not said; NaN: not a number. */
export function personNumber(text: string): number {
  const plain = text.trim();
  if (plain === "") return 0;
  return /^\d{1,9}$/.test(plain) ? Number(plain) : Number.NaN;
}
