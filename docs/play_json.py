"""A run that was exported to JSON, played by NumPy alone: python play_json.py model.json g8 e8 e4

It prints the most likely next tokens. Networks of the cells lstm, gru and rnn, and of none (mlp).
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(z, u, h, c):
    i, f, g, o = np.split(z + h @ u, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru(z, u, h):
    gates = 2 * len(h)
    keep, reset = np.split(sigmoid(z[:gates] + h @ u[:, :gates]), 2)
    return (keep * h + (1 - keep) * np.tanh(z[gates:] + (reset * h) @ u[:, gates:]),)


CELLS = {"lstm": lstm, "gru": gru, "rnn": lambda z, u, h: (np.tanh(z + h @ u),)}


def networks_of(document):
    """The arrays of each network."""
    data = base64.b64decode(document["weights"])

    def array(at, shape, half):
        flat = np.frombuffer(data, "<f2" if half else "<f4", np.prod(shape), at)
        return flat.reshape(shape).astype("f4")

    return [[array(**each) for each in member] for member in document["members"]]


def through(layers, cell, x, states):
    """Of vectors x (T, E) what the last layer gives at last, (H,), and the states after."""
    if not cell:
        x = x.ravel()
        for w, b in zip(layers[::2], layers[1::2], strict=True):
            x = np.maximum(x @ w + b, 0)
        return x, states
    after = []
    for w, u, b, state in zip(layers[::3], layers[1::3], layers[2::3], states, strict=True):
        steps = [state := CELLS[cell](z, u, *state) for z in x @ w + b]
        x = np.array([h for h, *_ in steps])
        after.append(state)
    return x[-1], after


def logits_of(document, weights, ids):
    """Of ids (L,) the logits of all that follow a whole window, (L - window + 1, V)."""
    net, window = document["network"], document["window"]
    table, *layers, kernel, bias = weights
    if net["parts"]:  # of each token the rows of its parts
        parts = np.array(net["parts"])
        rows = parts + np.cumsum([0, *parts.max(0)[:-1] + 1])
        table = table[rows].reshape(len(rows), -1)
        kernel, bias = kernel[:, rows].sum(-1), bias[rows].sum(-1)
    zeros = [[np.zeros(n * net["units"]) for n in net["states"]]] * net["depth"]
    found, states = [], zeros
    for start in range(len(ids) - window + 1):
        h, after = through(layers, net["cell"], table[ids[start : start + window]], states)
        states = after if net["stateful"] else zeros
        found.append(h @ kernel + bias)
    return np.array(found)


def probabilities_of(document, ids):
    """The mean over its networks, (L - window + 1, V)."""
    every = [np.exp(logits_of(document, each, ids)) for each in networks_of(document)]
    return np.mean([each / each.sum(-1, keepdims=True) for each in every], 0)


if __name__ == "__main__":
    file, *tokens = sys.argv[1:]
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    net = document.get("network")
    if not net or net["columns"] or net["cell"] not in ("", *CELLS):
        sys.exit(f"{file}: this plays no {document['model']}; docs/export.md says what it is")
    last = probabilities_of(document, [document["vocabulary"].index(each) for each in tokens])[-1]
    for place in np.argsort(-last)[:5]:
        print(f"{document['vocabulary'][place]:8} {last[place]:.3f}")
