// Runs of steps from note to note: which are more frequent in people's songs than in those of a
// network, and which stand in the songs that it learned
// (melodyrnn/tasks/whole_songs/runs_of_steps.py, whose numbers these are).

import { runsOf, shareOf } from "./features.js";

// Steps in a run whose frequency counts, and in one that is known or new.
const RUN = 4;
const LONG_RUN = 8;

const WIDEST = 9; // semitones
const RATIO = 12; // quarters of an octave of lengths
const RATIO_CODES = 2 * RATIO + 3; // values, the two ends of a song with them
const SIXTEENTH = 1 / 16; // to which log-ratios are rounded

// Of the hash of Fowler, Noll and Vo (FNV-1a).
const OFFSET = 2166136261;
const PRIME = 16777619;

// The mean log-ratios of frequencies over the runs of a song, by intervals, by ratios of lengths
// and by both. `ratios`: a table of each, in sixteenths.
export function meanRatios(ratios, notes) {
  return frequentRuns(notes).map((runs, kind) => {
    const sum = runs.reduce((all, run) => all + ratios[kind][run % ratios[kind].length], 0);
    return (sum / runs.length) * SIXTEENTH;
  });
}

// Of the long runs of a song how many are known, 0 of none: of those whose number has no remainder
// by `every`. `known` has a bit for each, the highest of a byte first.
export function knownShare({ known, every }, notes) {
  const places = longRuns(notes)
    .filter((run) => run % every === 0)
    .map((run) => (run / every) % (8 * known.length));
  return shareOf(places, (place) => (known[place >> 3] >> (7 - (place & 7))) & 1);
}

// The numbers of runs, as frequent ones are told apart: a song's start and its end are steps, too.
export function frequentRuns(notes) {
  const { intervals, ratios } = stepsOf(notes);
  const bounded = (codes, most) => [...Array(RUN - 1).fill(2 * most + 1), ...codes, 2 * most + 2];
  const ofSong = { intervals: bounded(intervals, WIDEST), ratios: bounded(ratios, RATIO) };
  return [ofSong.intervals, ofSong.ratios, bothOf(ofSong)].map((codes) => numbersOf(codes, RUN));
}

// As known ones are.
export function longRuns(notes) {
  return numbersOf(bothOf(stepsOf(notes)), LONG_RUN);
}

// Of each step from a note that sounds to the next its interval and the ratio of their lengths,
// both counted from 0.
function stepsOf({ intervals, lengths }) {
  const within = (value, most) => Math.min(Math.max(value, -most), most) + most;
  const ratio = (length, n) => Math.floor(4 * Math.log2(length / lengths[n]) + 0.5);
  return {
    intervals: intervals.map((interval) => within(interval, WIDEST)),
    ratios: lengths.slice(1).map((length, n) => within(ratio(length, n), RATIO)),
  };
}

function bothOf({ intervals, ratios }) {
  return intervals.map((interval, n) => RATIO_CODES * interval + ratios[n]);
}

// Of each run of a length, from 0 to 2^32 - 1.
function numbersOf(codes, length) {
  return runsOf(codes, length).map((run) => {
    const found = run.reduce((hash, code) => Math.imul(hash ^ code, PRIME), OFFSET);
    return (found ^ (found >>> 15)) >>> 0;
  });
}
