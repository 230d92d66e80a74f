import assert from "node:assert/strict";
import { test } from "node:test";

import { barsOf, DAY, ticksOf, windowOf, type Piece } from "./timeline.ts";

const HOUR = 3_600_000;
const piece = (start: number, duration: number, state: Piece["state"] = "active"): Piece => ({
  start_ms: start * HOUR,
  duration_ms: duration * HOUR,
  state,
});

test("the window holds every piece, in whole hours, and is never shorter than eight", () => {
  assert.deepEqual(windowOf([piece(9.2, 0.1)]), { from: 6 * HOUR, to: 14 * HOUR });
  assert.deepEqual(windowOf([piece(6.5, 1), piece(20, 0.5)]), { from: 6 * HOUR, to: 21 * HOUR });
  assert.deepEqual(windowOf([piece(23.5, 0.4)]), { from: 16 * HOUR, to: DAY });
  assert.equal(windowOf([]).to - windowOf([]).from, 10 * HOUR);
  assert.deepEqual(windowOf([piece(24.2, 0.8)], 25 * HOUR), { from: 17 * HOUR, to: 25 * HOUR });
});

test("bars are shares of the window and add up", () => {
  const bars = barsOf([piece(10, 1), piece(11, 1, "idle")], { from: 8 * HOUR, to: 16 * HOUR });
  assert.deepEqual(bars, [
    { x: 0.25, width: 0.125, state: "active" },
    { x: 0.375, width: 0.125, state: "idle" },
  ]);
});

test("touching pieces of one state are one bar, whatever their order", () => {
  const bars = barsOf([piece(11, 1), piece(10, 1), piece(10.5, 0.2)], { from: 8 * HOUR, to: 16 * HOUR });
  assert.equal(bars.length, 1);
  assert.equal(bars[0]?.width, 0.25);
});

test("what lies outside the window is cut off", () => {
  assert.deepEqual(barsOf([piece(0, 2)], { from: 8 * HOUR, to: 16 * HOUR }), []);
  assert.equal(barsOf([piece(7, 2)], { from: 8 * HOUR, to: 16 * HOUR })[0]?.x, 0);
});

test("there are never more lines than fit", () => {
  assert.deepEqual(ticksOf({ from: 8 * HOUR, to: 12 * HOUR }, 6), [8, 9, 10, 11, 12].map((hour) => hour * HOUR));
  assert.ok(ticksOf({ from: 0, to: DAY }, 8).length <= 9);
});
