// Finite automata as constraints: with every token a song goes from one state to another
// (melodyrnn/generation/automaton.py). Which states lead to an end, and in how few tokens, is known
// beforehand, so that no song takes a way that ends nowhere.

export const NOWHERE = -1;
export const NEVER = Infinity;

export class Automaton {
  // `table`: of each state where each kind of token leads, or NOWHERE; `kinds` of each token;
  // `final` of each state. `endless`: songs end for other reasons.
  constructor({ table, final, start }, kinds, endless) {
    Object.assign(this, { table, final, start, kinds, endless });
    this.fewest = fewest(table, final);
  }

  // The states on the way of tokens, up to where one of them leads nowhere.
  walk(tokens) {
    const states = [this.start];
    for (const token of tokens) {
      const following = this.table[states.at(-1)][this.kinds[token]];
      if (following === NOWHERE) break;
      states.push(following);
    }
    return states;
  }

  begin(primer) {
    return this.walk(primer).at(-1);
  }

  advance(state, token) {
    return this.table[state][this.kinds[token]];
  }

  // Whether each token may come next, so that an end is reached with those left.
  allowed(state, left) {
    const kinds = this.table[state].map((next) => next !== NOWHERE && this.fewest[next] < left);
    return this.kinds.map((kind) => kinds[kind]);
  }

  // Whether a song may stop here; null where this does not decide.
  whole(state) {
    return this.endless ? null : this.final[state];
  }
}

// The states from which a song can go on for ever.
export function lasting(table) {
  let lives = table.map(() => true);
  for (;;) {
    const still = table.map(
      (row, state) => lives[state] && row.some((next) => next !== NOWHERE && lives[next]),
    );
    if (still.every((each, state) => each === lives[state])) return lives;
    lives = still;
  }
}

// The fewest tokens from each state to a final one.
function fewest(table, final) {
  const before = table.map(() => []);
  table.forEach((row, state) => {
    for (const next of new Set(row)) if (next !== NOWHERE) before[next].push(state);
  });
  const tokens = final.map((each) => (each ? 0 : NEVER));
  let frontier = [...tokens.keys()].filter((state) => final[state]);
  for (let steps = 1; frontier.length; steps++) {
    const found = new Set(frontier.flatMap((state) => before[state]));
    frontier = [...found].filter((state) => tokens[state] === NEVER);
    for (const state of frontier) tokens[state] = steps;
  }
  return tokens;
}
