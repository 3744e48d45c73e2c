// A network over windows of tokens (melodyrnn/models/networks/numpy_network.py).

import { CELLS } from "./cells.js";
import { Matrix, firstRows, joined, projected, rowsAdded, tablesOf, times } from "./vectors.js";

// What a model of whole songs keeps, and what it answers. A predictor has
//   begin(context) -> the state before the first window
//   step(window, state) -> [logits, the state after]; a state is never changed in place
//   normalised: whether its logits are logarithms of probabilities
export class Network {
  // `weights` in the order of Keras; `parts` of each token, where tokens are factored; `columns`:
  // how many values the columns beside each token have, where the network looks back.
  constructor({ cell, units, depth, stateful, parts, columns }, weights) {
    const remaining = weights[Symbol.iterator]();
    const next = () => remaining.next().value;
    this.normalised = false;
    this.stateful = stateful;
    let tables = [next()];
    if (columns) {
      const symbols = ofParts(tables[0], withNone(parts ?? own(columns[0] - 1)));
      const marks = tablesOf(next(), columns.slice(SYMBOL_COLUMNS));
      tables = [...Array(SYMBOL_COLUMNS).fill(symbols), ...marks];
    } else if (parts) tables = [ofParts(tables[0], parts)];
    this.layers = Array.from(
      { length: cell ? depth : 0 },
      () => new RecurrentLayer(cell, units, next),
    );
    this.dense = Array.from({ length: cell ? 0 : depth }, () => ({ kernel: next(), bias: next() }));
    this.kernel = next();
    this.bias = next();
    if (parts) {
      this.kernel = summed(this.kernel, parts);
      this.bias = summed(new Matrix(this.bias, 1, this.bias.length), parts).row(0);
    }
    // What enters the first layer depends on each column only: on rows of these tables.
    const [first] = this.layers;
    this.tables = first ? projected(tables, first.kernel, first.bias) : tables;
  }

  begin() {
    return this.layers.map((layer) => layer.begin());
  }

  // A window of T tokens, or of T tokens with their columns.
  step(window, state) {
    if (!this.layers.length) {
      let h = joined(...window.map((token) => this.tables[0].row(token)));
      for (const { kernel, bias } of this.dense)
        h = times(h, kernel, bias).map((z) => Math.max(z, 0));
      return [times(h, this.kernel, this.bias), state];
    }
    const before = this.stateful ? state : this.begin();
    let seen = window.map((token) => this.entering(token));
    const after = this.layers.map((layer, depth) => {
      if (depth) seen = seen.map((h) => layer.project(h));
      let last = before[depth];
      seen = seen.map((z) => {
        const [h, next] = layer.step(z, last);
        last = next;
        return h;
      });
      return last;
    });
    return [times(seen.at(-1), this.kernel, this.bias), this.stateful ? after : state];
  }

  entering(token) {
    if (!Array.isArray(token)) return this.tables[0].row(token);
    return rowsAdded(this.tables, token);
  }
}

// The first columns of a token that looks back, which hold tokens.
const SYMBOL_COLUMNS = 3;

class RecurrentLayer {
  constructor(cell, units, next) {
    const { step, states, candidateApart } = CELLS[cell];
    this.equation = step;
    this.sizes = states.map((width) => width * units);
    this.kernel = next();
    const u = next();
    this.bias = next();
    this.weights = candidateApart ? gatesAndCandidate(u) : [u];
    for (let left = OTHERS[cell] ?? 0; left; left--) this.weights.push(next());
  }

  begin() {
    return this.sizes.map((size) => new Float32Array(size));
  }

  step(z, state) {
    return this.equation(z, state, ...this.weights);
  }

  project(x) {
    return times(x, this.kernel, this.bias);
  }
}

// How many weights a cell has beside its kernel, its recurrent kernel and its bias.
const OTHERS = { peephole: 3, "peephole-full": 3, attention: 8 };

function gatesAndCandidate(u) {
  const gates = u.columns - u.rows;
  const columns = (from, to) => {
    const rows = Array.from({ length: u.rows }, (_, row) => u.row(row).slice(from, to));
    return new Matrix(joined(...rows), u.rows, to - from);
  };
  return [columns(0, gates), columns(gates, u.columns)];
}

// The parts of tokens that have no parts: each its own.
function own(tokens) {
  return Array.from({ length: tokens }, (_, token) => [token]);
}

// The parts of each token, and last those of none.
function withNone(parts) {
  return [...parts, kindsOf(parts)];
}

// How many kinds of each part there are.
function kindsOf(parts) {
  return parts[0].map((_, part) => Math.max(...parts.map((each) => each[part])) + 1);
}

// The rows of one table for all parts.
function rowsOf(parts) {
  const starts = firstRows(kindsOf(parts));
  return parts.map((token) => token.map((kind, part) => starts[part] + kind));
}

// The vectors of all kinds of parts -> of tokens, those of its parts side by side.
function ofParts(table, parts) {
  const rows = rowsOf(parts).map((token) => joined(...token.map((row) => table.row(row))));
  return new Matrix(joined(...rows), rows.length, rows[0].length);
}

// Columns of all kinds of parts -> of tokens, those of its parts added.
function summed(matrix, parts) {
  const columns = rowsOf(parts);
  const rows = Array.from({ length: matrix.rows }, (_, row) => {
    const values = matrix.row(row);
    return Float32Array.from(columns, (token) =>
      token.reduce((sum, each) => sum + values[each], 0),
    );
  });
  return new Matrix(joined(...rows), matrix.rows, columns.length);
}
