// What is asked for, as the controls have it, and where an error stands.

import { byId, make } from "./elements.js";
import { keyText } from "./take.js";
import { say } from "./words.js";

const NUMBERS = ["length", "bars", "count"];
const RANGES = ["temperature", "topP"];
const CHOSEN = ["meter", "key"];
const SWITCHES = ["end", "ties", "avoidLoops"];

const TONICS = { major: "C G D A E B F# Db Ab Eb Bb F", minor: "A E B F# C# G# D# Bb F C G D" };

// Codes of the engine's errors -> the control that they speak of; others name it themselves.
const CONTROLS = {
  notation: "primer",
  primerShort: "primer",
  unknownCharacter: "primer",
  outOfKey: "primer",
  acrossBar: "primer",
  primerLong: "primer",
  lastNote: "primer",
  lengthShort: "length",
  meter: "meter",
  key: "key",
};

// Settings that differ from the command line's defaults, by the names of the engine.
export function askedSettings(model) {
  const asked = { seed: byId("seed").value.trim() || "0" };
  const primer = byId("primer").value;
  if (primer.trim()) asked.primer = primer;
  for (const name of NUMBERS.filter(byId)) { // a page of text has fewer
    const { value } = byId(name);
    if (value && !(name === "count" && value === "1")) asked[name] = Number(value);
  }
  for (const name of RANGES) if (Number(byId(name).value) !== 1) asked[name] = Number(byId(name).value);
  if (model.task === "text") return asked;
  for (const name of CHOSEN) if (byId(name).value) asked[name] = byId(name).value;
  for (const name of SWITCHES) if (byId(name).checked) asked[name] = true;
  const barred = asked.bars || asked.meter || asked.end;
  if (!barred) delete asked.ties; // where no bar line is kept to, notes are tied anyway
  return asked;
}

// The command that makes the same.
export function commandOf(run, asked) {
  const words = ["melodyrnn", "generate", quoted(run)];
  for (const [name, value] of Object.entries(asked)) {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    words.push(value === true ? option : `${option} ${quoted(String(value))}`);
  }
  return words.join(" ");
}

// As a shell takes it for one word.
function quoted(word) {
  if (/^[\w./+-]+$/.test(word)) return word;
  return word.includes("'") ? `"${word.replace(/["$`\\]/g, "\\$&")}"` : `'${word}'`;
}

// Fills the menus, in the language of now; what is chosen stays so.
export function fillMenus(model, language) {
  if (model.task === "text") return;
  const anyhow = say(language, "anyhow");
  fill("meter", [option("", anyhow), ...model.meters.map((meter) => option(meter, meter))]);
  const known = new Set(model.keys);
  const others = Object.entries(TONICS).flatMap(([mode, tonics]) =>
    tonics.split(" ").map((tonic) => `${tonic.replace("b", "-")} ${mode}`),
  );
  const keys = (names) => names.map((name) => option(name, keyText(name, language)));
  fill("key", [
    option("", anyhow),
    group(say(language, "learnedKeys"), keys([...known])),
    group(say(language, "otherKeys"), keys(others.filter((name) => !known.has(name)))),
  ]);
}

const option = (value, label) => make("option", { value }, label);
const group = (label, options) => make("optgroup", { label }, ...options);

function fill(id, children) {
  const menu = byId(id);
  const chosen = menu.value;
  menu.replaceChildren(...children);
  menu.value = chosen;
}

// Shows an error below the control that it speaks of, and what of the beginning cannot be read.
export function showError(error, words) {
  clearError();
  const control = byId(CONTROLS[error.code] ?? error.values?.name) ?? byId("make");
  const note = make("p", { class: "error", id: "error", role: "alert" }, words);
  control.closest(".field, .row").append(note);
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-errormessage", "error");
  const fold = control.closest("details");
  if (fold) fold.open = true;
  control.focus();
  if (error.code === "notation") {
    const { column } = error.values;
    const left = control.value.slice(column);
    control.setSelectionRange(column, column + left.match(/^\S*/)[0].length);
  }
}

export function clearError() {
  byId("error")?.remove();
  for (const control of document.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  }
}
