// One take: its score with a player, its notes as text, its files.

import { abc } from "./abc.js";
import { barsOf } from "./bars.js";
import { copyOf, make, saving } from "./elements.js";
import { midiBytes } from "./midi.js";
import { engrave } from "./score.js";
import { say } from "./words.js";

const DEFAULT_TEMPO = 120; // quarter notes per minute

export class Take {
  // `settings()`: {language, tempo} as they are now, tempo null where the song's own holds.
  constructor(take, title, song, settings) {
    Object.assign(this, { take, title, song: { ...song, title }, settings });
    this.element = copyOf("take");
    this.player = null; // which startPlayers gives, when the score is drawn
  }

  // What stands in the page, in the language of now; the score is drawn when it has its place.
  write() {
    const { take, title, song, element } = this;
    const { language } = this.settings();
    element.querySelector("h3").textContent = title;
    element.querySelector(".result").textContent = this.facts(language);
    element.querySelector(".play").setAttribute("aria-label", say(language, "play", title));
    const score = element.querySelector(".score");
    score.setAttribute("aria-label", say(language, "score", title));
    score.setAttribute("aria-valuemax", song.notes.length);
    const tokens = make("code", {}, take.tokens.join(" "));
    const name = fileName(title);
    element.querySelector(".files").replaceChildren(
      saving(`${name}.mid`, () => this.midi(), "audio/midi", say(language, "download", "MIDI")),
      saving(`${name}.abc`, () => abc(this.timed()), "text/vnd.abc", say(language, "download", "ABC")),
      make("details", {}, make("summary", {}, say(language, "notes")), tokens),
    );
    this.player?.describe(this.player.current ?? 0);
  }

  facts(language) {
    const { take, song } = this;
    const bars = barsOf(song).filter((bar) => bar.number > 0).length;
    const drawn = take.tokens.length - take.primer;
    const bits = drawn && (-take.logProbability / Math.LN2 / drawn).toFixed(2);
    const words = [
      song.meter,
      keyText(song.key, language),
      say(language, "counted", song.notes.length, bars),
    ];
    if (take.primer) words.push(say(language, "given", take.primer));
    if (bits) words.push(say(language, "bits", bits));
    return words.join(" · ");
  }

  draw() {
    engrave(this.element.querySelector(".score"), this.song);
    this.player?.drawn();
  }

  // The tempo that is asked for is another, or the take is put away.
  retime() {
    this.player?.retime(this.notes());
  }

  // The song at the tempo asked for.
  timed() {
    return { ...this.song, tempo: this.settings().tempo ?? this.song.tempo };
  }

  midi() {
    return midiBytes(this.timed());
  }

  // As the player has them: in seconds.
  notes() {
    const quarter = 60 / (this.timed().tempo ?? DEFAULT_TEMPO);
    const { notes } = this.song;
    return {
      starts: notes.map((note) => note.onset * quarter),
      lengths: notes.map((note) => note.duration * quarter),
      pitches: notes.map((note) => note.midi),
      tokens: this.take.tokens,
      wrong: {},
    };
  }
}

// "G major" in a language.
export function keyText(key, language) {
  const [tonic, mode] = key.split(" ");
  const sign = tonic.slice(1).replace(/-|b/g, "♭").replace(/#/g, "♯");
  return `${tonic[0]}${sign} ${say(language, mode)}`;
}

// A title as the name of a file.
export function fileName(title) {
  return title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "song";
}
