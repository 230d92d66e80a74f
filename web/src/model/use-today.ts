import { useEffect, useState } from "react";

import { today, untilMidnight } from "./day.ts";

/** The date of today, which moves on at midnight in a page that was left open. */
export function useToday(): string {
  const [date, setDate] = useState(today);

  useEffect(() => {
    const timer = setTimeout(() => setDate(today()), untilMidnight(new Date()) + 500);
    return () => clearTimeout(timer);
  }, [date]);
  return date;
}
