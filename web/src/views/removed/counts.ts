/* Adding up counts. Pure. */

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
