// A network of viewpoints: from what is seen of a song it predicts the kind of the next note, and
// then its height (melodyrnn/models/networks/numpy_viewpoints.py; viewpoint_network.py has the
// equations).

import { CELLS } from "./cells.js";
import { OfKinds } from "./expectation.js";
import { Observer } from "./observer.js";
import { NO_HEIGHT } from "./past.js";
import { logSoftmax } from "./sampling.js";
import {
  beside,
  cut,
  joined,
  plus,
  projected,
  rowsAdded,
  tablesOf,
  tanh,
  times,
} from "./vectors.js";

export class Viewpoints {
  // `weights` by name; `views`: what an Observer takes, the numbers of categories of `factors` and
  // `given`, `degrees` of all heights, and `span`, how many heights can come in one song.
  constructor(weights, views) {
    this.normalised = true;
    this.observer = new Observer(views);
    this.weights = weights;
    this.views = views;
    const w = weights;
    const kinds = [w.kind, w.kind_end, w.kind_candidate];
    const heights = [w.height, w.height_distance, w.height_beyond, w.height_candidate];
    const ofKind = beside(kinds);
    const ofHeight = beside(heights);
    this.kindWidths = kinds.map((each) => each.columns);
    this.heightWidths = heights.map((each) => each.columns);
    // The layers that read s = (h, x), y and u, cut into the parts that each of these multiplies.
    const units = w.recurrent_kernel.rows;
    const ends = [units, w.kind.rows, w.mixing.rows];
    const part = (from, to) => [ofHeight.part(from, to), w.mixing.part(from, to)];
    this.ofH = beside([ofKind.part(0, ends[0]), ...part(0, ends[0])]);
    const ofX = beside([w.kernel, ofKind.part(ends[0], ends[1]), ...part(ends[0], ends[1])]);
    const ofY = beside(part(ends[1], ends[2]));
    this.ofU = ofHeight.part(ends[2], ofHeight.rows);
    const bias = joined(w.bias, w.kind_bias, w.height_bias, w.mixing_bias);
    this.seenTables = projected([w.last, ...tablesOf(w.factors, views.factors)], ofX, bias);
    this.givenTables = projected(tablesOf(w.given, views.given), ofY);
    this.widths = [w.bias, w.kind_bias, w.height_bias, w.mixing_bias].map((each) => each.length);
    this.reach = (w.height_distance.columns - 1) / 2;
    this.beyond = (w.height_beyond.columns - 1) / 2;
    this.ranges = rangesOf(views.kind);
  }

  begin(context) {
    const nothing = new Float32Array(this.weights.recurrent_kernel.rows);
    return { observed: this.observer.begin(context), lstm: [nothing, nothing] };
  }

  // A window of one token -> log-probabilities.
  step(window, state) {
    const [expectation, after] = this.expected(window, state);
    return [expectation.logits, after];
  }

  // A window of one token -> what is expected; the heights of a kind are computed when it is asked
  // for them.
  expected([token], state) {
    const w = this.weights;
    const observed = this.observer.append(state.observed, token);
    const { seen, lowest } = observed;
    const [z, ...ofX] = cut(
      rowsAdded(this.seenTables, [seen.last + 1, ...seen.factors]),
      this.widths,
    );
    const [h, lstm] = CELLS.lstm.step(z, state.lstm, w.recurrent_kernel);
    const ofH = cut(times(h, this.ofH), this.widths.slice(1));
    const [ofKind, ofHeight, mixed] = ofX.map((each, n) => plus(each, ofH[n]));
    const kinds = this.kinds(ofKind, seen);
    const heightsOf = this.heights(ofHeight, mixed, seen, lowest);
    const heights = [];
    // The probability of a token is that of its kind, and of its height given that.
    const { kind: kindOf, height: heightOf } = this.views;
    const logOf = (each) => {
      const kind = kindOf[each];
      if (heightOf[each] === NO_HEIGHT) return kinds[kind];
      heights[kind] ??= heightsOf(kind);
      return kinds[kind] + heights[kind][heightOf[each] + lowest];
    };
    return [new OfKinds(kinds, logOf, this.ranges), { observed, lstm }];
  }

  // (a_v + b_end(v)) . s + sum_g [v = candidate_g] c_g . s, for each kind v.
  kinds(ofS, seen) {
    const [own, ofEnd, ofCandidate] = cut(ofS, this.kindWidths);
    const logits = own.map((logit, kind) => logit + ofEnd[seen.ends[kind]]);
    point(logits, seen.kinds, ofCandidate);
    return logSoftmax(logits);
  }

  // Of a kind that has heights: (A_v + B_{v - last} + D_beyond(v)) . z + sum_g [v = candidate_g]
  // C_g . z + E_{end, degree(v)} for each height v, z = (s, y, u) and u = tanh(M s + N y + b), y
  // the vectors of what is known once the kind is.
  heights(ofS, mixed, seen, lowest) {
    const { weights: w, views } = this;
    const distances = columnsOf(views.heights, this.reach, (v) => v - seen.last);
    const beyond = columnsOf(views.heights, this.beyond, (v) => farBeyond(v, seen));
    const near = distances.map(
      (_, v) => seen.last !== NO_HEIGHT && Math.abs(v - seen.last) <= this.reach,
    );
    return (kind) => {
      const ofY = rowsAdded(this.givenTables, seen.givenFactors(kind));
      const [heightOfY, mixedOfY] = cut(ofY, [ofS.length, mixed.length]);
      const u = tanh(plus(mixed, mixedOfY));
      const all = plus(plus(ofS, heightOfY), times(u, this.ofU));
      const [logits, ofDistance, ofBeyond, ofCandidate] = cut(all, this.heightWidths);
      const ofDegree = w.end_degree.row(seen.ends[kind]);
      for (let v = 0; v < logits.length; v++) {
        if (near[v]) logits[v] += ofDistance[distances[v]];
        if (seen.highest !== NO_HEIGHT) logits[v] += ofBeyond[beyond[v]];
        logits[v] += ofDegree[views.degrees[v]];
      }
      point(logits, [...seen.heights, ...seen.givenHeights[kind]], ofCandidate);
      logits.fill(-Infinity, 0, lowest).fill(-Infinity, lowest + views.span);
      return logSoftmax(logits);
    };
  }
}

// Add the weights of candidates where they point to.
function point(logits, candidates, weights) {
  candidates.forEach((candidate, n) => {
    if (candidate !== NO_HEIGHT) logits[candidate] += weights[n];
  });
}

// Of each height the column for a number, which is bounded on both sides.
function columnsOf(heights, bound, numberOf) {
  const bounded = (v) => Math.min(Math.max(numberOf(v), -bound), bound);
  return Array.from({ length: heights }, (_, v) => bounded(v) + bound);
}

// How far a height is beyond the highest so far, or the lowest.
function farBeyond(height, { highest, lowest }) {
  return Math.max(height - highest, 0) + Math.min(height - lowest, 0);
}

// Of each kind its first token, and that after its last: a model of viewpoints knows each kind that
// has heights with every height, and its tokens are in the order of their kinds.
function rangesOf(kinds) {
  const distinct = [...new Set(kinds)];
  return distinct.map((kind) => {
    const start = kinds.indexOf(kind);
    return { kind, start, end: kinds.lastIndexOf(kind) + 1 };
  });
}
