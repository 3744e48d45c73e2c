// Fields for settings, made from rows that say what each may be.

import { el } from "./dom.js";
import { number, ofSetting, t } from "./words.js";

/**
 * A form's part with a field for each row {name, kind, default, least, most, step, choices, list,
 * about, free}; "free" names what an empty field says. kind: "integer", "real", "range",
 * "choice", "boolean", "text".
 */
export class Settings {
  #box;
  #rows;
  #fields = new Map();

  constructor(box, rows) {
    this.#box = box;
    this.rows = rows;
  }

  get rows() {
    return this.#rows;
  }

  set rows(rows) {
    const before = this.#rows ? this.values : {};
    this.#rows = rows;
    this.#fields.clear();
    this.#box.replaceChildren(...rows.map((row) => this.#field(row)));
    for (const { name } of rows) if (name in before) this.set(name, before[name]);
  }

  /** Writes the words again, in the language that is shown now. */
  reword() {
    this.rows = this.#rows;
  }

  field(name) {
    return this.#fields.get(name);
  }

  set(name, value) {
    const field = this.#fields.get(name);
    if (!field) return;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = String(value ?? "");
    field.dispatchEvent(new Event("input"));
  }

  reset() {
    for (const row of this.#rows) this.set(row.name, row.default);
  }

  /** What differs from "left to the network": numbers as numbers, empty fields left out. */
  get values() {
    const found = {};
    for (const { name, kind } of this.#rows) {
      const field = this.#fields.get(name);
      if (field.type === "checkbox") found[name] = field.checked;
      else if (field.value.trim() === "") continue;
      else if (kind === "boolean") found[name] = field.value === "true";
      else found[name] = NUMBERS.has(kind) ? Number(field.value) : field.value.trim();
    }
    return found;
  }

  #field(row) {
    const control = (MAKE[row.kind] ?? MAKE.text)(row);
    this.#fields.set(row.name, control);
    const [label, about] = ofSetting(row.name, row.about);
    const said = el("span", {}, label);
    const shownBeside = row.kind === "range" ? slide(control) : control;
    return el(
      "label",
      { class: "setting" },
      said,
      shownBeside,
      about ? el("small", {}, about) : null,
    );
  }
}

const NUMBERS = new Set(["integer", "real", "range"]);

const numeric = ({ name, default: value, least, most, step, free }, plain) =>
  el("input", {
    type: "number",
    name,
    value,
    min: least,
    max: most,
    step: step ?? plain,
    placeholder: t(free ?? "as.it.is"),
  });

const MAKE = {
  integer: (row) => numeric(row, 1),
  real: (row) => numeric(row, "any"),
  range: ({ name, default: value, least, most, step }) =>
    el("input", { type: "range", name, min: least, max: most, step, value }),
  boolean: ({ name, default: value }) =>
    value === null ? maybe(name) : el("input", { type: "checkbox", name, checked: value }),
  choice: ({ name, default: value, choices }) =>
    el("select", { name }, [
      value ? null : el("option", { value: "" }, t("as.it.is")),
      ...choices.map((each) => option(each, value)),
    ]),
  text: ({ name, default: value, list, free }) =>
    el("input", { name, value, list, placeholder: t(free ?? "as.it.is"), maxlength: 60 }),
};

// What is decided by the rest where the person leaves it.
function maybe(name) {
  const choices = [
    ["", "as.it.is"],
    ["true", "yes"],
    ["false", "no"],
  ];
  return el(
    "select",
    { name },
    choices.map(([value, said]) => el("option", { value }, t(said))),
  );
}

function option(choice, value) {
  const name = typeof choice === "string" ? choice : choice.name;
  return el("option", { value: name, selected: name === value }, name);
}

function slide(control) {
  const says = el("output", {});
  const tell = () => {
    says.textContent = number(Number(control.value), 2);
  };
  control.addEventListener("input", tell);
  tell();
  return el("span", { class: "slide" }, control, says);
}
