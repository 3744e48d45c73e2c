// Note values, and the values that write a duration. All lengths are whole numbers of ticks, GRID a
// quarter note, in which every duration of the notation is exact: the rules of music/durations.py.

import { GRID } from "../engine/meters.js";
import { commonDivisor } from "../engine/whole_numbers.js";

const TYPES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const RATIOS = { "": [1, 1], trip: [3, 2], quad: [4, 3], "5:4": [5, 4], "7:4": [7, 4], "9:8": [9, 8] };
const REMAINDERS = [9, 15, 21, 35, 45, 63, 105, 315].map((actual) => `${actual}:4`);
const WHOLE = 4 * GRID;

// [actual, normal] of "", "trip" or "5:4": so many notes in the time of so many.
export function tupletRatio(word) {
  return RATIOS[word] ?? word.split(":").map(Number);
}

// Ticks of the value `type` (4: a quarter) with `dots` in a tuplet; no whole number where it is none
// that can stand in a score.
function ticksOf(type, dots, tuplet) {
  const [actual, normal] = tupletRatio(tuplet);
  return (WHOLE * (2 ** (dots + 1) - 1) * normal) / (type * 2 ** dots * actual);
}

// Into how many a beat is divided that holds `ticks`, halves apart.
function oddPart(ticks) {
  let denominator = GRID / commonDivisor(ticks, GRID);
  while (denominator % 2 === 0) denominator /= 2;
  return denominator;
}

// Whether a duration ends where undivided beats can: where a tuplet may close.
export const isDyadic = (ticks) => oddPart(ticks) === 1;

// Whether it needs no tuplet but those of 3.
export const isCommon = (ticks) => oddPart(ticks) <= 3;

// Ticks -> the first value of these [tuplet, dots] that writes it.
function singleValues(forms, common) {
  const values = new Map();
  for (const [tuplet, dots] of forms) {
    for (const type of TYPES) {
      const ticks = ticksOf(type, dots, tuplet);
      if (Number.isInteger(ticks) && isCommon(ticks) === common && !values.has(ticks)) {
        values.set(ticks, { type, dots, tuplet, ticks });
      }
    }
  }
  return values;
}

// Plain before dotted, before triplets, before quadruplets.
const COMMON_FORMS = [["", 0], ["", 1], ["", 2], ["trip", 0], ["trip", 1], ["quad", 0], ["", 3]];
const UNCOMMON_FORMS = Object.keys(RATIOS).flatMap((word) => [[word, 0], [word, 1]]);
const COMMON = singleValues(COMMON_FORMS, true);
const VALUES = new Map([...COMMON, ...singleValues(UNCOMMON_FORMS, false)]);
const ALL = new Map([...singleValues(REMAINDERS.map((word) => [word, 0]), false), ...VALUES]);

const inForm = (ticks) => {
  const { tuplet, dots } = COMMON.get(ticks);
  return [tuplet === "" ? 0 : 1, dots, -ticks];
};
const COMMON_FIRST = [...COMMON.keys()].sort((one, other) => {
  const [a, b] = [inForm(one), inForm(other)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
});
const PLAIN_FIRST = [...COMMON_FIRST, ...[...VALUES.keys()].filter((ticks) => !COMMON.has(ticks))];
const falling = (ticks) => ticks.sort((a, b) => b - a);
const LONGEST_COMMON = falling([...COMMON.keys()]);
const LONGEST_UNDIVIDED = LONGEST_COMMON.filter(isDyadic);

// [above, below] in the lowest terms.
export function lowestTerms(above, below) {
  const divisor = commonDivisor(above, below);
  return [above / divisor, below / divisor];
}

// The single value that writes so many ticks, if one does.
export const valueOf = (ticks) => VALUES.get(ticks);

// Values which, tied, last so many ticks: one or two where so few can, else few.
export function spell(ticks) {
  const wholes = Math.max(0, Math.floor((ticks - WHOLE) / WHOLE)); // of a very long note
  return [...Array(wholes).fill(COMMON.get(WHOLE)), ...spellEnd(ticks - wholes * WHOLE)];
}

function spellEnd(ticks) {
  if (VALUES.has(ticks)) return [VALUES.get(ticks)];
  const common = isCommon(ticks);
  for (const first of common ? COMMON_FIRST : PLAIN_FIRST) {
    const second = VALUES.get(ticks - first);
    if (second) return [VALUES.get(first), second];
  }
  if (ALL.has(ticks)) return [ALL.get(ticks)];
  const longest = longestFirst(ticks, common).find((length) => length < ticks);
  return [ALL.get(longest), ...spellEnd(ticks - longest)];
}

// What may be taken from a duration, the longest first; what is left can be written too.
function longestFirst(ticks, common) {
  if (common) return LONGEST_COMMON;
  const odd = oddPart(ticks);
  const divided = falling([...ALL.keys()].filter((each) => oddPart(each) === odd));
  return [...LONGEST_UNDIVIDED, ...divided];
}
