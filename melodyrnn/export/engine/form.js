// What new songs are asked to keep to (melodyrnn/tasks/control/form.py).

import { GoesOn, NoLoops } from "./constraints.js";
import { Frame } from "./frame.js";
import { MODES, tonicAboveC } from "./keys.js";
import { barOf, meterClass, writeMeter } from "./meters.js";
import { Refused } from "./refused.js";

const MOST_NOTES = 100000;

// `asked`: options; `like`: the header of the new song; `given`: the ids of its primer. Returns
// { constraints, length, remarks }: tokens after the primer, at most. Throws Refused.
export function formOf(model, asked, like, given) {
  const { tokens, vocabulary } = model;
  const frame = frameOf(model, asked, like, given);
  const ended = tokens.end !== null;
  const constraints = [];
  let most = asked.length ?? usualLength(model, given);
  if (frame.name || ended) {
    const state = frame.after(given);
    const fewest = frame.fewest(state);
    if (asked.length !== null && fewest > asked.length) {
      const least = `takes ${fewest} notes after the primer at least`;
      const words = `${frame.name}: ${least}, and --length is ${asked.length}`;
      throw new Refused(
        "lengthShort",
        { fewest, length: asked.length },
        `${words}; give --length ${fewest} or more, or leave it out`,
      );
    }
    if (asked.bars) most = Math.min(frame.room(state), asked.length ?? MOST_NOTES);
    most = Math.max(most, fewest);
    constraints.push(frame.automaton);
  }
  if (asked.avoidLoops) constraints.push(new NoLoops(vocabulary.length));
  if (ended) {
    const opened = tokens.start === null ? 0 : 1;
    if (most && given.length > opened) constraints.push(new GoesOn(tokens.end, vocabulary.length));
    most += 1;
  }
  return { constraints, length: most, remarks: endsShort(model, frame) ? [shortEnd(like)] : [] };
}

// What a predictor is told of a song: its bars and its key, in ticks and semitones; how many bars
// it has, and where it ends, where that is asked for.
export function contextOf({ meter, key, pickup }, bars) {
  const length = barOf(meter);
  return {
    length,
    first: pickup,
    meter: meterClass(meter),
    origin: tonicAboveC(key),
    mode: MODES.indexOf(key.mode),
    cycles: bars ?? 0,
    end: bars ? pickup + bars * length : 0,
  };
}

// Where songs are asked to end, one that closes as the training songs do, as far as the run's
// tokens can.
function frameOf(model, asked, like, given) {
  const last = asked.end ? usualLast(model, like.meter) : null;
  if (!last) return new Frame(asked, model, like, null);
  const bar = barOf(like.meter);
  const lengths = [...new Set(model.tokens.ticks.filter((ticks) => ticks > 0))];
  const shorter = lengths
    .filter((ticks) => ticks * last.long[1] < last.long[0] * bar)
    .sort((a, b) => b - a);
  const usual = [
    last,
    { ...last, places: null },
    ...shorter.map((ticks) => ({ long: [ticks, bar], places: null })),
  ];
  for (const each of usual) {
    const frame = new Frame(asked, model, like, each);
    if (frame.leadsToAnEnd(given, asked.length)) return frame;
  }
  return new Frame(asked, model, like, null);
}

// Of the training songs in a meter or, where there are none, in any.
function usualLast({ songs }, meter) {
  return songs.endings[writeMeter(meter)] ?? songs.endings[""];
}

// Whether songs may end on a shorter note than the training songs do.
function endsShort(model, { last, like }) {
  if (!last) return false;
  const usual = usualLast(model, like.meter);
  return last.long[0] * usual.long[1] < usual.long[0] * last.long[1];
}

function shortEnd({ meter }) {
  const values = { meter: writeMeter(meter) };
  const words =
    "no tonic as long as the last notes of the training songs fits; songs end on a shorter one";
  return { code: "shortEnd", values, message: `--end: in ${values.meter}, ${words}` };
}

// Notes after those given where nothing is said.
function usualLength({ songs, tokens }, given) {
  const notes = given.filter((id) => tokens.ticks[id] > 0).length;
  return Math.max(1, Math.floor(songs.length / 2), songs.length - notes);
}
