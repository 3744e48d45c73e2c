// What stands above new songs: meter, key and pickup (melodyrnn/tasks/headers.py). A header is
// { meter, key, pickup }, the pickup in ticks.

import { readKey } from "./keys.js";
import { GRID, barOf, readMeter, readPickup, writeMeter } from "./meters.js";
import { uniforms } from "./random.js";
import { Refused } from "./refused.js";

// What is asked of a header; null for what is not.
export function askedHeader({ meter, key, pickup }) {
  return {
    meter: meter === null ? null : readMeter(meter),
    key: key === null ? null : readKey(key),
    pickup: pickup === null ? null : readPickup(pickup),
  };
}

// The header with what is asked in its place. Throws Refused for a pickup that no bar has room for.
export function withAsked(header, asked) {
  const given = Object.entries(asked).filter(([, value]) => value !== null);
  const all = { ...header, ...Object.fromEntries(given) };
  if (all.pickup >= barOf(all.meter)) {
    const meter = writeMeter(all.meter),
      pickup = all.pickup / GRID;
    const remedy = "give another --pickup, or --pickup 0 for none";
    const rule = `it is shorter than a bar of ${meter}`;
    const words = `a pickup of ${pickup} quarter notes; ${rule}; ${remedy}`;
    throw new Refused("pickup", { text: String(pickup), meter }, words);
  }
  return all;
}

// That of the new song of a number, from a stream of its own: as often as training songs have it.
export function drawnHeader({ meters, keys, pickups }, seed, number, asked) {
  const [forMeter, forKey, forPickup] = uniforms([seed, number, 1], 3);
  const fits = (meter) => barOf(readMeter(meter)) > (asked.pickup ?? 0);
  const meter = asked.meter ?? readMeter(chosen(meters, forMeter, fits));
  const usual = pickups[writeMeter(meter)]?.map(([part, of, count]) => [(part * GRID) / of, count]);
  return withAsked(
    {
      meter,
      key: asked.key ?? readKey(chosen(keys, forKey)),
      pickup: usual ? chosen(usual, forPickup) : 0,
    },
    asked,
  );
}

// Of values with their counts that fit, or of all if none does, the one that a number in [0, 1)
// draws.
function chosen(counts, number, fits = () => true) {
  const fitting = counts.filter(([value]) => fits(value));
  const among = fitting.length ? fitting : counts;
  const total = among.reduce((sum, [, count]) => sum + count, 0);
  let bound = 0;
  return among.find(([, count]) => (bound += count) > number * total)[0];
}
