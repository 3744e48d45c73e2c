// A file dropped or chosen: read by the server, with its tracks to choose from.

import { track, upload } from "./api.js";
import { announce, el, id } from "./dom.js";
import { notices, trouble } from "./shell.js";
import { t } from "./words.js";

/** Gives `take` the files dropped on a place or chosen in its field. */
export function drops(place, field, take) {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
  field.addEventListener("change", () => {
    const files = [...field.files];
    field.value = ""; // so that the same file can be chosen again
    if (files.length) take(files);
  });
}

export class MelodyFile {
  #melody;

  constructor(melody) {
    this.#melody = melody;
    drops(id("drop-melody"), id("file"), ([file]) => this.#read(file));
    drops(id("sheet"), id("file"), ([file]) => this.#read(file));
    // What misses a place is not opened by the browser in the stead of the page.
    for (const name of ["dragover", "drop"]) {
      addEventListener(name, (event) => event.preventDefault());
    }
  }

  async #read(file) {
    await this.#show(() => upload(file));
    announce(t("file.read", { name: file.name }));
  }

  async #show(asked) {
    trouble(null);
    try {
      const read = await asked();
      await this.#melody.show(read.song);
      this.#offer(read);
      notices(read.notices);
    } catch (error) {
      trouble(error);
    }
  }

  #offer({ tracks = [], upload: file }) {
    const box = id("tracks");
    box.hidden = tracks.length < 2;
    const choices = tracks.map(({ number, name, notes, taken, why }) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: "track",
          value: number,
          checked: Boolean(taken),
          onchange: () => this.#show(() => track(file, number)),
        }),
        el(
          "span",
          {},
          `${number}. ${name ?? ""} `,
          el("span", { class: "hint" }, t("tracks.notes", { n: notes })),
        ),
        el("small", {}, why ?? ""),
      ),
    );
    box.replaceChildren(box.querySelector("legend"), ...choices);
  }
}
