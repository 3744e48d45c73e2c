// Keys, and pitches as they spell them (melodyrnn/music/pitch.py and scales.py). A pitch is
// { step: "c", alter: 1, octave: 4 }, a key { fifths: 1, mode: "major" }.

import { Refused } from "./refused.js";
import { remainder } from "./whole_numbers.js";

const SEMITONES = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };
// The order in which a key signature gains sharps, a line of fifths.
const SHARPS = "fcgdaeb";
export const MODES = ["major", "minor"];
// Semitones above the tonic; minor is natural, and its sixth and seventh may be raised.
const SCALES = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 9, 10, 11] };
const KEY = /^([A-Ga-g])(##|#|--|-|b)?\s*(?:(maj|min)(?:or)?|(m))?$/i;
const ALTER = { "": 0, "#": 1, "-": -1, b: -1, "##": 2, "--": -2 };

// `G`, `e minor`, `Bb`, `B- major`, `F#m`.
export function readKey(text) {
  const match = KEY.exec(text.trim());
  const refused = (words) => new Refused("key", { text }, `--key: ${words}`);
  if (!match) throw refused(`unknown key '${text}'; write it as 'G', 'B- major' or 'F# minor'`);
  const [, letter, sign = "", mode = "", short = ""] = match;
  const upper = letter.toUpperCase() + sign;
  if (letter !== letter.toUpperCase() && !mode && !short) {
    throw refused(`key '${text}' may be either; write '${upper}' or '${text} minor'`);
  }
  const minor = short === "m" || mode.toLowerCase() === "min";
  const place = SHARPS.indexOf(letter.toLowerCase()) + 7 * ALTER[sign.toLowerCase()];
  const fifths = place - 1 - (minor ? 3 : 0);
  if (Math.abs(fifths) > 7)
    throw refused(`'${text}' has ${Math.abs(fifths)} signs; keys have up to 7`);
  return { fifths, mode: MODES[Number(minor)] };
}

export function writeKey(key) {
  return `${tonicName(key)} ${key.mode}`;
}

// `B-` of B flat.
export function tonicName({ fifths, mode }) {
  const place = fifths + 1 + (mode === "minor" ? 3 : 0);
  return SHARPS[remainder(place, 7)].toUpperCase() + signs(Math.floor(place / 7));
}

// Semitones above the tonic, 0 to 11.
export function aboveTonic(midi, { fifths, mode }) {
  const place = fifths + 1 + (mode === "minor" ? 3 : 0);
  return remainder(midi - SEMITONES[SHARPS[remainder(place, 7)]] - Math.floor(place / 7), 12);
}

// The tonic in semitones from the nearest C, -5 to 6.
export function tonicAboveC(key) {
  const semitones = remainder(-aboveTonic(0, key), 12);
  return semitones <= 6 ? semitones : semitones - 12;
}

// Whether a MIDI number is of the key's scale; a rest, null, always is.
export function inKey(midi, key) {
  return midi === null || SCALES[key.mode].includes(aboveTonic(midi, key));
}

export function onTonic(midi, key) {
  return midi !== null && aboveTonic(midi, key) === 0;
}

// A MIDI number as the key would spell it: by the nearest fifths to its tonic.
export function spelled(midi, { fifths, mode }) {
  // On the line of fifths, F is 0, the scale of C major 0 to 6.
  const centre = fifths + 2 + (mode === "minor" ? 2 : 0);
  const apart = (place) => Math.abs(place - centre - 0.5);
  let best = null;
  for (let place = -8; place < 20; place++) {
    const named = remainder(7 * (place - 1) - midi, 12) === 0;
    if (named && (best === null || apart(place) < apart(best))) best = place;
  }
  const step = SHARPS[remainder(best, 7)],
    alter = Math.floor(best / 7);
  return { step, alter, octave: Math.floor((midi - alter - SEMITONES[step]) / 12) - 1 };
}

export function midiOf({ step, alter, octave }) {
  return 12 * (octave + 1) + SEMITONES[step] + alter;
}

// `f'#` for F#5, `CC` for C2.
export function writePitch({ step, alter, octave }) {
  const name = octave >= 4 ? step + "'".repeat(octave - 4) : step.toUpperCase().repeat(4 - octave);
  return name + signs(alter);
}

// `f'#` or `CC` as a pitch; null where it is none.
export function readPitch(name) {
  const match = /^(?:([a-g])('*)|(([A-G])\4*))(##|#|--|-|n)?$/.exec(name);
  if (!match) return null;
  const [, low, primes, high, letter, sign = ""] = match;
  const octave = low ? 4 + primes.length : 4 - high.length;
  const pitch = {
    step: low ?? letter.toLowerCase(),
    alter: sign === "n" ? 0 : ALTER[sign],
    octave,
  };
  return midiOf(pitch) >= 0 && midiOf(pitch) < 128 ? pitch : null;
}

function signs(alter) {
  return "#".repeat(Math.max(alter, 0)) + "-".repeat(Math.max(-alter, 0));
}
