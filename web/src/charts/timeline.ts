/* The timeline of a day as rectangles. Pure: drawn by timeline.tsx, tested without a page. */

export type State = "active" | "passive" | "idle" | "locked";

export interface Piece {
  readonly start_ms: number;
  readonly duration_ms: number;
  readonly state: State;
}

export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly state: State;
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** How long a day is that begins and ends at these moments: 23 or 25 hours where the clocks change. */
export function lengthOf({ from_at, to_at }: { readonly from_at: string; readonly to_at: string }): number {
  return Date.parse(to_at) - Date.parse(from_at);
}

/** The hours to show: whole ones around all pieces, at least eight, within the day. */
export function windowOf(pieces: readonly Piece[], day = DAY): Window {
  if (pieces.length === 0) return { from: 8 * HOUR, to: 18 * HOUR };
  let from = day;
  let to = 0;
  for (const piece of pieces) {
    from = Math.min(from, piece.start_ms);
    to = Math.max(to, piece.start_ms + piece.duration_ms);
  }
  from = Math.max(0, Math.floor(from / HOUR) * HOUR);
  to = Math.min(day, Math.ceil(to / HOUR) * HOUR);
  while (to - from < 8 * HOUR) {
    if (to < day) to = Math.min(day, to + HOUR);
    if (to - from < 8 * HOUR && from > 0) from -= HOUR;
  }
  return { from, to };
}

/** Bars in [0, 1] of the window; neighbours of one state that touch (within 2 s) become one. */
export function barsOf(pieces: readonly Piece[], window: Window): Bar[] {
  const length = window.to - window.from;
  const merged: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.start_ms - b.start_ms)) {
    const last = merged.at(-1);
    const end = last ? last.start_ms + last.duration_ms : 0;
    if (last && last.state === piece.state && piece.start_ms - end <= 2_000)
      merged[merged.length - 1] = {
        ...last,
        duration_ms: Math.max(end, piece.start_ms + piece.duration_ms) - last.start_ms,
      };
    else merged.push(piece);
  }
  return merged.flatMap((piece) => {
    const start = Math.max(piece.start_ms, window.from);
    const end = Math.min(piece.start_ms + piece.duration_ms, window.to);
    return end > start ? [{ x: (start - window.from) / length, width: (end - start) / length, state: piece.state }] : [];
  });
}

/** Whole hours of the window at which to draw a line: every one, or every second, third or fourth where they are many. */
export function ticksOf(window: Window, most: number): number[] {
  const hours = (window.to - window.from) / HOUR;
  const step = [1, 2, 3, 4, 6, 12].find((one) => hours / one <= most) ?? 24;
  const ticks: number[] = [];
  for (let hour = Math.ceil(window.from / HOUR / step) * step; hour * HOUR <= window.to; hour += step) ticks.push(hour * HOUR);
  return ticks;
}
