// Notes as text beside the score: each follows the other; errors stand where they are.

import { post } from "./api.js";
import { el, id, later } from "./dom.js";
import { t } from "./words.js";

const BESIDE = 16; // letters shown beside a word that cannot be read
const PAUSE = 300; // milliseconds without a key, after which the text is read

export class Typed {
  #melody;
  #box = id("typed");
  #asked = 0;
  #unread = false; // whether something was written that was not read yet
  #wrong = false;

  constructor(melody) {
    this.#melody = melody;
    const read = later(() => this.#unread && this.#read(), PAUSE);
    this.#box.addEventListener("input", () => {
      this.#unread = true;
      read();
    });
    this.#box.addEventListener("blur", () => this.#left());
    melody.addEventListener("engraved", () => this.#follow());
    for (const name of ["meter", "key"]) {
      const field = id(`melody-${name}`);
      field.addEventListener("change", () => melody.setHeader(name, field.value.trim()));
    }
  }

  // What was written is read at once; what cannot be read is left to be mended.
  async #left() {
    if (this.#unread) await this.#read();
    if (!this.#wrong) this.#follow();
  }

  // The text of the sheet, unless somebody is writing there.
  #follow() {
    const { song } = this.#melody;
    for (const name of ["meter", "key"]) {
      const field = id(`melody-${name}`);
      if (document.activeElement !== field) {
        field.value = this.#melody.header(name) || (song?.[name] ?? "");
      }
    }
    if (document.activeElement === this.#box || this.#unread) return;
    this.#box.value = song?.text ?? "";
    this.#tell(null);
  }

  async #read() {
    const asked = ++this.#asked;
    this.#unread = false;
    const text = this.#box.value;
    if (!text.trim()) {
      this.#tell(null);
      if (!this.#melody.empty) this.#melody.clear();
      return;
    }
    try {
      const { song } = await post("read", { text });
      if (asked !== this.#asked) return;
      this.#tell(null);
      await this.#melody.show(song);
    } catch (error) {
      if (asked === this.#asked) this.#tell(error);
    }
  }

  #tell(error) {
    this.#wrong = Boolean(error);
    const line = id("typed-error");
    this.#box.setAttribute("aria-invalid", String(this.#wrong));
    line.hidden = !error;
    if (!error) return;
    const place = error.line && t("typed.place", { line: error.line, column: error.column });
    line.replaceChildren((place ?? "") + error.message, ...this.#seen(error));
  }

  // The line with the word that cannot be read.
  #seen({ line, column }) {
    const text = this.#box.value.split("\n")[line - 1];
    if (!text) return [];
    const [word] = /^\S*/.exec(text.slice(column - 1));
    const before = text.slice(0, column - 1);
    const after = text.slice(column - 1 + word.length);
    return [
      el(
        "code",
        {},
        before.slice(-BESIDE),
        el("mark", {}, word || "\u00a0"),
        after.slice(0, BESIDE),
      ),
    ];
  }
}
