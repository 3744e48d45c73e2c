// A song as ABC notation, the same text as formats/abc/write.py writes; what the engraver reads.

import { readKey } from "../engine/keys.js";
import { GRID } from "../engine/meters.js";
import { barsOf, beamGroups, meterOf, tuplets } from "./bars.js";
import { keyName, signed } from "./keys.js";
import { lowestTerms, tupletRatio } from "./values.js";

const SIGNS = { "-2": "__", "-1": "_", 0: "=", 1: "^", 2: "^^" };
const UNIT = GRID / 2; // L:1/8
const BARS_A_LINE = 4;
const TUPLET_SIZE = 9; // what (3:2:9 can count with one digit

// `song` as the engine gives it, with a title and a composer.
export function abc(song) {
  const bars = barsOf(song);
  const key = readKey(song.key);
  const measures = bars.map(
    (bar, n) => `${barText(bar, key)} ${n === bars.length - 1 ? "|]" : "|"}`,
  );
  const lines = [];
  for (let start = 0; start < measures.length; ) {
    const stop = start + BARS_A_LINE + (song.pickup && !start ? 1 : 0); // a pickup is on its line
    lines.push(measures.slice(start, stop).join(" "));
    start = stop;
  }
  return [...headers(song, key), ...lines].join("\n") + "\n";
}

function* headers(song, key) {
  yield "%abc-2.1";
  yield "X:1";
  yield `T:${escaped(song.title)}`;
  if (song.composer) yield `C:${escaped(song.composer)}`;
  yield `M:${song.meter}`;
  yield "L:1/8";
  if (song.tempo !== null) yield tempoText(song.tempo, meterOf(song.meter));
  yield `K:${keyName(key)}`;
}

// With what would start a comment or an escape escaped.
const escaped = (text) => text.replace(/[\\%&]/g, "\\$&");

// In beats per minute where that is a short number, else in quarter notes.
function tempoText(tempo, meter) {
  const quarters = meter.beat / GRID;
  const beats = Number((tempo / quarters).toPrecision(6));
  if (beats * quarters !== tempo) return `Q:1/4=${Number(tempo.toPrecision(6))}`;
  const beat = lowestTerms(meter.beat, 4 * GRID);
  return `Q:${beat[0]}/${beat[1]}=${beats}`;
}

function barText(bar, key) {
  const signs = accidentals(bar, key);
  const opened = tupletMarks(bar);
  const written = (head) => (opened.get(head) ?? "") + (signs.get(head) ?? "") + headText(head);
  return beamGroups(bar)
    .map((group) => group.map(written).join(""))
    .join(" ");
}

// Head -> its accidental. Readers differ in whether one holds for its octave or for all, and in
// whether a tie carries it over the bar line: it is written wherever any of them needs it.
function accidentals(bar, key) {
  const signs = new Map();
  const here = new Map();
  const anywhere = new Map();
  for (const head of bar.heads) {
    if (!head.pitch) continue;
    const { step, alter, octave } = head.pitch;
    const usual = signed(key, step);
    const name = `${step}${octave}`;
    if ((here.get(name) ?? usual) === alter && (anywhere.get(step) ?? usual) === alter) continue;
    signs.set(head, SIGNS[alter]);
    here.set(name, alter);
    anywhere.set(step, alter);
  }
  return signs;
}

// The tuplet in which a head stands; one of more notes than a digit can count is told by lengths.
function tupletOf(head) {
  const word = head.value.tuplet;
  return tupletRatio(word)[0] <= TUPLET_SIZE ? word : "";
}

// First head of a tuplet -> what opens it: (3, or (3:2:n for n notes of any values.
function tupletMarks(bar) {
  const marks = new Map();
  for (const group of tuplets(bar.heads)) {
    const word = tupletOf(group[0]);
    if (!word) continue;
    const [actual, normal] = tupletRatio(word);
    for (let start = 0; start < group.length; start += TUPLET_SIZE) {
      const count = Math.min(TUPLET_SIZE, group.length - start);
      const short = count === actual && !word.includes(":");
      marks.set(group[start], short ? `(${actual}` : `(${actual}:${normal}:${count}`);
    }
  }
  return marks;
}

function headText(head) {
  const [actual, normal] = tupletRatio(tupletOf(head));
  const [above, below] = lowestTerms(head.value.ticks * actual, normal * UNIT);
  const length = (above === 1 ? "" : above) + (below > 1 ? `/${below}` : "");
  return (head.pitch ? pitchText(head.pitch) : "z") + length + (head.tie ? "-" : "");
}

function pitchText({ step, octave }) {
  if (octave >= 5) return step + "'".repeat(octave - 5);
  return step.toUpperCase() + ",".repeat(4 - octave);
}
