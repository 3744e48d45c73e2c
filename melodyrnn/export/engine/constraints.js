// What a song still to be drawn keeps to, beside its frame of bars: each carries a state along the
// song, and says which tokens may come next (melodyrnn/generation/constraint.py).

// Several at once, or none: what comes next, all of them allow.
export class Constraints {
  constructor(each) {
    this.each = each;
  }

  get name() {
    return this.each
      .map(({ name }) => name)
      .filter(Boolean)
      .join(" ");
  }

  begin(primer) {
    return this.each.map((constraint) => constraint.begin(primer));
  }

  advance(states, token) {
    return this.each.map((constraint, n) => constraint.advance(states[n], token));
  }

  // Of each token of the vocabulary; null where nothing is ruled out.
  allowed(states, left) {
    const masks = this.each.map((constraint, n) => constraint.allowed(states[n], left));
    if (masks.length < 2) return masks[0] ?? null;
    return masks[0].map((_, token) => masks.every((mask) => mask[token]));
  }

  // Whether the song may stop here: those that decide it agree, and there is one.
  whole(states) {
    const decided = this.each
      .map((each, n) => each.whole(states[n]))
      .filter((each) => each !== null);
    return decided.length > 0 && decided.every(Boolean);
  }
}

// A note at least follows the primer, which may itself be a whole song.
export class GoesOn {
  constructor(end, vocabularySize) {
    Object.assign(this, { end, vocabularySize, name: "" });
  }

  begin() {
    return false;
  }

  advance() {
    return true;
  }

  allowed(state) {
    return Array.from({ length: this.vocabularySize }, (_, token) => state || token !== this.end);
  }

  whole() {
    return null;
  }
}

// A loop fills at least so many tokens, its rounds at least so many times over, and has at most so
// many tokens in a round (melodyrnn/generation/loops.py).
const FEWEST = 12;
const ROUNDS = 4;
const LONGEST = 8;

// No token closes a loop. Its state are the song's last tokens.
export class NoLoops {
  constructor(vocabularySize) {
    Object.assign(this, { vocabularySize, name: "--avoid-loops" });
  }

  begin(primer) {
    return primer.slice(1 - filled(LONGEST));
  }

  advance(state, token) {
    return [...state, token].slice(1 - filled(LONGEST));
  }

  allowed(state) {
    const mask = Array(this.vocabularySize).fill(true);
    for (let period = 1; period <= LONGEST; period++) {
      const tail = state.slice(1 - filled(period)); // one token more would be a loop
      const closes = tail.length === filled(period) - 1 && repeats(tail, period);
      if (closes) mask[tail.at(-period)] = false;
    }
    return mask;
  }

  whole() {
    return null;
  }
}

// The shortest loop that ends a sequence: { period, rounds }, or null.
export function closingLoop(sequence) {
  for (let period = 1; period <= LONGEST; period++) {
    let tail = Math.min(period, sequence.length);
    while (tail < sequence.length && sequence.at(-1 - tail) === sequence.at(period - 1 - tail))
      tail++;
    if (tail >= filled(period)) return { period, rounds: Math.floor(tail / period) };
  }
  return null;
}

function filled(period) {
  return Math.max(FEWEST, ROUNDS * period);
}

function repeats(tail, period) {
  return tail.every((token, place) => place < period || token === tail[place - period]);
}
