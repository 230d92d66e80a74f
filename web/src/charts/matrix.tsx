/* Flows as a matrix that is a table: sites and applications down, kinds across, heat by magnitude; and one row over time. */

import { type Bucket, type FlowRow, heatOf, kindsOverTime, type Matrix, type MatrixRow, sparkOf, type Sum, sumText, sumWords, trendOf } from "./flows.ts";
import styles from "./matrix.module.css";

const WIDTH = 96;
const HEIGHT = 22;

interface About {
  readonly buckets: readonly Bucket[];
  readonly k: number;
  readonly labels: ReadonlyMap<string, string>;
}

function Trend({ row, buckets }: { readonly row: MatrixRow; readonly buckets: readonly Bucket[] }) {
  const trend = trendOf(row.series, buckets);
  /* One that goes on would always look like a fall. */
  const over = row.series.filter((_, index) => buckets[index]?.whole);
  return (
    <div className={styles["trend"]}>
      <svg className={styles["spark"]} viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} aria-hidden="true">
        <path d={sparkOf(over, WIDTH, HEIGHT)} />
      </svg>
      <span>{trend ? trend.text : "–"}</span>
    </div>
  );
}

interface HeatProps {
  readonly sum: Sum;
  readonly most: number;
  readonly k: number;
  readonly what: string;
  readonly onOpen?: () => void;
}

function Heat({ sum, most, k, what, onOpen }: HeatProps) {
  const text = sumText(sum, k);
  const words = `${what}: ${sumWords(sum, k)}`;
  if (!text)
    return (
      <td className={styles["cell"]}>
        <span className={styles["hidden"]}>none</span>
      </td>
    );
  return (
    <td className={styles["cell"]} data-heat={heatOf(sum.count, most)}>
      {onOpen ? (
        <button type="button" className={styles["open"]} title={words} aria-label={`${words}. Show over time`} onClick={onOpen}>
          {text}
        </button>
      ) : (
        <span title={words}>{text}</span>
      )}
    </td>
  );
}

interface MatrixProps extends About {
  readonly caption: string;
  readonly matrix: Matrix;
  readonly onOpen: (row: MatrixRow) => void;
}

/** Every cell opens its row over time. */
export function FlowMatrix({ caption, matrix, buckets, k, labels, onOpen }: MatrixProps) {
  return (
    <div className={styles["box"]} role="group" aria-label={caption} tabIndex={0}>
      <table className={styles["matrix"]}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Site or application</th>
            <th scope="col">Trend</th>
            <th scope="col">All</th>
            {matrix.kinds.map((kind) => (
              <th key={kind} scope="col">
                {labels.get(kind) ?? kind}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={`${row.site} ${row.name}`}>
              <th scope="row" title={row.name}>
                {row.name}
                <span className={styles["quiet"]}>{row.site ? "site" : "application"}</span>
              </th>
              <td>
                <Trend row={row} buckets={buckets} />
              </td>
              <td className={styles["total"]} title={sumWords(row.total, k)}>
                {sumText(row.total, k)}
              </td>
              {matrix.kinds.map((kind) => (
                <Heat
                  key={kind}
                  sum={row.byKind.get(kind) ?? { count: 0, hidden: false }}
                  most={matrix.most}
                  k={k}
                  what={`${labels.get(kind) ?? kind} at ${row.name}`}
                  onOpen={() => onOpen(row)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface OverTimeProps extends About {
  readonly caption: string;
  readonly first: string;
  readonly row: FlowRow;
}

/** The kinds of one row, bucket by bucket. */
export function FlowOverTime({ caption, first, row, buckets, k, labels }: OverTimeProps) {
  const over = kindsOverTime(row, buckets);
  return (
    <div className={styles["box"]} role="group" aria-label={caption} tabIndex={0}>
      <table className={styles["matrix"]}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {over.kinds.map((kind) => (
              <th key={kind} scope="col">
                {labels.get(kind) ?? kind}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {over.buckets.map((bucket) => (
            <tr key={bucket.day}>
              <th scope="row">{bucket.day}</th>
              {bucket.sums.map((sum, index) => (
                <Heat key={over.kinds[index]} sum={sum} most={over.most} k={k} what={`${over.kinds[index]} from ${bucket.day}`} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
