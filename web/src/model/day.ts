/* Days as people mean them: in this browser's time zone. Pure, but for today(). */

/** "2026-11-23" of a moment in local time. */
export function dateOf(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function today(): string {
  return dateOf(new Date());
}

/** The date so many days later (or earlier). */
export function addDays(date: string, days: number): string {
  const [year = 1970, month = 1, day = 1] = date.split("-").map(Number);
  return dateOf(new Date(year, month - 1, day + days, 12));
}

/** Local time minus UTC in minutes, at noon of that date. */
export function offsetMinutes(date: string): number {
  const [year = 1970, month = 1, day = 1] = date.split("-").map(Number);
  return -new Date(year, month - 1, day, 12).getTimezoneOffset();
}

/** "3 h 05 min", "12 min", "40 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** "14:05" so many milliseconds after the start of a day. */
export function clock(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** A moment as people read it, in this browser's zone and language. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
