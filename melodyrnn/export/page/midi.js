// A song as a Standard MIDI File, the same bytes as formats/midi/write.py writes.

import { readKey } from "../engine/keys.js";
import { GRID } from "../engine/meters.js";
import { meterOf, ticks } from "./bars.js";
import { lowestTerms } from "./values.js";

const RESOLUTIONS = [960, GRID]; // ticks a quarter note: the first in which all of a song is exact
const VELOCITY = 80;
const MINUTE = 60_000_000; // microseconds

const utf8 = new TextEncoder();

// `song` as the engine gives it, with a title and a composer; `tempo` in quarter notes per minute
// (null: none is written), `program` the General MIDI number of the sound, 0 to 127.
export function midiBytes(song, { tempo = song.tempo, program = 0 } = {}) {
  const [pickup, notes] = [ticks(song.pickup), song.notes.map(timed)];
  const length = notes.at(-1).end;
  const moments = [pickup, length, ...notes.map((note) => note.start)];
  const resolution = RESOLUTIONS.find((each) => moments.every((at) => (at * each) % GRID === 0));
  const marks = [...markEvents(song, pickup, tempo), [length, TRACK_END]];
  const played = [[0, [0xc0, program]], ...notes.flatMap(strokes), [length, TRACK_END]];
  const tracks = [marks, played].map((events) => chunk("MTrk", track(events, resolution)));
  const head = chunk("MThd", [1, tracks.length, resolution].flatMap((each) => number(each, 2)));
  return new Uint8Array([head, ...tracks].flat());
}

const TRACK_END = [0xff, 0x2f, 0];

function timed({ midi, onset, duration }) {
  return { midi, start: ticks(onset), end: ticks(onset) + ticks(duration) };
}

function strokes({ midi, start, end }) {
  if (midi === null) return [];
  return [
    [start, [0x90, midi, VELOCITY]],
    [end, [0x80, midi, 0]],
  ];
}

// [ticks, bytes] for all that is said above the notes.
function* markEvents(song, pickup, tempo) {
  const meter = meterOf(song.meter);
  const texts = ["exact notation"];
  if (song.composer) texts.push(`composer: ${song.composer}`);
  if (pickup) texts.push(`pickup: ${fractionText(pickup)}`);
  if (song.title) yield [0, meta(0x03, utf8.encode(song.title))];
  for (const text of texts) yield [0, meta(0x01, utf8.encode(text))];
  if (pickup) yield [0, timeSignature(shortMeter(pickup) ?? meter)];
  yield [pickup, timeSignature(meter)];
  const { fifths, mode } = readKey(song.key);
  yield [0, meta(0x59, [fifths & 0xff, mode === "minor" ? 1 : 0])];
  if (tempo !== null) yield [0, meta(0x51, number(Math.round(MINUTE / tempo), 3))];
}

function fractionText(length) {
  const [above, below] = lowestTerms(length, GRID);
  return below === 1 ? `${above}` : `${above}/${below}`;
}

// The meter of a bar of that length, in quarters or the longest unit that can count it.
function shortMeter(length) {
  const unit = [4, 8, 16, 32, 64].find((each) => (length * each) % (4 * GRID) === 0);
  return unit && meterOf(`${(length * unit) / (4 * GRID)}/${unit}`);
}

function timeSignature(meter) {
  const clocks = Math.max(1, Math.floor((24 * meter.beat) / GRID)); // in a metronome's click
  return meta(0x58, [meter.beats, Math.log2(meter.unit), clocks, 8]);
}

const meta = (type, data) => [0xff, type, ...variable(data.length), ...data];

// Events in order, each after its ticks since the one before.
function track(events, resolution) {
  let last = 0;
  return events
    .map(([at, bytes]) => [(at * resolution) / GRID, bytes])
    .sort((one, other) => one[0] - other[0])
    .flatMap(([at, bytes]) => {
      const wait = at - last;
      last = at;
      return [...variable(wait), ...bytes];
    });
}

const chunk = (name, bytes) => [...utf8.encode(name), ...number(bytes.length, 4), ...bytes];

// Big-endian, of so many bytes.
function number(value, width) {
  return Array.from({ length: width }, (_, place) => (value >>> (8 * (width - 1 - place))) & 0xff);
}

// A variable-length quantity: seven bits a byte, the highest bit set in all but the last.
function variable(value) {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}
