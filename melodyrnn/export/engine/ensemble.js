// Several networks as one: the arithmetic mean of their distributions
// (melodyrnn/models/ensemble.py).

import { logSoftmax } from "./sampling.js";

const TINY = 2 ** -1022; // the smallest normal number, in place of 0

export class Ensemble {
  constructor(members) {
    this.members = members;
    this.normalised = true;
  }

  begin(context) {
    return this.members.map((member) => member.begin(context));
  }

  step(window, states) {
    const each = this.members.map((member, n) => member.step(window, states[n]));
    const distributions = each.map(([logits], n) =>
      (this.members[n].normalised ? logits : logSoftmax(logits)).map(Math.exp),
    );
    const mean = distributions[0].map(
      (_, token) => distributions.reduce((sum, p) => sum + p[token], 0) / distributions.length,
    );
    return [mean.map((p) => Math.log(Math.max(p, TINY))), each.map(([, state]) => state)];
  }
}

export function averaged(members) {
  return members.length > 1 ? new Ensemble(members) : members[0];
}
