// Long work on the server, as it goes: how far, its learning curve, its end.

import { events, get, post } from "./api.js";
import { Curve } from "./curve.js";
import { announce, el } from "./dom.js";
import { number, t } from "./words.js";

// A job that waits for another one's end says nothing yet; it counts as at work.
const STATES = {
  running: "train.running",
  done: "train.done",
  stopped: "train.stopped",
  failed: "train.failed",
};

/** Shows one job in a box. `end` is given the event with which it is done. */
export class JobView {
  curve = new Curve();
  #box;
  #title;
  #end;
  #job = null;
  #state = "running";
  #said = "";
  #last = null; // the event with which it ended
  #frame = null; // of its report
  #quiet = () => {};

  constructor(box, title, end) {
    this.#box = box;
    this.#title = title;
    this.#end = end;
    this.parts = {
      state: el("span", { class: "says", role: "status" }),
      stop: el("button", { type: "button", onclick: () => this.#order("stop") }),
      resume: el("button", { type: "button", class: "main", onclick: () => this.#order("resume") }),
      bar: el("progress", { max: 1 }),
      says: el("p", { class: "says" }),
      trouble: el("p", { class: "trouble", role: "alert", hidden: true }),
      figure: el("div", { hidden: true }),
      notices: el("ul", { class: "notices" }),
      after: el("div", { class: "row" }),
    };
    const { state, stop, resume, bar, says, trouble, figure, notices, after } = this.parts;
    const header = el("header", {}, el("h2", {}, title), state, stop, resume);
    box.replaceChildren(
      el("div", { class: "job" }, header, bar, says, trouble, figure, notices, after),
    );
    this.reword();
  }

  /** Listens to a job of this id, from its beginning. */
  follow(job) {
    this.#quiet();
    this.#job = job;
    this.#set("running");
    this.#quiet = events(job, (event) => this.#hear(event));
  }

  get running() {
    return this.#state === "running";
  }

  reword() {
    const { stop, resume, figure } = this.parts;
    stop.textContent = t("train.stop");
    resume.textContent = t("train.resume");
    this.parts.bar.setAttribute("aria-label", this.#title);
    const entry = (name) => el("span", { class: name }, el("i", {}), t(`curve.${name}`));
    const legend = el("p", { class: "legend" }, entry("loss"), entry("validation"));
    figure.replaceChildren(this.curve.picture, legend);
    this.curve.draw();
    this.#set(this.#state);
    if (this.#state === "done") this.#end(this.#last, this);
  }

  #hear(event) {
    HEARD[event.kind]?.call(this, event);
  }

  progress({ done, total, words }) {
    const { bar, says } = this.parts;
    if (total) bar.value = done / total;
    const share = total ? t("job.progress", { done: number(done), total: number(total) }) : "";
    says.textContent = [words, share].filter(Boolean).join(" · ");
  }

  notice({ words }) {
    this.parts.notices.append(el("li", {}, words));
  }

  point(point) {
    this.parts.figure.hidden = false;
    this.curve.add(point);
  }

  end(state, event) {
    this.#said = event.error ?? "";
    this.#last = event;
    this.#set(state);
    announce(`${this.#title}: ${t(STATES[state])}`);
    if (state === "done") this.#end(event, this);
  }

  #set(state) {
    this.#state = state;
    const { bar, stop, resume, trouble } = this.parts;
    this.parts.state.textContent = t(STATES[state]);
    this.#box.dataset.state = state;
    bar.hidden = state !== "running";
    stop.hidden = state !== "running";
    resume.hidden = state !== "stopped" && state !== "failed";
    trouble.hidden = !this.#said;
    trouble.textContent = this.#said;
  }

  async #order(what) {
    this.#said = "";
    try {
      const { job } = await post(`jobs/${encodeURIComponent(this.#job)}/${what}`);
      if (what === "resume") this.follow(job);
    } catch (error) {
      this.#said = error.message;
      this.#set(this.#state);
    }
  }

  /** The report of the job, in a frame of its own. */
  show(title) {
    if (!this.#frame) {
      this.#frame = el("iframe", { src: `api/jobs/${encodeURIComponent(this.#job)}/report` });
      this.#box.append(this.#frame);
    }
    this.#frame.title = title;
    return this.#frame;
  }
}

const HEARD = {
  progress: JobView.prototype.progress,
  point: JobView.prototype.point,
  notice: JobView.prototype.notice,
  done(event) {
    this.end("done", event);
  },
  failed(event) {
    this.end("failed", event);
  },
  stopped(event) {
    this.end("stopped", event);
  },
};

/** The jobs that the server knows, of one kind, the newest first. */
export async function jobsOf(kind) {
  const { jobs } = await get("jobs");
  return jobs.filter((job) => job.kind === kind).toReversed();
}
