// What was played by hand in seconds, as notes of a grid: one voice, as the notation writes it.

const REST = 1; // steps of the grid; a shorter gap belongs to the note before it

/**
 * The notes of `played`, [{midi, start, end}] in quarter notes after the first beat, rounded to
 * `step` quarter notes and cut at `length`: [{midi or null, quarters}]. The last key pressed
 * sounds; what falls on one step with another note is a slip, of which the last counts.
 */
export function quantised(played, step, length = Infinity) {
  const round = (quarters) => Math.max(0, Math.round(quarters / step));
  const most = Math.round(length / step);
  const notes = new Map(); // step -> {midi, end}
  for (const { midi, start, end } of played.toSorted((a, b) => a.start - b.start)) {
    const at = round(start);
    if (at < most) notes.set(at, { midi, end: Math.max(at + 1, round(end)) });
  }
  const starts = [...notes.keys()];
  const found = [];
  let here = 0;
  starts.forEach((start, n) => {
    if (start > here) found.push({ midi: null, steps: start - here });
    const { midi, end } = notes.get(start);
    const next = starts[n + 1] ?? most;
    const gap = next - end;
    const last = n === starts.length - 1;
    const until = gap > REST || (last && most === Infinity) ? Math.min(end, next) : next;
    found.push({ midi, steps: until - start });
    here = until;
  });
  if (found.length && most !== Infinity && here < most) {
    found.push({ midi: null, steps: most - here });
  }
  return found.map(({ midi, steps }) => ({ midi, quarters: steps * step }));
}

/** [beats, unit] of "6/8", and the quarter notes of its bar and of its click. */
export function metre(text) {
  const [beats, unit] = (/^\d+\/\d+$/.test(text) ? text : "4/4").split("/").map(Number);
  const compound = unit >= 8 && beats % 3 === 0;
  const click = (compound ? 3 : 1) * (4 / unit);
  return { beats, unit, bar: beats * (4 / unit), click };
}
