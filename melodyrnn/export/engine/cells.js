// What each recurrent cell computes at one step, as its equation stands in the literature
// (melodyrnn/models/recurrent/equations.py has the papers). Every function takes z = W x_t + b,
// with the gates side by side, the state before the step and the recurrent weights, and returns
// the output and the state after it.

import { Matrix, by, dot, joined, plus, rest, sigmoid, split, tanh, times } from "./vectors.js";

// Outputs that the cell "attention" remembers.
const REMEMBERED = 40;

// h_t = tanh(W x_t + U h_{t-1} + b)
function simple(z, [h], u) {
  h = tanh(plus(z, times(h, u)));
  return [h, [h]];
}

function lstm(z, [h, c], u) {
  const [i, f, g, o] = split(plus(z, times(h, u)), 4);
  c = plus(by(sigmoid(f), c), by(sigmoid(i), tanh(g)));
  h = by(sigmoid(o), tanh(c));
  return [h, [h, c]];
}

// h_t = k h_{t-1} + (1 - k) g; the candidate g sees the state that r lets through.
function gru(z, [h], u, toCandidate) {
  const [zKept, zReset, zCandidate] = split(z, 3);
  const [uKept, uReset] = split(times(h, u), 2);
  const kept = sigmoid(plus(zKept, uKept));
  const reset = sigmoid(plus(zReset, uReset));
  const candidate = tanh(plus(zCandidate, times(by(reset, h), toCandidate)));
  h = plus(by(kept, h), by(rest(kept), candidate));
  return [h, [h]];
}

// The gates i and f also see C_{t-1}, and o sees C_t.
function peephole(z, [h, c], u, toI, toF, toO) {
  let [i, f, g, o] = split(plus(z, times(h, u)), 4);
  i = sigmoid(plus(i, seen(c, toI)));
  f = sigmoid(plus(f, seen(c, toF)));
  c = plus(by(f, c), by(i, tanh(g)));
  h = by(sigmoid(plus(o, seen(c, toO))), tanh(c));
  return [h, [h, c]];
}

// C_t = f C_{t-1} + (1 - f) g
function coupled(z, [h, c], u) {
  let [f, g, o] = split(plus(z, times(h, u)), 3);
  f = sigmoid(f);
  c = plus(by(f, c), by(rest(f), tanh(g)));
  h = by(sigmoid(o), tanh(c));
  return [h, [h, c]];
}

// s_i = v . tanh(K y_i + Q [h, C]),  a_t = sum_i softmax(s)_i y_i,  y_t = O [h, a_t] + c
// over the last outputs y, of which K y is kept too, so that it is computed once only.
function attention(z, [h, c, attended, outputs, keys], u, ...weights) {
  const [fed, askH, askC, score, outH, outAttended, outBias, key] = weights;
  [h, [h, c]] = lstm(plus(z, times(attended, fed)), [h, c], u);
  const asked = plus(times(h, askH), times(c, askC));
  const weight = split(keys, REMEMBERED).map((known) =>
    Math.exp(dot(tanh(plus(known, asked)), score)),
  );
  const total = weight.reduce((sum, each) => sum + each, 0);
  const shares = Float32Array.from(weight, (each) => each / total);
  attended = times(shares, new Matrix(outputs, REMEMBERED, h.length));
  const y = plus(times(h, outH), times(attended, outAttended, outBias));
  return [y, [h, c, attended, moved(outputs, y), moved(keys, times(y, key))]];
}

// One weight a unit, or a full matrix.
function seen(c, peep) {
  return peep instanceof Matrix ? times(c, peep) : by(c, peep);
}

// The oldest goes, `last` comes.
function moved(row, last) {
  return joined(row.subarray(last.length), last);
}

// Name -> the equation, the widths of its state's arrays in units, and whether the recurrent
// weights come in two parts, of the gates and of the candidate.
export const CELLS = {
  lstm: { step: lstm, states: [1, 1] },
  gru: { step: gru, states: [1], candidateApart: true },
  rnn: { step: simple, states: [1] },
  peephole: { step: peephole, states: [1, 1] },
  "peephole-full": { step: peephole, states: [1, 1] },
  coupled: { step: coupled, states: [1, 1] },
  attention: { step: attention, states: [1, 1, 1, REMEMBERED, REMEMBERED] },
};
