// A song engraved by abcjs, which the page has as a script of its own.
/* global ABCJS */

import { abc } from "./abc.js";
import { barsOf } from "./bars.js";

const NARROW = 560; // CSS pixels
const SMALLER = 1.25; // as many times more fits on a narrow line

// Draws `song` into `element`, as wide as that is. Each head of note 7 has data-n="7" and data-box,
// the place of a mark around it.
export function engrave(element, song) {
  const wide = element.clientWidth;
  const [tune] = ABCJS.renderAbc(element, abc({ ...song, title: "", composer: "" }), {
    add_classes: true,
    responsive: "resize",
    staffwidth: wide < NARROW ? wide * SMALLER : wide,
    paddingleft: 0,
    paddingright: 0,
    paddingtop: 0,
    paddingbottom: 8,
    wrap: { minSpacing: 1.4, maxSpacing: 2.8, preferredMeasuresPerLine: 4 },
  });
  const drawing = element.querySelector("svg");
  for (const each of [element, drawing]) each.removeAttribute("style"); // the style sheet has it
  drawing.setAttribute("aria-hidden", "true");
  const heads = barsOf(song).flatMap((bar) => bar.heads);
  drawnNotes(tune).forEach((parts, place) => {
    for (const part of parts) {
      part.dataset.n = heads[place].note;
      part.dataset.box = markBox(part);
    }
  });
}

// The groups of each head and rest of a tune, in order.
function drawnNotes(tune) {
  const voices = tune.lines.flatMap((line) => line.staff?.[0].voices[0] ?? []);
  return voices.filter((each) => each.el_type === "note").map((each) => each.abselem.elemset);
}

const AROUND = 5; // between a head and the edge of its mark

function markBox(part) {
  const { x, y, width, height } = part.getBBox();
  const box = [x - AROUND, y - AROUND, width + 2 * AROUND, height + 2 * AROUND];
  return box.map((number) => number.toFixed(1)).join(" ");
}
