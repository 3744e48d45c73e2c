// Plays the sheet: from a note, in a loop, at a tempo; says which note sounds.

const AHEAD = 0.18; // seconds that are scheduled beforehand
const HIDDEN_AHEAD = 1.6; // timers of hidden pages come once a second
const EVERY = 25; // milliseconds between looks ahead
const LEAD = 0.06; // seconds from the press to the first note

/** Events: "state" (playing or not), "note" (detail: index, or null). */
export class Player extends EventTarget {
  playing = false;
  metronome = false;
  note = null; // index of the one that sounds
  #loop = false;
  #tempo = 120;
  #sound;
  #melody;
  #timer = 0;
  #start = 0; // the clock's time of beat 0
  #next = 0; // index of the note to be scheduled
  #coming = []; // what was scheduled: {time, note}, from the one that sounds on
  #beat = 0; // the next click
  #round = null; // {notes, first, last, begin}: what is played, and from where

  constructor(sound, melody) {
    super();
    this.#sound = sound;
    this.#melody = melody;
    melody.addEventListener("change", () => melody.empty && this.playing && this.stop());
    melody.addEventListener("engraved", () => this.#follow());
  }

  get loop() {
    return this.#loop;
  }

  /** While it plays: where it no longer loops, it goes on to the end. */
  set loop(on) {
    this.#loop = on;
    const notes = this.#round?.notes;
    if (this.playing) this.#round = { notes, ...this.#bounds(notes, 0) };
  }

  /** Quarter notes per minute. */
  get tempo() {
    return this.#tempo;
  }

  set tempo(quarters) {
    const here = this.#beats();
    this.#tempo = quarters;
    this.#start = this.#sound.now - here * this.#quarter;
  }

  async toggle() {
    if (this.playing) this.stop();
    else await this.play(this.#melody.chosen?.from ?? 0);
  }

  /** From a note on, to the end or, where a part of several notes is looped, in it. */
  async play(from = 0, notes = this.#melody.song?.notes) {
    if (!notes?.length) return;
    await this.#sound.open();
    this.#sound.silence();
    this.#round = { notes, ...this.#bounds(notes, from) };
    this.#next = this.#round.begin;
    this.#coming = [];
    const onset = notes[this.#next].onset;
    this.#start = this.#sound.now + LEAD - onset * this.#quarter;
    this.#beat = Math.ceil(onset);
    performance.mark("first sound");
    this.#set(true);
    this.#look();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), EVERY);
    requestAnimationFrame(() => this.#mark());
  }

  stop() {
    clearInterval(this.#timer);
    this.#sound.silence();
    this.#set(false);
    this.#at(null);
  }

  get #quarter() {
    return 60 / this.#tempo;
  }

  #beats() {
    return (this.#sound.now - this.#start) / this.#quarter;
  }

  #bounds(notes, from) {
    const chosen = this.#melody.chosen;
    const part = this.loop && chosen && chosen.to > chosen.from && chosen.to < notes.length;
    const [first, last] = part ? [chosen.from, chosen.to] : [0, notes.length - 1];
    const begin = Math.min(Math.max(from, first), last);
    return { first, last, begin };
  }

  // The notes were changed while they sound: goes on in the new ones.
  #follow() {
    const notes = this.#melody.song?.notes;
    if (!this.playing || !notes?.length) return;
    const reached = this.#round.notes[this.#next - 1]?.onset ?? -1;
    const next = notes.findIndex((note) => note.onset > reached + 1e-6);
    this.#next = next < 0 ? notes.length : next;
    this.#round = { notes, ...this.#bounds(notes, 0) };
  }

  // Schedules all that begins before the horizon.
  #look() {
    const { notes, first, last } = this.#round;
    const horizon = this.#sound.now + (document.hidden ? HIDDEN_AHEAD : AHEAD);
    for (;;) {
      if (this.#next > last) {
        const end = notes[last].onset + notes[last].duration;
        if (this.#time(end) > horizon) break;
        if (!this.loop) {
          if (this.#sound.now >= this.#time(end)) this.stop();
          break;
        }
        this.#start += (end - notes[first].onset) * this.#quarter;
        this.#next = first;
        this.#beat = Math.ceil(notes[first].onset);
      }
      const { midi, onset, duration } = notes[this.#next];
      if (this.#time(onset) > horizon) break;
      this.#coming.push({ time: this.#time(onset), note: this.#next });
      if (midi !== null) this.#sound.note(midi, this.#time(onset), duration * this.#quarter);
      this.#next += 1;
    }
    while (this.metronome && this.#time(this.#beat) <= horizon) {
      this.#sound.click(this.#time(this.#beat));
      this.#beat += 1;
    }
  }

  #time(beat) {
    return this.#start + beat * this.#quarter;
  }

  #mark() {
    if (!this.playing) return;
    const heard = this.#sound.now - this.#sound.latency;
    while (this.#coming.length > 1 && this.#coming[1].time <= heard) this.#coming.shift();
    const [{ time, note } = {}] = this.#coming;
    const here = time <= heard ? note : this.note; // the last of before still reaches the ear
    this.#at(here);
    requestAnimationFrame(() => this.#mark());
  }

  #set(playing) {
    if (playing === this.playing) return;
    this.playing = playing;
    this.dispatchEvent(new Event("state"));
  }

  #at(note) {
    if (note === this.note) return;
    this.note = note;
    this.dispatchEvent(new CustomEvent("note", { detail: note }));
  }
}
