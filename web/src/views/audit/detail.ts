/** What an entry says beyond its columns: '{"date":"2026-11-23","uses":1}' reads "date 2026-11-23, uses 1". Anything else is shown as it is. */
export function detailText(detail: string): string {
  if (!detail.startsWith("{")) return detail;
  try {
    const parsed: unknown = JSON.parse(detail);
    if (typeof parsed !== "object" || parsed === null) return detail;
    return Object.entries(parsed)
      .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ");
  } catch {
    return detail;
  }
}
