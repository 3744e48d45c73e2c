// The page of a run: the network plays in it. mixerOf and startPlayers are of the script of all
// pages that play.
/* global mixerOf, startPlayers */

import { generate, load } from "../engine/engine.js";
import { byId, make } from "./elements.js";
import { askedSettings, clearError, commandOf, fillMenus, showError } from "./form.js";
import { makePiano, sayPiano } from "./piano.js";
import { Take } from "./take.js";
import { TextTake } from "./text_take.js";
import { preferredLanguage, say, sayRefusal } from "./words.js";

const documentOf = (id) => JSON.parse(byId(id).textContent);

class Page {
  constructor() {
    this.run = documentOf("run");
    this.model = load(this.run);
    this.language = preferredLanguage();
    this.takes = [];
    this.made = null; // what the takes were made by
    this.stopping = null; // an AbortController while notes are drawn
  }

  begin() {
    const { model } = this;
    if (model.task !== "text") {
      this.mixer = mixerOf(documentOf("sounds"));
      makePiano((midi, seconds) => this.sound(midi, seconds));
    }
    byId("primer").placeholder = model.defaults.primer.join(model.task === "text" ? "" : " ");
    byId("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.play();
    });
    byId("make").addEventListener("click", (event) => {
      if (!this.stopping) return; // it submits
      event.preventDefault();
      this.stopping.abort();
    });
    byId("another").addEventListener("click", () => {
      byId("seed").value = Math.floor(Math.random() * 1e6);
      this.play();
    });
    byId("primer").addEventListener("input", clearError);
    byId("tempo")?.addEventListener("change", () => this.takes.forEach((take) => take.retime()));
    byId("language").addEventListener("change", (event) => this.speak(event.target.value));
    new ResizeObserver(() => this.redraw()).observe(byId("takes"));
    for (const id of ["temperature", "topP"]) {
      byId(id).addEventListener("input", () => this.tellRange(id));
      this.tellRange(id);
    }
    this.speak(this.language);
    this.play();
  }

  tellRange(id) {
    document.querySelector(`output[for=${id}]`).textContent = Number(byId(id).value).toFixed(2);
  }

  settings() {
    return {
      language: this.language,
      tempo: Number(byId("tempo")?.value) || null,
    };
  }

  // Says all in a language; texts of the page have data-word, names of their words.
  speak(language) {
    this.language = language;
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll("[data-word]")) {
      element.textContent = say(language, element.dataset.word);
    }
    byId("language").value = language;
    byId("facts").textContent = this.facts();
    fillMenus(this.model, language);
    if (this.model.task !== "text") sayPiano(language);
    for (const take of this.takes) take.write();
    this.report(this.made);
    clearError();
  }

  facts() {
    const number = new Intl.NumberFormat(this.language).format(this.model.parameters);
    return say(this.language, "facts", this.run.model, number);
  }

  async play() {
    const { model } = this;
    const asked = askedSettings(model);
    clearError();
    byId("status").textContent = "";
    this.stopping?.abort();
    const stopping = new AbortController();
    this.stopping = stopping;
    this.busy(true);
    try {
      const progress = (done, all) => (byId("progress").value = done / all);
      const made = await generate(model, asked, { progress, signal: stopping.signal });
      this.show(made, asked);
    } catch (error) {
      if (this.stopping !== stopping) return; // others are made instead
      if (stopping.signal.aborted) byId("status").textContent = say(this.language, "stopped");
      else if (error.values) showError(error, sayRefusal(this.language, error));
      else throw error;
    } finally {
      if (this.stopping === stopping) {
        this.stopping = null;
        this.busy(false);
      }
    }
  }

  busy(working) {
    const start = this.model.task === "text" ? "makeText" : "make";
    byId("make").dataset.word = working ? "stop" : start;
    byId("make").textContent = say(this.language, byId("make").dataset.word);
    byId("progress").hidden = !working;
    byId("progress").value = 0;
    byId("takes").setAttribute("aria-busy", working);
  }

  show(made, asked) {
    for (const take of this.takes) take.retime(); // none goes on sounding
    const settings = () => this.settings();
    const several = made.takes.length > 1;
    this.takes = made.takes.map((take) => {
      const title = this.titleOf(take.number + 1, several);
      if (take.text !== undefined) return new TextTake(take, title, settings);
      const composer = `melodyrnn, ${this.run.model}, seed ${made.seed}`;
      return new Take(take, title, { ...take.song, composer }, settings);
    });
    byId("takes").replaceChildren(...this.takes.map((take) => take.element));
    for (const take of this.takes) take.write();
    this.width = byId("takes").clientWidth;
    for (const take of this.takes) take.draw();
    if (this.mixer) this.startPlayers();
    this.made = { ...made, asked };
    this.report(this.made);
  }

  startPlayers() {
    const players = this.takes.map((take) => take.notes());
    const describe = (n, { tokens }) => say(this.language, "note", n + 1, tokens.length, tokens[n]);
    const started = startPlayers(byId("results"), { players }, this.mixer, describe);
    this.takes.forEach((take, n) => (take.player = started[n]));
  }

  // As the command line has it, which gives texts none: of several, each says which take it is.
  titleOf(number, several) {
    const title = this.model.title || this.run.name;
    return several ? `${title}, take ${number}` : title;
  }

  report(made) {
    if (!made) return;
    byId("status").textContent = say(this.language, "done", made.takes.length);
    byId("command").textContent = commandOf(this.run.name, made.asked);
    const remarks = made.remarks.map((remark) => make("p", {}, sayRefusal(this.language, remark)));
    byId("remarks").replaceChildren(...remarks);
  }

  // The window has another width: each score is drawn anew.
  redraw() {
    const width = byId("takes").clientWidth;
    if (width === this.width) return;
    this.width = width;
    for (const take of this.takes) take.draw();
  }

  sound(midi, seconds) {
    const notes = { starts: [0], lengths: [seconds], pitches: [midi] };
    new Audio(URL.createObjectURL(this.mixer(notes))).play();
  }
}

new Page().begin();
