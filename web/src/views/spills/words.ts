/* What is said of spills, in words. Pure. */

import type { Spill, SpillDevice } from "../../model/api.gen.ts";

export const STATES: Readonly<Record<Spill["state"], string>> = {
  searching: "Searching",
  found: "Searched; nothing is changed yet",
  failed: "The search failed",
  acting: "Being taken out",
  done: "Taken out",
};

const many = (count: number, one: string, more: string): string => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

/** "3 texts on 2 days". */
export function foundText(spill: Pick<Spill, "texts" | "days" | "state">): string {
  const dates = new Set(spill.days.filter((day) => day.texts > 0).map((day) => day.date));
  if (spill.texts === 0) return spill.state === "searching" ? "nothing so far" : "nothing";
  return `${many(spill.texts, "text", "texts")} on ${many(dates.size, "day", "days")}`;
}

/** How many computers said that they hold nothing of it. */
export function deviceCounts(devices: readonly Pick<SpillDevice, "clean_at">[]): string {
  const clean = devices.filter((device) => device.clean_at !== null).length;
  return `${clean.toLocaleString("en")} of ${many(devices.length, "computer", "computers")} said that nothing waiting there has it.`;
}
