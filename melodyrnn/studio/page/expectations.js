// What the network expected at each note, and what of the sheet stands in a training song.

import { post } from "./api.js";
import { announce, el, id, later } from "./dom.js";
import { number, t } from "./words.js";

const AFTER = 60; // milliseconds that a pointer rests
const REACH = 40; // pixels from a note to the pointer that is at it
const MARGIN = 8;

export class Expectations {
  #melody;
  #score;
  #continuing;
  #known = new Map(); // run and text -> promise of what is expected
  #at = null; // the note whose tip is shown

  constructor(melody, score, continuing) {
    this.#melody = melody;
    this.#score = score;
    this.#continuing = continuing;
    const paper = id("paper");
    const point = later((x, y) => this.#tell(score.nearest(x, y, REACH)), AFTER);
    paper.addEventListener("pointermove", ({ clientX, clientY }) => point(clientX, clientY));
    paper.addEventListener("pointerleave", () => {
      point(-1e4, -1e4);
    });
    paper.addEventListener("blur", () => this.#tell(null));
    melody.addEventListener("select", () => this.#choose());
    melody.addEventListener("change", () => this.#tell(null));
    id("expecting").addEventListener("change", () => this.#choose());
    addEventListener("keydown", (event) => event.key === "Escape" && this.#tell(null));
    document.addEventListener("run", () => this.#tell(null));
    addEventListener("resize", () => this.#tell(null)); // it would stand beside its note
  }

  get #on() {
    return id("expecting").checked;
  }

  // A note chosen by keys is told of, to the eye and to the ear.
  async #choose() {
    const { chosen } = this.#melody;
    const alone = chosen && chosen.from === chosen.to;
    await this.#melody.settled();
    await this.#tell(alone ? chosen.from : null);
    const note = alone && this.#on ? (await this.#expected())?.[chosen.from] : null;
    if (!note) return;
    const others = note.likeliest
      .slice(0, 3)
      .map(({ token, probability }) => `${token} ${percent(probability)}`);
    const words = { percent: percent(note.probability), others: others.join(", ") };
    announce(`${this.#score.described(chosen.from)}. ${t("expect.sentence", words)}`);
  }

  async #tell(note) {
    this.#at = note;
    const tip = id("tip");
    const copies = this.#copies(note);
    if (note === null || (!this.#on && !copies.length)) {
      tip.hidden = true;
      return;
    }
    let expected = null;
    if (this.#on) {
      try {
        expected = (await this.#expected())?.[note] ?? null;
      } catch (error) {
        copies.push(error.message);
      }
    }
    if (this.#at !== note) return;
    const says = [
      expected && this.#table(note, expected),
      ...copies.map((said) => el("p", {}, said)),
    ];
    tip.replaceChildren(...says.flat().filter(Boolean));
    tip.hidden = !tip.childElementCount;
    this.#put(tip, note);
  }

  #copies(note) {
    if (note === null) return [];
    return this.#melody.state.copied
      .filter(({ from, length }) => note >= from && note < from + length)
      .map(({ song, length }) => t("expect.copied", { song, length }));
  }

  #expected() {
    if (this.#melody.empty) return null;
    const run = this.#continuing.run;
    const { text } = this.#melody;
    const name = `${run}\n${text}`;
    if (!this.#known.has(name)) {
      this.#known.clear();
      const asking = post("expect", { run, text }).then(({ notes }) => notes);
      asking.catch(() => this.#known.delete(name));
      this.#known.set(name, asking);
    }
    return this.#known.get(name);
  }

  #table(n, { probability, likeliest }) {
    const token = this.#melody.tokens[n];
    const most = Math.max(...likeliest.map((each) => each.probability));
    const rows = likeliest.flatMap((each) => [
      el("dt", { class: each.token === token ? "here" : null }, each.token),
      el("i", { style: `width:${(100 * each.probability) / most}%` }),
      el("dd", {}, percent(each.probability)),
    ]);
    return [
      el("h3", {}, t("expect.title", { n: n + 1, token, percent: percent(probability) })),
      el("dl", {}, rows),
    ];
  }

  #put(tip, note) {
    const box = this.#score.box(note);
    if (tip.hidden || !box) return;
    const width = tip.offsetWidth;
    const left = Math.min(Math.max(MARGIN, box.left), innerWidth - width - MARGIN);
    const below = box.bottom + MARGIN + tip.offsetHeight < innerHeight;
    const top = below ? box.bottom + MARGIN : box.top - MARGIN - tip.offsetHeight;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${top + scrollY}px`;
  }
}

function percent(share) {
  if (share === null) return "–";
  const hundredths = 100 * share;
  return `${number(hundredths, hundredths < 9.95 ? 1 : 0)}%`;
}
