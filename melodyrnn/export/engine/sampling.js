// From what a network expects to the next token (melodyrnn/sequences/sampling.py, in its order of
// operations).

// Natural logarithms of the probabilities.
export function logSoftmax(logits) {
  const greatest = greatestOf(logits);
  const logs = new Float64Array(logits);
  let total = 0;
  for (let place = 0; place < logs.length; place++) {
    logs[place] -= greatest;
    total += Math.exp(logs[place]);
  }
  const shift = Math.log(total);
  for (let place = 0; place < logs.length; place++) logs[place] -= shift;
  return logs;
}

// The distribution to draw from. Temperature divides the logits; at 0 all weight is on the first
// of the likeliest. Then only the `topK` likeliest remain, and of these the fewest that together
// hold at least `topP` of their probability (Holtzman et al. 2020).
export function probabilities(logits, temperature, topK, topP) {
  const greatest = greatestOf(logits);
  if (temperature === 0) {
    const first = logits.indexOf(greatest);
    return new Float64Array(logits).map((_, place) => Number(place === first));
  }
  const p = new Float64Array(logits);
  for (let place = 0; place < p.length; place++)
    p[place] = Math.exp((p[place] - greatest) / temperature);
  if (topK === null && topP === null) return scaled(p);
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  if (topK !== null) for (const place of order.slice(topK)) p[place] = 0;
  scaled(p);
  if (topP !== null) {
    const falling = order.map((place) => p[place]);
    let before = 0;
    order.forEach((place, rank) => {
      const up = before + falling[rank];
      if (rank && !(up - falling[rank] < topP)) p[place] = 0;
      before = up;
    });
    scaled(p);
  }
  return p;
}

// An index, by the inverse of the cumulated distribution, for a number in [0, 1).
export function draw(p, uniform) {
  const whole = sum(p);
  const threshold = uniform * whole;
  let place = 0;
  let cumulated = p[0];
  // A threshold that is rounded up to the whole is taken for the last number below it.
  while (cumulated <= threshold && cumulated < whole) cumulated += p[++place];
  return place;
}

// In place.
function scaled(p) {
  const total = sum(p);
  for (let place = 0; place < p.length; place++) p[place] /= total;
  return p;
}

function sum(values) {
  let total = 0;
  for (let place = 0; place < values.length; place++) total += values[place];
  return total;
}

function greatestOf(values) {
  let greatest = -Infinity;
  for (let place = 0; place < values.length; place++) greatest = Math.max(greatest, values[place]);
  return greatest;
}
