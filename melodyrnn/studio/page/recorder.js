// Notes played on the keys become notes of the sheet: step by step, or in time with a click.

import { announce, id } from "./dom.js";
import { made } from "./notation.js";
import { metre, quantised } from "./quantise.js";
import { t } from "./words.js";

const EVERY = 25; // milliseconds
const AHEAD = 0.15; // seconds
const EARLY = 0.25; // quarter notes; so much too soon is the first beat

export class Recorder {
  #keys;
  #sound;
  #melody;
  #player;
  #take = null; // {start, click, timer, played: [...], open: Map}

  constructor(keys, sound, melody, player) {
    Object.assign(this, { taken: false }); // while somebody else listens to the keys
    this.#keys = keys;
    this.#sound = sound;
    this.#melody = melody;
    this.#player = player;
    keys.addEventListener("down", ({ detail }) => this.#down(detail));
    keys.addEventListener("up", ({ detail }) => this.#up(detail));
    id("record").addEventListener("click", () => (this.#take ? this.#end() : this.#begin()));
    id("enter-rest").addEventListener("click", () => this.#append(null));
    id("enter-back").addEventListener("click", () => this.#back());
  }

  get #mode() {
    return document.querySelector('input[name="entry"]:checked').value;
  }

  #down({ midi, time }) {
    if (this.taken) return;
    if (this.#take) {
      this.#take.open.set(midi, time);
    } else if (this.#mode === "steps") {
      this.#append(midi);
    }
  }

  #up({ midi, time }) {
    const began = this.#take?.open.get(midi);
    if (began === undefined) return;
    this.#take.open.delete(midi);
    this.#take.played.push({ midi, began, ended: time });
  }

  // After the chosen note, or at the end; and goes on from there.
  #append(midi) {
    const { chosen, tokens } = this.#melody;
    const at = chosen ? chosen.to + 1 : tokens.length;
    const quarters = Number(document.querySelector('input[name="value"]:checked').value);
    const length = quarters * (id("value-dot").checked ? 1.5 : 1);
    const token = made(midi, length, this.#melody.header("key"));
    this.#melody.splice(at, 0, token);
    this.#melody.select(chosen ? { from: at, to: at } : null);
    announce(token);
  }

  #back() {
    const { chosen, tokens } = this.#melody;
    const at = chosen ? chosen.from : tokens.length - 1;
    if (at < 0) return;
    this.#melody.splice(at, 1);
    this.#melody.select(chosen && at > 0 ? { from: at - 1, to: at - 1 } : null);
  }

  async #begin() {
    this.#player.stop();
    await this.#sound.open();
    const quarter = 60 / this.#player.tempo;
    const { bar, click } = metre(this.#melody.header("meter"));
    // One bar counts in.
    const start = this.#sound.now + 0.1 + bar * quarter;
    this.#take = { start, quarter, bar, click, next: -bar, played: [], open: new Map() };
    this.#take.timer = setInterval(() => this.#tick(), EVERY);
    this.#tick();
    this.#show(true);
    id("piano").focus();
  }

  #tick() {
    const { start, quarter, bar, click } = this.#take;
    while (start + this.#take.next * quarter < this.#sound.now + AHEAD) {
      const beat = this.#take.next;
      this.#sound.click(start + beat * quarter, Math.abs(beat % bar) < 1e-6);
      this.#take.next += click;
    }
    const beats = (this.#sound.now - start) / quarter;
    const counting = Math.ceil(-beats / click);
    id("record-says").textContent =
      beats < 0
        ? t("record.counting", { n: counting })
        : t("record.bar", { n: Math.floor(beats / bar) + 1 });
  }

  #end() {
    const { start, quarter, timer, open, played } = this.#take;
    for (const midi of [...open.keys()]) this.#up({ midi, time: this.#sound.now });
    clearInterval(timer);
    this.#take = null;
    this.#show(false);
    const heard = inQuarters(played, start, quarter, this.#sound.latency);
    const notes = quantised(heard, Number(id("grid").value));
    if (!notes.length) {
      announce(t("record.nothing"));
      return;
    }
    const key = this.#melody.header("key");
    const tokens = notes.map(({ midi, quarters }) => made(midi, quarters, key));
    this.#melody.splice(this.#melody.tokens.length, 0, ...tokens);
    announce(t("record.written", { n: tokens.length }));
  }

  #show(on) {
    id("record").setAttribute("aria-pressed", String(on));
    id("record-says").textContent = "";
    announce(t(on ? "record.on" : "record.off"));
  }
}

/** Played notes in quarter notes after the first beat, as the ear heard that; none before it. */
export function inQuarters(played, start, quarter, latency) {
  return played
    .map(({ midi, began, ended }) => ({
      midi,
      start: (began - latency - start) / quarter,
      end: (ended - latency - start) / quarter,
    }))
    .filter((note) => note.start > -EARLY);
}
