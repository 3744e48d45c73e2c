"""Every cell beside its published equations, and each on one task: to copy what is gone."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import FIT_SETTINGS, Finding, Lesson, Table
from melodyrnn.lessons.shared.fitted_network import FittedNetwork, fit_network, tagger_builder
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.sequences.windows import Batch
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

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
"""The input while nothing is to be copied, and while something is."""
TRAINING, TEST = 1024, 200
"""Sequences in the training set and in the test set."""
COPIES = 0.9
"""The proportion of the test set that each cell must copy exactly."""
TEST_SEED = 1_000_000
"""Far from the seeds of runs."""


class CopyResult(NamedTuple):
    """A network fitted to the copy task."""

    fitted: FittedNetwork
    exact: float  # the proportion of the test set that it copies exactly


def run(lesson: Lesson, progress: Progress) -> Finding:
    differences = {
        cell: difference_from_equations(cell, lesson.model.units, lesson.fit.seed) for cell in CELLS
    }
    training = copy_task(lesson.fit.seed, TRAINING)
    test = copy_task(TEST_SEED, TEST)
    copied = {cell: _copy(cell, lesson, training, test, progress) for cell in CELLS}
    largest, least = max(differences.values()), min(each.exact for each in copied.values())
    return Finding(
        holds=largest <= SAME and least >= COPIES,
        sentence=Sentence(
            "over {steps} steps no cell differs from its equations by more than {largest:.0e}; "
            "each cell copies at least {least:.1%} of {tests} test sequences exactly",
            steps=STEPS,
            largest=largest,
            least=least,
            tests=TEST,
        ),
        figures={
            "difference": differences,
            "copied": {cell: each.exact for cell, each in copied.items()},
            "epochs": {cell: each.fitted.epochs for cell, each in copied.items()},
        },
        tables=[_table(differences, copied)],
        curves=[each.fitted.curve(cell) for cell, each in copied.items()],
    )


def _table(differences: dict[str, float], copied: dict[str, CopyResult]) -> Table:
    return Table(
        Sentence(
            "{symbols} symbols to copy after {waited} steps of waiting",
            symbols=COPIED,
            waited=WAITED,
        ),
        ["cell", "difference from equations", "epochs", "copied exactly"],
        [
            [cell, f"{differences[cell]:.0e}", str(each.fitted.epochs), f"{each.exact:.1%}"]
            for cell, each in copied.items()
        ],
    )


def difference_from_equations(
    cell: str, units: int, seed: int, features: int = 3, rows: int = 4
) -> float:
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
    expected = []
    for step in range(STEPS):
        w = np.concatenate([recurrent, kernel])
        h, c = EQUATIONS[cell](x[:, step], h, c, w, bias, *peeps)
        expected.append(h)
    outputs = np.asarray(layer(x.astype(np.float32)))
    return float(np.abs(outputs - np.stack(expected, 1)).max())


def copy_task(seed: int, count: int) -> Batch:
    """Symbols, a wait, and as many steps to repeat them: only those count."""
    draw = np.random.default_rng(seed)
    symbols = draw.integers(2, ALPHABET + 2, (count, COPIED)).astype(np.int32)
    wait = np.full((count, WAITED), WAIT, dtype=np.int32)
    x = np.concatenate([symbols, wait, np.full_like(symbols, GO)], 1)
    y = np.concatenate([np.zeros_like(symbols), wait, symbols], 1)
    return Batch(x, y, np.broadcast_to(np.arange(x.shape[1]) >= COPIED + WAITED, x.shape))


def _copy(
    cell: str, lesson: Lesson, training: Batch, test: Batch, progress: Progress
) -> CopyResult:
    """Fit a network of ``cell`` to the copy task."""
    config = replace(lesson.model, cell=cell)
    model = tagger_builder(config, training, ALPHABET + 2)(lesson.fit.seed)
    fitted = fit_network(model, training, lesson.fit, progress)
    return CopyResult(fitted, _copied_exactly(fitted.model, test))


def _copied_exactly(model: "keras.Model", test: Batch) -> float:
    from melodyrnn.training.batches import logits_of

    right = logits_of(model, test).argmax(-1) == test.y
    return float((right | ~test.mask).all(1).mean())


LESSON = Lesson(
    name="cells",
    shape="many to many",
    about="every cell beside its equations",
    claim=(
        "each cell follows its published equations to 1e-5 over 20 steps, and learns to copy 4 "
        "symbols that it no longer sees"
    ),
    run=run,
    model=SequenceConfig(units=32),
    fit=FitConfig(epochs=60, learning_rate=0.01, batch=64),
    uses=("units", "layers", *FIT_SETTINGS),
)
