import assert from "node:assert/strict";
import { test } from "node:test";

import { addDays, clock, duration } from "./day.ts";

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

test("the clock counts from the start of the day", () => {
  assert.equal(clock(0), "00:00");
  assert.equal(clock(14 * 3_600_000 + 5 * 60_000 + 59_000), "14:05");
});
