// Songs weighed as wholes (melodyrnn/tasks/whole_songs/weights.py and choice.py), and one of
// several taken by what they weigh (melodyrnn/generation/weighed.py).

import { featuresOf, soundingNotes } from "./features.js";
import { uniforms } from "./random.js";
import { knownShare, meanRatios } from "./runs_of_steps.js";

// Of the long runs of a song, so many are known at most.
const VARIANT = 0.5;
// Deviations from the mean that a feature counts for, at most.
const FURTHEST = 3;

// Between the streams of the candidates for one song.
const APART = 1000000n;
// The stream that chooses among candidates, apart from those of the notes and of the header.
const CHOICE = 2;

// How many candidates each new song has: one where something is asked of how songs begin and end,
// or nothing is left to chance.
export function candidatesOf({ wholeSongs }, { primer, length, bars, end, temperature }) {
  const asked = bars || end || length !== null || primer !== null;
  return wholeSongs && !asked && temperature > 0 ? wholeSongs.candidates : 1;
}

// The natural logarithm of what the song of these ids weighs; -Infinity for one that does not
// sound, or of which most is known from the songs that were learned.
export function logWeight({ wholeSongs, tokens }, ids, like) {
  const notes = soundingNotes(ids, tokens, like);
  if (!notes.pitches.length || knownShare(wholeSongs, notes) > VARIANT) return -Infinity;
  const { means, deviations, weights, ratios } = wholeSongs;
  const apart = (value, n) =>
    Math.min(Math.max((value - means[n]) / deviations[n], -FURTHEST), FURTHEST);
  return [...featuresOf(notes), ...meanRatios(ratios, notes)].reduce(
    (sum, value, n) => (deviations[n] > 0 ? sum + apart(value, n) * weights[n] : sum),
    0,
  );
}

// Of so many candidates, each what `draw` makes of the number of a stream, one that is taken with a
// probability in proportion to its weight.
export async function drawnByWeight(draw, seed, number, candidates, weigh) {
  const chances = uniforms([seed, number, CHOICE], candidates);
  let taken = null,
    largest = -Infinity;
  for (let time = 0; time < candidates; time++) {
    const song = await draw(number + BigInt(time) * APART);
    const sum = weigh(song.ids) - Math.log(-Math.log(chances[time]));
    if (!taken || sum > largest) [taken, largest] = [song, sum];
  }
  return taken;
}
