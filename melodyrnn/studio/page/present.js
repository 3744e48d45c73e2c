// The score for a projector: it alone on the whole screen, large, in full contrast.

import { announce, id } from "./dom.js";
import { t } from "./words.js";

/** As many times as large as on a desk: read from the last row. */
export const LARGER = 2.4;

export const presenting = () => document.body.dataset.present === "true";

export function present(on = !presenting()) {
  if (on === presenting()) return;
  document.body.dataset.present = String(on);
  id("present").setAttribute("aria-pressed", String(on));
  announce(t(on ? "present.on" : "present.off"));
  if (on) document.documentElement.requestFullscreen?.().catch(() => {}); // where that is allowed
  else if (document.fullscreenElement) document.exitFullscreen();
  id("paper").focus({ preventScroll: true });
}

/** Whoever leaves the whole screen, by Escape or otherwise, is at the desk again. */
export function begin() {
  id("present").addEventListener("click", () => present());
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) present(false);
  });
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && presenting()) present(false);
  });
}
