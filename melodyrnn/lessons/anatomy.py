"""What comes out of a recurrent layer, and what stays in it. Nothing is trained."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import Finding, Lesson, Table
from melodyrnn.models.config import SequenceConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, listed, template

WORDS = ("hello", "eolll", "lleel")
LETTERS = Vocabulary("helo")

Floats = npt.NDArray[np.float32]


class LayerOutput(NamedTuple):
    """What a layer makes of a batch."""

    outputs: Floats  # (N, T, H)
    states: list[Floats]  # after the last step, each (N, H)

    @property
    def ends_in_its_state(self) -> bool:
        """Whether the last output is the state."""
        return np.array_equal(self.outputs[:, -1], self.states[0])

    def to_json(self) -> dict[str, JSON]:
        return {
            "outputs": list(self.outputs.shape),
            "states": [list(state.shape) for state in self.states],
            "values": self.outputs.tolist(),
        }


def run(lesson: Lesson, progress: Progress) -> Finding:
    onehot = np.eye(len(LETTERS), dtype=np.float32)[np.array(list(map(LETTERS.encode, WORDS)))]
    layers = {}
    for number, cell in enumerate(CELLS, 1):
        layers[cell] = _apply(cell, lesson, onehot)
        progress(number, len(CELLS), listed("cells", cell))
    outputs, states = layers[lesson.model.cell]
    same = sum(layer.ends_in_its_state for layer in layers.values())
    return Finding(
        holds=same == len(CELLS),
        sentence=Sentence(
            "outputs {outputs}, state {state}; the last output is the state in {same} of {cells} "
            "cells",
            outputs=outputs.shape,
            state=states[0].shape,
            same=same,
            cells=len(CELLS),
        ),
        figures={
            "outputs": list(outputs.shape),
            "state": list(states[0].shape),
            "values": outputs.tolist(),
            "cells": {name: layer.to_json() for name, layer in layers.items()},
        },
        tables=[_steps(lesson.model.cell, outputs, states[0]), _every_cell(layers)],
    )


def _apply(cell: str, lesson: Lesson, x: Floats) -> LayerOutput:
    """A new layer of ``cell`` applied to ``x`` (N, T, F)."""
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
    return LayerOutput(outputs, states)


def _steps(cell: str, outputs: Floats, states: Floats) -> Table:
    """The output of each step, and the state after the last one."""
    steps = range(outputs.shape[1])
    lines = []
    for word, out, state in zip(WORDS, outputs, states, strict=True):
        lines += [["" if step else word, word[step], _vector(out[step]), ""] for step in steps]
        lines[-1][-1] = _vector(state)
    return Table(
        Sentence(
            "Each step of the {cell}",
            cell=cell,
        ),
        ["word", "input", "output", "state"],
        lines,
    )


def _every_cell(layers: dict[str, LayerOutput]) -> Table:
    rows = [
        [
            name,
            str(layer.outputs.shape),
            "  ".join(str(state.shape) for state in layer.states),
            _vector(layer.outputs[0, -1]),
            _vector(layer.states[0][0]),
        ]
        for name, layer in layers.items()
    ]
    last = Sentence("last of {word!r}", word=WORDS[0])
    headings = [template("cell"), template("outputs"), template("states"), last]
    return Table("Every cell", [*headings, template("its state")], rows)


def _vector(values: Floats) -> str:
    return " ".join(f"{value:+.3f}" for value in values[:4]) + (" …" if len(values) > 4 else "")


LESSON = Lesson(
    name="anatomy",
    shape="many to many",
    about="what a cell gives, and what it keeps",
    claim=(
        "of a batch of 3 words of 5 letters, 2 units give outputs (3, 5, 2) and a state (3, 2), "
        "and the last output is the state, in every cell"
    ),
    run=run,
    model=SequenceConfig(cell="rnn", units=2),
    uses=("cell", "units", "seed"),
)
