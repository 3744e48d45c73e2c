// Autoregression: each token drawn joins the window for the next
// (melodyrnn/generation/generate.py).

import { expected } from "./expectation.js";
import { Refused } from "./refused.js";

const MOST_RETREATS = 200;
const TURN = 16; // milliseconds, after which the page has its turn: one frame of 60 a second

// Continue `ids` by `length` tokens at most, each from the next of `uniforms`. Several constraints
// may leave a song nothing to go on with that each alone would not; it then goes back along its own
// way, its last token ruled out at that place. Returns { ids, logProbability }.
export async function drawn(
  model,
  { ids, length, constraints, context },
  sampling,
  uniforms,
  turn,
) {
  const { predictor, window } = model;
  const song = [...ids],
    dead = new Map();
  const steps = [{ state: afterPrimer(model, ids, context), states: constraints.begin(ids) }];
  let retreats = 0;
  while (steps.length <= length) {
    const here = steps.at(-1),
      place = steps.length - 1;
    const ways = dead.size ? dead.get(song.join()) : undefined;
    const mask = maskOf(constraints.allowed(here.states, length - place), ways);
    if (mask && !mask.includes(true)) {
      if (constraints.whole(here.states)) break;
      if (!place || ++retreats > MOST_RETREATS) throw noWay(constraints.name);
      const token = song.pop();
      dead.set(song.join(), [...(dead.get(song.join()) ?? []), token]);
      steps.pop();
      continue;
    }
    here.expected ??= expected(predictor, song.slice(-window), here.state);
    const [expectation, state] = here.expected;
    const token = expectation.draw(mask, sampling, uniforms[place]);
    here.log = expectation.log(token);
    song.push(token);
    steps.push({ state, states: constraints.advance(here.states, token) });
    await turn(place + 1, length);
  }
  const logProbability = steps.slice(0, -1).reduce((sum, { log }) => sum + log, 0);
  return { ids: song, logProbability };
}

// The state after all of the primer but its last window, from which the first new token is
// predicted.
export function afterPrimer({ predictor, window }, ids, context) {
  let state = predictor.begin(context);
  for (let start = 0; start < ids.length - window; start++) {
    [, state] = expected(predictor, ids.slice(start, start + window), state);
  }
  return state;
}

// What gives the page its turn now and then, tells `progress` so, and ends where `signal` says.
export function turns(progress, signal) {
  let last = performance.now();
  return async (done, total) => {
    if (performance.now() - last < TURN) return;
    progress?.(done, total);
    await pageTurn();
    signal?.throwIfAborted();
    last = performance.now();
  };
}

// Unlike a timer, a message is not kept waiting where such turns are many, or the page is hidden.
function pageTurn() {
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });
}

// What is allowed and not known to lead nowhere.
function maskOf(allowed, dead) {
  return dead ? allowed.map((each, token) => each && !dead.includes(token)) : allowed;
}

function noWay(asked) {
  const words = "no way for the song to go on from its primer keeps to this to the end";
  return new Refused("noWay", { asked }, `${asked}: ${words}; ask for less`);
}
