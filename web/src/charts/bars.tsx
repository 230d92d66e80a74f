/* Horizontal bars by state: a table that one can look at. */

import { duration } from "../model/day.ts";
import { STATE_LABELS } from "./timeline.tsx";
import { UsageHead } from "./usage.tsx";
import styles from "./charts.module.css";

export interface Totals {
  readonly active_ms: number;
  readonly passive_ms: number;
  readonly idle_ms: number;
  readonly locked_ms: number;
}

export interface NamedTotals {
  readonly name: string;
  readonly totals: Totals;
}

const STATES = ["active", "passive", "idle"] as const;

/** Time at the computer: locked is not. */
export function spent(totals: Totals): number {
  return totals.active_ms + totals.passive_ms + totals.idle_ms;
}

export function StateBar({ totals, most }: { readonly totals: Totals; readonly most: number }) {
  let x = 0;
  return (
    <svg className={styles["bar"]} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {STATES.map((state) => {
        const width = most > 0 ? (totals[`${state}_ms`] / most) * 100 : 0;
        const from = x;
        x += width;
        return width > 0 ? <rect key={state} className={styles[state]} x={from} width={width} height={10} /> : null;
      })}
    </svg>
  );
}

interface Props {
  readonly caption: string;
  readonly rows: readonly NamedTotals[];
  readonly most?: number;
}

/** The largest first; at most so many, the rest added up as one. */
export function UsageBars({ caption, rows, most = 10 }: Props) {
  const sorted = [...rows].sort((a, b) => spent(b.totals) - spent(a.totals));
  const shown = sorted.slice(0, most);
  const rest = sorted.slice(most).reduce((sum, row) => sum + spent(row.totals), 0);
  const top = spent(shown[0]?.totals ?? { active_ms: 0, passive_ms: 0, idle_ms: 0, locked_ms: 0 });

  return (
    <table className={styles["usage"]}>
      <caption>{caption}</caption>
      <UsageHead amount="Time" />
      <tbody>
        {shown.map((row) => (
          <tr key={row.name}>
            <th scope="row" title={row.name}>
              {row.name}
            </th>
            <td>
              <StateBar totals={row.totals} most={top} />
            </td>
            <td title={STATES.map((state) => `${STATE_LABELS[state]} ${duration(row.totals[`${state}_ms`])}`).join(", ")}>
              {duration(spent(row.totals))}
            </td>
          </tr>
        ))}
        {rest > 0 ? (
          <tr>
            <th scope="row">{sorted.length - most} others</th>
            <td />
            <td>{duration(rest)}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
