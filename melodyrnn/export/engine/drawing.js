// Autoregression: each token drawn joins the window for the next
// (melodyrnn/generation/generate.py).

import { Refused } from "./refused.js";
import { draw, logSoftmax, probabilities } from "./sampling.js";

const MOST_RETREATS = 200;
const TURN = 24; // milliseconds, after which the page has its turn

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
    const mask = maskOf(constraints.allowed(here.states, length - place), dead.get(song.join()));
    if (mask && !mask.includes(true)) {
      if (constraints.whole(here.states)) break;
      if (!place || ++retreats > MOST_RETREATS) throw noWay(constraints.name);
      const token = song.pop();
      dead.set(song.join(), [...(dead.get(song.join()) ?? []), token]);
      steps.pop();
      continue;
    }
    here.predicted ??= predictor.step(song.slice(-window), here.state);
    const [logits, state] = here.predicted;
    const ruled = mask ? logits.map((logit, token) => (mask[token] ? logit : -Infinity)) : logits;
    const p = probabilities(ruled, sampling.temperature, sampling.topK, sampling.topP);
    const token = draw(p, uniforms[place]);
    here.log = logSoftmax(logits)[token];
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
    [, state] = predictor.step(ids.slice(start, start + window), state);
  }
  return state;
}

// What gives the page its turn now and then, tells `progress` so, and ends where `signal` says.
export function turns(progress, signal) {
  let last = performance.now();
  return async (done, total) => {
    if (performance.now() - last < TURN) return;
    progress?.(done, total);
    await new Promise((go) => setTimeout(go));
    signal?.throwIfAborted();
    last = performance.now();
  };
}

// What is allowed and not known to lead nowhere.
function maskOf(allowed, dead) {
  return dead ? allowed.map((each, token) => each && !dead.includes(token)) : allowed;
}

function noWay(asked) {
  const words = "no way for the song to go on from its primer keeps to this to the end";
  return new Refused("noWay", { asked }, `${asked}: ${words}; ask for less`);
}
