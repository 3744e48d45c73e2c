// The engraved sheet: seen, pressed, walked through and changed by keys.

import { announce, id, later } from "./dom.js";
import { drawMarks } from "./marks.js";
import { dotted, lettered, pitch, shifted, stepped, valued, withPitch } from "./notation.js";
import { LARGER, present, presenting } from "./present.js";
import { t } from "./words.js";

const VALUES = { 1: "64", 2: "32", 3: "16", 4: "8", 5: "4", 6: "2", 7: "1" };
const RESIZED = 200; // milliseconds
const EDGE = 70; // pixels of the screen that a note keeps from its edges

export class Score {
  #paper = id("paper");
  #length = 0; // of the melody that was drawn last
  #heads = []; // of each note, its groups in the picture

  constructor(melody, player) {
    this.melody = melody;
    this.player = player;
    melody.addEventListener("engraved", () => this.#draw());
    const sheet = id("sheet");
    melody.addEventListener("change", () => {
      sheet.classList.toggle("bare", melody.empty);
      sheet.setAttribute("aria-busy", "true");
    });
    for (const name of ["engraved", "refused"]) {
      melody.addEventListener(name, () => sheet.setAttribute("aria-busy", "false"));
    }
    melody.addEventListener("select", () => this.marks());
    player.addEventListener("note", () => this.#sounding());
    this.#paper.addEventListener("keydown", (event) => this.#key(event));
    this.#paper.addEventListener("click", (event) => this.#press(event));
    this.#paper.addEventListener("dblclick", () => this.#playFrom());
    const fit = later(() => melody.setWidth(this.#width()), RESIZED);
    new ResizeObserver(fit).observe(this.#paper);
    melody.setWidth(this.#width());
  }

  /** The index of the note nearest to a point of the screen, on the nearest staff. */
  nearest(x, y, within = Infinity) {
    let best = null;
    let least = within;
    this.#heads.forEach((heads, n) => {
      for (const head of heads) {
        const box = head.getBoundingClientRect();
        const across = x - (box.left + box.right) / 2;
        const down = y - (box.top + box.bottom) / 2;
        const far = Math.hypot(across, 3 * down);
        if (far < least) [least, best] = [far, n];
      }
    });
    return best;
  }

  /** Where a note stands on the screen. */
  box(note) {
    return this.#heads[note]?.[0]?.getBoundingClientRect() ?? null;
  }

  marks() {
    const drawing = this.#paper.querySelector("svg");
    if (drawing) drawMarks(drawing, this.#heads, this.melody);
    this.#sounding();
  }

  /** What is said of a note to those who do not see it. */
  described(n) {
    const { token, bar } = this.melody.song?.notes[n] ?? {};
    return token && t("note.said", { n: n + 1, of: this.melody.tokens.length, token, bar });
  }

  #width() {
    const pixels = this.#paper.clientWidth / (presenting() ? LARGER : 1);
    return Math.max(280, Math.round(pixels));
  }

  #draw() {
    const { picture } = this.melody;
    this.#heads = [];
    this.#paper.replaceChildren();
    if (!picture) return;
    const parsed = new DOMParser().parseFromString(picture.svg, "text/html");
    const drawing = document.importNode(parsed.body.firstElementChild, true);
    for (const name of ["width", "height", "role"]) drawing.removeAttribute(name);
    drawing.setAttribute("aria-hidden", "true");
    this.#paper.append(drawing);
    for (const { note, ids } of picture.places) {
      this.#heads[note] = ids
        .map((name) => drawing.querySelector(`[id="${CSS.escape(name)}"]`))
        .filter(Boolean);
      for (const head of this.#heads[note]) head.dataset.n = note;
    }
    this.marks();
    this.#grown();
  }

  // What was written at the end is seen.
  #grown() {
    const { length } = this.#heads;
    if (length > this.#length && !this.melody.chosen && !this.player.playing) {
      this.#paper.scrollTop = this.#paper.scrollHeight;
    }
    this.#length = length;
  }

  #sounding() {
    const { note } = this.player;
    for (const old of this.#paper.querySelectorAll(".sounding")) old.classList.remove("sounding");
    for (const head of this.#heads[note] ?? []) head.classList.add("sounding");
    const [head] = this.#heads[note] ?? [];
    if (head && this.player.playing) this.#scrollTo(head);
  }

  // Into view, in the sheet, which may be scrolled itself, and on the screen.
  #scrollTo(head) {
    const box = head.getBoundingClientRect();
    const sheet = this.#paper.getBoundingClientRect();
    const top = Math.max(EDGE, sheet.top);
    const low = Math.min(innerHeight - EDGE, sheet.bottom);
    if (box.top >= top && box.bottom <= low) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    head.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  }

  #press(event) {
    const note = this.nearest(event.clientX, event.clientY);
    if (note === null) return;
    this.#paper.focus({ preventScroll: true });
    const start = this.melody.chosen?.from ?? note;
    const reaching = event.shiftKey && this.melody.chosen;
    this.choose(reaching ? Math.min(start, note) : note, reaching ? Math.max(start, note) : note);
    if (this.player.playing) this.#playFrom();
  }

  #playFrom() {
    if (this.melody.chosen) this.player.play(this.melody.chosen.from);
  }

  choose(from, to = from) {
    this.melody.select({ from, to });
    const { chosen } = this.melody;
    if (!chosen) return;
    const [head] = this.#heads[chosen.to] ?? [];
    if (head) this.#scrollTo(head);
    const many = t("note.several", { from: chosen.from + 1, to: chosen.to + 1 });
    announce(chosen.from === chosen.to ? (this.described(chosen.from) ?? "") : many);
  }

  #key(event) {
    const command = event.ctrlKey || event.metaKey;
    const name = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    const act = command ? COMMANDS[name] : (ACTS[name] ?? this.#letter(name, event));
    if (!act || (event.altKey && !/^Arrow(Up|Down)/.test(name))) return;
    event.preventDefault();
    act(this, event);
  }

  #letter(name, event) {
    const digit = /^Digit([1-7])$|^Numpad([1-7])$/.exec(event.code);
    if (digit) return () => this.change((token) => valued(token, VALUES[digit[1] ?? digit[2]]));
    if (/^[a-g]$/.test(name)) {
      const key = this.melody.header("key");
      return () => this.change((token) => lettered(token, name, key, this.#beside()));
    }
    return null;
  }

  /** Changes each chosen note; the other notes stay. */
  change(how) {
    const { chosen, tokens } = this.melody;
    if (!chosen) return;
    const { from, to } = chosen;
    const others = tokens.slice(from, to + 1).map(how);
    if (others.every((token, n) => token === tokens[from + n])) return;
    this.melody.splice(from, others.length, ...others);
    announce(others.join(" "));
    this.#listen(others);
  }

  // A single note that was changed is heard.
  #listen(tokens) {
    if (tokens.length !== 1) return;
    this.#paper.dispatchEvent(new CustomEvent("heard", { detail: tokens[0] }));
  }

  walk(by, reach) {
    const { chosen } = this.melody;
    if (!chosen) this.choose(by > 0 ? 0 : Infinity);
    else if (reach) this.choose(chosen.from, Math.max(chosen.from, chosen.to + by));
    else this.choose((by > 0 ? chosen.to : chosen.from) + by);
  }

  move(event, by) {
    const key = this.melody.header("key");
    if (event.shiftKey) this.change((token) => shifted(token, 12 * by, key));
    else if (event.altKey) this.change((token) => shifted(token, by, key));
    else this.change((token) => stepped(token, by, key));
  }

  insert() {
    const { chosen, tokens } = this.melody;
    const at = chosen ? chosen.to + 1 : tokens.length;
    this.melody.splice(at, 0, tokens[at - 1] ?? "c4");
    this.choose(at);
  }

  drop() {
    const { chosen } = this.melody;
    if (!chosen) return;
    this.melody.splice(chosen.from, chosen.to - chosen.from + 1);
    announce(t("note.deleted"));
    if (!this.melody.empty) this.choose(Math.max(0, chosen.from - 1));
  }

  rest() {
    const key = this.melody.header("key");
    const beside = this.#beside() ?? { step: 0, octave: 4, alter: 0 };
    const sounding = (token) => lettered(token, "cdefgab"[beside.step], key, beside);
    this.change((token) => (pitch(token) ? withPitch(token, null) : sounding(token)));
  }

  #beside() {
    const { chosen, tokens } = this.melody;
    return tokens.slice(0, chosen.from).map(pitch).filter(Boolean).at(-1) ?? null;
  }

  lock() {
    const { chosen, state } = this.melody;
    if (!chosen) return;
    const notes = Array.from({ length: chosen.to - chosen.from + 1 }, (_, n) => chosen.from + n);
    const locked = notes.every((n) => state.locked.includes(n));
    const others = state.locked.filter((n) => !notes.includes(n));
    this.melody.lock(locked ? others : [...others, ...notes].sort((a, b) => a - b));
    announce(t(locked ? "lock.opened" : "lock.closed"));
  }
}

const remove = (score) => score.drop();
const insert = (score) => score.insert();

/** What a key does on the sheet; letters by their place on the keyboard, whatever they type. */
const ACTS = {
  ArrowRight: (score, event) => score.walk(1, event.shiftKey),
  ArrowLeft: (score, event) => score.walk(-1, event.shiftKey),
  ArrowUp: (score, event) => score.move(event, 1),
  ArrowDown: (score, event) => score.move(event, -1),
  Home: (score) => score.choose(0),
  End: (score) => score.choose(Infinity),
  Delete: remove,
  Backspace: remove,
  Insert: insert,
  i: insert,
  r: (score) => score.rest(),
  l: (score) => score.lock(),
  p: () => present(),
  ".": (score) => score.change(dotted),
  " ": (score) => score.player.toggle(),
  Enter: (score) => score.player.play(score.melody.chosen?.from ?? 0),
  Escape: (score) => score.melody.select(null),
};

const COMMANDS = {
  z: ({ melody }, event) => (event.shiftKey ? melody.redo() : melody.undo()),
  y: ({ melody }) => melody.redo(),
  a: (score) => score.choose(0, Infinity),
};
