// The words of the page in English and Korean; which of them is shown is remembered.

import { TABLE } from "./words_table.js";
import { TRAINING } from "./words_training.js";

const LANGUAGES = ["en", "ko"];
const REMEMBERED = "melodyrnn-language";

let language = LANGUAGES.includes(stored()) ? stored() : preferred();

function stored() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null; // a browser may forbid it
  }
}

function preferred() {
  const first = (navigator.languages?.[0] ?? navigator.language ?? "en").toLowerCase();
  return first.startsWith("ko") ? "ko" : "en";
}

/** The language that is shown: "en" or "ko". */
export const shown = () => language;

/** A sentence of the table, with what it asks for in braces. An unknown name is a mistake. */
export function t(name, values = {}) {
  const pair = TABLE[name];
  if (!pair) throw new Error(`no words for "${name}"`);
  const said = pair[LANGUAGES.indexOf(language)];
  const form = typeof said === "string" ? said : said[values.n === 1 ? 0 : 1];
  return form.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** The words for a name that the server gave, or what it says itself. */
export const named = (name, otherwise) => (name in TABLE ? t(name) : otherwise);

/** What a setting is called, and what it means; `about` is what the server says of it. */
export function ofSetting(name, about = "") {
  const training = TRAINING[name];
  if (!training) return [named(`setting.${name}`, name), named(`about.${name}`, about)];
  const [english, korean, meaning] = training;
  return language === "ko" ? [korean, meaning] : [english, about];
}

/** A number as the language writes it, with so many decimals. */
export const number = (value, decimals = 0) =>
  value.toLocaleString(language, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });

/** Changes the language; "words" tells whoever writes words themselves. */
export function speak(to) {
  language = to;
  try {
    localStorage.setItem(REMEMBERED, to);
  } catch {
    // then it lasts as long as the page
  }
  write(document.documentElement);
  document.dispatchEvent(new Event("words"));
}

/** Writes the words of an element and of all in it that name some. */
export function write(root) {
  if (root === document.documentElement) {
    root.lang = language;
    document.title = t("title");
  }
  for (const element of root.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const [data, attribute] of [
    ["tLabel", "aria-label"],
    ["tTitle", "title"],
    ["tPlaceholder", "placeholder"],
  ]) {
    const name = data.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const element of root.querySelectorAll(`[data-${name}]`)) {
      element.setAttribute(attribute, t(element.dataset[data]));
      if (attribute === "aria-label" && element.matches("button")) {
        element.title = t(element.dataset[data]);
      }
    }
  }
}

/** A key of the notation, "B- minor", as the language names it. */
export function keyName(key) {
  const [tonic, mode] = key.split(" ");
  const sign = tonic.slice(1).replaceAll("-", "♭").replaceAll("#", "♯");
  return t(`key.${mode === "minor" ? "minor" : "major"}`, { tonic: tonic[0] + sign });
}
