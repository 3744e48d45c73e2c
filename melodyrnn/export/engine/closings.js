// How tunes close: drawn as often as training songs close so, and the tune then drawn again until
// it does (melodyrnn/tasks/closings.py and generation/again.py).

import { onTonic } from "./keys.js";
import { barOf } from "./meters.js";
import { uniforms } from "./random.js";
import { remainder } from "./whole_numbers.js";

// Times that a song is drawn; after that it is the first of those that lack least.
const MOST_DRAWN = 32;
// Between the streams of the same song drawn again.
const APART = 1000000n;

// Of a new song's ids in how much it does not close as was drawn for it. `closings` are the shares
// of all ways to close: whether the last bar is full, the last note the tonic, and on a first beat.
export function lacking({ songs: { closings }, tokens }, seed, number, like) {
  // A stream of its own, apart from those of the notes and of the header.
  const [drawn] = uniforms([seed, number, 2n], 1);
  let bound = 0;
  const way = closings.slice(0, -1).filter((share) => (bound += share) <= drawn).length;
  const wanted = [way & 4, way & 2, way & 1].map(Boolean);
  return (ids) => closingOf(ids, tokens, like).filter((has, n) => has !== wanted[n]).length;
}

// What `draw` makes of a stream's number: that of the song's own, or else the first that lacks
// nothing.
export async function drawnAgain(draw, number, lacks) {
  let best = await draw(number);
  let least = lacks(best.ids);
  for (let time = 1n; time < MOST_DRAWN && least; time++) {
    const song = await draw(number + time * APART);
    const less = lacks(song.ids);
    if (less < least) [best, least] = [song, less];
  }
  return best;
}

// Whether the last bar is full, or the pickup completes it; whether the last note is the tonic;
// whether it begins with a bar. Of a song of rests, nothing of it.
function closingOf(ids, { midi, ticks }, { meter, key, pickup }) {
  const last = ids.findLastIndex((id) => midi[id] !== null);
  if (last < 0) return [false, false, false];
  const lasting = (some) => some.reduce((sum, id) => sum + ticks[id], 0);
  const bar = barOf(meter);
  const end = lasting(ids);
  const begins = lasting(ids.slice(0, last));
  const over = remainder(end - pickup, bar);
  const full = end <= pickup ? [bar, bar - pickup].includes(end) : [0, bar - pickup].includes(over);
  const first = begins >= pickup && remainder(begins - pickup, bar) === 0;
  return [full, onTonic(midi[ids[last]], key), first];
}
