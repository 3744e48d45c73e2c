// A network that also sees what stood one and two bars ago (melodyrnn/models/lookback.py and
// bar_columns.py).

import { remainder } from "./whole_numbers.js";

// Places distinguished in a bar, from its line and from its end; the last holds all beyond.
const BAR_PLACES = 32;

export class LookingBack {
  // `lengths`: the ticks that each token lasts; `unit`: the ticks of one place; `window`: T.
  constructor(network, { lengths, unit }, window) {
    this.network = network;
    this.normalised = network.normalised;
    this.lengths = lengths;
    this.unit = unit;
    this.window = window;
  }

  begin({ length, first }) {
    return { network: this.network.begin(), song: [], bar: { length, first } };
  }

  // The first window is all new, of each later one the last token.
  step(window, { network, song, bar }) {
    song = [...song, ...(song.length ? window.slice(-1) : window)];
    const [logits, after] = this.network.step(this.columns(song, bar), network);
    return [logits, { network: after, song, bar }];
  }

  // Of the last tokens each with its columns: those that stood one and two bars before its end,
  // which of the two it repeated, and where in the bar it ends, from either side.
  columns(song, { length, first }) {
    const begins = [];
    let end = 0;
    for (const token of song) {
      begins.push(end);
      end += this.lengths[token];
    }
    const start = Math.max(0, song.length - this.window);
    return song.slice(start).map((token, n) => {
      const begun = begins[start + n],
        ended = begun + this.lengths[token];
      const stood = [1, 2].map(
        (ago) => song[sounding(begins, ended - ago * length)] ?? this.lengths.length,
      );
      const repeated = [1, 2].map((ago) => {
        const like = sounding(begins, begun - ago * length);
        return like >= 0 && song[like] === token && begins[like] === begun - ago * length ? ago : 0;
      });
      const into = remainder(ended - first, length);
      const places = [Math.floor(into / this.unit), Math.floor((length - into - 1) / this.unit)];
      return [
        token,
        ...stood,
        repeated[0] + repeated[1],
        ...places.map((place) => Math.min(place, BAR_PLACES - 1)),
      ];
    });
  }
}

// Which token sounds at a time, the last that begins there or before; -1 before the first.
function sounding(begins, time) {
  let place = begins.length - 1;
  while (place >= 0 && begins[place] > time) place--;
  return place;
}
