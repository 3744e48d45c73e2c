// The frame of the page: its views as tabs, its language, its theme, its messages.

import { announce, el, icon, id } from "./dom.js";
import { shown, speak, t, write } from "./words.js";

const THEMES = ["system", "light", "dark"];
const REMEMBERED = "melodyrnn-theme";
const VIEWS = ["play", "continue", "takes", "train", "compare", "lessons"];

export function begin() {
  write(document.documentElement);
  looks();
  tabs();
  const asked = location.hash.slice(1);
  if (VIEWS.includes(asked)) view(asked);
  addEventListener("hashchange", () => {
    const name = location.hash.slice(1);
    if (VIEWS.includes(name)) view(name);
  });
}

/** Shows one of the views. "view" tells the others, with its name. */
export function view(name) {
  document.body.dataset.view = name;
  for (const each of VIEWS) {
    const tab = id(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
    id(`view-${each}`).hidden = each !== name;
  }
  if (location.hash.slice(1) !== name) history.replaceState(null, "", `#${name}`);
  scrollTo(0, 0);
  document.dispatchEvent(new CustomEvent("view", { detail: name }));
}

/** Brings the sheet into view, where it stands far above what was pressed. */
export function toSheet() {
  const sheet = id("sheet").getBoundingClientRect();
  if (sheet.top < 0 || sheet.top > innerHeight / 2) scrollTo(0, 0);
}

function tabs() {
  for (const name of VIEWS) id(`tab-${name}`).addEventListener("click", () => view(name));
  id("tab-play").parentElement.addEventListener("keydown", (event) => {
    const here = VIEWS.indexOf(document.body.dataset.view);
    const to = {
      ArrowRight: (here + 1) % VIEWS.length,
      ArrowLeft: (here + VIEWS.length - 1) % VIEWS.length,
      Home: 0,
      End: VIEWS.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    view(VIEWS[to]);
    id(`tab-${VIEWS[to]}`).focus();
  });
}

function looks() {
  const language = id("language");
  const theme = id("theme");
  let chosen = "system";
  try {
    const before = localStorage.getItem(REMEMBERED);
    chosen = THEMES.includes(before) ? before : chosen;
  } catch {
    // a browser may forbid it; then the system's theme is taken
  }
  const tell = () => {
    document.documentElement.dataset.theme = chosen;
    const said = t("theme.said", { theme: t(`theme.${chosen}`) });
    theme.replaceChildren(icon(`theme-${chosen}`), t(`theme.${chosen}`));
    theme.setAttribute("aria-label", said);
    theme.title = said;
    language.textContent = t("language.other");
    language.lang = shown() === "en" ? "ko" : "en";
  };
  language.addEventListener("click", () => speak(shown() === "en" ? "ko" : "en"));
  theme.addEventListener("click", () => {
    chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
    try {
      localStorage.setItem(REMEMBERED, chosen);
    } catch {
      // then it lasts as long as the page
    }
    tell();
    announce(theme.title);
  });
  document.addEventListener("words", tell);
  tell();
}

/** Says at a place of the page what went wrong; with null it is taken away. */
export function trouble(error, place = "trouble") {
  const line = id(place);
  line.hidden = !error;
  line.textContent = error ? error.message : "";
}

/** What was decided for the person, each a line. */
export function notices(lines = []) {
  const list = id("notices");
  list.hidden = !lines.length;
  list.replaceChildren(...lines.map((line) => el("li", {}, line)));
}
