// Call and response: two bars by the person, two by the network, on one beat of the audio clock.

import { post } from "./api.js";
import { id } from "./dom.js";
import { made, together } from "./notation.js";
import { metre, quantised } from "./quantise.js";
import { inQuarters } from "./recorder.js";
import { t } from "./words.js";

const BARS = 2; // of a call, and of an answer
const STEP = 0.5; // quarter notes to which a call is rounded
const EVERY = 20; // milliseconds
const AHEAD = 2; // seconds that clicks are scheduled beforehand
const LEAD = { least: 0.25, first: 0.6, spare: 0.15, share: 1.3 }; // seconds that it is asked early
const LATE = 0.03; // seconds; a note that would come later is left out, for the sake of the beat
const REMEMBERED = 3; // answers, of which the slowest counts

export class CallAndResponse {
  /** What was scheduled: [{due, late}], in seconds of the audio clock and after it. */
  timing = [];
  #parts;
  #now = null; // the conversation under way

  /** Parts: keys, sound, melody, player, recorder, continuing. */
  constructor(parts) {
    this.#parts = parts;
    id("response").addEventListener("click", () => (this.#now ? this.#end() : this.#begin()));
    const heard =
      (name) =>
      ({ detail }) =>
        this.#hear(name, detail);
    parts.keys.addEventListener("down", heard("down"));
    parts.keys.addEventListener("up", heard("up"));
    document.addEventListener("view", () => this.#now && this.#end());
  }

  async #begin() {
    const { sound, player, recorder, melody, continuing } = this.#parts;
    player.stop();
    await sound.open();
    recorder.taken = true;
    this.timing = [];
    const quarter = 60 / player.tempo;
    const meter = melody.header("meter") || "4/4";
    const { bar, click } = metre(meter);
    const start = sound.now + 0.2 + bar * quarter;
    this.#now = {
      start,
      quarter,
      bar,
      click,
      meter,
      run: continuing.run,
      key: melody.header("key"),
      rounds: Math.max(1, Number(id("rounds").value) || 1),
      next: -bar, // the next click, in quarter notes from the first bar
      round: 0,
      asked: false,
      lead: LEAD.first,
      took: [], // seconds of each answer
      missed: 0, // notes that were left out
      open: new Map(),
      played: [],
      said: [], // tokens of the conversation
    };
    id("response").setAttribute("aria-pressed", "true");
    id("response-time").textContent = "";
    id("piano").focus();
    this.#now.timer = setInterval(() => this.#tick(), EVERY);
    this.#warm();
  }

  // Asked once for nothing, while it counts in, so that the first answer is not the slow one.
  async #warm() {
    const { run, meter } = this.#now;
    const began = performance.now();
    const settings = { bars: BARS, meter, seed: 0 };
    await post("generate", { run, primer: null, count: 1, settings }).catch(() => null);
    if (this.#now) this.#allow((performance.now() - began) / 1000);
  }

  #allow(seconds) {
    const { bar, quarter, took } = this.#now;
    took.push(seconds);
    const slowest = Math.max(...took.slice(-REMEMBERED));
    const lead = Math.max(LEAD.least, LEAD.share * slowest + LEAD.spare);
    this.#now.lead = Math.min(bar * quarter, lead);
  }

  #time(beat) {
    return this.#now.start + beat * this.#now.quarter;
  }

  #log(due) {
    this.timing.push({ due, late: Math.max(0, this.#parts.sound.now - due) });
  }

  #tick() {
    const now = this.#now;
    const { sound } = this.#parts;
    const length = 2 * BARS * now.bar; // a call and its answer
    const end = now.rounds * length;
    while (now.next < end && this.#time(now.next) < sound.now + AHEAD) {
      this.#log(this.#time(now.next));
      sound.click(this.#time(now.next), Math.abs(now.next % now.bar) < 1e-6);
      now.next += now.click;
    }
    const turn = now.round * length + BARS * now.bar; // of the network
    if (now.round < now.rounds && !now.asked && sound.now >= this.#time(turn) - now.lead) {
      now.asked = true;
      this.#answer(turn);
    }
    if (now.asked && sound.now >= this.#time((now.round + 1) * length) - now.lead / 2) {
      now.round += 1;
      now.asked = false;
    }
    this.#say((sound.now - now.start) / now.quarter);
    if (sound.now > this.#time(end) + 0.2) this.#end();
  }

  #say(beats) {
    const { bar } = this.#now;
    const place = Math.floor(beats / bar) % (2 * BARS);
    const words =
      beats < 0
        ? t("response.counting")
        : place < BARS
          ? t("response.yours", { n: place + 1 })
          : t("response.its", { n: place - BARS + 1 });
    if (id("response-says").textContent !== words) id("response-says").textContent = words;
  }

  #hear(name, { midi, time }) {
    if (!this.#now) return;
    const { open, played } = this.#now;
    if (name === "down") open.set(midi, time);
    else if (open.has(midi)) {
      played.push({ midi, began: open.get(midi), ended: time });
      open.delete(midi);
    }
  }

  // The call of this round as tokens of two bars.
  #call(turn) {
    const { bar, quarter, open, played, key } = this.#now;
    const { sound } = this.#parts;
    const begin = this.#time(turn - BARS * bar);
    const still = [...open].map(([midi, began]) => ({ midi, began, ended: this.#time(turn) }));
    const heard = inQuarters([...played, ...still], begin, quarter, sound.latency);
    this.#now.played = [];
    const notes = quantised(heard, STEP, BARS * bar);
    return (notes.length ? notes : [{ midi: null, quarters: BARS * bar }]).map(
      ({ midi, quarters }) => made(midi, quarters, key),
    );
  }

  async #answer(turn) {
    const now = this.#now;
    now.said.push(...this.#call(turn));
    const bars = Math.round((turn + BARS * now.bar) / now.bar);
    const { meter, key } = now;
    const headers = [
      ["meter", meter],
      ["key", key],
    ];
    const text = together({ headers, tokens: now.said, changes: [] });
    const { settings } = this.#parts.continuing.settings;
    const { temperature = 1, seed } = settings;
    const wish = { bars, temperature, seed, ties: true }; // a hand holds notes over bar lines
    const began = performance.now();
    let answer;
    try {
      const body = { run: now.run, primer: text, count: 1, settings: wish };
      const [{ song, drawn_from: from }] = (await post("generate", body)).takes;
      answer = cut(song.notes.slice(from), BARS * now.bar);
    } catch (error) {
      if (this.#now === now) this.#end();
      id("response-time").textContent = error.message;
      return;
    }
    if (this.#now !== now) return;
    this.#allow((performance.now() - began) / 1000);
    this.#sound(answer, turn);
    now.said.push(...answer.map((note) => made(note.midi, note.duration, key)));
  }

  #sound(notes, turn) {
    const { sound } = this.#parts;
    for (const { midi, onset, duration } of notes) {
      const due = this.#time(turn + onset);
      const until = this.#time(turn + onset + duration);
      if (midi === null) continue;
      if (sound.now > due + LATE) {
        this.#now.missed += 1;
        continue;
      }
      this.#log(due);
      sound.note(midi, due, until - due);
    }
  }

  #end() {
    const { timer, said, meter, key, round, missed } = this.#now;
    const { sound, recorder, melody } = this.#parts;
    clearInterval(timer);
    sound.silence();
    recorder.taken = false;
    this.#now = null;
    id("response").setAttribute("aria-pressed", "false");
    id("response-says").textContent = "";
    if (this.timing.length) this.#report(2 * BARS * round, missed);
    if (!said.length) return;
    const headers = { ...Object.fromEntries(melody.state.headers), meter, key };
    melody.replace(said, headers);
  }

  #report(bars, missed) {
    const worst = Math.max(...this.timing.map(({ late }) => late));
    const late = missed ? ` ${t("response.late", { n: missed })}` : "";
    const words = t("response.time", { bars, ms: Math.round(1000 * worst) });
    Object.assign(id("response-time").dataset, { worst, missed, played: this.timing.length });
    id("response-time").textContent = words + late;
  }
}

/** Notes from their first on, so many quarter notes of them, with a rest where they are fewer. */
function cut(notes, length) {
  const first = notes[0]?.onset ?? 0;
  const within = notes
    .map((note) => ({ ...note, onset: note.onset - first }))
    .filter(({ onset }) => onset < length)
    .map((note) => ({ ...note, duration: Math.min(note.duration, length - note.onset) }));
  const end = within.length ? within.at(-1).onset + within.at(-1).duration : 0;
  return end < length ? [...within, { midi: null, onset: end, duration: length - end }] : within;
}
