/* Counts: horizontal bars by name, which are a table underneath. */

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
