// The controls below the sheet: to listen to it, and to change it with a pointer.

import { id } from "./dom.js";
import { trouble } from "./shell.js";
import { keyName, number, t } from "./words.js";

const REMEMBERED = "melodyrnn-sound";

export class Transport {
  #melody;
  #player;
  #sound;
  #score;

  constructor(melody, player, sound, score) {
    this.#melody = melody;
    this.#player = player;
    this.#sound = sound;
    this.#score = score;
    this.#listen();
    this.#change();
    for (const name of ["select", "engraved", "change"]) {
      melody.addEventListener(name, () => this.#say());
    }
    document.addEventListener("words", () => this.#say());
    melody.addEventListener("refused", ({ detail }) => trouble(detail));
    melody.addEventListener("engraved", () => trouble(null));
    this.#say();
  }

  /** Offers the instruments, and loads the one that was played last. */
  async instruments(names) {
    const select = id("instrument");
    select.replaceChildren(...names.map((name) => new Option(name, name)));
    const remembered = recalled().instrument;
    if (names.includes(remembered)) select.value = remembered;
    select.addEventListener("change", () => this.#choose(select.value));
    await this.#choose(select.value);
  }

  async #choose(name) {
    try {
      await this.#sound.choose(name);
      remember({ instrument: name });
    } catch (error) {
      trouble(error);
    }
  }

  #listen() {
    const player = this.#player;
    id("play").addEventListener("click", () => player.toggle());
    player.addEventListener("state", () => {
      id("play").setAttribute("aria-pressed", String(player.playing));
      id("play").setAttribute("aria-label", t(player.playing ? "stop" : "play"));
    });
    for (const [name, property] of [
      ["loop", "loop"],
      ["click", "metronome"],
    ]) {
      id(name).addEventListener("click", () => {
        player[property] = !player[property];
        id(name).setAttribute("aria-pressed", String(player[property]));
      });
    }
    const { volume = 80 } = recalled();
    id("volume").value = volume;
    this.#sound.volume = volume / 100;
    id("volume").addEventListener("input", ({ target }) => {
      this.#sound.volume = target.value / 100;
      remember({ volume: Number(target.value) });
    });
    id("tempo").addEventListener("input", ({ target }) => this.setTempo(Number(target.value)));
    id("tempo").addEventListener("change", ({ target }) => {
      if (!this.#melody.empty) this.#melody.setHeader("tempo", target.value);
    });
  }

  setTempo(quarters) {
    this.#player.tempo = quarters;
    id("tempo").value = quarters;
    id("tempo-says").textContent = number(Math.round(quarters));
  }

  #change() {
    const melody = this.#melody;
    id("undo").addEventListener("click", () => melody.undo());
    id("redo").addEventListener("click", () => melody.redo());
    id("lock").addEventListener("click", () => this.#score.lock());
    id("new-sheet").addEventListener("click", () => {
      this.#player.stop();
      melody.clear();
    });
    const heading = id("melody-title");
    heading.addEventListener("change", () => melody.setHeader("title", heading.value.trim()));
    heading.addEventListener("keydown", (event) => event.key === "Enter" && heading.blur());
    id("paper").addEventListener("heard", async ({ detail }) => {
      if (this.#player.playing) return;
      await melody.settled();
      const note = melody.song?.notes[melody.chosen?.from];
      if (note?.token !== detail || note.midi === null) return;
      await this.#sound.open();
      this.#sound.note(note.midi, this.#sound.now, 0.4);
    });
  }

  #say() {
    const { chosen, song, state, tokens } = this.#melody;
    id("undo").disabled = !this.#melody.canUndo;
    id("redo").disabled = !this.#melody.canRedo;
    const several = chosen && chosen.to > chosen.from;
    const has = { note: chosen, part: several, lock: state.locked.length };
    for (const button of document.querySelectorAll("[data-needs]")) {
      button.hidden = !has[button.dataset.needs];
    }
    id("selection-says").textContent = !chosen
      ? t("note.none")
      : several
        ? t("note.several", { from: chosen.from + 1, to: chosen.to + 1 })
        : (this.#score.described(chosen.from) ?? "");
    if (document.activeElement !== id("melody-title")) {
      id("melody-title").value = this.#melody.header("title");
    }
    id("melody-facts").textContent = song
      ? t("melody.facts", { meter: song.meter, key: keyName(song.key), n: tokens.length })
      : "";
    const tempo = Number(this.#melody.header("tempo"));
    if (tempo && tempo !== this.#player.tempo) this.setTempo(tempo);
  }
}

function recalled() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch {
    return {};
  }
}

function remember(what) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ ...recalled(), ...what }));
  } catch {
    // then it lasts as long as the page
  }
}
