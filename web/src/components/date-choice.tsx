import { addDays, isDate } from "../model/day.ts";
import { Button } from "./button.tsx";
import styles from "./date-choice.module.css";

interface Props {
  readonly date: string;
  readonly today: string;
  readonly onChoose: (date: string) => void;
}

/** The day shown: a day back, a day on (never into the future), or any. */
export function DateChoice({ date, today: last, onChoose }: Props) {
  return (
    <div className={styles["choice"]} role="group" aria-label="Day">
      <Button aria-label="Day before" onClick={() => onChoose(addDays(date, -1))}>
        ←
      </Button>
      <input
        className={styles["input"]}
        type="date"
        aria-label="Day"
        value={date}
        max={last}
        onChange={(event) => isDate(event.target.value) && event.target.value <= last && onChoose(event.target.value)}
      />
      <Button aria-label="Day after" disabled={date >= last} onClick={() => onChoose(addDays(date, 1))}>
        →
      </Button>
      <Button disabled={date === last} onClick={() => onChoose(last)}>
        Today
      </Button>
    </div>
  );
}
