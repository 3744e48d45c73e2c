// Vectors are Float32Arrays, as NumPy computes the networks in single precision; a sum of products
// is rounded once only. Loops rather than `map`: a song takes some hundred million of these steps.

// A matrix (rows, columns), its values row by row.
export class Matrix {
  constructor(values, rows, columns) {
    this.values = values;
    this.rows = rows;
    this.columns = columns;
  }

  row(place) {
    return this.values.subarray(place * this.columns, (place + 1) * this.columns);
  }

  // The rows from `start` to before `end`.
  part(start, end) {
    const values = this.values.subarray(start * this.columns, end * this.columns);
    return new Matrix(values, end - start, this.columns);
  }
}

// Matrices of as many rows, side by side.
export function beside(matrices) {
  const columns = matrices.reduce((sum, each) => sum + each.columns, 0);
  const [{ rows }] = matrices;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let start = row * columns;
    for (const each of matrices) {
      values.set(each.row(row), start);
      start += each.columns;
    }
  }
  return new Matrix(values, rows, columns);
}

// x (N,) times a matrix (N, M), with `bias` (M,): (M,).
export function times(x, matrix, bias) {
  const { values, columns } = matrix;
  const sums = bias ? new Float64Array(bias) : new Float64Array(columns);
  const fours = x.length - (x.length % 4);
  // Four rows at a time, added in their order: the sums are read and written a fourth as often.
  for (let row = 0, at = 0; row < fours; row += 4, at += 4 * columns) {
    const a = x[row],
      b = x[row + 1],
      c = x[row + 2],
      d = x[row + 3];
    if (!(a || b || c || d)) continue;
    let first = at,
      second = at + columns,
      third = second + columns,
      fourth = third + columns;
    for (let j = 0; j < columns; j++) {
      const two = sums[j] + a * values[first++] + b * values[second++];
      sums[j] = two + c * values[third++] + d * values[fourth++];
    }
  }
  for (let row = fours, at = fours * columns; row < x.length; row++, at += columns) {
    const factor = x[row];
    if (factor) for (let j = 0; j < columns; j++) sums[j] += factor * values[at + j];
  }
  return new Float32Array(sums);
}

export function plus(x, y) {
  const sum = new Float32Array(x.length);
  for (let j = 0; j < sum.length; j++) sum[j] = x[j] + y[j];
  return sum;
}

// The elementwise product.
export function by(x, y) {
  const product = new Float32Array(x.length);
  for (let j = 0; j < product.length; j++) product[j] = x[j] * y[j];
  return product;
}

export function sigmoid(x) {
  const value = new Float32Array(x.length);
  for (let j = 0; j < value.length; j++) value[j] = 1 / (1 + Math.exp(-x[j]));
  return value;
}

export function tanh(x) {
  const value = new Float32Array(x.length);
  for (let j = 0; j < value.length; j++) value[j] = Math.tanh(x[j]);
  return value;
}

// 1 - x.
export function rest(x) {
  const value = new Float32Array(x.length);
  for (let j = 0; j < value.length; j++) value[j] = 1 - x[j];
  return value;
}

export function dot(x, y) {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}

export function joined(...vectors) {
  const all = new Float32Array(vectors.reduce((sum, each) => sum + each.length, 0));
  let start = 0;
  for (const each of vectors) {
    all.set(each, start);
    start += each.length;
  }
  return all;
}

// Parts of the same length.
export function split(x, count) {
  const width = x.length / count;
  return Array.from({ length: count }, (_, n) => x.subarray(n * width, (n + 1) * width));
}

// Parts of these lengths.
export function cut(x, lengths) {
  let start = 0;
  return lengths.map((length) => x.subarray(start, (start += length)));
}

// Tables whose rows stand side by side in x, each times its rows of a matrix: their rows then only
// have to be added to have x times the matrix, with `bias`.
export function projected(tables, matrix, bias) {
  const starts = firstRows(tables.map((table) => table.columns));
  return tables.map((table, n) => {
    const part = matrix.part(starts[n], starts[n] + table.columns);
    const rows = Array.from({ length: table.rows }, (_, row) =>
      times(table.row(row), part, n ? undefined : bias),
    );
    return new Matrix(joined(...rows), table.rows, part.columns);
  });
}

// Of each table one row, added.
export function rowsAdded(tables, places) {
  const sums = new Float64Array(tables[0].columns);
  const fours = tables.length - (tables.length % 4);
  // Four at a time, as in a product.
  for (let n = 0; n < fours; n += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((more) => tables[n + more].row(places[n + more]));
    for (let j = 0; j < sums.length; j++) sums[j] = sums[j] + a[j] + b[j] + c[j] + d[j];
  }
  for (let n = fours; n < tables.length; n++) {
    const row = tables[n].row(places[n]);
    for (let j = 0; j < sums.length; j++) sums[j] += row[j];
  }
  return new Float32Array(sums);
}

// One table of several kinds of things, cut into theirs.
export function tablesOf(table, kinds) {
  return firstRows(kinds).map((start, n) => table.part(start, start + kinds[n]));
}

// Of numbers of kinds, that share one table, where the part of each begins.
export function firstRows(kinds) {
  let start = 0;
  return kinds.map((count) => (start += count) - count);
}
