// The lessons: each runs here and shows what it found, large enough to be projected.

import { post } from "./api.js";
import { el, id } from "./dom.js";
import { JobView } from "./job.js";
import { t } from "./words.js";

export class Lessons {
  #lessons;
  #view = null;
  #current = null;

  constructor(lessons) {
    this.#lessons = lessons;
    document.addEventListener("words", () => this.#write());
    this.#write();
  }

  #write() {
    const items = this.#lessons.map(({ name, about }) => {
      const attributes = { type: "button", "data-lesson": name, onclick: () => this.#run(name) };
      const current = name === this.#current ? "true" : null;
      return el(
        "li",
        {},
        el(
          "button",
          { ...attributes, "aria-current": current },
          el("b", {}, name),
          el("small", {}, about),
        ),
      );
    });
    id("lessons").replaceChildren(...items);
    if (this.#view) this.#view.reword();
    else id("lesson-result").replaceChildren(el("p", { class: "waiting" }, t("lesson.wait")));
  }

  async #run(name) {
    const place = id("lesson-result");
    this.#current = name;
    try {
      const { job } = await post("lesson", { name });
      this.#view = new JobView(place, t("lesson.report", { name }), (event, view) =>
        this.#show(view, name),
      );
      this.#view.follow(job);
    } catch (error) {
      this.#view = null;
      place.replaceChildren(el("p", { class: "trouble", role: "alert" }, error.message));
    }
    this.#write();
    const box = id("lesson-result");
    if (box.getBoundingClientRect().top > innerHeight / 2) box.scrollIntoView();
    else document.querySelector(`[data-lesson="${name}"]`).focus();
  }

  #show(view, name) {
    const frame = view.show(t("lesson.report", { name }));
    const wide = async () => {
      await frame.requestFullscreen();
      slides(frame, true);
      frame.focus(); // its keys turn from one thing to the next
      frame.addEventListener("fullscreenchange", () => {
        if (!document.fullscreenElement) slides(frame, false);
      });
    };
    const button = el("button", { type: "button", onclick: wide }, t("lesson.wide"));
    if (frame.requestFullscreen) view.parts.after.replaceChildren(button);
  }
}

// The page of a lesson shows one thing at a time where its address says so.
function slides(frame, on) {
  frame.src = frame.src.replace(/#.*/, "") + (on ? "#slides" : "#");
}
