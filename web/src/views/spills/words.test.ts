import assert from "node:assert/strict";
import { test } from "node:test";

import { deviceCounts, foundText } from "./words.ts";

const day = (date: string, texts: number) => ({ date, texts, rewritten_at: null, destroyed_key: null });

test("texts and days are counted, a day that was rewritten twice once", () => {
  assert.equal(foundText({ state: "found", texts: 1, days: [day("2026-11-23", 1)] }), "1 text on 1 day");
  assert.equal(foundText({ state: "done", texts: 1200, days: [day("2026-11-23", 1199), day("2026-11-23", 1), day("2026-11-24", 0)] }), "1,200 texts on 1 day");
});

test("nothing is nothing, and nothing so far while the search is under way", () => {
  assert.equal(foundText({ state: "found", texts: 0, days: [] }), "nothing");
  assert.equal(foundText({ state: "searching", texts: 0, days: [] }), "nothing so far");
});

test("only computers that said so are clean", () => {
  assert.equal(deviceCounts([{ clean_at: null }]), "0 of 1 computer said that nothing waiting there has it.");
  assert.equal(deviceCounts([{ clean_at: null }, { clean_at: "2026-11-23T00:00:00.000Z" }]), "1 of 2 computers said that nothing waiting there has it.");
});
