import assert from "node:assert/strict";
import { test } from "node:test";

import { detailText } from "./detail.ts";

test("members of a detail read as words", () => {
  assert.equal(detailText('{"date":"2026-11-23","uses_left":1,"roles":["admin"]}'), 'date 2026-11-23, uses left 1, roles ["admin"]');
  assert.equal(detailText("{}"), "");
});

test("what is no JSON object stays as it is", () => {
  for (const text of ["", "link", "{broken", '{"a":', "[1]"]) assert.equal(detailText(text), text);
});
