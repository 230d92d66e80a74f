import assert from "node:assert/strict";
import { test } from "node:test";

import { addUp, byDay } from "./counts.ts";

test("counts are added by name, the largest first", () => {
  const rows = [
    { kind: "mrn", count: 2 },
    { kind: "name", count: 5 },
    { kind: "mrn", count: 4 },
  ];
  assert.deepEqual(addUp(rows, (row) => row.kind), [
    { name: "mrn", count: 6 },
    { name: "name", count: 5 },
  ]);
});

test("days without any are there with zero", () => {
  const answer = { from_day: "2026-02-27", to_day: "2026-03-01", rows: [{ day: "2026-02-28", count: 3 }] };
  assert.deepEqual(byDay(answer).map((day) => day.count), [0, 3, 0]);
});
