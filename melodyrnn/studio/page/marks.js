// What lies under the notes of the sheet: what is chosen, locked, and copied from a song.

import { svg } from "./dom.js";

const AROUND = 110; // units of the picture left of and right of a head
const MIDDLE = 0.5; // of a line
const BELOW = 260; // units from a line's lowest note to what is underlined
const LEVEL = 340; // units between two underlines of the same notes

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
  const levels = levelled(state.copied);
  state.copied.forEach((copy, n) => {
    [...lines(places, copy)].forEach((line, part) => {
      layer.append(underline(line, copy, n, { first: part === 0, width, level: levels[n] }));
    });
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

function underline({ left, right, bottom }, { song, from, length }, n, { first, width, level }) {
  const y = bottom + BELOW + level * LEVEL;
  const line = svg("path", { d: `M${left} ${y - 70}V${y}H${right}V${y - 70}` });
  const late = left > MIDDLE * width; // there the name would reach beyond the line
  const anchor = late ? { x: right, "text-anchor": "end" } : { x: left };
  const name = svg("text", { ...anchor, y: y + 300 });
  name.textContent = first ? song : "";
  return svg(
    "g",
    { class: "copied", "data-copy": n, "data-from": from, "data-length": length },
    line,
    name,
  );
}
