// What a network expects next, from which a token is drawn: of all tokens at once, or of kinds
// first and then of those of one kind, where most kinds need not be looked into.

import { draw, logSoftmax, probabilities } from "./sampling.js";

// Of the token after a window: [expectation, the state after].
export function expected(predictor, window, state) {
  if (predictor.expected) return predictor.expected(window, state);
  const [logits, after] = predictor.step(window, state);
  return [new OfTokens(logits), after];
}

class OfTokens {
  constructor(logits) {
    this.logits = logits;
  }

  // A token of those that `mask` allows, null for all.
  draw(mask, { temperature, topK, topP }, uniform) {
    const ruled = mask
      ? this.logits.map((logit, token) => (mask[token] ? logit : -Infinity))
      : this.logits;
    return draw(probabilities(ruled, temperature, topK, topP), uniform);
  }

  // The logarithm of a token's probability.
  log(token) {
    return logSoftmax(this.logits)[token];
  }
}

// Tokens of one kind stand together.
export class OfKinds {
  // `kinds`: logarithms of the probabilities of all kinds; `logOf(token)`: those of tokens;
  // `ranges`: of each kind its first token, and that after its last.
  constructor(kinds, logOf, ranges) {
    Object.assign(this, { kinds, logOf, ranges });
  }

  get logits() {
    const last = this.ranges.at(-1);
    return Float64Array.from({ length: last.end }, (_, token) => this.logOf(token));
  }

  // As of all tokens, but for rounding. Unless all of the tokens of a kind or none may come, or
  // chances are to be changed, its own probability is that of its tokens together.
  draw(mask, sampling, uniform) {
    const { temperature, topK, topP } = sampling;
    if (temperature !== 1 || topK !== null || topP !== null)
      return new OfTokens(this.logits).draw(mask, sampling, uniform);
    const allowed = ({ kind, start, end }) => {
      const some = mask ? mask.slice(start, end) : [true];
      if (!some.includes(true)) return 0;
      if (!some.includes(false)) return Math.exp(this.kinds[kind]);
      return this.chances(start, end, mask).reduce((sum, each) => sum + each, 0);
    };
    const shares = this.ranges.map(allowed);
    const whole = shares.reduce((sum, each) => sum + each, 0);
    const among = draw(shares, uniform);
    const before = shares.slice(0, among).reduce((sum, each) => sum + each, 0);
    const { start, end } = this.ranges[among];
    const within = Math.min((uniform * whole - before) / shares[among], 1 - Number.EPSILON);
    return start + draw(this.chances(start, end, mask), within);
  }

  // Of tokens that stand together.
  chances(start, end, mask) {
    return Float64Array.from({ length: end - start }, (_, n) =>
      mask && !mask[start + n] ? 0 : Math.exp(this.logOf(start + n)),
    );
  }

  log(token) {
    return this.logOf(token);
  }
}
