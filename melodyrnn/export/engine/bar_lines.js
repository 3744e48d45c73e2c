// Lengths that fill bars, as the table of an automaton whose states are places in time
// (melodyrnn/tasks/control/bar_lines.py). `lengths` of each kind of note, 0 for what is never
// drawn; `closing`: which kinds may end a song.

import { NOWHERE } from "./automaton.js";
import { remainder } from "./whole_numbers.js";

// A pickup and `bars` full bars; state t is t steps after the start.
export function soManyBars(lengths, closing, { bar, pickup, ties }, bars) {
  const end = pickup + bars * bar;
  const table = tableOf(end + 1, (at) =>
    lengths.map((length, kind) => {
      const after = at + length;
      const fits = length > 0 && after <= end && (closing[kind] || after < end);
      return fits && (ties || length <= bar - remainder(at - pickup, bar)) ? after : NOWHERE;
    }),
  );
  return { table, final: table.map((_, at) => at === end), start: 0 };
}

// Any number of bars; state t is t steps into a bar, the last state after a bar that may be the
// last. `full`: the last bar is, and a note that may close ends it.
export function anyBars(lengths, closing, { bar, pickup, ties }, full) {
  const table = tableOf(bar + 1, (state) => {
    const at = state % bar;
    return lengths.map((length, kind) => {
      if (!length || (!ties && length > bar - at)) return NOWHERE;
      const after = (at + length) % bar;
      return after === 0 && closing[kind] ? bar : after;
    });
  });
  return {
    table,
    final: table.map((_, at) => !full || at === bar),
    start: remainder(-pickup, bar),
  };
}

// One state, in which any note may come.
export function noBars(lengths) {
  return { table: [lengths.map((length) => (length > 0 ? 0 : NOWHERE))], final: [true], start: 0 };
}

// With a kind of token which alone ends a song, where it may end.
export function closedBy({ table, final, start }, kind) {
  const end = table.length;
  const rows = table.map((row, state) =>
    row.map((next, each) => (each === kind && final[state] ? end : each === kind ? NOWHERE : next)),
  );
  return {
    table: [...rows, table[0].map(() => NOWHERE)],
    final: [...final.map(() => false), true],
    start,
  };
}

// With a kind of token that comes before everything else, or not at all; the kind that closes a
// song does not come first. Adds two states, before the opening and after it.
export function openedBy({ table, final, start }, kind, closing) {
  const before = table.length;
  const first = table[start].map((next, each) => (each === closing ? NOWHERE : next));
  const opening = first.map((next, each) => (each === kind ? before + 1 : next));
  return { table: [...table, opening, first], final: [...final, false, false], start: before };
}

function tableOf(count, row) {
  return Array.from({ length: count }, (_, place) => row(place));
}
