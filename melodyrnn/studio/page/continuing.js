// The network goes on from the sheet, or draws a part of it anew.

import { post } from "./api.js";
import { id } from "./dom.js";
import { metre } from "./quantise.js";
import { Settings } from "./settings.js";
import { notices, toSheet, trouble } from "./shell.js";
import { number, t } from "./words.js";

const PHRASES = 8; // bars; a tune has a multiple of them, where nothing else is asked for
const MOST_SEED = 1_000_000;

const FIRST = [
  { name: "bars", kind: "integer", least: 1, most: 256, default: PHRASES, free: "no.matter" },
  { name: "count", kind: "integer", least: 1, most: 16, default: 4 },
  { name: "temperature", kind: "range", least: 0, most: 2, step: 0.05, default: 1 },
  { name: "meter", kind: "text", list: "meters", free: "no.matter" },
  { name: "key", kind: "text", list: "keys", free: "no.matter" },
  { name: "form", kind: "text", free: "no.matter" },
  { name: "end", kind: "boolean", default: true },
  { name: "seed", kind: "integer", least: 0, free: "seed.any" },
];
const MORE = [
  { name: "top_p", kind: "real", least: 0.01, most: 1, step: 0.01, free: "no.matter" },
  { name: "top_k", kind: "integer", least: 1, free: "no.matter" },
  { name: "max_copy", kind: "integer", least: 1, free: "no.matter" },
  { name: "pickup", kind: "text", free: "no.matter" },
  { name: "length", kind: "integer", least: 1, free: "no.matter" },
  { name: "avoid_loops", kind: "boolean", default: false },
  { name: "ties", kind: "boolean", default: false },
];

export class Continuing {
  #melody;
  #player;
  #drawn;
  #runs = [];
  #asking = null; // what stops the request under way
  #first = new Settings(id("continue-settings"), FIRST);
  #more = new Settings(id("continue-more"), MORE);
  #ownBars = false; // whether the person has said how many

  constructor(melody, player, drawn) {
    this.#melody = melody;
    this.#player = player;
    this.#drawn = drawn;
    id("continue-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#asking) this.#asking.abort();
      else this.draw();
    });
    id("from-nothing").addEventListener("click", () => this.draw({ primer: null }));
    id("surprise").addEventListener("click", () => this.draw({ primer: null }));
    id("defaults").addEventListener("click", () => {
      this.#ownBars = false;
      this.#first.reset();
      this.#more.reset();
      this.#bars();
    });
    id("again-from").addEventListener("click", () => this.again());
    id("again-part").addEventListener("click", () => this.part());
    id("again-rest").addEventListener("click", () => this.rest());
    id("run").addEventListener("change", () => this.#describe());
    document.addEventListener("words", () => this.#reword());
    melody.addEventListener("engraved", () => this.#bars());
    this.#watchBars();
  }

  get run() {
    return id("run").value;
  }

  /** Offers the runs; "run" tells when another is chosen. */
  offer(runs, chosen = this.run) {
    this.#runs = runs.filter((run) => !run.text);
    id("run").replaceChildren(
      ...this.#runs.map((run) => new Option(run.title || run.name, run.name)),
    );
    if (this.#runs.some((run) => run.name === chosen)) id("run").value = chosen;
    this.#describe();
  }

  get settings() {
    const { count = 1, ...first } = this.#first.values;
    const settings = {
      seed: Math.floor(Math.random() * MOST_SEED),
      ...first,
      ...this.#more.values,
    };
    for (const name of ["end", "avoid_loops", "ties"]) if (!settings[name]) delete settings[name];
    return { count, settings };
  }

  /** The rest of the tune anew, from the chosen note on; it is as long as before. */
  again() {
    const { chosen, song } = this.#melody;
    if (chosen) this.draw({ keep: chosen.from, bars: barsOf(song) });
  }

  /** The chosen notes anew, all others as they are. */
  part() {
    const { from, to } = this.#melody.chosen;
    this.#anew([[from, to]], { from, to });
  }

  /** All that is not locked. */
  rest() {
    const { locked } = this.#melody.state;
    this.#anew(openRuns(this.#melody.tokens.length, locked), null);
  }

  // From the end to the beginning, so that the places of the others stay.
  async #anew(parts, at) {
    const last = this.#melody.tokens.length - 1;
    const open = [...parts];
    let primer = this.#melody.text;
    while (open.length > 1) {
      const [from, to] = open.pop();
      const takes = await this.#ask({ primer, ...place(from, to, last), count: 1 });
      if (!takes) return;
      primer = takes[0].song.text;
    }
    const takes = await this.#ask({ primer, ...place(...open[0], last) });
    if (takes) this.#take(takes, at);
  }

  async draw({ primer = this.#melody.text || null, keep = null, bars = null } = {}) {
    const whole = bars ?? (primer || this.#ownBars ? null : PHRASES);
    const takes = await this.#ask({ primer, keep, bars: whole });
    if (takes) this.#take(takes);
  }

  async #take(takes, at = null) {
    this.#drawn.set(takes, at);
    toSheet();
    if (!id("at-once").checked) return;
    const { song, drawn_from: drawn = 0 } = takes[0];
    await this.#player.play(Math.min(drawn, song.notes.length - 1), song.notes);
    performance.measure("to the first sound", "asked", "first sound");
  }

  async #ask({ bars = null, count: wanted = null, ...asked }) {
    const { count, settings } = this.settings;
    if (bars) settings.bars = bars;
    const { song } = this.#melody;
    if (asked.primer && song && crossing(song)) settings.ties = true;
    performance.mark("asked");
    this.#asking = new AbortController();
    this.#busy(true);
    try {
      const body = { run: this.run, count: wanted ?? count, settings, ...asked };
      const { takes, notices: said } = await post("generate", body, this.#asking.signal);
      notices(said);
      return takes;
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error);
      return null;
    } finally {
      this.#asking = null;
      this.#busy(false);
    }
  }

  #fail(error) {
    trouble(error, document.body.dataset.view === "continue" ? "continue-error" : "trouble");
  }

  #busy(on) {
    if (on) for (const place of ["continue-error", "trouble"]) trouble(null, place);
    id("go-on").textContent = t(on ? "cancel" : "go.on");
    id("stage").setAttribute("aria-busy", String(on));
    for (const name of ["again-from", "again-part", "again-rest", "surprise", "from-nothing"]) {
      id(name).disabled = on;
    }
  }

  #watchBars() {
    this.#first.field("bars").addEventListener("change", ({ target }) => {
      this.#ownBars = target.value !== "";
    });
  }

  // As many bars as make a tune of what is there.
  #bars() {
    if (this.#ownBars) return;
    const bars = this.#melody.song ? barsOf(this.#melody.song) : 0;
    this.#first.set("bars", PHRASES * (Math.floor(bars / PHRASES) + 1));
  }

  #reword() {
    this.#first.reword();
    this.#more.reword();
    this.#watchBars();
    this.#describe();
  }

  #describe() {
    const run = this.#runs.find(({ name }) => name === this.run);
    if (!run) return;
    const { model, songs, bits } = run;
    const said = t("run.says", { model, songs: number(songs ?? 0) });
    const measured = Number.isFinite(bits) ? t("run.bits", { bits: number(bits, 2) }) : "";
    id("run-says").textContent = said + measured;
    document.dispatchEvent(new CustomEvent("run", { detail: run.name }));
  }
}

/** The full bars of a song. */
const barsOf = (song) => song.notes.at(-1).bar;

const place = (from, to, last) => (to === last ? { keep: from } : { between: [from, to] });

/** Whether a note of the song sounds across a bar line: what goes on from it may, too. */
function crossing({ notes, meter, pickup }) {
  const { bar } = metre(meter);
  const within = (onset) => (((onset - pickup) % bar) + bar) % bar;
  return notes.some(({ onset, duration }) => within(onset) + duration > bar + 1e-6);
}

/** The runs of notes, [first, last], of which none is locked. */
function openRuns(length, locked) {
  const runs = [];
  for (let n = 0; n < length; n++) {
    if (locked.includes(n)) continue;
    if (runs.at(-1)?.[1] === n - 1) runs.at(-1)[1] = n;
    else runs.push([n, n]);
  }
  return runs;
}
