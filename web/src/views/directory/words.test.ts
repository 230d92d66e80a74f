import assert from "node:assert/strict";
import { test } from "node:test";

import { moveWords, numberOf, stateOf } from "./words.ts";

const person = { id: 7, name: "x", station: false, email: null, employee_id: null, manager: 0, time_zone: null, schedule: null, created_at: null, ended_at: null, confirmed: false, merged_into: 0 };

test("who is merged, a station, or gone is that before all else", () => {
  assert.equal(stateOf(person), "Not confirmed");
  assert.equal(stateOf({ ...person, confirmed: true }), "Confirmed");
  assert.equal(stateOf({ ...person, confirmed: true, ended_at: "2026-01-01T00:00:00.000Z" }), "Left");
  assert.equal(stateOf({ ...person, station: true, confirmed: true }), "Station");
  assert.equal(stateOf({ ...person, confirmed: true, merged_into: 3 }), "Is number 3");
});

test("a move names both people", () => {
  const move = { number: 1, at: "", by: "", from_person: 2, to_person: 3, from: null, why: "" };
  for (const kind of ["assign", "merge", "split"] as const) assert.match(moveWords({ ...move, kind }), /2.*3/);
});

test("what is no number from 1 is none", () => {
  for (const text of ["", "0", "-1", "1.5", "1x", "12345678901"]) assert.equal(numberOf(text), 0);
  assert.equal(numberOf(" 42 "), 42);
});
