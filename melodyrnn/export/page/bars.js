// A song in bars, notes split and tied at bar lines and beats, and what hangs on one beam: the rules
// of music/bars.py and music/beams.py. Lengths in ticks.

import { GRID, barOf, readMeter } from "../engine/meters.js";
import { remainder } from "../engine/whole_numbers.js";
import { isCommon, isDyadic, spell, valueOf } from "./values.js";

export const ticks = (quarters) => Math.round(quarters * GRID);

// "6/8" -> {beats, unit, bar, beat}; a beat of 6/8 is a dotted quarter.
export function meterOf(text) {
  const { beats, unit } = readMeter(text);
  const compound = beats > 3 && beats % 3 === 0 && unit >= 8;
  const beat = ((4 * GRID) / unit) * (compound ? 3 : 1);
  return { beats, unit, compound, bar: barOf({ beats, unit }), beat };
}

// [{number, offset, end, firstBeat, meter, heads: [{note, pitch, offset, value, tie, tied}]}] of a
// song as the engine gives it. A pickup bar is number 0; a head is tied to the next and from the last.
export function barsOf(song) {
  const meter = meterOf(song.meter);
  const pickup = ticks(song.pickup);
  const notes = song.notes.map((note) => ({
    pitch: note.pitch,
    start: ticks(note.onset),
    stop: ticks(note.onset) + ticks(note.duration),
  }));
  const length = notes.at(-1).stop;
  const bars = [];
  let index = 0;
  for (let offset = 0, line = pickup || meter.bar; offset < length; line += meter.bar) {
    const number = bars.length + (pickup ? 0 : 1);
    const end = Math.min(line, length);
    const firstBeat = number ? offset : end - meter.bar; // a pickup ends on a bar line
    const bar = { number, offset, end, firstBeat, meter, heads: [] };
    while (index < notes.length && notes[index].start < end) {
      bar.heads.push(...headsOf(index, notes[index], bar));
      if (notes[index].stop > end) break;
      index += 1;
    }
    bars.push(bar);
    offset = end;
  }
  return bars;
}

// The heads of one note within one bar.
function headsOf(index, { pitch, start, stop }, bar) {
  let offset = Math.max(start, bar.offset);
  return valuesOf(offset, Math.min(stop, bar.end), bar).map((value) => {
    const after = offset + value.ticks;
    const sounds = pitch !== null;
    const tied = sounds && offset > start;
    const head = { note: index, pitch, offset, value, tie: sounds && after < stop, tied };
    offset = after;
    return head;
  });
}

// A beat at a time, as long as one value would hide the next beat.
function valuesOf(offset, stop, bar) {
  const values = [];
  for (;;) {
    const beat = offset - remainder(offset - bar.firstBeat, bar.meter.beat) + bar.meter.beat;
    const single = valueOf(stop - offset);
    if (single && (stop <= beat || !hidesBeat(single, offset, bar))) return [...values, single];
    if (stop <= beat) return [...values, ...spell(stop - offset)];
    values.push(...spell(beat - offset));
    offset = beat;
  }
}

// Whether a value that starts at `offset`, and lasts over the next beat, is misread.
function hidesBeat(value, offset, { firstBeat, meter }) {
  const place = offset - firstBeat;
  if (!isCommon(value.ticks)) return remainder(place, value.ticks) !== 0;
  if (!meter.compound || value.tuplet) return false;
  return remainder(place, meter.beat) !== 0 || value.ticks % meter.beat !== 0;
}

// Heads in groups: each tuplet's together, every other alone. A tuplet closes as soon as its length
// is one that undivided values have: six triplet eighths are two groups of three.
export function tuplets(heads) {
  const groups = [];
  let open = null;
  for (const head of heads) {
    const { tuplet, ticks: length } = head.value;
    if (!tuplet || open?.word !== tuplet) {
      open = { word: tuplet, heads: [], length: 0 };
      groups.push(open);
    }
    open.heads.push(head);
    open.length += length;
    if (isDyadic(open.length)) open = null;
  }
  return groups.map((group) => group.heads);
}

// The bar's heads in order, those under one beam together, every other alone.
export function beamGroups(bar) {
  const span = beamSpan(bar.meter);
  const groups = [];
  let last = null;
  for (const head of bar.heads) {
    const beamed = head.pitch !== null && head.value.type >= 8;
    const place = beamed ? Math.floor((head.offset - bar.firstBeat) / span) : null;
    if (beamed && place === last) groups.at(-1).push(head);
    else groups.push([head]);
    last = place;
  }
  return groups;
}

// How far a beam may reach: a beat, a whole bar of 3/8, two eighths in 5/8.
function beamSpan(meter) {
  if (meter.beats === 3 && meter.unit >= 8) return meter.bar;
  return Math.max(meter.beat, GRID);
}
