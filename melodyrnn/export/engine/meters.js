// Meters and lengths of time. A quarter note has GRID ticks, so that every length is a whole number
// (melodyrnn/music/durations.py); a meter is { beats: 3, unit: 4 }.

import { Refused } from "./refused.js";

export const GRID = 20160;

const UNITS = [1, 2, 4, 8, 16, 32, 64];
const VALUES_WRITTEN = [...UNITS, 128, 256, 512, 1024];
const TUPLETS = { trip: [3, 2], quad: [4, 3] };
const MOST_DOTS = 4;

export function readMeter(text) {
  const match = /^([0-9]{1,3})\/([0-9]{1,3})$/.exec(text.trim());
  const [beats, unit] = match ? match.slice(1).map(Number) : [0, 0];
  if (beats < 1 || beats > 99 || !UNITS.includes(unit)) {
    const remedy = "write it as beats/unit, the unit 1, 2, 4 … 64";
    throw new Refused("meter", { text }, `--meter: unknown meter '${text}'; ${remedy}`);
  }
  return { beats, unit };
}

export function writeMeter({ beats, unit }) {
  return `${beats}/${unit}`;
}

// Ticks of a full bar.
export function barOf({ beats, unit }) {
  return (4 * GRID * beats) / unit;
}

// The length of a bar in eighths, 15 for all longer ones, and whether its beats are felt in threes.
export function meterClass({ beats, unit }) {
  const compound = beats > 3 && beats % 3 === 0 && unit >= 8;
  return 2 * Math.min(Math.floor((8 * beats) / unit), 15) + Number(compound);
}

// `8` or `4.` in a tuplet's ratio as ticks; null where it is no note value on the grid.
export function readValue(text, [actual, normal] = [1, 1]) {
  const [, left, number, right] = /^(\.*)([0-9]+)(\.*)$/.exec(text) ?? [];
  const dots = number ? left.length + right.length : 0;
  if (!VALUES_WRITTEN.includes(Number(number)) || dots > MOST_DOTS) return null;
  const ticks = (4 * GRID * (2 ** (dots + 1) - 1) * normal) / (Number(number) * 2 ** dots * actual);
  return Number.isInteger(ticks) ? ticks : null;
}

// `trip`, `quad` or `5:4` as [actual, normal]; null for any other word.
export function readTuplet(word) {
  const [, actual, normal] = /^([1-9][0-9]{0,2}):([1-9][0-9]{0,2})$/.exec(word) ?? [];
  return TUPLETS[word] ?? (actual ? [Number(actual), Number(normal)] : null);
}

// `8`, `4+16`, `trip{8}`, or `0` for none, as ticks.
export function readPickup(text) {
  const parts = text.trim() === "0" ? [] : text.replaceAll(" ", "").split("+");
  const ticks = parts.map((part) => {
    const [, word, value] = /^(?:([a-z]+|[0-9:]+)\{)?([0-9.]+)\}?$/.exec(part) ?? [];
    const ratio = word === undefined ? [1, 1] : readTuplet(word);
    const closed = part.endsWith("}") === (word !== undefined);
    return value && ratio && closed ? readValue(value, ratio) : null;
  });
  if (ticks.includes(null)) {
    const remedy = "write the note values before the first full bar, such as '8' or '4+16'";
    throw new Refused("pickup", { text }, `--pickup: unknown pickup '${text}'; ${remedy}`);
  }
  return ticks.reduce((sum, each) => sum + each, 0);
}
