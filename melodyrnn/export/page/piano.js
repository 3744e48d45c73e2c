// A small piano: each key adds a note to the beginning, and sounds.

import { readKey } from "../engine/keys.js";
import { byId, make } from "./elements.js";
import { signed } from "./keys.js";
import { say } from "./words.js";

const STEPS = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };
const OCTAVES = [4, 5];
const RELEASE = 0.4; // seconds that a key sounds

// Makes the keys; `sound(midi, seconds)` plays one.
export function makePiano(sound) {
  const keys = byId("keys");
  for (const octave of OCTAVES) {
    for (const [step, semitones] of Object.entries(STEPS)) {
      const midi = 12 * (octave + 1) + semitones;
      keys.append(keyOfPiano("white", midi, step, octave, sound));
      if (step !== "e" && step !== "b") {
        keys.append(keyOfPiano("black", midi + 1, step, octave, sound));
      }
    }
  }
  byId("rest").addEventListener("click", () => add(`r${byId("value").value}`));
  byId("remove").addEventListener("click", removeLast);
}

// Of the black keys the name is a flat where the key that is asked for has it so.
function keyOfPiano(kind, midi, step, octave, sound) {
  const press = () => {
    add(blackOrWhite(kind, step, octave) + byId("value").value);
    sound(midi, RELEASE);
  };
  const label = `${step.toUpperCase()}${kind === "black" ? "♯" : ""}${octave}`;
  return make("button", { type: "button", class: kind, "aria-label": label, onclick: press });
}

function blackOrWhite(kind, step, octave) {
  const primes = "'".repeat(octave - 4);
  if (kind === "white") return step + primes;
  const above = Object.keys(STEPS)[Object.keys(STEPS).indexOf(step) + 1];
  const key = byId("key").value;
  return key && signed(readKey(key), above) < 0 ? `${above}${primes}-` : `${step}${primes}#`;
}

function add(token) {
  const primer = byId("primer");
  primer.value = `${primer.value.trimEnd()} ${token}`.trimStart();
  primer.dispatchEvent(new Event("input"));
  primer.scrollLeft = primer.scrollWidth;
}

function removeLast() {
  const primer = byId("primer");
  primer.value = primer.value.trimEnd().replace(/\S+$/, "").trimEnd();
  primer.dispatchEvent(new Event("input"));
}

export function sayPiano(language) {
  for (const id of ["rest", "remove"]) byId(id).setAttribute("aria-label", say(language, id));
}
