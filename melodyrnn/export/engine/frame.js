// The frame of new songs, bars, scale and end, as an automaton (melodyrnn/tasks/control/
// bar_frame.py); and what cannot be kept of it.

import { Automaton, NEVER, lasting } from "./automaton.js";
import { anyBars, closedBy, noBars, openedBy, soManyBars } from "./bar_lines.js";
import { inKey, onTonic, tonicName, writeKey } from "./keys.js";
import { barOf, writeMeter } from "./meters.js";
import { Refused } from "./refused.js";
import { commonDivisor, remainder } from "./whole_numbers.js";

const START = "start";
const END = "end";

export class Frame {
  // `asked`: { bars, meter, key, pickup, end, ties }; `like`: { meter, key, pickup } of new songs;
  // with `last`, the last note is a usual one: { long, places } (see usual.js).
  constructor(asked, model, like, last) {
    Object.assign(this, { asked, model, like, last });
    const { midi, ticks, start, end } = model.tokens;
    this.barred = Boolean(asked.bars || asked.meter || asked.end);
    if (asked.ties && !this.barred) {
      const words = "--ties has no effect without --bars, --meter or --end; leave it out";
      throw new Refused("noEffect", { name: "ties" }, words);
    }
    const kinds = midi.map((each, token) => {
      if (token === start) return { length: 0, closing: false, edge: START };
      if (token === end) return { length: 0, closing: false, edge: END };
      if (asked.key && !inKey(each, like.key)) return { length: 0, closing: true, edge: "" };
      return { length: ticks[token], closing: !asked.end || this.closes(token), edge: "" };
    });
    const distinct = [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
    const place = new Map(distinct.map((kind, n) => [JSON.stringify(kind), n]));
    const bar = barOf(like.meter);
    this.unit = distinct.reduce(
      (unit, { length }) => commonDivisor(unit, length),
      commonDivisor(bar, like.pickup),
    );
    this.bar = bar / this.unit;
    this.pickup = like.pickup / this.unit;
    this.lengths = distinct.map(({ length }) => length / this.unit);
    const closing = distinct.map((kind) => kind.closing);
    this.automaton = this.automatonOf(
      distinct,
      closing,
      kinds.map((kind) => place.get(JSON.stringify(kind))),
    );
  }

  // The options that ask for it, "" for none.
  get name() {
    const { asked, like } = this;
    const options = [
      [asked.bars, `--bars ${asked.bars}`],
      [asked.meter, `--meter ${writeMeter(like.meter)}`],
      [asked.pickup !== null && this.barred, `--pickup ${asked.pickup}`],
      [asked.key, `--key "${writeKey(like.key)}"`],
      [asked.end, "--end"],
    ];
    return options
      .filter(([given]) => given)
      .map(([, option]) => option)
      .join(" ");
  }

  automatonOf(distinct, closing, kinds) {
    const { asked, lengths } = this;
    const edge = (name) => distinct.findIndex((kind) => kind.edge === name);
    let places = this.places(lengths, closing);
    this.timeless = places.table.length;
    this.begins = places.start;
    const edged = edge(END) >= 0;
    const endless = !edged && !(asked.bars || asked.end);
    if (edged) places = openedBy(closedBy(places, edge(END)), edge(START), edge(END));
    // Where it ends where its length says, it has to get there.
    else if (endless) places = { ...places, final: lasting(places.table) };
    const automaton = new Automaton(places, kinds, endless);
    automaton.name = this.name;
    return automaton;
  }

  places(lengths, closing) {
    const { bars, end, ties } = this.asked;
    if (!this.barred) return noBars(lengths);
    const grid = { bar: this.bar, pickup: this.pickup, ties };
    return bars ? soManyBars(lengths, closing, grid, bars) : anyBars(lengths, closing, grid, end);
  }

  // Whether a note may be the last: on the tonic, and as long and where last notes are.
  closes(token) {
    const { midi, ticks } = this.model.tokens;
    if (!onTonic(midi[token], this.like.key)) return false;
    if (!this.last) return true;
    const { long, places } = this.last,
      bar = barOf(this.like.meter);
    if (ticks[token] * long[1] < long[0] * bar) return false;
    const begins = remainder(-ticks[token], bar);
    return places === null || places.some(([part, of]) => part * bar === begins * of);
  }

  // The state after the primer. Throws Refused where it breaks the frame itself.
  after(primer) {
    const walked = this.automaton.walk(primer);
    if (walked.length <= primer.length) throw this.misfit(primer, walked);
    return walked.at(-1);
  }

  // Whether a song can begin with the primer and end, in `most` notes more, null for any number.
  leadsToAnEnd(primer, most) {
    const walked = this.automaton.walk(primer);
    if (walked.length <= primer.length) return false;
    const fewest = this.automaton.fewest[walked.at(-1)];
    return fewest !== NEVER && (most === null || this.fewest(walked.at(-1)) <= most);
  }

  // How many notes at most go into what is left of so many bars.
  room(state) {
    const shortest = Math.min(...this.lengths.filter((length) => length > 0));
    return Math.floor((this.pickup + this.asked.bars * this.bar - this.place(state)) / shortest);
  }

  // The fewest notes from a state to an end. Throws Refused where there is none.
  fewest(state) {
    const tokens = this.automaton.fewest[state];
    if (tokens === NEVER) {
      const remedy = "choose another --meter or --key, or allow --ties";
      const words = `${this.name}: no notes of this run fill the bars so; ${remedy}`;
      throw new Refused("noWay", { asked: this.name }, words);
    }
    return tokens - Number(this.model.tokens.end !== null);
  }

  // What is wrong with the first note that leads nowhere.
  misfit(primer, walked) {
    const { tokens, vocabulary } = this.model,
      { like, asked } = this;
    const token = primer[walked.length - 1];
    const note = primer.slice(0, walked.length).filter((each) => tokens.ticks[each]).length;
    const values = {
      note,
      token: vocabulary[token],
      meter: writeMeter(like.meter),
      key: writeKey(like.key),
    };
    const words = `note ${note} of the primer, ${values.token},`;
    if (asked.key && !inKey(tokens.midi[token], like.key)) {
      return new Refused(
        "outOfKey",
        values,
        `--key "${values.key}": ${words} is not in it; give another primer`,
      );
    }
    const start = this.place(walked.at(-1)),
      length = tokens.ticks[token] / this.unit;
    const into = asked.bars ? remainder(start - this.pickup, this.bar) : start % this.bar;
    if (!asked.ties && length > this.bar - into) {
      const remedy = "give another primer, or allow --ties";
      return new Refused(
        "acrossBar",
        values,
        `${this.name}: ${words} sounds across a bar line of ${values.meter}; ${remedy}`,
      );
    }
    if (start + length > this.pickup + asked.bars * this.bar) {
      const remedy = "give more --bars, or fewer notes of it";
      return new Refused(
        "primerLong",
        { bars: asked.bars },
        `${this.name}: the primer alone is longer; ${remedy}`,
      );
    }
    values.tonic = tonicName(like.key);
    const remedy = `fills the last bar and is not ${values.tonic}, the tonic; give more --bars`;
    return new Refused("lastNote", values, `${this.name}: ${words} ${remedy}`);
  }

  // The place in time that a state stands for, in bars or in the bar.
  place(state) {
    return state >= this.timeless ? this.begins : state;
  }
}
