// A learning curve that grows: bits per note after each epoch, in training and in validation.

import { svg } from "./dom.js";
import { number, t } from "./words.js";

const WIDTH = 640;
const HEIGHT = 300;
const LEFT = 48;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 34;
const LINES = ["loss", "validation"];

export class Curve {
  points = [];
  picture = svg("svg", { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  #due = 0; // the frame in which it is drawn anew

  /** Loss in nats, validation in bits; of an ensemble, the network that learns now. */
  add({ epoch, loss, validation, member = 1 }) {
    const { points } = this;
    if (points.length && points.at(-1).member !== member) points.length = 0;
    while (points.at(-1)?.epoch >= epoch) points.pop(); // what goes on from before is told again
    points.push({ epoch, loss: loss / Math.LN2, validation, member });
    // Points come by the hundred, and each curve has all of them: one for whatever the eye sees.
    this.#due ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.#due);
    this.#due = 0;
    const { points } = this;
    if (!points.length) return;
    const values = points
      .flatMap((point) => LINES.map((name) => point[name]))
      .filter(Number.isFinite);
    if (!values.length) return; // of a training that diverged at once
    const [least, greatest] = [Math.min, Math.max].map((of) => values.reduce((a, b) => of(a, b)));
    const ticks = rounded(least, greatest);
    const [low, high] = [ticks[0], ticks.at(-1)];
    const first = points[0].epoch;
    const last = Math.max(points.at(-1).epoch, first + 4);
    const x = (epoch) => LEFT + ((epoch - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
    const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const marks = ticks.flatMap((value) => [
      svg("path", { class: "grid", d: `M${LEFT} ${y(value)}H${WIDTH - RIGHT}` }),
      text(LEFT - 8, y(value) + 4, number(value, decimals(ticks)), "end"),
    ]);
    const middle = Math.round((first + last) / 2);
    marks.push(
      text(LEFT, HEIGHT - 8, number(first), "middle"),
      text(x(middle), HEIGHT - 8, number(middle), "middle"),
      text(WIDTH - RIGHT, HEIGHT - 8, `${t("curve.epoch")} ${number(last)}`, "end"),
    );
    this.picture.replaceChildren(...marks, ...LINES.flatMap((name) => line(points, name, x, y)));
    const { epoch, loss, validation } = points.at(-1);
    const said = { epoch, loss: shown(loss), validation: shown(validation) };
    this.picture.setAttribute("aria-label", t("curve.label", said));
  }
}

const shown = (value) => (Number.isFinite(value) ? number(value, 3) : "–");

function text(x, y, words, anchor) {
  const element = svg("text", { x, y, "text-anchor": anchor });
  element.textContent = words;
  return element;
}

function line(points, name, x, y) {
  const there = points.filter((point) => Number.isFinite(point[name]));
  if (!there.length) return [];
  const d = there.map((point, n) => `${n ? "L" : "M"}${x(point.epoch)} ${y(point[name])}`).join("");
  const last = there.at(-1);
  return [
    svg("path", { class: name, d }),
    svg("circle", { class: name, cx: x(last.epoch), cy: y(last[name]), r: 4 }),
  ];
}

// Round numbers from below the least to above the greatest.
function rounded(least, greatest) {
  const raw = Math.max(greatest - least, 1e-3) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(greatest / step));
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
}

const decimals = (ticks) => Math.max(0, -Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9));
