/* Days as people mean them: in this browser's time zone. Pure, but for today(). */

const two = (n: number): string => String(n).padStart(2, "0");

/** "2026-11-23" of a moment in local time. */
export function dateOf(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function today(): string {
  return dateOf(new Date());
}

function noonOf(date: string, later = 0): Date {
  const [year = 1970, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + later, 12);
}

/** Whether it is a day of the calendar, written "2026-11-23". */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && dateOf(noonOf(text)) === text;
}

/** The date so many days later (or earlier). */
export function addDays(date: string, days: number): string {
  return dateOf(noonOf(date, days));
}

/** The moment at which a date begins here: midnight, or what comes instead where the clocks change at midnight. */
function startOf(date: string, later = 0): Date {
  const noon = noonOf(date, later);
  return new Date(noon.getFullYear(), noon.getMonth(), noon.getDate());
}

export interface DayQuery {
  readonly date: string;
  readonly offset_minutes: number;
  readonly length_minutes: number;
}

/** A date as the server is asked for it: where it begins (local time minus UTC), and how long it is, which is 23 or 25 hours where the clocks change. */
export function dayQuery(date: string): DayQuery {
  const start = startOf(date).getTime();
  return {
    date,
    offset_minutes: (Date.parse(`${date}T00:00:00Z`) - start) / 60_000,
    length_minutes: (startOf(date, 1).getTime() - start) / 60_000,
  };
}

/** Milliseconds until the next local midnight. */
export function untilMidnight(now: Date): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
}

/** "3 h 05 min", "12 min", "40 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** "14:05" on the wall, so many milliseconds after a moment: right also where the clocks change that day. */
export function clockAt(from: string, ms: number): string {
  const at = new Date(Date.parse(from) + ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** "14:05:09" of a moment. */
export function time(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** "2026-11-23 14:05:09": where seconds and order matter more than looks. */
export function stamp(iso: string): string {
  return `${dateOf(new Date(iso))} ${time(iso)}`;
}

/** A moment as people read it, in this browser's zone and language, by the 24-hour clock of the timelines. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** The day of a moment, likewise. */
export function dayOf(iso: string): string {
  return new Date(iso).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** "Europe/Berlin". */
export function zone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
