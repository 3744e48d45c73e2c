"""Many songs: a training step of the stream beside Keras's own LSTM under `fit`, and PyTorch's.

    python benchmarks/stream_speed.py [--repeats 7]

2 layers of 256, an embedding of 64, 128 symbols, 64 lanes of 64 steps, Adam, gradients clipped, no
dropout. Each side has a process of its own, set up as its users have it, and all cores while it is
its turn. PyTorch is skipped where it is not installed.
"""

import argparse
import sys
from importlib.util import find_spec
from itertools import cycle
from subprocess import PIPE, Popen

import numpy as np
from alternating import medians

from melodyrnn.sequences.streams import MeasuredStream, lanes, pieces
from melodyrnn.system import startup as own_process
from melodyrnn.system.machine import cores

SYMBOLS, EMBEDDING, UNITS, LAYERS, LANES, STEPS = 128, 64, 256, 2, 64, 64
SEQUENCE = np.random.default_rng(0).integers(0, SYMBOLS, LANES * STEPS * 8 + 1, dtype=np.int32)
STREAM = lanes(pieces(SEQUENCE, LANES), LANES, STEPS)
X, Y, *_ = (np.stack(part) for part in zip(*STREAM, strict=True))  # (K, T, B)
COUNT = len(STREAM)  # steps a turn


def ours():
    """As in a command."""
    own_process.claim()
    from melodyrnn.models.config import ModelConfig, StreamConfig
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.training.streams import StreamProgram
    from melodyrnn.training.trainer import Trainer

    config = ModelConfig(
        window=1, input="embedding", embedding=EMBEDDING, units=UNITS, layers=LAYERS
    )
    model = models.build(config, SYMBOLS)
    training = StreamConfig(epochs=10**6, batch=LANES, steps=STEPS, early_stop=False)
    # Evaluation is kept out of it: one chunk of one lane, at the end of an epoch.
    validation = MeasuredStream.plain(lanes([SEQUENCE[: STEPS + 1]], 1, STEPS))
    program = StreamProgram(model, lambda epoch: STREAM, validation, training)
    trainer = Trainer(program, training)
    return lambda: [trainer.advance() for _ in range(COUNT)]


def fit():
    """As in a program that imports Keras."""
    from melodyrnn.models.backend import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(LANES, STEPS), dtype="int32"),
            layers.Embedding(SYMBOLS, EMBEDDING),
            *(layers.LSTM(UNITS, return_sequences=True, stateful=True) for _ in range(LAYERS)),
            layers.Dense(SYMBOLS),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(2e-3, global_clipnorm=1.0), loss)
    # One call of fit for all chunks, so that what a call costs is shared.
    x, y = (part.transpose(0, 2, 1).reshape(-1, STEPS) for part in (X, Y))
    return lambda: model.fit(x, y, batch_size=LANES, shuffle=False, verbose=0)


def torch():
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.nn.Embedding(SYMBOLS, EMBEDDING)
            self.lstm = torch.nn.LSTM(EMBEDDING, UNITS, LAYERS)
            self.head = torch.nn.Linear(UNITS, SYMBOLS)

        def forward(self, x, state):
            h, state = self.lstm(self.table(x), state)
            return self.head(h), state

    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    pairs = zip(X, Y, strict=True)
    chunks = cycle([[torch.from_numpy(part).long() for part in pair] for pair in pairs])
    state = None

    def step():
        nonlocal state
        x, y = next(chunks)
        logits, state = net(x, state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, SYMBOLS), y.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()

    return lambda: [step() for _ in range(COUNT)]


SIDES = {"ours": ours, "fit": fit, "torch": torch}


def serve(side):
    """Take a turn for each line of the input, and answer with a line."""
    turn = SIDES[side]()
    for _ in sys.stdin:
        turn()
        print(flush=True)


class Side:
    """One side, in a process of its own."""

    def __init__(self, name):
        command = [sys.executable, __file__, "--side", name]
        self.process = Popen(command, stdin=PIPE, stdout=PIPE, text=True)

    def turn(self):
        print(file=self.process.stdin, flush=True)
        if not self.process.stdout.readline():
            raise SystemExit("one side has ended: its words stand above")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        serve(options.side)
        return
    names = [name for name in SIDES if name != "torch" or find_spec("torch")]
    if "torch" not in names:
        print("PyTorch is not installed: skipped")
    sides = {name: Side(name) for name in names}
    turns = medians(options.repeats, **{name: side.turn for name, side in sides.items()})
    taken = {name: took / COUNT for name, took in turns.items()}
    print(f"{cores()} cores")
    for name, took in taken.items():
        print(f"{name:6} {took * 1000:8.1f} ms a step, {LANES * STEPS / took:9,.0f} notes a second")
    for name in names[1:]:
        print(f"{name} / ours {taken[name] / taken['ours']:.2f}")


if __name__ == "__main__":
    main()
