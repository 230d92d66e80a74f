import assert from "node:assert/strict";
import { test } from "node:test";

import { allSigned, bytesText, dueText, placeResult, placeText, receiptText } from "./words.ts";

test("a place says how much was searched, and what was found", () => {
  assert.equal(placeResult({ texts: 1200, bytes: 4200, found: 0, whole: true }), "searched 1,200 texts, 4.2 KB: 0 found");
  assert.equal(placeResult({ texts: 1, bytes: 9, found: 0, whole: true }), "searched 1 text, 9 bytes: 0 found");
  assert.equal(placeResult({ texts: 3, bytes: 10, found: 2, whole: true }), "FOUND 2 times in 3 texts, 10 bytes");
});

test("what was not searched is never said to hold nothing", () => {
  assert.match(placeResult({ texts: 0, bytes: 0, found: 0, whole: false }), /^not searched/);
  assert.match(placeResult({ texts: 3, bytes: 10, found: 0, whole: false }), /not all of it/);
  assert.equal(placeResult({ texts: 0, bytes: 0, found: 0, whole: true }), "searched 0 texts, 0 bytes: 0 found");
});

test("a receipt is said to hold the counts only when it was signed over them", () => {
  const receipt = { day: "2026-11-27", revision: 3, final: false, made_at: "2026-11-27T12:00:05.000Z", verdict: "same", covers: true } as const;
  const text = (one: Parameters<typeof receiptText>[0]) => receiptText(one, (at) => at.slice(11, 19));
  assert.equal(text(receipt), "signed 12:00:05, revision 3 of 2026-11-27: the same as stored");
  assert.equal(text({ ...receipt, final: true }), "signed 12:00:05, the final one of 2026-11-27: the same as stored");
  assert.match(text({ ...receipt, verdict: "differs" }), /NOT the same as stored/);
  assert.equal(text({ ...receipt, covers: false }), "not yet: the last, of 12:00:05, was made before");
  assert.equal(text(null), "none has come yet");
  assert.equal(text(undefined), "not asked for then");
  const device = { device: "a", host_name: "a", account: null, complete: true, kinds: [], rules: [], receipt };
  assert.ok(allSigned([device, { ...device, complete: false, receipt: null }]));
  assert.ok(!allSigned([device, { ...device, receipt: { ...receipt, covers: false } }]));
  assert.ok(!allSigned([{ ...device, receipt: null }]));
});

test("an unknown place keeps its word", () => {
  assert.equal(placeText("audit"), "Audit log");
  assert.equal(placeText("elsewhere"), "elsewhere");
  assert.equal(bytesText(2_500_000), "2.5 MB");
});

test("when it is due is said in days", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  const at = (days: number) => new Date(now + days * 86_400_000).toISOString();
  assert.equal(dueText(null, null, now), "Nobody has done it yet.");
  assert.equal(dueText(at(0), at(31), now), "Last done today, next due in 31 days.");
  assert.equal(dueText(at(-1), at(30), now), "Last done yesterday, next due in 30 days.");
  assert.equal(dueText(at(-31), at(0), now), "Last done 31 days ago, due today.");
  assert.equal(dueText(at(-33), at(-2), now), "Last done 33 days ago, overdue for 2 days.");
});
