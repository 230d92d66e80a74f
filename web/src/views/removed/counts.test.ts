import assert from "node:assert/strict";
import { test } from "node:test";

import { addUp } from "./counts.ts";

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
