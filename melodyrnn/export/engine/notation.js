// Notes as text, such as a primer's "g8 e8 e4 f8" (melodyrnn/music/notation/reader.py).

import { midiOf, readPitch, spelled, writePitch } from "./keys.js";
import { readTuplet, readValue } from "./meters.js";
import { Refused } from "./refused.js";

const TOKEN = new RegExp(
  [
    "([\\s|]+|[0-9]{1,3}/[0-9]{1,3}(?=[\\s|]|$))", // a gap: bar lines and meters only separate
    "([A-Za-z]{1,16}|[0-9]{1,3}:[0-9]{1,3})\\{",
    "(\\}~?)",
    "(r|[a-g]|([A-G])\\5{0,9})([#\\-n']{0,16})([0-9.]{0,16})(?:(~)|(?=[\\s|}]|$))",
  ].join("|"),
  "y",
);

// What keyboards and word processors write for the characters of the notation.
const PLAIN = {
  "‘": "'",
  "’": "'",
  ʼ: "'",
  "′": "'",
  "´": "'",
  "–": "-",
  "−": "-",
  "♯": "#",
  "♭": "-",
  "♮": "n",
  "　": " ",
};

// The notes of a text: { midi, ticks, name, heads } each, midi null for a rest, the name that of
// its pitch, a head such as "8" or "trip{8}"; tied notes are one.
// Throws Refused with the column, from 0.
export function readNotes(text) {
  const line = text.replace(/[‘’ʼ′´–−♯♭♮　]/g, (sign) => PLAIN[sign]);
  const notes = [];
  let column = 0,
    value = "4",
    tuplet = null,
    filled = false,
    held = null;
  const refuse = (words) => {
    throw new Refused("notation", { text, column }, `--primer:${column + 1}: ${words}`);
  };
  const take = (note, tied) => {
    if (held && held.name !== note.name)
      refuse(`a tie to another pitch, '${note.name}'; '~' joins notes of the same pitch`);
    held = held ? longerNote(held, note) : note;
    if (tied) return;
    notes.push(held);
    held = null;
  };
  while (column < line.length) {
    TOKEN.lastIndex = column;
    const match = TOKEN.exec(line);
    const word = line.slice(column, column + 24).split(/[\s|]/)[0];
    if (!match)
      refuse(
        `cannot read '${word}'; write a note as pitch, accidental, octave and duration, such as g8`,
      );
    const [whole, , ratio, close, letters, , marks, given, tie] = match;
    if (letters) {
      value = given || value;
      take(noteOf(letters + marks, value, tuplet) ?? refuse(`no such note, '${word}'`), tie);
      filled = true;
    } else if (close) {
      if (!tuplet || !filled) refuse("'}' closes no notes; tuplets are such as trip{c8 d8 e8}");
      tuplet = null;
      if (close.endsWith("~")) held = notes.pop();
    } else if (ratio) {
      if (tuplet) refuse("tuplets do not nest");
      tuplet =
        readTuplet(ratio) ??
        refuse(`unknown tuplet '${ratio}{'; tuplets are trip{…}, quad{…}, 5:4{…}`);
      filled = false;
    }
    column += whole.length;
  }
  if (held) refuse("a tie to nothing; after '~' comes the same pitch");
  if (tuplet) refuse("a tuplet is not closed; write '}' after its notes");
  return notes;
}

function noteOf(name, value, ratio) {
  const pitch = name === "r" ? null : readPitch(name);
  const ticks = readValue(value, ratio ?? undefined);
  if (ticks === null || (!pitch && name !== "r")) return null;
  const written = pitch ? writePitch(pitch) : "r";
  const head = ratio ? `${ratio.join(":")}{${value}}` : value;
  return { midi: pitch && midiOf(pitch), ticks, name: written, heads: [head] };
}

// A note that is held over another one.
export function longerNote(note, other) {
  return { ...note, ticks: note.ticks + other.ticks, heads: [...note.heads, ...other.heads] };
}

// A note as it was written.
export function writeNote({ name, heads }) {
  return heads
    .map((head) => (head.includes("{") ? head.replace("{", `{${name}`) : name + head))
    .join("~");
}

// Where a pitch stands in the symbol of a note: at its start, in a tuplet, and behind a tie.
const PITCH = /(?<=^|[{~])(?:([A-G])\1*|[a-g])['#n-]*(?=[0-9.])/g;

// The pitch that a symbol writes, null for a rest.
export function pitchOf(symbol) {
  const [name] = symbol.match(PITCH) ?? [null];
  return name && readPitch(name);
}

// The symbol with its pitch as `key` spells it.
export function respelled(symbol, midi, key) {
  return midi === null ? symbol : symbol.replace(PITCH, writePitch(spelled(midi, key)));
}
