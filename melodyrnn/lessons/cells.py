"""Every cell against its published equations, and each on the same task: to copy what is gone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import LEARNING, Finding, Lesson, Progress, Table
from melodyrnn.lessons.shared.fitted_network import learn, teller_of
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.sequences.windows import Batch

Floats = npt.NDArray[np.float64]


def sigmoid(z: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-z)))


def gates(w: Floats, h: Floats, x: Floats, b: Floats, count: int) -> list[Floats]:
    """W [h, x] + b, for ``count`` gates side by side."""
    return np.split(np.concatenate([h, x], -1) @ w + b, count, axis=-1)


def simple(x: Floats, h: Floats, c: Floats, w: Floats, b: Floats) -> tuple[Floats, Floats]:
    return np.tanh(np.concatenate([h, x], -1) @ w + b), c


def lstm(x: Floats, h: Floats, c: Floats, w: Floats, b: Floats) -> tuple[Floats, Floats]:
    i, f, g, o = gates(w, h, x, b, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru(x: Floats, h: Floats, c: Floats, w: Floats, b: Floats) -> tuple[Floats, Floats]:
    units = h.shape[-1]
    z, r = map(sigmoid, gates(w[:, : 2 * units], h, x, b[: 2 * units], 2))
    (g,) = gates(w[:, 2 * units :], r * h, x, b[2 * units :], 1)
    return z * h + (1 - z) * np.tanh(g), c


def peephole(
    x: Floats, h: Floats, c: Floats, w: Floats, b: Floats, *peeps: Floats
) -> tuple[Floats, Floats]:
    p_i, p_f, p_o = (np.diag(p) if p.ndim == 1 else p for p in peeps)
    i, f, g, o = gates(w, h, x, b, 4)
    c = sigmoid(f + c @ p_f) * c + sigmoid(i + c @ p_i) * np.tanh(g)
    return sigmoid(o + c @ p_o) * np.tanh(c), c


def coupled(x: Floats, h: Floats, c: Floats, w: Floats, b: Floats) -> tuple[Floats, Floats]:
    f, g, o = gates(w, h, x, b, 3)
    c = sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


EQUATIONS: dict[str, Callable[..., tuple[Floats, Floats]]] = {
    "rnn": simple,
    "lstm": lstm,
    "gru": gru,
    "peephole": peephole,
    "peephole-full": peephole,
    "coupled": coupled,
}
"""Cell -> (x (B, F), h (B, H), C (B, H), W (H + F, G H), b (G H,), peepholes) -> h, C after it."""
STEPS, SAME = 20, 1e-5
COPIED, WAITED, ALPHABET = 4, 3, 4
"""Symbols to copy, steps between the last of them and the first copy, kinds of symbol."""
WAIT, GO = 0, 1
"""What is seen while nothing is to be copied, and while something is."""
LEARNED, ASKED = 1024, 200
COPIES = 0.9
"""The share that each cell is to copy exactly of sequences drawn anew."""
UNHEARD = 1_000_000
"""A seed for what is asked, far from those of runs."""


def teach(lesson: Lesson, progress: Progress) -> Finding:
    away = {cell: _difference(cell, lesson.model.units, lesson.fit.seed) for cell in CELLS}
    batch, asked = _copies(lesson.fit.seed, LEARNED), _copies(UNHEARD, ASKED)
    copied = {}
    for cell in CELLS:
        config = replace(lesson.model, cell=cell)
        symbols = ALPHABET + 2
        model = teller_of(config, batch, symbols)(lesson.fit.seed)
        learned = learn(model, batch, lesson.fit, progress)
        copied[cell] = (learned, _exact(learned.model, asked))
    worst, least = max(away.values()), min(exact for _, exact in copied.values())
    return Finding(
        holds=worst <= SAME and least >= COPIES,
        sentence=(
            f"the farthest from its equations over {STEPS} steps by {worst:.0e}; "
            f"of {ASKED} sequences drawn anew each cell copies at least {least:.1%} exactly"
        ),
        figures={
            "difference": away,
            "copied": {cell: exact for cell, (_, exact) in copied.items()},
            "epochs": {cell: learned.epochs for cell, (learned, _) in copied.items()},
        },
        tables=[
            Table(
                f"{COPIED} symbols to copy after {WAITED} steps of waiting",
                ["cell", "from its equations", "epochs", "copied exactly"],
                [
                    [cell, f"{away[cell]:.0e}", str(learned.epochs), f"{exact:.1%}"]
                    for cell, (learned, exact) in copied.items()
                ],
            )
        ],
        curves=[learned.curve(cell) for cell, (learned, _) in copied.items()],
    )


def _difference(cell: str, units: int, seed: int, features: int = 3, rows: int = 4) -> float:
    """The most that any output of the layer differs from its equations, over STEPS steps."""
    from melodyrnn.models.recurrent.cells import CELLS as LAYERS

    draw = np.random.default_rng(seed)
    layer = LAYERS[cell].layer(units, return_sequences=True)
    layer.build((rows, STEPS, features))
    weights = [draw.normal(0, units**-0.5, weight.shape) for weight in layer.get_weights()]
    layer.set_weights(weights)
    kernel, recurrent, bias, *peeps = weights
    x = draw.normal(size=(rows, STEPS, features))
    h = c = np.zeros((rows, units))
    outputs = []
    for step in range(STEPS):
        w = np.concatenate([recurrent, kernel])
        h, c = EQUATIONS[cell](x[:, step], h, c, w, bias, *peeps)
        outputs.append(h)
    told = np.asarray(layer(x.astype(np.float32)))
    return float(np.abs(told - np.stack(outputs, 1)).max())


def _copies(seed: int, count: int) -> Batch:
    """Symbols, a wait, and as many steps to tell them again: only those count."""
    draw = np.random.default_rng(seed)
    symbols = draw.integers(2, ALPHABET + 2, (count, COPIED)).astype(np.int32)
    wait = np.full((count, WAITED), WAIT, dtype=np.int32)
    x = np.concatenate([symbols, wait, np.full_like(symbols, GO)], 1)
    y = np.concatenate([np.zeros_like(symbols), wait, symbols], 1)
    return Batch(x, y, np.broadcast_to(np.arange(x.shape[1]) >= COPIED + WAITED, x.shape))


def _exact(model: Any, asked: Batch) -> float:
    from melodyrnn.training.batches import logits_of

    right = logits_of(model, asked).argmax(-1) == asked.y
    return float((right | ~asked.mask).all(1).mean())


LESSON = Lesson(
    name="cells",
    shape="many to many",
    about="every cell beside its equations",
    claim=(
        "each cell is its published equations to 1e-5 over 20 steps, and each learns to copy 4 "
        "symbols that are gone"
    ),
    teach=teach,
    model=SequenceConfig(units=32),
    fit=FitConfig(epochs=60, learning_rate=0.01, batch=64),
    uses=("units", "layers", *LEARNING),
)
