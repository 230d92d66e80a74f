import { clockAt } from "../model/day.ts";
import { barsOf, ticksOf, type Piece, type Window } from "./timeline.ts";
import styles from "./charts.module.css";

interface Props {
  readonly pieces: readonly Piece[];
  readonly window: Window;
  readonly label: string;
}

const WIDTH = 1000;
const HEIGHT = 22;

/** One row of a day: bars by state over hour lines. Its numbers are in the table beside it. */
export function Timeline({ pieces, window, label }: Props) {
  const length = window.to - window.from;
  return (
    <svg className={styles["timeline"]} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className={styles["track"]} x={0} y={0} width={WIDTH} height={HEIGHT} />
      {ticksOf(window, 12).map((tick) => {
        const x = ((tick - window.from) / length) * WIDTH;
        return <line key={tick} className={styles["tick"]} x1={x} x2={x} y1={0} y2={HEIGHT} />;
      })}
      {barsOf(pieces, window).map((bar) => (
        <rect
          key={`${bar.x}`}
          className={styles[bar.state]}
          x={bar.x * WIDTH}
          y={bar.state === "active" ? 0 : bar.state === "passive" ? 4 : 9}
          width={Math.max(bar.width * WIDTH, 0.7)}
          height={bar.state === "active" ? HEIGHT : bar.state === "passive" ? HEIGHT - 4 : HEIGHT - 9}
        />
      ))}
    </svg>
  );
}

/** The hours above the rows; from: when the day begins. */
export function TimelineAxis({ window, from }: { readonly window: Window; readonly from: string }) {
  const length = window.to - window.from;
  return (
    <div className={styles["axis"]} aria-hidden="true">
      {ticksOf(window, 8)
        .filter((tick) => (tick - window.from) / length < 0.95)
        .map((tick) => (
          <span key={tick} style={{ left: `${((tick - window.from) / length) * 100}%` }}>
            {clockAt(from, tick)}
          </span>
        ))}
    </div>
  );
}

export const STATE_LABELS = { active: "Active", passive: "Passive", idle: "Idle", locked: "Locked" } as const;

/** Which colour and height is which state. */
export function Legend() {
  return (
    <ul className={styles["legend"]}>
      {Object.entries(STATE_LABELS).map(([state, label]) => (
        <li key={state}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect className={styles[state]} width={10} height={10} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
