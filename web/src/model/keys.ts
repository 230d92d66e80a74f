/* Every query key is made here, so that what makes an answer stale can name it. */

import type { DayQuery } from "./day.ts";

export const keys = {
  session: () => ["session"] as const,
  ended: () => ["session", "ended"] as const,
  ownSessions: () => ["own-sessions"] as const,
  link: (token: string) => ["link", token] as const,
  checklist: () => ["checklist"] as const,
  days: () => ["days"] as const,
  day: (day: DayQuery) => ["days", day] as const,
  personDays: () => ["person-days"] as const,
  personDay: (person: number, day: DayQuery) => ["person-days", person, day] as const,
  devices: () => ["devices"] as const,
  missed: () => ["missed"] as const,
  personRemoved: (person: number, days: number) => ["person-removed", person, days] as const,
  receipts: (device: string) => ["receipts", device] as const,
  packages: () => ["packages"] as const,
  flows: (bucket: string, k: number) => ["flows", bucket, k] as const,
  trials: () => ["trials"] as const,
  trial: (number: number) => ["trials", number] as const,
  spills: () => ["spills"] as const,
  spill: (id: number) => ["spills", id] as const,
  notices: () => ["notices"] as const,
  emergencies: () => ["emergencies"] as const,
  emergency: (id: number) => ["emergencies", id] as const,
  incidents: () => ["incidents"] as const,
  policy: () => ["policy"] as const,
  settings: () => ["settings"] as const,
  users: () => ["users"] as const,
  /* Below users: what a change of a user makes stale. */
  userAccess: (user: number) => ["users", user, "access"] as const,
  classes: () => ["classes"] as const,
  audit: () => ["audit"] as const,
  status: () => ["status"] as const,
  doctor: () => ["doctor"] as const,
  tls: () => ["tls"] as const,
};
