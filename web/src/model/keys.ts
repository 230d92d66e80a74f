/* Every query key is made here, so that what makes an answer stale can name it. */

export const keys = {
  session: () => ["session"] as const,
  ended: () => ["session", "ended"] as const,
  link: (token: string) => ["link", token] as const,
  checklist: () => ["checklist"] as const,
  days: () => ["days"] as const,
  day: (date: string, offset: number) => ["days", date, offset] as const,
  personDays: () => ["person-days"] as const,
  personDay: (person: number, date: string, offset: number) => ["person-days", person, date, offset] as const,
  devices: () => ["devices"] as const,
  packages: () => ["packages"] as const,
  removed: (from: string, to: string) => ["removed", from, to] as const,
  policy: () => ["policy"] as const,
  settings: () => ["settings"] as const,
  users: () => ["users"] as const,
  audit: () => ["audit"] as const,
  status: () => ["status"] as const,
  doctor: () => ["doctor"] as const,
  tls: () => ["tls"] as const,
};
