// One take of a run that writes text.

import { copyOf, make, saving } from "./elements.js";
import { fileName } from "./take.js";
import { say } from "./words.js";

export class TextTake {
  constructor(take, title, settings) {
    Object.assign(this, { take, title, settings });
    this.element = copyOf("text-take");
  }

  write() {
    const { take, title, element } = this;
    const { language } = this.settings();
    element.querySelector("h3").textContent = title;
    const drawn = take.tokens.length - take.primer;
    const bits = (-take.logProbability / Math.LN2 / Math.max(1, drawn)).toFixed(2);
    element.querySelector(".result").textContent = say(language, "bitsText", bits);
    const [given, rest] = [take.tokens.slice(0, take.primer), take.tokens.slice(take.primer)];
    element
      .querySelector(".written")
      .replaceChildren(make("span", { class: "given" }, given.join("")), rest.join(""));
    const name = `${fileName(title)}.txt`;
    const label = say(language, "download", "TXT");
    element
      .querySelector(".files")
      .replaceChildren(saving(name, () => take.text, "text/plain;charset=utf-8", label));
  }

  draw() {}
  retime() {}
}
