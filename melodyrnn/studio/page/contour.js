// A melody as a small picture: each note a line as high as its pitch and as long as it lasts.

import { svg } from "./dom.js";

const HEIGHT = 48;
const WIDTH = 240;
const THICK = 4;

/** Notes from `drawn` on are the network's. */
export function contour(notes, drawn = Infinity) {
  const sounding = notes.filter((note) => note.midi !== null);
  const picture = svg("svg", {
    class: "contour",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  if (!sounding.length) return picture;
  const low = Math.min(...sounding.map((note) => note.midi)) - 1;
  const high = Math.max(...sounding.map((note) => note.midi)) + 1;
  const last = notes.at(-1);
  const scale = WIDTH / (last.onset + last.duration);
  notes.forEach(({ midi, onset, duration }, n) => {
    if (midi === null) return;
    picture.append(
      svg("rect", {
        class: n >= drawn ? "drawn" : null,
        x: onset * scale,
        y: ((high - midi) / (high - low)) * (HEIGHT - THICK),
        width: Math.max(1.5, duration * scale - 1.2),
        height: THICK,
        rx: 1.5,
      }),
    );
  });
  return picture;
}
