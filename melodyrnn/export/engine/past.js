// All that came so far in a song, and how its parts repeat each other
// (melodyrnn/models/viewpoints/past.py).

// In the place of a height where there is none; of a step.
export const NO_HEIGHT = -1;
export const NO_STEP = 1000;

// Bars ago, of which what began at the same place is recalled.
const BACK = [1, 2, 4, 8];

export const KIND_CANDIDATES = 4 + BACK.length;
export const HEIGHT_CANDIDATES = 2 + BACK.length;
export const GIVEN_CANDIDATES = 2;

// In what notes may be alike.
const KIND = 0;
const KIND_HEIGHT = 1;
const KIND_STEP = 2;
const HEIGHT = 3;
const STEP = 4;

// `kind`, `height`, `step` from the last height, `onset` and `place` from the bar line, in ticks,
// of each note; `runs`: how many notes just before the next one are like those before each, in
// each of five ways.
export const NOTHING = {
  kind: [],
  height: [],
  step: [],
  onset: [],
  place: [],
  runs: [[], [], [], [], []],
};

export function longer(past, note) {
  const same = past.kind.map((kind, n) => {
    const sameKind = kind === note.kind;
    const sameHeight = past.height[n] === note.height,
      sameStep = past.step[n] === note.step;
    return [sameKind, sameKind && sameHeight, sameKind && sameStep, sameHeight, sameStep];
  });
  return {
    kind: [...past.kind, note.kind],
    height: [...past.height, note.height],
    step: [...past.step, note.step],
    onset: [...past.onset, note.onset],
    place: [...past.place, note.place],
    runs: past.runs.map((runs, way) => [0, ...runs.map((run, n) => (same[n][way] ? run + 1 : 0))]),
  };
}

// Candidates for the next note: { value, alike }, what may come and how many notes in a row were
// alike where it came. Each is what stood at the place whose past is alike for longest, of several
// the last.
export class Recollection {
  // When the next note begins, its place in its bar, the bar's length, and the last height.
  constructor(past, now, place, length, last) {
    this.past = past;
    this.last = last;
    this.placed = past.place.map((each) => each === place);
    this.sounds = past.height.map((height) => height !== NO_HEIGHT);
    this.moved = past.step.map((step) => step !== NO_STEP);
    // Of several the last, since what stands at the start takes no time; that itself never.
    this.back = BACK.map((bars) => Math.max(0, past.onset.lastIndexOf(now - bars * length)));
  }

  kinds() {
    const { kind } = this.past;
    const recalled = [
      this.longest(this.runs(KIND)),
      this.longest(this.runs(KIND, this.placed)),
      this.longest(this.runs(KIND_HEIGHT)),
      this.longest(this.runs(KIND_STEP, this.placed)),
    ].map(([place, alike]) => candidate(kind[place], alike));
    return [...recalled, ...this.back.map((place) => candidate(kind[place], Number(place > 0)))];
  }

  heights(scale) {
    const { height, step } = this.past;
    const [same, sameLength] = this.longest(this.runs(HEIGHT, this.sounds));
    const [moved, movedLength] = this.longest(this.runs(STEP, this.moved));
    return [
      candidate(height[same], sameLength),
      candidate(this.afterStep(step[moved], scale), movedLength),
      ...this.back.map((place) => candidate(height[place], Number(place > 0))),
    ];
  }

  // For the height of each kind that may come: what came with that kind at the same place of the
  // bar, after the same notes; and by what step it came there, after the same kinds.
  given(kinds, scale) {
    const { height, step } = this.past;
    const placed = this.placed.map((each, n) => each && this.sounds[n]);
    const moved = this.placed.map((each, n) => each && this.moved[n]);
    const same = this.longestOfEach(this.runs(KIND_HEIGHT, placed), kinds);
    const after = this.longestOfEach(this.runs(KIND, moved, 1), kinds);
    return same.map(([place, alike], kind) => [
      candidate(height[place], alike),
      candidate(this.afterStep(step[after[kind][0]], scale), after[kind][1]),
    ]);
  }

  // The runs of a way, and so much more, where `allowed`; elsewhere 0.
  runs(way, allowed, more = 0) {
    const runs = this.past.runs[way];
    return allowed ? runs.map((run, n) => (allowed[n] ? run + more : 0)) : runs;
  }

  // Place and length of the longest run.
  longest(runs) {
    let best = 0;
    runs.forEach((run, n) => {
      if (run >= runs[best]) best = n;
    });
    return [best, runs[best]];
  }

  // Of each kind, among the places where it stood.
  longestOfEach(runs, kinds) {
    const best = Array.from({ length: kinds }, () => [0, 0]);
    this.past.kind.forEach((kind, n) => {
      if (runs[n] >= best[kind][1]) best[kind] = [n, runs[n]];
    });
    return best;
  }

  // By a step from the last height, none where that leads out of the scale.
  afterStep(step, scale) {
    const height = this.last + step;
    const known = step !== NO_STEP && this.last !== NO_HEIGHT && height >= 0 && height < scale;
    return known ? height : NO_HEIGHT;
  }
}

function candidate(value, alike) {
  const found = alike > 0 && value !== NO_HEIGHT;
  return { value: found ? value : NO_HEIGHT, alike: found ? alike : 0 };
}
