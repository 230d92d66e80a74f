/* What the flow page draws, from the server's answer: a matrix with heat, a small line and a trend for each row. Pure. */

export interface FlowCell {
  readonly day: string;
  readonly kind: string;
  /** null: fewer people than may be told of. */
  readonly count: number | null;
  readonly people: number | null;
}

export interface FlowRow {
  readonly name: string;
  readonly site: boolean;
  readonly cells: readonly FlowCell[];
}

export interface Bucket {
  readonly day: string;
  /** It is over. */
  readonly whole: boolean;
}

/** A sum of what is shown; hidden where a part of it, or all, is of too few people. */
export interface Sum {
  readonly count: number;
  readonly hidden: boolean;
}

export interface MatrixRow {
  readonly name: string;
  readonly site: boolean;
  readonly total: Sum;
  readonly byKind: ReadonlyMap<string, Sum>;
  /** One for each bucket. */
  readonly series: readonly Sum[];
}

export interface Matrix {
  /** The kind with the most first. */
  readonly kinds: readonly string[];
  /** The row with the most first. */
  readonly rows: readonly MatrixRow[];
  readonly most: number;
}

const NOTHING: Sum = { count: 0, hidden: false };

function plus(sum: Sum, count: number | null): Sum {
  return { count: sum.count + (count ?? 0), hidden: sum.hidden || count === null };
}

function sumsBy(cells: readonly FlowCell[], keyOf: (cell: FlowCell) => string): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const cell of cells) sums.set(keyOf(cell), plus(sums.get(keyOf(cell)) ?? NOTHING, cell.count));
  return sums;
}

export function matrixOf(rows: readonly FlowRow[], buckets: readonly Bucket[]): Matrix {
  const made = rows.map((row): MatrixRow => {
    const byDay = sumsBy(row.cells, (cell) => cell.day);
    return {
      name: row.name,
      site: row.site,
      total: row.cells.reduce((sum, cell) => plus(sum, cell.count), NOTHING),
      byKind: sumsBy(row.cells, (cell) => cell.kind),
      series: buckets.map((bucket) => byDay.get(bucket.day) ?? NOTHING),
    };
  });
  const kinds = sumsBy(
    rows.flatMap((row) => row.cells),
    (cell) => cell.kind,
  );
  return {
    kinds: [...kinds].sort(([a, x], [b, y]) => y.count - x.count || a.localeCompare(b)).map(([kind]) => kind),
    rows: made.sort((a, b) => b.total.count - a.total.count || a.name.localeCompare(b.name)),
    most: Math.max(0, ...made.flatMap((row) => [...row.byKind.values()].map((sum) => sum.count))),
  };
}

export const HEATS = 6;

/** 0 for nothing, else 1 to HEATS: by magnitude, since one busy site would leave all others pale. */
export function heatOf(count: number, most: number): number {
  if (count <= 0) return 0;
  return most <= 1 ? HEATS : Math.max(1, Math.round((Math.log(1 + count) / Math.log(1 + most)) * HEATS));
}

/** "1,240", "1,240+" where a part is hidden, "< 5" where all is; "" for nothing. */
export function sumText(sum: Sum, k: number): string {
  if (sum.count === 0) return sum.hidden ? `< ${k}` : "";
  return `${sum.count.toLocaleString("en")}${sum.hidden ? "+" : ""}`;
}

/** The same in words, for titles and screen readers. */
export function sumWords(sum: Sum, k: number): string {
  if (sum.count === 0) return sum.hidden ? `fewer than ${k} people` : "none";
  return `${sum.count.toLocaleString("en")}${sum.hidden ? `, and more of fewer than ${k} people` : ""}`;
}

export interface Trend {
  /** "new", "gone", "same", or how much more or less in per cent. */
  readonly text: string;
  readonly direction: -1 | 0 | 1;
}

/** The last bucket that is over against the one before; null where there are no two, or a part of either is hidden. */
export function trendOf(series: readonly Sum[], buckets: readonly Bucket[]): Trend | null {
  const last = buckets.findLastIndex((bucket) => bucket.whole);
  const now = series[last];
  const before = series[last - 1];
  if (!now || !before || now.hidden || before.hidden) return null;
  if (now.count === before.count) return now.count === 0 ? null : { text: "same", direction: 0 };
  if (before.count === 0) return { text: "new", direction: 1 };
  if (now.count === 0) return { text: "gone", direction: -1 };
  const percent = Math.round((now.count / before.count - 1) * 100);
  if (percent === 0) return { text: "same", direction: 0 };
  return { text: percent > 0 ? `+${percent} %` : `−${-percent} %`, direction: percent > 0 ? 1 : -1 };
}

/** The points of a small line, the most at the top; buckets that are hidden interrupt it. */
export function sparkOf(series: readonly Sum[], width: number, height: number): string {
  const most = Math.max(1, ...series.map((sum) => sum.count));
  const step = series.length > 1 ? width / (series.length - 1) : 0;
  let pen = "M";
  let path = "";
  series.forEach((sum, index) => {
    if (sum.hidden && sum.count === 0) {
      pen = "M";
      return;
    }
    const x = Math.round(index * step * 10) / 10;
    const y = Math.round((height - (sum.count / most) * height) * 10) / 10;
    path += `${pen}${x} ${y}`;
    pen = "L";
  });
  return path;
}

export interface KindsOverTime {
  readonly kinds: readonly string[];
  /** The newest bucket first; one sum for each kind. */
  readonly buckets: readonly { readonly day: string; readonly sums: readonly Sum[] }[];
  readonly most: number;
}

/** What one row was made of, bucket by bucket. */
export function kindsOverTime(row: FlowRow, buckets: readonly Bucket[]): KindsOverTime {
  const matrix = matrixOf([row], buckets);
  const made = buckets.map((bucket) => {
    const byKind = sumsBy(
      row.cells.filter((cell) => cell.day === bucket.day),
      (cell) => cell.kind,
    );
    return { day: bucket.day, sums: matrix.kinds.map((kind) => byKind.get(kind) ?? NOTHING) };
  });
  return { kinds: matrix.kinds, buckets: made.reverse(), most: Math.max(0, ...made.flatMap((one) => one.sums.map((sum) => sum.count))) };
}
