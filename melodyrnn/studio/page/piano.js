// The piano on the page: for mouse, fingers, and the keys of a computer keyboard.

import { el, id } from "./dom.js";
import { t } from "./words.js";

const BLACK = new Set([1, 3, 6, 8, 10]);
const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const LOWEST = 24;
const HIGHEST = 108;
const WIDTH = 30; // pixels that a white key needs

/** By where the keys stand, so that it is the same on every layout and in Hangul. */
const COMPUTER = [
  "KeyA",
  "KeyW",
  "KeyS",
  "KeyE",
  "KeyD",
  "KeyF",
  "KeyT",
  "KeyG",
  "KeyY",
  "KeyH",
  "KeyU",
  "KeyJ",
  "KeyK",
  "KeyO",
  "KeyL",
  "KeyP",
  "Semicolon",
];
const LETTERS = COMPUTER.map((code) => (code === "Semicolon" ? ";" : code.slice(3)));

export class Piano {
  #keys;
  #board = id("piano");
  #low = 60; // the C at its left
  #octaves = 2;
  #down = new Map(); // what holds a key (a pointer, a key of the computer) -> midi

  constructor(keys) {
    this.#keys = keys;
    const board = this.#board;
    board.addEventListener("pointerdown", (event) => this.#point(event));
    board.addEventListener("pointermove", (event) => this.#slide(event));
    for (const name of ["pointerup", "pointercancel"]) {
      board.addEventListener(name, (event) => this.#lift(event.pointerId, event.timeStamp));
    }
    board.addEventListener("keydown", (event) => this.#type(event));
    board.addEventListener("keyup", (event) => this.#lift(event.code, event.timeStamp));
    board.addEventListener("blur", () => this.#all(), true);
    addEventListener("blur", () => this.#all());
    keys.addEventListener("down", ({ detail }) => this.#show(detail.midi, true));
    keys.addEventListener("up", ({ detail }) => this.#show(detail.midi, false));
    id("octave-down").addEventListener("click", () => this.shift(-1));
    id("octave-up").addEventListener("click", () => this.shift(1));
    document.addEventListener("words", () => this.#build());
    new ResizeObserver(() => this.#fit()).observe(board.parentElement);
    this.#build();
  }

  shift(octaves) {
    const low = this.#low + 12 * octaves;
    if (low < LOWEST || low + 12 * this.#octaves > HIGHEST) return;
    this.#all();
    this.#low = low;
    this.#build();
  }

  #fit() {
    const octaves = Math.min(3, Math.max(1, Math.floor(this.#board.clientWidth / (7 * WIDTH))));
    if (octaves === this.#octaves) return;
    this.#octaves = octaves;
    this.#low = Math.min(this.#low, HIGHEST - 12 * octaves);
    this.#build();
  }

  #build() {
    const last = this.#low + 12 * this.#octaves;
    const keys = [];
    let white = 0;
    const whites = 7 * this.#octaves + 1;
    for (let midi = this.#low; midi <= last; midi++) {
      const black = BLACK.has(midi % 12);
      const name = `${NAMES[midi % 12]}${Math.floor(midi / 12) - 1}`;
      const place = black ? (white - 0.3) / whites : white / whites;
      const style = `left:${100 * place}%;width:${(black ? 60 : 100) / whites}%`;
      const letter = LETTERS[midi - this.#low];
      const kind = `key ${black ? "black" : "white"}`;
      const says = [
        midi % 12 === 0 && el("span", { class: "name" }, name),
        letter && el("kbd", {}, letter),
      ].filter(Boolean);
      keys.push(el("span", { class: kind, "data-midi": midi, style }, says));
      if (!black) white += 1;
    }
    this.#board.replaceChildren(...keys);
    const from = `C${this.#low / 12 - 1}`;
    this.#board.setAttribute("aria-label", t("piano.label", { from, to: `C${last / 12 - 1}` }));
  }

  #point(event) {
    const midi = midiOf(event.target);
    if (midi === null) return;
    event.preventDefault();
    this.#board.focus({ preventScroll: true });
    this.#board.setPointerCapture(event.pointerId);
    this.#hold(event.pointerId, midi, event.timeStamp);
  }

  #slide(event) {
    if (!this.#down.has(event.pointerId)) return;
    const midi = midiOf(document.elementFromPoint(event.clientX, event.clientY));
    if (midi === null || midi === this.#down.get(event.pointerId)) return;
    this.#hold(event.pointerId, midi, event.timeStamp);
  }

  #type(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code === "KeyZ" || event.code === "KeyX") {
      this.shift(event.code === "KeyZ" ? -1 : 1);
      return;
    }
    const place = COMPUTER.indexOf(event.code);
    if (place < 0) return;
    event.preventDefault();
    if (!event.repeat) this.#hold(event.code, this.#low + place, event.timeStamp);
  }

  #hold(by, midi, stamp) {
    this.#lift(by, stamp);
    this.#down.set(by, midi);
    this.#keys.press(midi, stamp);
  }

  #lift(by, stamp) {
    const midi = this.#down.get(by);
    if (midi === undefined) return;
    this.#down.delete(by);
    this.#keys.release(midi, stamp);
  }

  #all() {
    for (const by of [...this.#down.keys()]) this.#lift(by, performance.now());
  }

  #show(midi, down) {
    this.#board.querySelector(`[data-midi="${midi}"]`)?.classList.toggle("down", down);
  }
}

function midiOf(element) {
  const key = element?.closest?.("[data-midi]");
  return key ? Number(key.dataset.midi) : null;
}
