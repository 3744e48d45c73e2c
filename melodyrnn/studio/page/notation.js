// Note tokens of the text notation, as melodyrnn.music.notation writes them: changed, and made.

const STEPS = "cdefgab";
const SEMITONES = [0, 2, 4, 5, 7, 9, 11];
const HEAD = /([a-g]'*|[A-G]+|r)(##|#|--|-|n)?(?=[\d.])/g;
const SHARPS = "fcgdaeb";
const FIFTHS = { c: 0, g: 1, d: 2, a: 3, e: 4, b: 5, f: -1 };
const ALTER = { "##": 2, "#": 1, "-": -1, "--": -2 };
const HIGHEST = 127;

/** Note values in quarter notes, those written in one head, the longest first. */
const VALUES = [
  [4, "1"],
  [3, "2."],
  [2, "2"],
  [1.5, "4."],
  [1, "4"],
  [0.75, "8."],
  [0.5, "8"],
  [0.375, "16."],
  [0.25, "16"],
  [0.125, "32"],
  [0.0625, "64"],
];
const TRIPLETS = [
  [4 / 3, "2"],
  [2 / 3, "4"],
  [1 / 3, "8"],
  [1 / 6, "16"],
];
const NEAR = 1e-6;

/** {step, octave, alter} of one head's letters; null for a rest. */
function read(letters, sign) {
  if (letters === "r") return null;
  const step = STEPS.indexOf(letters[0].toLowerCase());
  const low = letters[0] !== letters[0].toLowerCase();
  const octave = low ? 4 - letters.length : 3 + letters.length;
  return { step, octave, alter: ALTER[sign] ?? 0 };
}

function write({ step, octave, alter }) {
  const letter = STEPS[step];
  const sign = alter < 0 ? "-".repeat(-alter) : "#".repeat(alter);
  if (octave < 4) return letter.toUpperCase().repeat(4 - octave) + sign;
  return letter + "'".repeat(octave - 4) + sign;
}

const height = ({ step, octave, alter }) => 12 * (octave + 1) + SEMITONES[step] + alter;

/** The pitch of a token, or null: a rest. */
export function pitch(token) {
  const [head] = token.matchAll(HEAD);
  return head ? read(head[1], head[2]) : null;
}

/** The token with another pitch in each of its heads; null makes it a rest. */
export function withPitch(token, to) {
  if (to && (height(to) < 0 || height(to) > HIGHEST || to.octave < 0)) return token;
  return token.replace(HEAD, to ? write(to) : "r");
}

/** How the key "G major" or "e minor" alters each step, in the order of STEPS. */
function signature(key) {
  const alters = [0, 0, 0, 0, 0, 0, 0];
  const named = /^([a-g])(##|#|--|-|b)?\s*(m|min)?/i.exec(key ?? "");
  if (!named) return alters;
  const sign = { "#": 7, "##": 14, "-": -7, b: -7, "--": -14 }[named[2]] ?? 0;
  const minor = named[3] && !/maj/i.test(key);
  const fifths = FIFTHS[named[1].toLowerCase()] + sign - (minor ? 3 : 0);
  for (let n = 0; n < Math.min(7, Math.abs(fifths)); n++) {
    const letter = fifths > 0 ? SHARPS[n] : SHARPS[6 - n];
    alters[STEPS.indexOf(letter)] = Math.sign(fifths);
  }
  return alters;
}

/** Moved by steps of the key's scale. */
export function stepped(token, by, key) {
  const from = pitch(token);
  if (!from) return token;
  const place = 7 * from.octave + from.step + by;
  const step = ((place % 7) + 7) % 7;
  return withPitch(token, { step, octave: Math.floor(place / 7), alter: signature(key)[step] });
}

/** Moved by semitones. */
export function shifted(token, by, key) {
  const from = pitch(token);
  return from ? withPitch(token, spelled(height(from) + by, key)) : token;
}

/** On another step, in the octave nearest to where it was. */
export function lettered(token, letter, key, beside = null) {
  const step = STEPS.indexOf(letter);
  const from = pitch(token) ?? beside ?? { step: 0, octave: 4 };
  let octave = from.octave;
  if (step - from.step > 3) octave -= 1;
  if (from.step - step > 3) octave += 1;
  return withPitch(token, { step, octave, alter: signature(key)[step] });
}

/** A MIDI number as the key spells it: with its own signs, else with sharps, or flats in flats. */
function spelled(midi, key) {
  const alters = signature(key);
  const flats = alters.some((alter) => alter < 0);
  const among = [alters, [0, 0, 0, 0, 0, 0, 0], Array(7).fill(flats ? -1 : 1)];
  for (const signs of among) {
    for (let step = 0; step < 7; step++) {
      const rest = midi - SEMITONES[step] - signs[step];
      if (rest % 12 === 0) return { step, octave: rest / 12 - 1, alter: signs[step] };
    }
  }
  throw new Error(`no pitch ${midi}`);
}

/** The token's written value: {value: "8", dots: 1}, or null where it is tied or in a tuplet. */
export function value(token) {
  const plain = /^[^\d.{}~]+(\d+)(\.*)$/.exec(token);
  return plain && { value: plain[1], dots: plain[2].length };
}

/** The token with one head of this value. */
export function valued(token, number, dots = 0) {
  const [head] = token.matchAll(HEAD);
  return `${head[0]}${number}${".".repeat(dots)}`;
}

/** With a dot if it had none, else without. */
export function dotted(token) {
  const now = value(token);
  return now ? valued(token, now.value, now.dots ? 0 : 1) : token;
}

/** The token of a MIDI number, or of null, that lasts so many quarter notes. */
export function made(midi, quarters, key) {
  const letters = midi === null ? "r" : write(spelled(midi, key));
  const heads = [];
  let left = quarters;
  while (left > NEAR && heads.length < 64) {
    const exact = [...VALUES.map((v) => [...v, ""]), ...TRIPLETS.map((v) => [...v, "trip"])];
    const [length, number, word] =
      exact.find(([each]) => Math.abs(each - left) < NEAR) ??
      exact.find(([each, , tuplet]) => each < left && (tuplet === "" || left < 1)) ??
      VALUES.at(-1).concat("");
    left -= length;
    heads.push([word, `${letters}${number}`]);
  }
  return heads
    .map(([word, head], n) => {
      const tied = head + (n < heads.length - 1 ? "~" : "");
      return word ? `${word}{${tied}}` : tied;
    })
    .join("");
}

/** A text taken apart: its headers, and where the meter changes (before which note). */
export function apart(text) {
  const lines = text.split("\n");
  const headers = [];
  while (lines.length && /^\s*(\p{L}[\w-]*\s*[:\uff1a]|$|%)/u.test(lines[0])) {
    const named = /^\s*([\w-]+)\s*[:\uff1a]\s*(.*)$/.exec(lines.shift());
    if (named) headers.push([named[1].toLowerCase(), named[2].trim()]);
  }
  const changes = [];
  let notes = 0;
  let tied = false;
  for (const [word] of lines.join(" ").matchAll(/\d+\/\d+|[a-grA-G]['a-gA-G#n-]*[\d.]+~?/g)) {
    if (/^\d/.test(word))
      changes.push([notes, word]); // within a note: after it
    else {
      if (!tied) notes += 1;
      tied = word.endsWith("~");
    }
  }
  return { headers, changes };
}

/** The text of headers, tokens and changes of meter. */
export function together({ headers, tokens, changes }) {
  const words = tokens.flatMap((token, n) => [
    ...changes.filter(([before]) => before === n).map(([, meter]) => meter),
    token,
  ]);
  const head = headers.filter(([, said]) => said !== "").map(([name, said]) => `${name}: ${said}`);
  return [...head, "", words.join(" "), ""].join("\n");
}
