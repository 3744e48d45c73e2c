// Puts the studio together: each part knows only those that it is given.

import { get } from "./api.js";
import { Sound } from "./audio.js";
import { Continuing } from "./continuing.js";
import { Expectations } from "./expectations.js";
import { Exporting } from "./exporting.js";
import { MelodyFile } from "./files.js";
import { Keys } from "./keys.js";
import { Compare, Train } from "./learning.js";
import { Lessons } from "./lessons.js";
import { Melody } from "./melody.js";
import { MidiKeyboard } from "./midi.js";
import { Piano } from "./piano.js";
import { Player } from "./player.js";
import { begin as beginPresenting } from "./present.js";
import { Recorder } from "./recorder.js";
import { CallAndResponse } from "./response.js";
import { Score } from "./score.js";
import { begin, trouble, view } from "./shell.js";
import { Drawn, Kept } from "./takes.js";
import { Transport } from "./transport.js";
import { Typed } from "./typed.js";

const melody = new Melody();
const sound = new Sound();
const player = new Player(sound, melody);
const keys = new Keys(sound);

begin();
beginPresenting();
const score = new Score(melody, player);
const transport = new Transport(melody, player, sound, score);
new Piano(keys);
new MidiKeyboard(keys);
new Typed(melody);
new MelodyFile(melody);
const recorder = new Recorder(keys, sound, melody, player);
const kept = new Kept(melody, player);
const drawn = new Drawn(melody, player, kept);
const continuing = new Continuing(melody, player, drawn);
const exporting = new Exporting(melody, drawn, kept);
new Expectations(melody, score, continuing);
new CallAndResponse({ keys, sound, melody, player, recorder, continuing });
document.addEventListener("view", ({ detail }) => {
  if (["train", "compare", "lessons"].includes(detail) && player.playing) player.stop();
});

/** A run that was trained here is at once there to be played with. */
async function playWith(name) {
  const { runs } = await get("state");
  continuing.offer(runs, name);
  view("continue");
}

try {
  const state = await get("state");
  continuing.offer(state.runs, state.run);
  exporting.offer(state.formats);
  new Train(state, playWith);
  new Compare(state);
  new Lessons(state.lessons);
  await Promise.all([transport.instruments(state.instruments), kept.load()]);
} catch (error) {
  trouble(error);
}
document.documentElement.dataset.ready = "true";
