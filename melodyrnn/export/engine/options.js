// What may be asked of a generation: the options of the command line, their ranges and defaults
// (melodyrnn/models/config.py).

import { Refused } from "./refused.js";

const WHOLE_NUMBER = { whole: true };
const OF_ALL = {
  primer: { value: null },
  length: { value: null, least: 1, most: 100000, ...WHOLE_NUMBER },
  count: { value: 1, least: 1, most: 1000, ...WHOLE_NUMBER },
  temperature: { value: 1, least: 0, most: 1e6 },
  topK: { value: null, least: 1, most: 999999, ...WHOLE_NUMBER },
  topP: { value: null, above: 0, most: 1 },
  seed: { value: 0n, most: 10n ** 18n, seed: true },
};
const OF_SONGS = {
  bars: { value: null, least: 1, most: 256, ...WHOLE_NUMBER },
  meter: { value: null, text: true },
  key: { value: null, text: true },
  pickup: { value: null, text: true },
  end: { value: false, choice: true },
  ties: { value: false, choice: true },
  avoidLoops: { value: false, choice: true },
};

// All options, those that are not asked for by their defaults. Throws Refused.
export function options(asked, { task }) {
  const rows = task === "text" ? OF_ALL : { ...OF_ALL, ...OF_SONGS };
  for (const name of Object.keys(asked)) {
    if (!(name in rows))
      throw new Refused("noEffect", { name }, `${name} has no effect in this page; leave it out`);
  }
  const each = Object.entries(rows).map(([name, row]) => [name, checked(name, asked[name], row)]);
  return Object.fromEntries(each);
}

function checked(name, given, row) {
  if (given === undefined || given === null || given === "") return row.value;
  if (row.choice) return Boolean(given);
  if (row.seed) return seedOf(given, row.most);
  if (row.most === undefined) return row.text ? String(given) : given;
  const value = Number(given),
    { least, above, most } = row;
  const fits = value <= most && (above === undefined ? value >= least : value > above);
  if (!fits || (row.whole && !Number.isInteger(value))) {
    const values = { name, value: given, least: least ?? above, most };
    const range = above === undefined ? `${least} to ${most}` : `above ${above}, up to ${most}`;
    throw new Refused("range", values, `${name} ${given} is out of range; it is ${range}`);
  }
  return value;
}

function seedOf(given, most) {
  const text = String(given).trim();
  const seed = /^[0-9]{1,19}$/.test(text) ? BigInt(text) : most + 1n;
  if (seed <= most) return seed;
  const values = { name: "seed", value: text, least: 0, most: String(most) };
  throw new Refused(
    "range",
    values,
    `seed ${text} is out of range; it is a whole number from 0 to ${most}`,
  );
}
