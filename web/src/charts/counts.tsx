/* Counts: horizontal bars by name, columns by day. Both are tables underneath. */

import { UsageHead } from "./usage.tsx";
import styles from "./charts.module.css";
import counts from "./counts.module.css";

/* The whole is in the table of the view. */
const MOST = 15;

interface Row {
  readonly name: string;
  readonly count: number;
}

interface Props {
  readonly caption: string;
  readonly rows: readonly Row[];
}

export function CountBars({ caption, rows }: Props) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <table className={styles["usage"]}>
      <caption>{caption}</caption>
      <UsageHead amount="Count" />
      <tbody>
        {rows.slice(0, MOST).map((row) => (
          <tr key={row.name}>
            <th scope="row" title={row.name}>
              {row.name}
            </th>
            <td>
              <svg className={styles["bar"]} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect className={counts["series"]} width={(row.count / most) * 100} height={10} />
              </svg>
            </td>
            <td>{row.count.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A column a day; the table below it is for screen readers. */
export function DayColumns({ caption, rows }: Props) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  const slot = 100 / rows.length;
  return (
    <figure className={counts["figure"]}>
      <svg className={counts["columns"]} viewBox="0 0 100 60" preserveAspectRatio="none" aria-hidden="true">
        {rows.map((row, index) => {
          const height = (row.count / most) * 58;
          return (
            <rect key={row.name} className={counts["series"]} x={index * slot + slot * 0.1} y={60 - height} width={slot * 0.8} height={height}>
              <title>{`${row.name}: ${row.count}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className={counts["ends"]}>
        <span>{rows[0]?.name}</span>
        <span>most on one day: {Math.max(0, ...rows.map((row) => row.count)).toLocaleString()}</span>
        <span>{rows.length > 1 ? rows.at(-1)?.name : ""}</span>
      </figcaption>
      <table className={counts["hidden"]}>
        <caption>{caption}</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{row.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
