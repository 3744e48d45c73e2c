// What a model of viewpoints sees before each note: factors and recalled candidates
// (melodyrnn/models/viewpoints/observer.py; after Conklin and Witten 1995). A note is of a kind,
// which says how long it lasts, and most have a height, counted from the tonic.

import { barAt } from "./bars.js";
import {
  GIVEN_CANDIDATES,
  HEIGHT_CANDIDATES,
  KIND_CANDIDATES,
  NOTHING,
  NO_HEIGHT,
  NO_STEP,
  Recollection,
  longer,
} from "./past.js";
import { remainder } from "./whole_numbers.js";

const ALIKE = 8; // classes of how many notes in a row were alike
const PLACES = 24; // distinguished in a bar; the last holds all beyond
const ON_LINE = PLACES;
const BEYOND_LINE = PLACES + 1;
const LAST = PLACES + 2;
const NO_TIME = 2 * LAST; // the first class of kinds that take no time
const GROUP = 4; // bars are numbered twice: in groups,
const GROUPS = 8; // the last of which holds all beyond,
const IN_GROUP = 8; // and within
const LEFT = 10; // classes of how many bars are left
const LINES = 4;
const ARRIVALS = 2;
const STOPS = 2 * ARRIVALS * LINES;
const LENGTHS = [1, 2, 3, 4, 6, 8, 12]; // bounds of the classes of how long a kind lasts, in units

export class Observer {
  // `kind` and `height` of each token, `ticks` of each kind, `octave`; `unit`: the ticks of one
  // place in a bar; `heights`: how many there are, counted from the tonic, and `origin`: where in
  // the octave of these the tonic is.
  constructor({ kind, height, ticks, octave, origin, unit, heights }) {
    Object.assign(this, { kind, height, ticks, octave, origin, unit, heights });
    this.room = Math.floor(octave / 2); // tonics are at most half an octave up or down
    this.bounds = LENGTHS.map((length) => length * unit);
    this.lengthClass = ticks.map((length) => this.classOfLength(length));
  }

  // Before the first token, where nothing is seen yet. `context`: bars, `origin` and `mode`, and
  // how many `cycles`, or at what `end`, where that is known.
  begin(context) {
    return {
      context,
      lowest: this.room - context.origin,
      past: NOTHING,
      first: NO_HEIGHT,
      now: 0,
      hits: Array(KIND_CANDIDATES + HEIGHT_CANDIDATES + GIVEN_CANDIDATES).fill(0),
      seen: { last: NO_HEIGHT, highest: NO_HEIGHT, lowest: NO_HEIGHT },
    };
  }

  // After one more token.
  append(observed, token) {
    const { seen, now, context, past } = observed;
    const kind = this.kind[token];
    const sounds = this.height[token] !== NO_HEIGHT;
    const height = sounds ? this.height[token] + observed.lowest : NO_HEIGHT;
    const step = sounds && seen.last !== NO_HEIGHT ? height - seen.last : NO_STEP;
    const after = {
      ...observed,
      past: longer(past, { kind, height, step, onset: now, place: barAt(context, now).since }),
      first: observed.first === NO_HEIGHT ? height : observed.first,
      now: now + this.ticks[kind],
      hits: past.kind.length ? hits(observed, kind, height) : observed.hits,
    };
    const last = sounds ? height : seen.last;
    return { ...after, seen: this.see(after, last, extremes(seen, height)) };
  }

  see(observed, last, { highest, lowest }) {
    const standing = this.standing(observed, last);
    const { bar } = standing;
    const recalled = new Recollection(observed.past, observed.now, bar.since, bar.length, last);
    const kinds = recalled.kinds(),
      heights = recalled.heights(this.heights);
    const given = recalled.given(this.ticks.length, this.heights);
    const ends = this.ends(observed, standing);
    const ofKinds = observed.hits.slice(0, KIND_CANDIDATES);
    const ofHeights = observed.hits.slice(KIND_CANDIDATES, -GIVEN_CANDIDATES);
    const ofGiven = observed.hits.slice(-GIVEN_CANDIDATES);
    return {
      last,
      highest,
      lowest,
      kinds: kinds.map(({ value }) => value),
      heights: heights.map(({ value }) => value),
      ends,
      factors: [
        ...this.before(observed, standing, last, { highest, lowest }),
        ...kinds.flatMap(({ value, alike }, n) => [
          value + 1,
          Math.min(alike, ALIKE - 1),
          ofKinds[n],
        ]),
        ...this.bySteps(heights, last, ofHeights),
      ],
      givenHeights: given.map((each) => each.map(({ value }) => value)),
      givenFactors: (kind) => [
        ends[kind],
        kind + 1,
        this.lengthClass[kind],
        ...this.bySteps(given[kind], last, ofGiven),
      ],
    };
  }

  standing({ past, now, context }, last) {
    const bar = barAt(context, now);
    const sinceStart = now % bar.length;
    const lengths = past.kind.map((kind) => this.ticks[kind]);
    const longest = Math.max(
      ...lengths.map((each, n) => (past.height[n] === NO_HEIGHT ? 0 : each)),
    );
    return {
      bar,
      sinceStart,
      line: Number(bar.since === 0) * 2 + Number(sinceStart === 0),
      degree: last === NO_HEIGHT ? 0 : remainder(last - this.origin, this.octave) + 1,
      longest,
      arrives: Number(lengths.at(-1) >= longest),
    };
  }

  // The factors that are no candidates'.
  before({ past, first, context }, standing, last, { highest, lowest }) {
    const { bar, sinceStart, line, degree, longest, arrives } = standing;
    const kind = past.kind.at(-1),
      before = past.kind.at(-2) ?? NO_HEIGHT;
    const left = Math.min(Math.max(context.cycles - bar.number, 0), LEFT - 2) + 1;
    const group = Math.floor((bar.number - 1) / GROUP);
    return [
      kind + 1,
      before + 1,
      this.lengthClass[kind],
      degree,
      this.classOfStep(past.step.at(-1)),
      this.classOfStep(past.step.at(-2) ?? NO_STEP),
      this.stepClass(last, first),
      this.stepClass(last, highest),
      this.stepClass(last, lowest),
      this.placeClass(bar.since),
      this.placeClass(bar.length - bar.since - 1),
      this.placeClass(sinceStart),
      bar.number % IN_GROUP,
      Math.min(Math.max(group, 0), GROUPS - 1),
      line * IN_GROUP + (bar.number % IN_GROUP),
      degree * ARRIVALS + arrives,
      this.classOfLength(longest),
      bar.meter,
      context.mode,
      context.cycles > 0 ? left : 0,
    ];
  }

  // Of each kind, a class of where it would end: a place of the bar, its line, or beyond.
  ends({ now, context: { end } }, { bar, line, arrives, degree }) {
    const last = end > 0 && now >= end - bar.length; // the last bar
    const known = now === end ? STOPS : STOPS + 1;
    const stop =
      NO_TIME + (end > 0 ? known : (line * ARRIVALS + arrives) * 2 + Number(degree === 1));
    return this.ticks.map((ticks) => {
      if (!ticks) return stop;
      const beyond = last ? now + ticks - end : bar.since + ticks - bar.length;
      const place =
        beyond === 0 ? ON_LINE : beyond > 0 ? BEYOND_LINE : this.placeClass(beyond + bar.length);
      return place + (last ? LAST : 0);
    });
  }

  // Of heights how far they are from the last one, how much was alike, and whether each was right.
  bySteps(candidates, last, right) {
    return candidates.flatMap(({ value, alike }, n) => [
      this.stepClass(value, last),
      Math.min(alike, ALIKE - 1),
      right[n],
    ]);
  }

  stepClass(height, last) {
    return this.classOfStep(height === NO_HEIGHT || last === NO_HEIGHT ? NO_STEP : height - last);
  }

  classOfStep(step) {
    if (step === NO_STEP) return 0;
    return Math.min(Math.max(step, -this.octave), this.octave) + this.octave + 1;
  }

  placeClass(ticks) {
    return Math.min(Math.floor(ticks / this.unit), PLACES - 1);
  }

  classOfLength(ticks) {
    return this.bounds.filter((bound) => bound < ticks).length;
  }
}

// Whether each candidate was right: 0 there was none, 1 wrong, 2 right; of those for a height, the
// last time that one came.
function hits({ seen, hits: before }, kind, height) {
  const hit = (came) => (value) => (value === NO_HEIGHT ? 0 : 1 + Number(value === came));
  const heights = [...seen.heights, ...seen.givenHeights[kind]];
  return [
    ...seen.kinds.map(hit(kind)),
    ...(height === NO_HEIGHT ? before.slice(KIND_CANDIDATES) : heights.map(hit(height))),
  ];
}

function extremes({ highest, lowest }, height) {
  if (height === NO_HEIGHT) return { highest, lowest };
  return {
    highest: Math.max(highest, height), // NO_HEIGHT is below all heights
    lowest: lowest === NO_HEIGHT ? height : Math.min(lowest, height),
  };
}
