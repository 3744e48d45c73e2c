// What is seen of a song only when it is whole, as numbers
// (melodyrnn/tasks/whole_songs/features.py, which names each, in this order).

import { aboveTonic } from "./keys.js";
import { barOf } from "./meters.js";
import { remainder } from "./whole_numbers.js";

const BARS_BACK = [1, 2, 4, 8];
const RUNS = [3, 5, 8]; // steps
const DEGREES = [0, 2, 3, 4, 5, 7, 9, 11]; // semitones above the tonic
const IN_OCTAVE = 12; // semitones

// The notes of a song that sound; `count`: of all notes. Times are in ticks from its first bar
// line.
export function soundingNotes(ids, { midi, ticks }, { meter, key, pickup }) {
  const notes = ids.filter((id) => ticks[id] > 0);
  const places = [...notes.keys()].filter((place) => midi[notes[place]] !== null);
  const pitches = places.map((place) => midi[notes[place]]);
  const lengths = notes.map((id) => ticks[id]);
  let end = -pickup;
  const begins = lengths.map((length) => (end += length) - length);
  const bar = barOf(meter);
  return {
    count: notes.length,
    places,
    pitches,
    degrees: pitches.map((pitch) => aboveTonic(pitch, key)),
    lengths: places.map((place) => lengths[place]),
    onsets: places.map((place) => begins[place]),
    intervals: differences(pitches),
    pickup,
    end,
    bar,
    bars: Math.max(1, Math.floor((end + pickup) / bar)),
  };
}

// All features of a song that has a note that sounds.
export function featuresOf(notes) {
  const groups = [ending, size, height, returns, pitches, durations, beats];
  return groups.flatMap((group) => group(notes));
}

// Yes is 1. A last bar that the pickup completes is full.
function ending({ bar, pickup, end, degrees, onsets, intervals, places, count }) {
  const over = end <= 0 ? end + pickup : remainder(end, bar) || bar;
  const full = over === bar || over === bar - pickup;
  const tonic = degrees.at(-1) === 0;
  const first = onsets.at(-1) >= 0 && onsets.at(-1) % bar === 0;
  const approach = intervals.at(-1) ?? 0;
  return [
    full,
    tonic,
    first,
    full && tonic && first,
    [1, 2].includes(Math.abs(approach)),
    approach === 0,
    [-1, -2].includes(approach),
    places.at(-1) !== count - 1,
  ].map(Number);
}

function size({ bars }) {
  const doublings = Math.log2(bars);
  return [doublings, doublings ** 2, ...[2, 4, 8].map((number) => Number(bars % number === 0))];
}

// In octaves.
function height({ pitches }) {
  const final = pitches.at(-1);
  const highest = Math.max(...pitches);
  return [
    (final - Math.min(...pitches)) / IN_OCTAVE,
    (total(pitches) / pitches.length - final) / IN_OCTAVE,
    (pitches[0] - final) / IN_OCTAVE,
    pitches.indexOf(highest) / pitches.length,
  ];
}

// Shares of bars, and of runs of steps.
function returns({ bar, onsets, pitches, lengths, intervals }) {
  const numbers = onsets.map((onset) => Math.floor(onset / bar));
  const begun = Array.from({ length: numbers.at(-1) - numbers[0] + 1 }, () => []);
  numbers.forEach((number, n) =>
    begun[number - numbers[0]].push([pitches[n], remainder(onsets[n], bar), lengths[n]]),
  );
  const bars = begun.map(String);
  const rhythms = begun.map((notes) => String(notes.map(([, ...rhythm]) => rhythm)));
  const steps = intervals.map(
    (interval, n) => `${interval} ${Math.floor((1000 * lengths[n + 1]) / lengths[n])}`,
  );
  const again = repeated(bars),
    rhythmAgain = repeated(rhythms);
  return [
    again,
    again ** 2,
    rhythmAgain,
    rhythmAgain ** 2,
    ...BARS_BACK.map((back) => likeBefore(bars, back)),
    ...RUNS.map((length) => repeated(steps, length)),
  ];
}

// Shares of notes and of intervals.
function pitches({ degrees, intervals }) {
  const ofSize = (fits) => intervals.filter((interval) => fits(Math.abs(interval))).length;
  const few = Math.max(1, intervals.length);
  return [
    ...DEGREES.map((degree) => shareOf(degrees, (each) => each === degree)),
    ofSize((each) => each === 0) / few,
    ofSize((each) => each === 1 || each === 2) / few,
    ofSize((each) => each === 3 || each === 4) / few,
    ofSize((each) => each >= 7) / few,
    entropy(intervals),
  ];
}

function durations({ lengths }) {
  const counts = countsOf(lengths);
  const [usual, most] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best));
  return [
    counts.size,
    entropy(lengths),
    most / lengths.length,
    shareOf(lengths, (length) => length > 2 * usual),
  ];
}

function beats({ bar, bars, onsets, places, count }) {
  const inside = differences(places).filter((apart) => apart > 1).length;
  const onLine = onsets.filter((onset) => onset % bar === 0).length;
  return [
    onLine / onsets.length,
    onLine / bars,
    onsets.length / bars,
    (count - places.length) / bars,
    inside / bars,
  ];
}

// The share of runs of a length, of single items from the second on, that stood before.
function repeated(items, length = 1) {
  const runs = runsOf(items, length).map((run) => run.join());
  const all = runs.length - Number(length === 1);
  return all > 0 ? (runs.length - new Set(runs).size) / all : 0;
}

// The share of those that are as the one so many before, of all that have one.
function likeBefore(items, back) {
  return shareOf(items.slice(back), (item, n) => item === items[n]);
}

// In bits; 0 of none.
function entropy(values) {
  const shares = [...countsOf(values).values()].map((count) => count / values.length);
  return 0 - total(shares.map((share) => share * Math.log2(share)));
}

// Those of all items that stand together.
export function runsOf(items, length) {
  const many = Math.max(0, items.length - length + 1);
  return Array.from({ length: many }, (_, start) => items.slice(start, start + length));
}

// From each number to the next.
function differences(numbers) {
  return numbers.slice(1).map((number, n) => number - numbers[n]);
}

// Of values that fit; 0 of none.
export function shareOf(values, fits) {
  return values.length ? values.filter(fits).length / values.length : 0;
}

function countsOf(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}
