// All that is played by hand, from wherever: it sounds, and is heard by who listens.

/** Events "down" and "up": detail {midi, time}, the time of the audio clock, in seconds. */
export class Keys extends EventTarget {
  #sound;
  #held = new Map(); // midi -> what ends its sound

  constructor(sound) {
    super();
    this.#sound = sound;
  }

  async press(midi, stamp = performance.now()) {
    await this.#sound.open();
    this.#held.get(midi)?.();
    this.#held.set(midi, this.#sound.note(midi, this.#sound.now, Infinity));
    this.#tell("down", midi, stamp);
  }

  release(midi, stamp = performance.now()) {
    if (!this.#held.has(midi)) return;
    this.#held.get(midi)();
    this.#held.delete(midi);
    this.#tell("up", midi, stamp);
  }

  releaseAll() {
    for (const midi of [...this.#held.keys()]) this.release(midi);
  }

  #tell(name, midi, stamp) {
    const detail = { midi, time: this.#sound.at(stamp) };
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
