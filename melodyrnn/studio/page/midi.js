// A MIDI keyboard: asked for when the person wants it, named when it comes and goes.

import { announce, id } from "./dom.js";
import { t } from "./words.js";

const NOTE_ON = 0x90;
const NOTE_OFF = 0x80;

export class MidiKeyboard {
  #keys;
  #access = null;

  constructor(keys) {
    this.#keys = keys;
    const button = id("midi-connect");
    button.hidden = !navigator.requestMIDIAccess;
    button.addEventListener("click", () => this.connect());
    document.addEventListener("words", () => this.#access && this.#tell());
  }

  async connect() {
    try {
      this.#access = await navigator.requestMIDIAccess();
    } catch {
      this.#say(t("midi.refused"));
      return;
    }
    this.#access.onstatechange = () => this.#listen();
    this.#listen();
  }

  #listen() {
    for (const input of this.#access.inputs.values()) {
      input.onmidimessage = (message) => this.#hear(message);
    }
    this.#tell();
  }

  #tell() {
    const connected = [...this.#access.inputs.values()]
      .filter(({ state }) => state !== "disconnected")
      .map(({ name }) => name);
    this.#say(connected.length ? t("midi.with", { names: connected.join(", ") }) : t("midi.none"));
  }

  #say(words) {
    id("midi-says").textContent = words;
    announce(words);
  }

  #hear({ data: [status, midi, velocity], timeStamp }) {
    const kind = status & 0xf0;
    if (kind === NOTE_ON && velocity > 0) this.#keys.press(midi, timeStamp);
    else if (kind === NOTE_OFF || kind === NOTE_ON) this.#keys.release(midi, timeStamp);
  }
}
