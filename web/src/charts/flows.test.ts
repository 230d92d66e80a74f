import assert from "node:assert/strict";
import { test } from "node:test";

import { HEATS, heatOf, kindsOverTime, matrixOf, sparkOf, sumText, sumWords, trendOf, type FlowRow } from "./flows.ts";

const WEEKS = ["2026-11-09", "2026-11-16", "2026-11-23"].map((day, index) => ({ day, whole: index < 2 }));
const cell = (day: string, kind: string, count: number | null) => ({ day, kind, count, people: null });
const ehr: FlowRow = {
  name: "ehr",
  site: false,
  cells: [cell("2026-11-09", "mrn", 40), cell("2026-11-16", "mrn", 60), cell("2026-11-16", "name", null), cell("2026-11-23", "mrn", 5)],
};
const portal: FlowRow = { name: "portal.example", site: true, cells: [cell("2026-11-16", "name", 500)] };
const sums = (...counts: (number | null)[]) => counts.map((count) => ({ count: count ?? 0, hidden: count === null }));

test("rows and kinds are sorted by what is shown, and a hidden part is said", () => {
  const matrix = matrixOf([ehr, portal], WEEKS);
  assert.deepEqual(
    matrix.rows.map((row) => row.name),
    ["portal.example", "ehr"],
  );
  assert.deepEqual(matrix.kinds, ["name", "mrn"]);
  assert.equal(matrix.most, 500);
  assert.deepEqual(matrix.rows[1]?.total, { count: 105, hidden: true });
  assert.deepEqual(matrix.rows[1]?.byKind.get("name"), { count: 0, hidden: true });
  assert.deepEqual(
    matrix.rows[1]?.series.map((sum) => sum.count),
    [40, 60, 5],
  );
});

test("no rows are no matrix", () => {
  assert.deepEqual(matrixOf([], WEEKS), { kinds: [], rows: [], most: 0 });
});

test("a sum is a number, a number and more, too few, or nothing", () => {
  assert.equal(sumText({ count: 1240, hidden: false }, 5), "1,240");
  assert.equal(sumText({ count: 1240, hidden: true }, 5), "1,240+");
  assert.equal(sumText({ count: 0, hidden: true }, 5), "< 5");
  assert.equal(sumText({ count: 0, hidden: false }, 5), "");
  assert.equal(sumWords({ count: 0, hidden: true }, 5), "fewer than 5 people");
  assert.equal(sumWords({ count: 7, hidden: true }, 9), "7, and more of fewer than 9 people");
});

test("heat grows with magnitude, and nothing is cold", () => {
  assert.equal(heatOf(0, 500), 0);
  assert.equal(heatOf(500, 500), HEATS);
  assert.equal(heatOf(1, 1), HEATS);
  assert.equal(heatOf(1, 1_000_000), 1);
  let last = 0;
  for (let count = 1; count <= 500; count++) {
    assert.ok(heatOf(count, 500) >= last);
    last = heatOf(count, 500);
  }
});

test("the trend is the last week that is over against the one before", () => {
  assert.deepEqual(trendOf(sums(40, 60, 5), WEEKS), { text: "+50 %", direction: 1 });
  assert.deepEqual(trendOf(sums(40, 10, 500), WEEKS), { text: "−75 %", direction: -1 });
  assert.deepEqual(trendOf(sums(0, 10, 0), WEEKS), { text: "new", direction: 1 });
  assert.deepEqual(trendOf(sums(10, 0, 10), WEEKS), { text: "gone", direction: -1 });
  assert.deepEqual(trendOf(sums(10, 10, 0), WEEKS), { text: "same", direction: 0 });
  assert.deepEqual(trendOf(sums(1000, 1001, 0), WEEKS), { text: "same", direction: 0 });
});

test("there is no trend of nothing, of one week, or of what is hidden", () => {
  assert.equal(trendOf(sums(0, 0, 7), WEEKS), null);
  assert.equal(trendOf(sums(7), WEEKS.slice(0, 1)), null);
  assert.equal(trendOf(sums(7), WEEKS.slice(2)), null);
  assert.equal(trendOf(sums(null, 10, 0), WEEKS), null);
  assert.equal(trendOf(sums(10, null, 0), WEEKS), null);
});

test("the small line has its most at the top and breaks where weeks are hidden", () => {
  assert.equal(sparkOf(sums(0, 10, 5), 100, 20), "M0 20L50 0L100 10");
  assert.equal(sparkOf(sums(10, null, 10), 100, 20), "M0 0M100 0");
  assert.equal(sparkOf(sums(3), 100, 20), "M0 0");
  assert.equal(sparkOf([], 100, 20), "");
});

test("one row over time has the newest first, and a sum for each kind", () => {
  const over = kindsOverTime(ehr, WEEKS);
  assert.deepEqual(over.kinds, ["mrn", "name"]);
  assert.deepEqual(
    over.buckets.map((bucket) => bucket.day),
    ["2026-11-23", "2026-11-16", "2026-11-09"],
  );
  assert.deepEqual(over.buckets[1]?.sums, [
    { count: 60, hidden: false },
    { count: 0, hidden: true },
  ]);
  assert.equal(over.most, 60);
});
