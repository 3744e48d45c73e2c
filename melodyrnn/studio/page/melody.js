// The melody on the sheet: its notes, what is chosen of it, and what it was before.

import { post } from "./api.js";
import { apart, together } from "./notation.js";

const MOST_UNDONE = 200;
const EMPTY = { headers: [], tokens: [], changes: [], copied: [], locked: [], title: "" };

/**
 * Events: "change" (the notes are others; at once), "engraved" (their score is there),
 * "select", "refused" (detail: the error; the notes are as before).
 */
export class Melody extends EventTarget {
  state = EMPTY;
  song = null; // the document of the notes that are engraved
  picture = null; // {svg, places} of it
  chosen = null; // {from, to}, both included
  #past = [];
  #future = [];
  #width = 800;
  #engraving = null;
  #good = EMPTY;

  get tokens() {
    return this.state.tokens;
  }

  get empty() {
    return this.state.tokens.length === 0;
  }

  get text() {
    return this.empty ? "" : together(this.state);
  }

  header(name) {
    return this.state.headers.find(([each]) => each === name)?.[1] ?? "";
  }

  /** Takes a song that the server gave; `copied` is what of it stands in training songs. */
  show(song, { copied = [], locked = [], select = null } = {}) {
    const tokens = song.notes.map((note) => note.token);
    this.#enter({ ...apart(song.text), tokens, copied, locked });
    this.select(select);
    return this.settled();
  }

  /** Other notes, in the same headers. What was copied is no longer known of them. */
  edit(tokens, { from = 0, removed = 0, added = 0 } = {}) {
    const moved = ([before, meter]) => [
      before > from ? Math.max(from, before + added - removed) : before,
      meter,
    ];
    const headers = this.state.headers.filter(([name]) => name !== "codes");
    const changes = this.state.changes.map(moved).filter(([before]) => before < tokens.length);
    this.#enter({ ...this.state, headers, tokens, changes, copied: [], locked: [] });
  }

  /** Other notes in other headers, {name: words}. */
  replace(tokens, headers) {
    const kept = Object.entries(headers).filter(([name]) => name !== "codes");
    this.#enter({ ...EMPTY, headers: kept, tokens });
    this.select(null);
  }

  /** Puts tokens at a place, in the stead of `removed` others. */
  splice(at, removed, ...tokens) {
    const all = this.tokens.toSpliced(at, removed, ...tokens);
    this.edit(all, { from: at, removed, added: tokens.length });
  }

  setHeader(name, said) {
    const others = this.state.headers.filter(([each]) => each !== name);
    const headers = said ? [...others, [name, said]] : others;
    if (this.empty) this.state = this.#good = { ...this.state, headers };
    else this.#enter({ ...this.state, headers });
  }

  lock(notes) {
    this.state = { ...this.state, locked: notes };
    this.#tell("select");
  }

  clear() {
    this.#enter(EMPTY);
    this.select(null);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    this.#swap(this.#past, this.#future);
  }

  redo() {
    this.#swap(this.#future, this.#past);
  }

  select(chosen) {
    const last = this.tokens.length - 1;
    const within = (n) => Math.max(0, Math.min(last, n));
    this.chosen = chosen && last >= 0 ? { from: within(chosen.from), to: within(chosen.to) } : null;
    this.#tell("select");
  }

  /** How wide its score is to be drawn, in pixels. */
  setWidth(pixels) {
    if (Math.abs(pixels - this.#width) < 8) return;
    this.#width = pixels;
    if (!this.empty) this.#engrave();
  }

  /** Resolves when the score of the present notes is there, or refused. */
  settled() {
    return this.#engraving ?? Promise.resolve();
  }

  #swap(from, to) {
    if (!from.length) return;
    to.push(this.state);
    this.state = from.pop();
    this.#changed();
  }

  #enter(state) {
    this.#past.push(this.state);
    if (this.#past.length > MOST_UNDONE) this.#past.shift();
    this.#future.length = 0;
    this.state = state;
    this.#changed();
  }

  #changed() {
    if (this.chosen) this.select(this.chosen);
    this.#tell("change");
    this.#engrave();
  }

  // One request at a time; what was changed meanwhile is drawn by the next.
  #engrave() {
    this.#engraving ??= this.#drawAll().finally(() => {
      this.#engraving = null;
    });
  }

  async #drawAll() {
    let drawn = null;
    while (!drawn || drawn.state !== this.state || drawn.width !== this.#width) {
      drawn = { state: this.state, width: this.#width };
      try {
        await this.#draw(drawn.state);
      } catch (error) {
        if (this.state === drawn.state) this.#takeBack();
        this.#tell("refused", error);
        return;
      }
    }
  }

  async #draw(state) {
    if (!state.tokens.length) {
      Object.assign(this, { song: null, picture: null });
    } else {
      const { song, svg, places } = await post("score", {
        text: together(state),
        width: this.#width,
      });
      if (this.state !== state) return;
      Object.assign(this, { song, picture: { svg, places } });
    }
    this.#good = state;
    this.#tell("engraved");
  }

  #takeBack() {
    this.state = this.#good;
    while (this.#past.length && this.#past.at(-1) === this.#good) this.#past.pop();
    this.#tell("change");
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
