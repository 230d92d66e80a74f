import assert from "node:assert/strict";
import { test } from "node:test";

import type { ClassRow } from "../../model/api.gen.ts";
import { conditionTexts, draftOf, formOf, span, unreadable } from "./class-draft.ts";

const none = { window_days: 0, zone: "", hours: [], networks: [], factor_minutes: 0, idle_minutes: 0, absolute_minutes: 0 };
const levels = {
  aggregates: "none",
  activity: "see",
  titles: "see",
  identity: "see",
  devices: "none",
  policy: "none",
  settings: "none",
  access: "none",
  audit: "none",
  programme: "none",
  system: "none",
  directory: "none",
} as const;
const viewer = { class: "viewer", title: "Viewer", reach: "everyone", levels, permissions: [], conditions: none, copied: null, users: 1 } as unknown as ClassRow;

test("a copy of a built-in class has its levels, and a name of its own to be given", () => {
  const draft = draftOf(viewer, "2026-11-27");
  assert.deepEqual([draft.was, draft.word, draft.title, draft.base], ["", "", "", "viewer"]);
  assert.deepEqual(formOf(draft).levels, levels);
  assert.deepEqual(formOf(draft).conditions, none);
});

test("a class goes into the form and out again unchanged", () => {
  const conditions = {
    window_days: 30,
    zone: "America/Chicago",
    hours: [
      { day: "mon", from: "07:00", to: "19:00" },
      { day: "sat", from: "22:00", to: "06:00" },
    ],
    networks: ["10.0.0.0/8", "2001:db8::/32"],
    factor_minutes: 60,
    idle_minutes: 10,
    absolute_minutes: 480,
  };
  const row = { ...viewer, class: "ward_clerk", conditions, copied: { from: "viewer", deviations: [], owner: 3, until: "2027-01-31", overdue: false } } as unknown as ClassRow;
  const form = formOf(draftOf(row, "2026-11-27"));
  assert.deepEqual(form.conditions, conditions);
  assert.deepEqual([form.base, form.owner, form.until], ["viewer", 3, "2027-01-31"]);
  assert.equal(draftOf(row, "2027-02-01").until, "");
  assert.equal(conditionTexts(row).length, 6);
  assert.deepEqual(conditionTexts(viewer), []);
});

test("spans of a day are read as people write them, and nothing else", () => {
  assert.deepEqual(span("7:00 - 19:00"), ["07:00", "19:00"]);
  assert.deepEqual(span("22:00–06:00"), ["22:00", "06:00"]);
  assert.deepEqual(span("00:00-24:00"), ["00:00", "24:00"]);
  for (const wrong of ["", "7-19", "07:00", "25:00-26:00", "24:00-07:00", "07:60-08:00", "07:00-07:00"]) assert.equal(span(wrong), undefined);
});

test("what does not read is told by field", () => {
  const draft = draftOf(viewer, "2026-11-27");
  assert.equal(unreadable(draft).size, 0);
  assert.deepEqual([...unreadable({ ...draft, window: "a month", hours: { ...draft.hours, tue: "always" } }).keys()], ["tue", "window"]);
});
