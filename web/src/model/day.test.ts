import assert from "node:assert/strict";
import { test } from "node:test";

import { addDays, clockAt, dateOf, dayQuery, duration, isDate, stamp, untilMidnight } from "./day.ts";

test("durations read as people say them", () => {
  assert.equal(duration(0), "0 s");
  assert.equal(duration(59_400), "59 s");
  assert.equal(duration(59_600), "1 min");
  assert.equal(duration(3_600_000), "1 h 00 min");
  assert.equal(duration(3_600_000 * 3 + 5 * 60_000), "3 h 05 min");
});

test("days are added over months, years and leap days", () => {
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-03-01", -1), "2026-02-28");
});

test("days follow each other without a gap, also where the clocks change", () => {
  let end = Number.NaN;
  for (let date = "2026-01-01"; date < "2027-01-02"; date = addDays(date, 1)) {
    const { offset_minutes, length_minutes } = dayQuery(date);
    const start = Date.parse(`${date}T00:00:00Z`) - offset_minutes * 60_000;
    assert.ok(Number.isNaN(end) || start === end, date);
    assert.ok(length_minutes >= 1380 && length_minutes <= 1500, date);
    end = start + length_minutes * 60_000;
  }
});

test("only days of the calendar are dates", () => {
  assert.ok(isDate("2028-02-29"));
  for (const text of ["2026-02-29", "2026-13-01", "2026-1-1", "", "yesterday", "2026-11-23T00"]) assert.equal(isDate(text), false, text);
});

test("midnight is where the next day begins, also when the clocks change", () => {
  assert.equal(untilMidnight(new Date(2026, 10, 23, 23, 59, 30)), 30_000);
  for (let day = 1; day <= 366; day++) {
    const noon = new Date(2026, 0, day, 12);
    assert.equal(dateOf(new Date(noon.getTime() + untilMidnight(noon))), addDays(dateOf(noon), 1));
  }
});

test("a time on the wall is that of its moment", () => {
  const start = new Date(2026, 10, 23);
  assert.equal(clockAt(start.toISOString(), 14 * 3_600_000 + 65_000), "14:01");
  assert.equal(stamp(new Date(2026, 0, 2, 3, 4, 5).toISOString()), "2026-01-02 03:04:05");
});
