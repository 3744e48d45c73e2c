// Where in its bars a song is (melodyrnn/models/viewpoints/cycles.py). A song that is written in
// the page keeps its meter.

import { remainder } from "./whole_numbers.js";

// `context`: { length, first, meter } of a bar, of the incomplete first one, in ticks.
export function barAt({ length, first, meter }, now) {
  const since = now - (first ? first - length : 0);
  return {
    since: remainder(since, length), // ticks from where the bar began
    number: (first ? 0 : 1) + Math.floor(since / length), // 0 for an incomplete first one
    length,
    meter,
  };
}
