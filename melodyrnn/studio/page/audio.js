// Sound: sampled notes at times of the audio clock, and the click of the metronome.

import { get } from "./api.js";

const SOON = 0.005; // seconds; what is asked for now sounds then
const CLICK = { first: 1760, other: 1175, seconds: 0.045 };

/** A player of one instrument. Its clock is `now`, in seconds. */
export class Sound {
  #context = null;
  #out = null;
  #volume = 0.8;
  #instruments = new Map(); // name -> promise of {release, samples: Map midi -> AudioBuffer}
  #ready = null; // the instrument that sounds
  #active = new Set();

  /** Browsers give sound only to a page that a person has touched: call it from such an event. */
  async open() {
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "interactive" });
      this.#out = new GainNode(this.#context, { gain: this.#volume ** 2 });
      const limiter = new DynamicsCompressorNode(this.#context, { threshold: -6, ratio: 12 });
      this.#out.connect(limiter).connect(this.#context.destination);
    }
    if (this.#context.state !== "running") await this.#context.resume();
  }

  get now() {
    return this.#context?.currentTime ?? 0;
  }

  /** Seconds from the clock to the ear. */
  get latency() {
    return (this.#context?.baseLatency ?? 0) + (this.#context?.outputLatency ?? 0);
  }

  /** The clock's time of an event's time stamp, which counts milliseconds of the page. */
  at(stamp) {
    return this.now - Math.max(0, performance.now() - stamp) / 1000;
  }

  set volume(share) {
    this.#volume = share;
    if (this.#out) this.#out.gain.setTargetAtTime(share ** 2, this.now, 0.02);
  }

  /** Loads an instrument, and plays it from then on. */
  async choose(name) {
    if (!this.#instruments.has(name)) {
      const loading = get(`instrument/${encodeURIComponent(name)}`).then(unpacked);
      loading.catch(() => this.#instruments.delete(name));
      this.#instruments.set(name, loading);
    }
    this.#ready = await this.#instruments.get(name);
  }

  /** Plays a note from `when` on; returns what ends it. `seconds` may be Infinity. */
  note(midi, when, seconds, loudness = 1) {
    if (!this.#context || !this.#ready) return () => {};
    const { release, samples } = this.#ready;
    const [near, buffer] = nearest(samples, midi);
    const source = new AudioBufferSourceNode(this.#context, {
      buffer,
      playbackRate: 2 ** ((midi - near) / 12),
    });
    const gain = new GainNode(this.#context, { gain: loudness });
    source.connect(gain).connect(this.#out);
    const start = Math.max(when, this.now + SOON);
    source.start(start);
    const end = (time) => {
      gain.gain.setTargetAtTime(0, time, release / 4);
      source.stop(time + 2 * release);
    };
    if (Number.isFinite(seconds)) end(Math.max(start, when + seconds));
    const stop = (time = this.now) => end(Math.max(time, start));
    this.#keep(source, stop);
    return stop;
  }

  click(when, first = false) {
    if (!this.#context) return;
    const tone = new OscillatorNode(this.#context, {
      type: "triangle",
      frequency: first ? CLICK.first : CLICK.other,
    });
    const gain = new GainNode(this.#context, { gain: 0.5 });
    gain.gain.setValueAtTime(0.5, when);
    gain.gain.exponentialRampToValueAtTime(0.001, when + CLICK.seconds);
    tone.connect(gain).connect(this.#out);
    tone.start(when);
    tone.stop(when + CLICK.seconds);
    this.#keep(tone, () => tone.stop());
  }

  /** Ends all that sounds or is to sound. */
  silence() {
    for (const stop of [...this.#active]) stop();
    this.#active.clear();
  }

  #keep(source, stop) {
    this.#active.add(stop);
    source.addEventListener("ended", () => this.#active.delete(stop), { once: true });
  }
}

function unpacked({ rate, release, samples }) {
  const buffers = new Map();
  for (const [midi, packed] of Object.entries(samples)) {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const shorts = new Int16Array(bytes.buffer);
    const buffer = new AudioBuffer({ length: shorts.length, sampleRate: rate });
    const channel = buffer.getChannelData(0);
    shorts.forEach((value, n) => {
      channel[n] = value / 32768;
    });
    buffers.set(Number(midi), buffer);
  }
  return { release, samples: buffers };
}

function nearest(samples, midi) {
  let best = null;
  for (const each of samples) {
    if (!best || Math.abs(each[0] - midi) < Math.abs(best[0] - midi)) best = each;
  }
  return best;
}
