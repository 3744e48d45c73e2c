// Songs to learn from: files dropped, or a collection; for training and for comparing.

import { upload } from "./api.js";
import { el, icon } from "./dom.js";
import { drops } from "./files.js";
import { t } from "./words.js";

export class Songs {
  #songs = []; // {name, id, said} of what was read
  #prefix;
  #corpora = [];
  #list = el("ul", { class: "songs" });
  #choice = null;

  /** `prefix` makes the ids of its fields. */
  constructor(prefix) {
    this.#prefix = prefix;
  }

  set corpora(names) {
    this.#corpora = names;
    this.#choice?.replaceChildren(...this.#options());
  }

  /** The fields, in the language that is shown. */
  fields() {
    const field = el("input", {
      id: `${this.#prefix}-files`,
      class: "unseen",
      type: "file",
      multiple: true,
      accept: ".mid,.midi,.kar,.musicxml,.xml,.mxl,.abc,.krn,.txt",
    });
    const button = el("label", { class: "button" }, field, el("span", {}, t("train.choose")));
    const place = el("div", { class: "drop" }, el("p", {}, t("train.drop")), button);
    drops(place, field, (files) => this.#take(files));
    const before = this.#choice?.value ?? "";
    this.#choice = el("select", { id: `${this.#prefix}-corpus` }, this.#options());
    this.#choice.value = before;
    this.#write();
    const corpus = el("label", { class: "field" }, el("span", {}, t("train.corpus")), this.#choice);
    return [place, this.#list, this.#corpora.length ? corpus : null];
  }

  get empty() {
    return !this.sources.uploads.length && !this.sources.corpus;
  }

  get sources() {
    const uploads = this.#songs.filter((song) => song.id).map((song) => song.id);
    return { uploads, corpus: this.#choice?.value || null };
  }

  get name() {
    const first = this.#songs.find((song) => song.id)?.name.replace(/\.\w+$/, "");
    return this.sources.corpus ?? first ?? "";
  }

  #options() {
    const none = el("option", { value: "" }, t("train.corpus.none"));
    return [none, ...this.#corpora.map((name) => el("option", { value: name }, name))];
  }

  // One after another: each is read in a process with limits.
  async #take(files) {
    for (const file of files) {
      const song = { name: file.name, id: null, said: "…", wrong: false };
      this.#songs.push(song);
      this.#write();
      try {
        const read = await upload(file);
        song.id = read.upload;
        song.said = t("tracks.notes", { n: read.song.notes.length });
      } catch (error) {
        Object.assign(song, { said: error.message, wrong: true });
      }
      this.#write();
    }
  }

  #write() {
    this.#list.replaceChildren(
      ...this.#songs.map((song, n) => {
        const label = t("train.remove", { name: song.name });
        const drop = () => {
          this.#songs.splice(n, 1);
          this.#write();
        };
        const button = { type: "button", class: "quiet", "aria-label": label, onclick: drop };
        const said = el("small", { class: song.wrong ? "trouble" : "hint" }, song.said);
        return el(
          "li",
          {},
          el("span", {}, song.name, " ", said),
          el("button", button, icon("bin")),
        );
      }),
    );
  }
}
