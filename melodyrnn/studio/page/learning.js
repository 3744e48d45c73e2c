// Training, and comparing models: the form of each, and the job that it begins.

import { post } from "./api.js";
import { el, id } from "./dom.js";
import { JobView, jobsOf } from "./job.js";
import { Settings } from "./settings.js";
import { Songs } from "./songs.js";
import { t } from "./words.js";

/** Settings that are seen at once; the others are below "More settings". */
const FIRST = new Set(["epochs", "units", "held_out", "seed"]);

/** Models that are compared first, and those that are usually compared. */
const CHOSEN = new Set(["lstm", "mlp", "viewpoints"]);
const USUAL = new Set([...CHOSEN, "lookback", "attention", "ngram", "ppm"]);

/** What both have: songs, a form written in the language shown, a job beside it. */
class Learning {
  view = null;
  songs;
  #settings = [];
  #kind;
  #state;

  constructor(kind, state) {
    this.#kind = kind;
    this.#state = state;
    this.songs = new Songs(kind);
    this.songs.corpora = state.corpora ?? [];
    this.write();
    id(`${kind}-form`).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#begin();
    });
    document.addEventListener("words", () => {
      this.write();
      this.view?.reword();
      if (!this.view) this.wait();
    });
    this.wait();
    this.#recall();
  }

  get state() {
    return this.#state;
  }

  get box() {
    return id(`${this.#kind}-result`);
  }

  wait() {
    this.box.replaceChildren(el("p", { class: "waiting" }, t(`${this.#kind}.wait`)));
  }

  write() {
    const rows = (this.#state.settings ?? []).filter(({ name }) => name !== "model");
    const parts = [
      rows.filter(({ name }) => FIRST.has(name)),
      rows.filter(({ name }) => !FIRST.has(name)),
    ];
    const before = this.values;
    const [first, other] = parts.map((part) => {
      const grid = el("div", { class: "settings" });
      this.#settings.push(new Settings(grid, part));
      return grid;
    });
    this.#settings = this.#settings.slice(-2);
    for (const settings of this.#settings) {
      for (const [name, value] of Object.entries(before)) settings.set(name, value);
    }
    const more = el("details", {}, el("summary", {}, t("more")), other);
    id(`${this.#kind}-form`).replaceChildren(
      el("h2", {}, t(this.#kind)),
      ...this.songs.fields().filter(Boolean),
      ...this.own(),
      first,
      more,
      el(
        "div",
        { class: "row" },
        el("button", { class: "main", type: "submit" }, t(`${this.#kind}.go`)),
      ),
      el("p", { id: `${this.#kind}-error`, class: "trouble", role: "alert", hidden: true }),
    );
  }

  /** What the person has set; all else is decided by the songs and the model. */
  get values() {
    return Object.assign({}, ...this.#settings.map(({ values }) => values));
  }

  #fail(said) {
    const line = id(`${this.#kind}-error`);
    line.hidden = !said;
    line.textContent = said;
  }

  async #begin() {
    this.#fail("");
    if (this.songs.empty) {
      this.#fail(t("train.nosongs"));
      return;
    }
    const { uploads, corpus } = this.songs.sources;
    const body = { uploads, settings: this.values, ...(corpus && { corpus }) };
    try {
      const { job } = await post(this.#kind, { ...body, ...this.wishes() });
      this.follow(job, this.title());
    } catch (error) {
      this.#fail(error.message);
    }
  }

  follow(job, title) {
    this.view = new JobView(this.box, title, (event, view) => this.done(event, view));
    this.view.follow(job);
  }

  // What goes on, or was stopped, when the page is opened again.
  async #recall() {
    const [last] = await jobsOf(this.#kind).catch(() => []);
    if (last && !this.view) this.follow(last.id, last.name);
  }
}

export class Train extends Learning {
  #played;

  /** `played` is given the name of a run to be played with. */
  constructor(state, played) {
    super("train", state);
    this.#played = played;
  }

  own() {
    const suits = el("option", { value: "" }, t("train.model.suits"));
    const models = this.state.models.map(({ name, about }) =>
      el("option", { value: name, title: about }, name),
    );
    const runs = (this.state.runs ?? []).filter((run) => !run.text);
    const none = el("option", { value: "" }, t("train.from.none"));
    const from = [
      none,
      ...runs.map((run) => el("option", { value: run.name }, run.title || run.name)),
    ];
    return [
      labelled("train.name", el("input", { id: "train-name", maxlength: 60 })),
      labelled("train.model", el("select", { id: "train-model" }, suits, models)),
      labelled("train.from", el("select", { id: "train-from" }, from)),
    ];
  }

  title() {
    return id("train-name").value.trim() || this.songs.name || t("train");
  }

  wishes() {
    const from = id("train-from").value;
    const model = id("train-model").value;
    return { name: this.title(), ...(from ? { from } : model && { model }) };
  }

  done({ run }, view) {
    const name = run?.name ?? run;
    if (!name) return;
    const act = () => this.#played(name);
    view.parts.after.replaceChildren(
      el(
        "button",
        { type: "button", class: "main", id: "play-with", onclick: act },
        t("train.play"),
      ),
    );
  }
}

export class Compare extends Learning {
  constructor(state) {
    super("compare", state);
  }

  own() {
    const box = ({ name, about }) =>
      el(
        "label",
        { title: about },
        el("input", { type: "checkbox", name: "compared", value: name, checked: CHOSEN.has(name) }),
        el("span", {}, name),
      );
    const [usual, others] = [true, false].map((usually) =>
      this.state.models.filter(({ name }) => USUAL.has(name) === usually).map(box),
    );
    const field = el("fieldset", { class: "choices" }, el("legend", {}, t("train.models")), usual);
    const rest = el("div", { class: "choices" }, others);
    const more = el("details", {}, el("summary", {}, t("compare.others")), rest);
    return [el("p", { class: "hint" }, t("compare.help")), field, more];
  }

  title() {
    return this.songs.name || t("compare");
  }

  wishes() {
    const chosen = document.querySelectorAll('input[name="compared"]:checked');
    return { models: [...chosen].map((box) => box.value), name: this.title() };
  }

  done(event, view) {
    view.show(t("compare.report"));
  }
}

function labelled(name, control) {
  return el("label", { class: "setting" }, el("span", {}, t(name)), control);
}
