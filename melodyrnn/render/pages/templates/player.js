"use strict";
// What makes a WAV of notes, from a page's samples.
function mixerOf(data) {
  const sampled = Object.keys(data.samples).map(Number); // MIDI numbers
  const samples = {}; // MIDI number -> numbers, of 16 bits

  function bytesOf(midi) {
    return Uint8Array.from(atob(data.samples[midi]), (letter) => letter.charCodeAt(0));
  }

  // Bytes by the mu-law as numbers of 16 bits.
  function expanded(bytes) {
    const table = Float32Array.from({ length: 256 }, (_, byte) => {
      const curved = (byte - 128) / 127;
      return (Math.sign(curved) * 32767 * ((1 + data.mu) ** Math.abs(curved) - 1)) / data.mu;
    });
    return Float32Array.from(bytes, (byte) => table[byte]);
  }

  function sample(midi) {
    if (!samples[midi]) {
      const bytes = bytesOf(midi);
      samples[midi] = data.mu ? expanded(bytes) : new Int16Array(bytes.buffer);
    }
    return samples[midi];
  }

  function nearest(midi) {
    return sampled.reduce((a, b) => (Math.abs(b - midi) < Math.abs(a - midi) ? b : a));
  }

  // Mixes the notes; each sounds for its length and then fades.
  function mix(notes) {
    const { rate, release } = data;
    const last = notes.starts.length - 1;
    const seconds = notes.starts[last] + notes.lengths[last] + release;
    const sum = new Float32Array(Math.ceil(seconds * rate));
    notes.pitches.forEach((midi, n) => {
      if (midi === null) return;
      const played = nearest(midi);
      const sounds = sample(played);
      const speed = 2 ** ((midi - played) / 12);
      const start = Math.round(notes.starts[n] * rate);
      const held = Math.round(notes.lengths[n] * rate);
      const fade = Math.round(release * rate);
      const whole = Math.floor((sounds.length - 1) / speed);
      const end = Math.min(held + fade, whole, sum.length - start);
      for (let i = 0; i < end; i++) {
        const left = i < held ? 1 : (1 - (i - held) / fade) ** 2;
        const before = Math.floor(i * speed);
        const part = i * speed - before;
        sum[start + i] += left * (sounds[before] * (1 - part) + sounds[before + 1] * part);
      }
    });
    return sum;
  }

  function wav(notes) {
    const sum = mix(notes);
    let peak = 1;
    for (const value of sum) peak = Math.max(peak, Math.abs(value));
    const gain = Math.min(1, 29000 / peak);
    const buffer = new ArrayBuffer(44 + 2 * sum.length);
    const view = new DataView(buffer);
    const word = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
    word(0, "RIFF");
    view.setUint32(4, 36 + 2 * sum.length, true);
    word(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true); // PCM
    view.setUint16(22, 1, true); // channels
    view.setUint32(24, data.rate, true);
    view.setUint32(28, 2 * data.rate, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true); // bits
    word(36, "data");
    view.setUint32(40, 2 * sum.length, true);
    sum.forEach((value, i) => view.setInt16(44 + 2 * i, gain * value, true));
    return new Blob([buffer], { type: "audio/wav" });
  }

  return wav;
}

// What a note is, in words.
function described(index, { tokens, wrong }) {
  const should = wrong[index] ? `, wrong: the song has ${wrong[index]}` : "";
  return `note ${index + 1} of ${tokens.length}: ${tokens[index]}${should}`;
}

// The players within ``root``, of ``data.players`` each. One audio element for each score; its WAV is
// made when first asked for. ``describe(index, notes)`` says what a note is.
function startPlayers(root, data, wav = mixerOf(data), describe = described) {
  const follow = root.querySelector("[name=follow]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let sounding = null; // the player that is playing

  class Player {
    constructor(element, notes) {
      this.notes = notes;
      this.audio = element.querySelector("audio");
      this.button = element.querySelector(".play");
      this.score = element.querySelector(".score");
      this.now = element.querySelector(".now");
      this.expects = element.querySelector(".expects");
      this.current = null; // index of the marked note
      this.button.addEventListener("click", () => this.toggle());
      this.score.addEventListener("click", (event) => this.press(event));
      this.score.addEventListener("keydown", (event) => this.key(event));
      if (this.expects) {
        this.score.addEventListener("pointermove", (event) => this.expect(this.nearest(event)));
        this.score.addEventListener("pointerleave", () => this.expect(this.current));
        this.expect(notes.expected.findIndex((said) => said));
      }
      this.audio.addEventListener("play", () => this.started());
      this.audio.addEventListener("pause", () => this.stopped());
      this.audio.addEventListener("ended", () => this.clear());
      this.drawn();
    }

    // The score has just been drawn: where its notes are.
    drawn() {
      this.heads = this.notes.starts.map(() => []);
      for (const head of this.score.querySelectorAll("[data-n]")) {
        this.heads[head.dataset.n].push(head);
      }
      if (this.current === null) this.describe(0);
      else this.mark(this.current);
    }

    // Plays ``notes`` from now on: the same in another tempo.
    retime(notes) {
      this.audio.pause();
      URL.revokeObjectURL(this.audio.src);
      this.audio.removeAttribute("src");
      this.notes = notes;
      this.clear();
    }

    toggle() {
      if (this.audio.paused) this.play();
      else this.audio.pause();
    }

    ready() {
      if (!this.audio.src) this.audio.src = URL.createObjectURL(wav(this.notes));
    }

    play() {
      this.ready();
      this.audio.play();
    }

    started() {
      if (sounding && sounding !== this) sounding.audio.pause();
      sounding = this;
      this.button.setAttribute("aria-pressed", "true");
      this.step();
    }

    stopped() {
      this.button.setAttribute("aria-pressed", "false");
    }

    step() {
      if (this.audio.paused) return;
      this.reach(this.at(this.audio.currentTime), true);
      requestAnimationFrame(() => this.step());
    }

    // The last note that has begun.
    at(seconds) {
      let low = 0;
      let high = this.notes.starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (this.notes.starts[middle] <= seconds + 1e-3) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    seek(index) {
      this.ready();
      this.audio.currentTime = this.notes.starts[index];
      this.reach(index, false);
    }

    // The note at the pointer: on the staff nearest to it, the nearest in it.
    nearest(event) {
      let best = null;
      let least = Infinity;
      this.heads.forEach((heads, n) => {
        for (const head of heads) {
          const box = head.getBoundingClientRect();
          if (!box.width) continue; // drawn for another width of the screen
          const { clientX: x, clientY: y } = event;
          const across = Math.abs(x - (box.left + box.right) / 2);
          const down = Math.max(box.top - y, y - box.bottom, 0); // a stem is part of its note
          const far = Math.hypot(across, 3 * down);
          if (far < least) [least, best] = [far, n];
        }
      });
      return best;
    }

    press(event) {
      const best = this.nearest(event);
      if (best === null) return;
      this.seek(best);
      this.play();
    }

    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const here = this.current ?? -1;
      const last = this.notes.starts.length - 1;
      const to = {
        ArrowRight: here + 1,
        ArrowUp: here + 1,
        ArrowLeft: here - 1,
        ArrowDown: here - 1,
        PageUp: here + 8,
        PageDown: here - 8,
        Home: 0,
        End: last,
      }[event.key];
      if (to !== undefined) this.seek(Math.max(0, Math.min(last, to)));
      else if (event.key === " " || event.key === "Enter") this.toggle();
      else return;
      event.preventDefault();
    }

    describe(index) {
      const words = describe(index, this.notes);
      this.score.setAttribute("aria-valuenow", index + 1);
      this.score.setAttribute("aria-valuetext", words);
      return words;
    }

    // The note sounds, or would if it played.
    reach(index, playing) {
      if (index === this.current) return;
      this.clear();
      this.current = index;
      this.now.textContent = this.describe(index);
      this.now.classList.toggle("off", index in this.notes.wrong);
      this.expect(index);
      this.mark(index);
      if (playing && follow?.checked) this.show(index);
    }

    mark(index) {
      for (const head of this.heads[index]) {
        const [x, y, width, height] = head.dataset.box.split(" ");
        const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        for (const [name, value] of Object.entries({ x, y, width, height, rx: width / 4 })) {
          rect.setAttribute(name, value);
        }
        rect.setAttribute("class", "mark");
        head.prepend(rect);
        head.classList.add("sounding");
      }
    }

    show(index) {
      const head = this.heads[index].find((one) => one.getBoundingClientRect().width);
      if (!head) return;
      const box = head.getBoundingClientRect();
      if (box.top < 60 || box.bottom > innerHeight - 60) {
        const behavior = still.matches ? "auto" : "smooth";
        scrollBy({ top: (box.top + box.bottom - innerHeight) / 2, behavior });
      }
    }

    // What the model held likeliest at a note, given the song before it.
    expect(index) {
      if (!this.expects || index === null || index < 0 || index === this.expected) return;
      this.expected = index;
      const said = this.notes.expected[index];
      const title = document.createElement("p");
      title.textContent = `note ${index + 1}${said ? "" : ": given to the model"}`;
      const list = document.createElement("dl");
      for (const [token, share, came] of said ?? []) {
        const row = document.createElement("div");
        row.className = came ? "here" : "not";
        const [name, code, amount, bar, figure] = ["dt", "code", "dd", "i", "b"].map((tag) =>
          document.createElement(tag),
        );
        code.textContent = token;
        bar.style.width = `${100 * share}%`;
        figure.textContent = share.toFixed(2);
        name.append(code, came ? " \u2713" : "");
        amount.append(bar, figure);
        row.append(name, amount);
        list.append(row);
      }
      this.expects.replaceChildren(title, list);
    }

    clear() {
      this.score.querySelectorAll(".mark").forEach((mark) => mark.remove());
      this.score.querySelectorAll(".sounding").forEach((head) => head.classList.remove("sounding"));
      this.current = null;
      this.now.textContent = "";
    }
  }

  const players = [...root.querySelectorAll(".player")].map(
    (element, n) => new Player(element, data.players[n]),
  );

  // "note 12" in the text leads to that note of the song.
  for (const link of root.querySelectorAll("a[data-go]")) {
    link.addEventListener("click", () => players[0].seek(Number(link.dataset.go)));
  }
  return players;
}
