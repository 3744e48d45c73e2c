// What lies under the notes of the sheet: what is chosen, locked, and copied from a song.

import { svg } from "./dom.js";

const AROUND = 110; // units of the picture left of and right of a head
const BELOW = 260; // units from a line's lowest note to what is underlined
const LEVEL = 120; // units between two underlines of the same notes
const NAME = 290; // units from the lowest of them to the names
const LETTER = 122; // units of a letter, about

/** Draws them anew: under the music, in the units of the picture. */
export function drawMarks(drawing, heads, { chosen, state }) {
  drawing.querySelector(".marks")?.remove();
  const layer = svg("g", { class: "marks" });
  drawing.prepend(layer);
  const places = placed(drawing, heads);
  const { width } = drawing.viewBox.baseVal;
  for (const note of state.locked) {
    for (const box of places[note] ?? []) layer.append(block(box, "locked"));
  }
  for (let note = chosen?.from ?? 0; note <= (chosen?.to ?? -1); note++) {
    for (const box of places[note] ?? []) layer.append(block(box, "chosen"));
  }
  for (const piece of pieces(places, state.copied, width)) layer.append(underline(piece));
}

// Of each passage what stands on each line of music, and how much room there is for its name.
function pieces(places, copied, width) {
  const levels = levelled(copied);
  const all = copied.flatMap((copy, n) =>
    [...lines(places, copy)].map((line, part) => ({
      ...line,
      copy,
      n,
      level: levels[n],
      name: part === 0 ? copy.song : "",
    })),
  );
  return all.map((piece) => {
    const beside = all.filter(({ system }) => system === piece.system);
    const deepest = Math.max(...beside.map(({ level }) => level));
    const next = beside.filter(({ name, left }) => name && left > piece.left);
    const end = Math.min(width, ...next.map(({ left }) => left - LETTER));
    return { ...piece, deepest, letters: Math.floor((end - piece.left) / LETTER) };
  });
}

// Passages that have notes in common are underlined one below the other.
function levelled(copied) {
  const ends = []; // of each level, the note after its last passage
  return copied.map(({ from, length }) => {
    const free = ends.findIndex((end) => end <= from);
    const level = free < 0 ? ends.length : free;
    ends[level] = from + length;
    return level;
  });
}

// Each head's box in the picture's units, and the extent of its line of music.
function placed(drawing, heads) {
  const back = drawing.getScreenCTM()?.inverse();
  if (!back) return [];
  const systems = new Map();
  const boxOf = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const from = new DOMPoint(left, top).matrixTransform(back);
    const to = new DOMPoint(right, bottom).matrixTransform(back);
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  };
  return heads.map((groups) =>
    groups.map((head) => {
      const system = head.closest(".system") ?? drawing;
      if (!systems.has(system)) systems.set(system, extent(system, boxOf));
      const { left, right } = boxOf(head.querySelector(".notehead") ?? head);
      return { left, right, system, ...systems.get(system) };
    }),
  );
}

function extent(system, boxOf) {
  const boxes = [...system.querySelectorAll(".note, .rest, .staff > path")].map(boxOf);
  const top = Math.min(...boxes.map((box) => box.top));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return { top, bottom };
}

function block({ left, right, top, bottom }, kind) {
  return svg("rect", {
    class: kind,
    x: left - AROUND,
    y: top - AROUND,
    width: right - left + 2 * AROUND,
    height: bottom - top + 2 * AROUND,
    rx: 90,
  });
}

// Of a run of notes, from where to where it goes on each line of music.
function lines(places, { from, length }) {
  const found = new Map();
  for (const box of places.slice(from, from + length).flat()) {
    const line = found.get(box.system) ?? { ...box };
    line.left = Math.min(line.left, box.left);
    line.right = Math.max(line.right, box.right);
    found.set(box.system, line);
  }
  return found.values();
}

// Its name, as far as there is room, stands below all lines; whole where the pointer rests.
function underline({ left, right, bottom, copy, n, name, level, deepest, letters }) {
  const y = bottom + BELOW + level * LEVEL;
  const line = svg("path", { d: `M${left} ${y - 70}V${y}H${right}V${y - 70}` });
  const text = svg("text", { x: left, y: bottom + BELOW + deepest * LEVEL + NAME });
  text.textContent = name.length > letters ? `${name.slice(0, Math.max(0, letters - 1))}…` : name;
  const whole = svg("title");
  whole.textContent = copy.song;
  return svg(
    "g",
    { class: "copied", "data-copy": n, "data-from": copy.from, "data-length": copy.length },
    whole,
    line,
    text,
  );
}
