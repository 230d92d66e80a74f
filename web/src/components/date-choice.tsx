import { addDays, today } from "../model/day.ts";
import { Button } from "./button.tsx";
import styles from "./date-choice.module.css";

interface Props {
  readonly date: string;
  readonly onChoose: (date: string) => void;
}

/** The day shown: a day back, a day on (never into the future), or any. */
export function DateChoice({ date, onChoose }: Props) {
  const last = today();
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
        onChange={(event) => event.target.value && onChoose(event.target.value)}
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
