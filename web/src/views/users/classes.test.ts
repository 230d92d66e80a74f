import assert from "node:assert/strict";
import { test } from "node:test";

import type { ClassRow } from "../../model/api.gen.ts";
import { activityText, classText, classTitle, personNumber, seesSelf } from "./classes.ts";

const none = { aggregates: "none", activity: "none", titles: "none", identity: "none", devices: "none", policy: "none", settings: "none", access: "none", audit: "none", programme: "none", system: "none", directory: "none" } as const;
const seen = { ...none, activity: "see", titles: "see", identity: "see" } as const;
const conditions = { window_days: 0, zone: "", hours: [], networks: [], factor_minutes: 0, idle_minutes: 0, absolute_minutes: 0 };
const plain = { permissions: [], conditions, copied: null, users: 0 };
const rows: ClassRow[] = [
  { class: "viewer", title: "Viewer", reach: "everyone", levels: seen, ...plain },
  { class: "employee", title: "Employee", reach: "self", levels: seen, ...plain },
  { class: "keeper", title: "Keeper", reach: "everyone", levels: { ...none, devices: "change", audit: "see" }, ...plain },
];

test("a class is told by whose activity it sees, and what it sees and changes beside", () => {
  assert.deepEqual(rows.map(classText), ["Viewer: everyone's activity", "Employee: their own activity", "Keeper: sees audit; changes devices"]);
});

test("a class that changes everything is told in a word", () => {
  const levels = Object.fromEntries(Object.keys(none).map((category) => [category, "change"])) as ClassRow["levels"];
  assert.equal(classText({ class: "admin", title: "Admin", reach: "everyone", levels, ...plain }), "Admin: everything");
});

test("a word that is no class stays a word, and sees nobody in particular", () => {
  assert.equal(classTitle(rows, "keeper"), "Keeper");
  assert.equal(classTitle(rows, "gone"), "gone");
  assert.deepEqual(["viewer", "employee", "gone"].map((word) => seesSelf(rows, word)), [false, true, false]);
});

test("whose activity somebody sees is a sentence, also when it is nobody's", () => {
  const told = [["allowed", 1], ["allowed", 12], ["untied", 0], ["permission", 0], ["scope", 0]] as const;
  assert.deepEqual(
    told.map(([reason, people]) => activityText({ reason, people })),
    [
      "sees the activity of 1 person.",
      "sees the activity of 12 people.",
      "sees nobody's activity until it is said which person they are.",
      "sees nobody's activity.",
      "sees nobody's activity.",
    ],
  );
});

test("a person's number is digits, or nothing", () => {
  assert.deepEqual(["", " 12 ", "0", "x", "-1", "1.5", "12345678901"].map(personNumber), [0, 12, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
});
