// A run that plays in the page: what it is given back as, and what it makes.

import { Constraints, closingLoop } from "./constraints.js";
import { modelOf } from "./document.js";
import { afterPrimer, drawn, turns } from "./drawing.js";
import { contextOf, formOf } from "./form.js";
import { askedHeader, drawnHeader, withAsked } from "./headers.js";
import { readKey, writeKey } from "./keys.js";
import { GRID, readMeter, writeMeter } from "./meters.js";
import { pitchOf, respelled } from "./notation.js";
import { options } from "./options.js";
import { beginsAlike, primerOf } from "./primer.js";
import { uniforms } from "./random.js";
import { Refused } from "./refused.js";
import { logSoftmax } from "./sampling.js";
import { candidatesOf, drawnByWeight, logWeight } from "./whole_songs.js";

export { Refused } from "./refused.js";

// A model of the document that melodyrnn/export/document.py makes. Throws Refused.
export function load(document) {
  const model = modelOf(document);
  const { songs, text, vocabulary, tokens } = model;
  if (text)
    return { ...model, title: "", defaults: { length: text.length, primer: [...text.opening] } };
  const frequent = (counts) =>
    [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  return {
    ...model,
    meters: frequent(songs.headers.meters),
    keys: frequent(songs.headers.keys),
    defaults: {
      length: songs.length,
      meter: songs.drawn ? null : songs.meter,
      key: songs.drawn ? null : songs.key,
      tempo: songs.tempo,
      primer: songs.opening.filter((id) => id !== tokens.start).map((id) => vocabulary[id]),
    },
  };
}

// New songs, or texts: { seed, remarks, takes }. What may be asked stands in options.js. Each draws
// from a stream of its own, so that it is the same however many are asked for. `progress(done,
// total)` is called now and then: how many songs are drawn, candidates with them, of one not yet
// whole a part; `signal` aborts. Throws Refused.
export async function generate(model, asked = {}, { progress, signal } = {}) {
  const all = options(asked, model);
  const turn = turns(progress, signal);
  const prompt = model.text ? textPrompt(model, all) : songPrompt(model, all);
  const candidates = candidatesOf(model, all);
  const takes = [],
    remarks = new Map();
  let complete = 0;
  for (let number = 0; number < all.count; number++) {
    const one = prompt(number);
    const onward = (done, most) => turn(complete + done / most, all.count * candidates);
    const draw = async (stream) => {
      const song = await drawn(model, one, all, uniforms([all.seed, stream], one.length), onward);
      complete++;
      return song;
    };
    const { ids, logProbability } = await (candidates > 1
      ? drawnByWeight(draw, all.seed, BigInt(number), candidates, one.weigh)
      : draw(BigInt(number)));
    const take = { number, ids, logProbability, ...one.made(ids) };
    takes.push(take);
    for (const each of [...one.remarks, ...loopOf(model, take)]) remarks.set(each.message, each);
  }
  return { seed: String(all.seed), remarks: [...remarks.values()], takes };
}

// Of each window of ids the logits of what comes next. `header`: meter, key and pickup, by default
// the usual ones.
export function logits(model, ids, header = {}) {
  let state = model.predictor.begin(contextFor(model, header));
  return Array.from({ length: ids.length - model.window }, (_, start) => {
    const [row, after] = model.predictor.step(ids.slice(start, start + model.window), state);
    state = after;
    return Float64Array.from(row);
  });
}

// The probabilities of the token after ids.
export function expect(model, ids, header = {}) {
  const state = afterPrimer(model, ids, contextFor(model, header));
  const [row] = model.predictor.step(ids.slice(-model.window), state);
  return logSoftmax(row).map(Math.exp);
}

function contextFor(model, { meter = null, key = null, pickup = null }) {
  return model.songs
    ? contextOf(withAsked(usualHeader(model), askedHeader({ meter, key, pickup })))
    : {};
}

// Number of a new song -> what it begins with and keeps to.
function songPrompt(model, asked) {
  const { songs, tokens } = model;
  const { ids, remarks } = primerOf(model, asked.primer);
  const header = askedHeader(asked);
  const alike = asked.primer === null ? tokens.start === null : beginsAlike(model, ids);
  const usual = { ...usualHeader(model), pickup: alike ? songs.pickup : 0 };
  const draws = songs.drawn && asked.primer === null;
  return (number) => {
    const like = draws
      ? drawnHeader(songs.headers, asked.seed, BigInt(number), header)
      : withAsked(usual, header);
    const form = formOf(model, asked, like, ids);
    return {
      ids,
      length: form.length,
      constraints: new Constraints(form.constraints),
      context: contextOf(like, asked.bars),
      weigh: (all) => logWeight(model, all, like),
      remarks: [...remarks, ...form.remarks],
      made: (all) => songOf(model, all, like, ids),
    };
  };
}

function usualHeader({ songs }) {
  return { meter: readMeter(songs.meter), key: readKey(songs.key), pickup: 0 };
}

// Ids as notes, each pitch as the key spells it where a run knows one spelling only.
function songOf({ tokens, vocabulary, songs }, ids, like, primer) {
  const isNote = (id) => tokens.ticks[id] > 0;
  let onset = 0;
  const notes = ids.filter(isNote).map((id) => {
    const midi = tokens.midi[id],
      duration = tokens.ticks[id] / GRID;
    const token = tokens.respelled ? respelled(vocabulary[id], midi, like.key) : vocabulary[id];
    const begun = onset;
    onset += tokens.ticks[id];
    return { midi, onset: begun / GRID, duration, token, pitch: pitchOf(token) };
  });
  const song = {
    meter: writeMeter(like.meter),
    key: writeKey(like.key),
    tempo: songs.tempo,
    pickup: like.pickup / GRID,
    notes,
  };
  return { tokens: notes.map(({ token }) => token), primer: primer.filter(isNote).length, song };
}

function textPrompt({ text, vocabulary }, { primer, length }) {
  const given = [...String(primer ?? text.opening).normalize("NFC")];
  const ids = given.map((character) => {
    const id = vocabulary.indexOf(character);
    if (id >= 0) return id;
    throw new Refused(
      "unknownCharacter",
      { character },
      `primer: '${character}' is no character that this run has read`,
    );
  });
  const made = (all) => ({
    tokens: all.map((id) => vocabulary[id]),
    primer: ids.length,
    text: all.map((id) => vocabulary[id]).join(""),
  });
  return () => ({
    ids,
    length: length ?? text.length,
    constraints: new Constraints([]),
    context: {},
    remarks: [],
    made,
  });
}

function loopOf({ text, tokens }, { number, ids }) {
  const loop = closingLoop(text ? ids : ids.filter((id) => tokens.ticks[id] > 0));
  if (!loop || text) return [];
  const last = `the last ${loop.period} notes ${loop.rounds} times over`;
  const words = `song ${number + 1} ends in a loop: ${last}`;
  return [
    {
      code: "loop",
      values: { number, ...loop },
      message: `${words}; a higher temperature may break it`,
    },
  ];
}
