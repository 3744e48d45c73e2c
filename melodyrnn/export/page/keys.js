// What a key does to its score.

import { tonicName } from "../engine/keys.js";

const FIFTHS = "fcgdaeb"; // the order in which a key signature gains sharps

// As ABC writes it: "Bbm".
export function keyName(key) {
  return tonicName(key).replaceAll("-", "b") + (key.mode === "minor" ? "m" : "");
}

// What the signature does to a step: 1, 0 or -1 semitones.
export function signed(key, step) {
  return Math.floor((key.fifths - 1 - FIFTHS.indexOf(step)) / 7) + 1;
}
