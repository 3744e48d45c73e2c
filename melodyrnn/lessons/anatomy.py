"""What comes out of a recurrent layer, and what stays in it. Nothing is learned."""

from typing import Any

import numpy as np

from melodyrnn.lessons.lesson import Finding, Lesson, Progress, Table
from melodyrnn.models.config import SequenceConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.sequences.vocabulary import Vocabulary

WORDS = ("hello", "eolll", "lleel")
LETTERS = Vocabulary("helo")


def teach(lesson: Lesson, progress: Progress) -> Finding:
    onehot = np.eye(len(LETTERS), dtype=np.float32)[np.array(list(map(LETTERS.encode, WORDS)))]
    runs = {}
    for number, cell in enumerate(CELLS, 1):
        runs[cell] = _outputs(cell, lesson, onehot)
        progress(number, len(CELLS), cell)
    outputs, states = runs[lesson.model.cell]
    same = [name for name, (out, (state, *_)) in runs.items() if np.array_equal(out[:, -1], state)]
    return Finding(
        holds=len(same) == len(CELLS),
        sentence=(
            f"outputs {outputs.shape}, state {states[0].shape}; the last output is the state in "
            f"{len(same)} of {len(CELLS)} cells"
        ),
        figures={
            "outputs": list(outputs.shape),
            "state": list(states[0].shape),
            "values": outputs.tolist(),
            "cells": {
                name: {
                    "outputs": list(out.shape),
                    "states": [list(state.shape) for state in states],
                    "values": out.tolist(),
                }
                for name, (out, states) in runs.items()
            },
        },
        tables=[_values(lesson.model.cell, outputs, states), _every_cell(runs)],
    )


def _outputs(cell: str, lesson: Lesson, x: Any) -> tuple[Any, list[Any]]:
    """(N, T, F) -> outputs (N, T, H), and of the states after the last step each, (N, H)."""
    from melodyrnn.models.backend import keras
    from melodyrnn.models.recurrent.cells import CELLS as LAYERS

    seed = lesson.fit.seed
    layer = LAYERS[cell].layer(
        lesson.model.units,
        return_sequences=True,
        return_state=True,
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        recurrent_initializer=keras.initializers.Orthogonal(seed=seed),
    )
    outputs, *states = (np.asarray(part) for part in layer(x))
    return outputs, states


def _values(cell: str, outputs: Any, states: list[Any]) -> Table:
    steps = range(outputs.shape[1])
    lines = []
    for word, out, state in zip(WORDS, outputs, states[0], strict=True):
        lines += [["" if step else word, word[step], _vector(out[step]), ""] for step in steps]
        lines[-1][-1] = _vector(state)
    return Table(f"What the {cell} says", ["word", "sees", "output", "state"], lines)


def _every_cell(runs: dict[str, tuple[Any, list[Any]]]) -> Table:
    rows = [
        [
            name,
            str(out.shape),
            "  ".join(str(state.shape) for state in states),
            _vector(out[0, -1]),
            _vector(states[0][0]),
        ]
        for name, (out, states) in runs.items()
    ]
    headings = ["cell", "outputs", "states", f"last of {WORDS[0]!r}", "its state"]
    return Table("Every cell", headings, rows)


def _vector(values: Any) -> str:
    return " ".join(f"{value:+.3f}" for value in values[:4]) + (" …" if len(values) > 4 else "")


LESSON = Lesson(
    name="anatomy",
    shape="many to many",
    about="what a cell gives, and what it keeps",
    claim=(
        "of a batch of 3 words of 5 letters, 2 units give outputs (3, 5, 2) and a state (3, 2), "
        "and the last output is the state, in every cell"
    ),
    teach=teach,
    model=SequenceConfig(cell="rnn", units=2),
    uses=("cell", "units", "seed"),
)
