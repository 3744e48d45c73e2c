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
    h = sigmoid(o) * np.tanh(c)
    return h, c


def gru(z, u, h):
    gates = 2 * len(h)
    keep, reset = np.split(sigmoid(z[:gates] + h @ u[:, :gates]), 2)
    return (keep * h + (1 - keep) * np.tanh(z[gates:] + (reset * h) @ u[:, gates:]),)


def rnn(z, u, h):
    return (np.tanh(z + h @ u),)


CELLS = {"lstm": lstm, "gru": gru, "rnn": rnn}


def networks_of(document):
    """The arrays of each network."""
    data = base64.b64decode(document["weights"])
    return [
        [
            np.frombuffer(data, "<f2" if it["half"] else "<f4", np.prod(it["shape"]), it["at"])
            .reshape(it["shape"])
            .astype(np.float32)
            for it in member
        ]
        for member in document["members"]
    ]


def logits_of(document, weights, ids):
    """Of ids (L,) the logits of all that follow a whole window, (L - window + 1, V)."""
    net, window = document["network"], document["window"]
    table, *layers, kernel, bias = weights
    if net["parts"]:  # of each token the rows of its parts
        parts = np.array(net["parts"])
        rows = parts + np.cumsum([0, *parts.max(0)[:-1] + 1])
        table = table[rows].reshape(len(rows), -1)
        kernel, bias = kernel[:, rows].sum(-1), bias[rows].sum(-1)
    zeros = [[np.zeros(n * net["units"]) for n in net["states"]] for _ in range(net["depth"])]
    found, state = [], zeros
    for start in range(len(ids) - window + 1):
        x = table[ids[start : start + window]]
        state = state if net["stateful"] else zeros
        if not net["cell"]:
            x = x.reshape(1, -1)
            for w, b in zip(layers[::2], layers[1::2], strict=True):
                x = np.maximum(x @ w + b, 0)
        for depth in range(net["depth"] if net["cell"] else 0):
            w, u, b = layers[3 * depth : 3 * depth + 3]
            outputs, now = [], state[depth]
            for z in x @ w + b:
                now = CELLS[net["cell"]](z, u, *now)
                outputs.append(now[0])
            x, state = np.array(outputs), [*state[:depth], now, *state[depth + 1 :]]
        found.append(x[-1] @ kernel + bias)
    return np.array(found)


def probabilities_of(document, ids):
    """The mean over its networks, (L - window + 1, V)."""
    every = [np.exp(logits_of(document, each, ids)) for each in networks_of(document)]
    return np.mean([each / each.sum(-1, keepdims=True) for each in every], 0)


if __name__ == "__main__":
    file, *tokens = sys.argv[1:]
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    last = probabilities_of(document, [document["vocabulary"].index(each) for each in tokens])[-1]
    for place in np.argsort(-last)[:5]:
        print(f"{document['vocabulary'][place]:8} {last[place]:.3f}")
