// Takes as cards: those just drawn, ranked, and those kept, which are here again next time.

import { get, patch, post, remove } from "./api.js";
import { contour } from "./contour.js";
import { announce, el, icon, id } from "./dom.js";
import { trouble } from "./shell.js";
import { number, t } from "./words.js";

/** What the network drew last. "current" of them is on the sheet. */
export class Drawn {
  takes = [];
  current = null;
  #melody;
  #player;
  #kept;

  constructor(melody, player, kept) {
    this.#melody = melody;
    this.#player = player;
    this.#kept = kept;
    document.addEventListener("words", () => this.#write());
    id("keep").addEventListener("click", () => kept.keep(melody.text, this.title));
  }

  get title() {
    return this.#melody.header("title") || t("melody.untitled");
  }

  /** Puts takes in the place of those before, and the first on the sheet. */
  set(takes, at = null) {
    this.takes = takes;
    announce(t("take.came", { n: takes.length }));
    this.open(0, at);
  }

  open(n, at = null) {
    this.current = n;
    const { song, copied = [], drawn_from: from = 0 } = this.takes[n];
    const select = at ?? (from > 0 && from < song.notes.length ? { from, to: from } : null);
    this.#write();
    return this.#melody.show(song, { copied, select });
  }

  #play(n) {
    const { song } = this.takes[n];
    this.open(n);
    this.#player.play(0, song.notes);
  }

  #write() {
    id("strip").hidden = !this.takes.length;
    id("drawn").replaceChildren(...this.takes.map((take, n) => this.#card(take, n)));
  }

  #card(take, n) {
    const name = t("take.named", { n: n + 1 });
    const current = n === this.current;
    return el(
      "li",
      { class: `take${current ? " current" : ""}` },
      el(
        "button",
        {
          type: "button",
          class: "open",
          "aria-pressed": String(current),
          "aria-label": t("take.show", { n: n + 1 }),
          onclick: () => this.open(n),
        },
        el("b", {}, name),
        contour(take.song.notes, take.drawn_from ?? 0),
      ),
      el("p", { class: "about" }, described(take).join(" · ")),
      el(
        "div",
        { class: "row" },
        tool("play", t("take.play", { name }), () => this.#play(n)),
        tool("keep", `${t("keep")}: ${name}`, () => {
          this.#kept.keep(take.song.text, take.song.title || name);
        }),
      ),
    );
  }
}

function described({ score, copied = [], seed }) {
  const longest = copied.toSorted((a, b) => b.length - a.length)[0];
  return [
    Number.isFinite(score) ? t("take.score", { score: number(score, 2) }) : null,
    longest ? t("take.copied", { n: longest.length, song: longest.song }) : t("take.own"),
    seed === undefined ? null : t("take.seed", { seed }),
  ].filter(Boolean);
}

function tool(picture, label, act) {
  const attributes = { type: "button", class: "quiet", "aria-label": label, title: label };
  return el("button", { ...attributes, onclick: act }, icon(picture));
}

/** What is kept in the person's folder. */
export class Kept {
  takes = [];
  #melody;
  #player;
  #gone = null; // the one deleted last, which can be brought back

  constructor(melody, player) {
    this.#melody = melody;
    this.#player = player;
    document.addEventListener("words", () => this.#write());
  }

  async load() {
    ({ takes: this.takes } = await get("takes"));
    this.#write();
  }

  async keep(text, title) {
    if (!text) return;
    await this.#try(async () => {
      await post("takes", { text, title });
      announce(t("keep.done"));
    });
  }

  async #try(act) {
    try {
      await act();
      await this.load();
      trouble(null);
    } catch (error) {
      trouble(error);
    }
  }

  #delete(take) {
    return this.#try(async () => {
      await remove(`takes/${encodeURIComponent(take.id)}`);
      this.#gone = take;
      announce(t("take.deleted", { name: take.title }));
    });
  }

  #restore() {
    const { text, title } = this.#gone;
    this.#gone = null;
    return this.keep(text, title);
  }

  async #open(take) {
    const { song } = await post("read", { text: take.text });
    await this.#melody.show(song);
    return song;
  }

  #write() {
    id("no-takes").hidden = this.takes.length > 0;
    const back =
      this.#gone &&
      el(
        "li",
        { class: "row" },
        el("span", { class: "hint" }, t("take.deleted", { name: this.#gone.title })),
        el("button", { type: "button", onclick: () => this.#restore() }, t("take.restore")),
      );
    id("kept").replaceChildren(
      ...[back, ...this.takes.map((each) => this.#card(each))].filter(Boolean),
    );
  }

  #card(take) {
    const name = take.title;
    const { notes } = take; // null of a text that was changed elsewhere
    return el(
      "li",
      { class: "take", "data-id": take.id },
      el("input", {
        value: name,
        maxlength: 200,
        "aria-label": t("take.rename"),
        onchange: ({ target }) =>
          this.#try(() => patch(`takes/${encodeURIComponent(take.id)}`, { title: target.value })),
      }),
      notes ? contour(notes) : null,
      el(
        "div",
        { class: "row" },
        tool("play", t("take.play", { name }), async () => {
          const song = await this.#open(take);
          this.#player.play(0, song.notes);
        }),
        el("button", { type: "button", onclick: () => this.#open(take) }, t("take.open")),
        tool("bin", t("take.delete", { name }), () => this.#delete(take)),
      ),
    );
  }
}
