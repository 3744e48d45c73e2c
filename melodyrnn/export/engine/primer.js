// The notes that a song begins with, in the tokens that a run knows (melodyrnn/tasks/control/
// primer.py and known_notes.py).

import { writePitch } from "./keys.js";
import { longerNote, pitchOf, readNotes, writeNote } from "./notation.js";
import { Refused } from "./refused.js";

// How far apart notes are: an octave; another pitch class, its semitones added; a shorter one and a
// rest of what it lacks; another duration; each time as long or short.
const OCTAVE = 3;
const OTHER_PITCH = 4;
const RESTED = 1;
const OTHER_DURATION = 3;
const DOUBLED = 2;

// Of a primer, text or symbols or ids or nothing: { ids, remarks }. Throws Refused.
export function primerOf(model, primer) {
  const { songs, tokens, window, vocabulary } = model;
  if (primer === null) return { ids: songs.opening, remarks: [] };
  const { ids, remarks } = givenIds(model, primer);
  if (tokens.start !== null && ids[0] !== tokens.start) ids.unshift(tokens.start);
  const unknown = ids.find((id) => vocabulary[id] === undefined);
  if (unknown !== undefined)
    throw new Refused(
      "range",
      { name: "primer", value: unknown },
      `primer: there is no token ${unknown}`,
    );
  if (ids.length < window) {
    const has = `the primer has ${ids.length} notes`;
    const words = `${has} and this run's window needs ${window}; give more`;
    throw new Refused("primerShort", { has: ids.length, needs: window }, words);
  }
  return { ids, remarks };
}

// Whether the first song learned begins so.
export function beginsAlike({ songs }, ids) {
  return ids.every((id, place) => songs.first[place] === id);
}

function givenIds(model, primer) {
  if (Array.isArray(primer) && typeof primer[0] === "number")
    return { ids: [...primer], remarks: [] };
  return knownIds(model, readNotes(Array.isArray(primer) ? primer.join(" ") : primer));
}

// Of notes the ids, where one is not known those of what is nearest to it.
function knownIds({ tokens, vocabulary }, given) {
  const known = [...tokens.ticks.keys()].filter((id) => tokens.ticks[id] > 0);
  const places = new Map(
    known.map((id) => [keyOfNote(nameOf(vocabulary[id]), tokens.ticks[id]), id]),
  );
  const rests = new Map(
    known.filter((id) => tokens.midi[id] === null).map((id) => [tokens.ticks[id], id]),
  );
  const joined = !rests.size && given.some(({ midi }) => midi === null);
  const replaced = new Map();
  const ids = (joined ? held(given) : given).flatMap((note) => {
    const { distance, ids } = nearest(note, tokens, known, rests, places);
    if (distance) {
      const pair = JSON.stringify([writeNote(note), ids.map((id) => vocabulary[id]).join(" ")]);
      replaced.set(pair, (replaced.get(pair) ?? 0) + 1);
    }
    return ids;
  });
  return { ids, remarks: replaced.size || joined ? [remarkOf(replaced, joined)] : [] };
}

function keyOfNote(name, ticks) {
  return `${name} ${ticks}`;
}

function nameOf(symbol) {
  const pitch = pitchOf(symbol);
  return pitch ? writePitch(pitch) : "r";
}

// Each note held over the rests that follow it; rests at the beginning are dropped.
function held(notes) {
  const kept = [];
  for (const note of notes) {
    if (note.midi !== null) kept.push(note);
    else if (kept.length) kept.push(longerNote(kept.pop(), note));
  }
  return kept;
}

// What is nearest to a note and how far it is, 0 where it sounds the same: a note, with the rest
// that it lacks where there is one, or for a rest a rest; of several the first.
function nearest(note, tokens, known, rests, places) {
  const place = places.get(keyOfNote(note.name, note.ticks));
  if (place !== undefined) return { distance: 0, ids: [place] };
  let best = { distance: Infinity, ids: [] };
  for (const id of known) {
    const midi = tokens.midi[id],
      ticks = tokens.ticks[id];
    if ((midi === null) !== (note.midi === null)) continue;
    const rest = rests.get(note.ticks - ticks);
    const distance = apart(note, { midi, ticks }, rest !== undefined);
    if (distance < best.distance) best = { distance, ids: rest === undefined ? [id] : [id, rest] };
  }
  return best;
}

function apart(one, other, rested) {
  let distance = 0;
  if (one.ticks !== other.ticks) {
    distance += rested ? RESTED : OTHER_DURATION;
    distance += DOUBLED * Math.abs(Math.log2(one.ticks / other.ticks));
  }
  if (one.midi === null) return distance;
  const semitones = Math.abs(one.midi - other.midi);
  return distance + (semitones % 12 ? OTHER_PITCH + semitones : (OCTAVE * semitones) / 12);
}

function remarkOf(replaced, joined) {
  const pairs = [...replaced].map(([pair, times]) => [...JSON.parse(pair), times]);
  const words = joined ? ["its rests are joined to the notes before them"] : [];
  const named = pairs.map(
    ([given, known, times]) => `${given} by ${known}` + (times > 1 ? ` (${times} times)` : ""),
  );
  if (pairs.length)
    words.push(`notes that this run does not know are replaced: ${named.join(", ")}`);
  return {
    code: "replaced",
    values: { pairs, joined },
    message: `the primer: ${words.join("; ")}`,
  };
}
