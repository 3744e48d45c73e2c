// The sheet, the takes or what is kept, as files.

import { file } from "./api.js";
import { id, save } from "./dom.js";
import { trouble } from "./shell.js";
import { named, t } from "./words.js";

const ALIASES = new Set(["midi", "xml"]); // other suffixes of formats that are offered

export class Exporting {
  #sources;

  constructor(melody, drawn, kept) {
    this.#sources = {
      sheet: () => (melody.empty ? [] : [melody.text]),
      drawn: () => drawn.takes.map((take) => take.song.text),
      kept: () => kept.takes.map((take) => take.text),
    };
    id("export-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#export();
    });
    document.addEventListener("words", () => this.#write());
  }

  offer(formats) {
    const select = id("export-format");
    select.replaceChildren(
      ...formats.filter((name) => !ALIASES.has(name)).map((name) => new Option(name, name)),
    );
    this.#write();
  }

  #write() {
    for (const option of id("export-format").options) {
      option.textContent = named(`format.${option.value}`, option.value);
    }
  }

  async #export() {
    const texts = this.#sources[id("export-what").value]();
    const format = id("export-format").value;
    const fail = (error) => trouble(error, "export-error");
    fail(null);
    if (!texts.length) {
      fail(new Error(t("export.nothing")));
      return;
    }
    try {
      const instrument = id("instrument").value || undefined;
      const { blob, name } = await file("export", { texts, format, instrument });
      save(blob, name ?? `melody.${texts.length > 1 ? "zip" : format}`);
    } catch (error) {
      fail(error);
    }
  }
}
