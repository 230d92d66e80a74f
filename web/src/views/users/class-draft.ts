/* A class of the organisation's own while it is being written. */

import type { ClassForm, ClassRow, Conditions, Levels } from "../../model/api.gen.ts";

export const DAYS = [
  ["mon", "Monday"],
  ["tue", "Tuesday"],
  ["wed", "Wednesday"],
  ["thu", "Thursday"],
  ["fri", "Friday"],
  ["sat", "Saturday"],
  ["sun", "Sunday"],
] as const;

export type Day = (typeof DAYS)[number][0];

export interface ClassDraft {
  /** Empty: a class that is to be made. */
  readonly was: string;
  readonly word: string;
  readonly title: string;
  readonly base: string;
  readonly reach: ClassRow["reach"];
  readonly levels: Levels;
  /** "07:00-19:00" of each day; empty: not that day. */
  readonly hours: Readonly<Record<Day, string>>;
  readonly zone: string;
  readonly networks: string;
  readonly window: string;
  readonly factor: string;
  readonly idle: string;
  readonly absolute: string;
  readonly owner: number;
  readonly until: string;
}

function hoursOf(conditions: Conditions): Record<Day, string> {
  const hours: Record<Day, string> = { mon: "", tue: "", wed: "", thu: "", fri: "", sat: "", sun: "" };
  for (const { day, from, to } of conditions.hours) hours[day] = `${from}-${to}`;
  return hours;
}

const minutes = (value: number): string => (value === 0 ? "" : String(value));

/** A draft of a class as it is; of a built-in one, a copy of it. */
export function draftOf(row: ClassRow, today: string): ClassDraft {
  const { conditions, copied } = row;
  return {
    was: copied ? row.class : "",
    word: copied ? row.class : "",
    title: copied ? row.title : "",
    base: copied ? copied.from : row.class,
    reach: row.reach,
    levels: row.levels,
    hours: hoursOf(conditions),
    zone: conditions.zone,
    networks: conditions.networks.join(", "),
    window: minutes(conditions.window_days),
    factor: minutes(conditions.factor_minutes),
    idle: minutes(conditions.idle_minutes),
    absolute: minutes(conditions.absolute_minutes),
    owner: copied?.owner ?? 0,
    until: copied?.until && copied.until >= today ? copied.until : "",
  };
}

/** "7:00 - 19:00" as [from, to]; undefined: it is no such span. */
export function span(text: string): readonly [string, string] | undefined {
  const found = /^(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})$/.exec(text.trim());
  if (!found) return undefined;
  const [from, to] = [found[1] ?? "", found[2] ?? ""].map((time) => time.padStart(5, "0")) as [string, string];
  const fits = (time: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
  return fits(from) && (fits(to) || to === "24:00") && from !== to ? [from, to] : undefined;
}

/** What does not read, by field; none: it may be sent. */
export function unreadable(draft: ClassDraft): ReadonlyMap<string, string> {
  const wrong = new Map<string, string>();
  for (const [day] of DAYS) if (draft.hours[day].trim() && !span(draft.hours[day])) wrong.set(day, "As 07:00-19:00");
  for (const field of ["window", "factor", "idle", "absolute"] as const) if (!/^\d{0,4}$/.test(draft[field].trim())) wrong.set(field, "A number, or nothing");
  return wrong;
}

export function formOf(draft: ClassDraft): ClassForm {
  return {
    title: draft.title.trim(),
    base: draft.base,
    reach: draft.reach,
    levels: draft.levels,
    conditions: {
      window_days: Number(draft.window),
      zone: draft.zone.trim(),
      hours: DAYS.flatMap(([day]) => {
        const given = span(draft.hours[day]);
        return given ? [{ day, from: given[0], to: given[1] }] : [];
      }),
      networks: draft.networks.split(/[\s,]+/).filter(Boolean),
      factor_minutes: Number(draft.factor),
      idle_minutes: Number(draft.idle),
      absolute_minutes: Number(draft.absolute),
    },
    owner: draft.owner,
    ...(draft.until ? { until: draft.until } : {}),
  };
}

/** Its conditions in words, one each. */
export function conditionTexts({ conditions }: Pick<ClassRow, "conditions">): readonly string[] {
  const texts: string[] = [];
  if (conditions.window_days) texts.push(`the last ${conditions.window_days} days`);
  if (conditions.hours.length)
    texts.push(`${conditions.hours.map(({ day, from, to }) => `${day} ${from}–${to}`).join(", ")} (${conditions.zone || "the server's time"})`);
  if (conditions.networks.length) texts.push(`from ${conditions.networks.join(", ")}`);
  if (conditions.factor_minutes) texts.push(`second factor of the last ${conditions.factor_minutes} minutes`);
  if (conditions.idle_minutes) texts.push(`sessions rest at most ${conditions.idle_minutes} minutes`);
  if (conditions.absolute_minutes) texts.push(`sessions last at most ${conditions.absolute_minutes} minutes`);
  return texts;
}
