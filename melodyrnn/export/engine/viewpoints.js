// A network of viewpoints: from what is seen of a song it predicts the kind of the next note, and
// then its height (melodyrnn/models/networks/numpy_viewpoints.py; viewpoint_network.py has the
// equations).

import { CELLS } from "./cells.js";
import { Observer } from "./observer.js";
import { NO_HEIGHT } from "./past.js";
import { logSoftmax } from "./sampling.js";
import { beside, cut, firstRows, joined, plus, tanh, times } from "./vectors.js";

export class Viewpoints {
  // `weights` by name; `views`: what an Observer takes, the numbers of categories of `factors` and
  // `given`, `degrees` of all heights, and `span`, how many heights can come in one song.
  constructor(weights, views) {
    this.normalised = true;
    this.observer = new Observer(views);
    this.weights = weights;
    this.views = views;
    this.factorRows = firstRows(views.factors);
    this.givenRows = firstRows(views.given);
    const w = weights;
    this.ofKinds = beside([w.kind, w.kind_end, w.kind_candidate]);
    const heights = [w.height, w.height_distance, w.height_beyond, w.height_candidate];
    const kernel = beside(heights);
    const state = w.kind.rows,
      given = w.mixing.rows;
    this.ofState = kernel.part(0, state);
    this.ofGiven = kernel.part(state, given);
    this.ofMixed = kernel.part(given, kernel.rows);
    this.mixingState = w.mixing.part(0, state);
    this.mixingGiven = w.mixing.part(state, given);
    this.kindWidths = [w.kind, w.kind_end, w.kind_candidate].map((each) => each.columns);
    this.heightWidths = heights.map((each) => each.columns);
    this.reach = (w.height_distance.columns - 1) / 2;
    this.beyond = (w.height_beyond.columns - 1) / 2;
    this.sounding = new Set(views.kind.filter((_, token) => views.height[token] !== NO_HEIGHT));
  }

  begin(context) {
    const nothing = new Float32Array(this.weights.recurrent_kernel.rows);
    return { observed: this.observer.begin(context), lstm: [nothing, nothing] };
  }

  // A window of one token -> log-probabilities.
  step([token], state) {
    const w = this.weights;
    const observed = this.observer.append(state.observed, token);
    const { seen } = observed;
    const x = joined(
      w.last.row(seen.last + 1),
      ...vectors(w.factors, seen.factors, this.factorRows),
    );
    const z = times(x, w.kernel, w.bias);
    const [h, lstm] = CELLS.lstm.step(z, state.lstm, w.recurrent_kernel);
    const s = joined(h, x);
    return [
      this.tokens(this.kinds(s, seen), this.heights(s, seen, observed.lowest), observed.lowest),
      { observed, lstm },
    ];
  }

  // (a_v + b_end(v)) . s + sum_g [v = candidate_g] c_g . s, for each kind v.
  kinds(s, seen) {
    const [own, ofEnd, ofCandidate] = cut(
      times(s, this.ofKinds, this.weights.kind_bias),
      this.kindWidths,
    );
    const logits = own.map((logit, kind) => logit + ofEnd[seen.ends[kind]]);
    point(logits, seen.kinds, ofCandidate);
    return logSoftmax(logits);
  }

  // Of each kind that has heights: (A_v + B_{v - last} + D_beyond(v)) . z + sum_g [v = candidate_g]
  // C_g . z + E_{end, degree(v)} for each height v, z = (s, y, u) and u = tanh(M s + N y + b), y
  // the vectors of what is known once the kind is.
  heights(s, seen, lowest) {
    const { weights: w, views } = this;
    const ofS = times(s, this.ofState, w.height_bias);
    const mixed = times(s, this.mixingState, w.mixing_bias);
    const distances = columnsOf(views.heights, (v) => v - seen.last, this.reach);
    const beyond = columnsOf(
      views.heights,
      (v) => Math.max(v - seen.highest, 0) + Math.min(v - seen.lowest, 0),
      this.beyond,
    );
    return seen.ends.map((end, kind) => {
      if (!this.sounding.has(kind)) return null;
      const y = joined(...vectors(w.given, seen.givenFactors[kind], this.givenRows));
      const u = tanh(plus(mixed, times(y, this.mixingGiven)));
      const all = plus(plus(ofS, times(y, this.ofGiven)), times(u, this.ofMixed));
      const [own, ofDistance, ofBeyond, ofCandidate] = cut(all, this.heightWidths);
      const ofDegree = w.end_degree.row(end);
      const logits = own.map((logit, v) => {
        const near = seen.last !== NO_HEIGHT && Math.abs(v - seen.last) <= this.reach;
        const far = seen.highest === NO_HEIGHT ? 0 : ofBeyond[beyond[v]];
        return logit + (near ? ofDistance[distances[v]] : 0) + far + ofDegree[views.degrees[v]];
      });
      point(logits, [...seen.heights, ...seen.givenHeights[kind]], ofCandidate);
      return logSoftmax(
        logits.map((each, v) => (v >= lowest && v < lowest + views.span ? each : -Infinity)),
      );
    });
  }

  // The probability of a token is that of its kind, and of its height given that.
  tokens(kinds, heights, lowest) {
    const { kind, height } = this.views;
    return Float64Array.from(kind, (each, token) =>
      height[token] === NO_HEIGHT
        ? kinds[each]
        : kinds[each] + heights[each][height[token] + lowest],
    );
  }
}

// The rows of categories in a table that all factors share.
function vectors(table, categories, firsts) {
  return categories.map((category, n) => table.row(category + firsts[n]));
}

// Add the weights of candidates where they point to.
function point(logits, candidates, weights) {
  candidates.forEach((candidate, n) => {
    if (candidate !== NO_HEIGHT) logits[candidate] += weights[n];
  });
}

// Of each height the column for a number, which is bounded on both sides.
function columnsOf(heights, numberOf, bound) {
  return Array.from(
    { length: heights },
    (_, v) => Math.min(Math.max(numberOf(v), -bound), bound) + bound,
  );
}
