/* Adding up counts. Pure. */

import { addDays } from "../../model/day.ts";

export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** Sums by name, the largest first. */
export function addUp<Row extends { readonly count: number }>(rows: readonly Row[], nameOf: (row: Row) => string): Counted[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + row.count);
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

interface Days {
  readonly from_day: string;
  readonly to_day: string;
  readonly rows: readonly { readonly day: string; readonly count: number }[];
}

/** One sum for every day of the range, also for those without any. */
export function byDay({ from_day, to_day, rows }: Days): Counted[] {
  const sums = new Map(addUp(rows, (row) => row.day).map((one) => [one.name, one.count]));
  const days: Counted[] = [];
  for (let day = from_day; day <= to_day && days.length < 400; day = addDays(day, 1)) days.push({ name: day, count: sums.get(day) ?? 0 });
  return days;
}
