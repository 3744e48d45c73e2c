"""The table of recurrent cells: the Keras layer of each, and what it does at one step.

Keras has three of them; the others are Keras cells too, so that ``keras.layers.RNN`` and
``Bidirectional`` carry their state, mask and save them like its own.
"""

import random
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.recurrent import equations as recurrence
from melodyrnn.models.registry import CELLS as ABOUT


class _Cell(keras.layers.Layer):  # type: ignore[misc]  # keras ships no types
    """What the cells of this module share: an input of any width and a bias."""

    gates: int
    equation: str  # its row in ``recurrence.EQUATIONS``

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = self.output_size = units
        self.state_size = recurrence.EQUATIONS[self.equation].sizes(units)
        self.others: list[Any] = []  # weights that the equation takes after u
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)

    def build(self, input_shape: Sequence[int | None]) -> None:
        width = (input_shape[-1], self.gates * self.units)
        self.kernel = self.add_weight(
            shape=width, initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width[1]),
            initializer=self.recurrent_initializer,
            name="recurrent_kernel",
        )
        self.bias = self.add_weight(shape=width[1:], initializer=self._first_bias, name="bias")

    def _first_bias(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """1 for the forget gate, so that a new cell remembers (Jozefowicz et al. 2015)."""
        forget = range(self.gates)[self.forget]
        ones = [float(place // self.units == forget) for place in range(shape[0])]
        return tf.constant(ones, dtype)

    forget = 1  # the place of the forget gate

    def call(self, x: Any, states: Any, training: bool | None = None) -> tuple[Any, list[Any]]:
        """(B, F) and the states -> output (B, H) and the states after it."""
        h, after = step_of(self)(tf, x @ self.kernel + self.bias, states, *recurrent_weights(self))
        return h, list(after)

    def get_config(self) -> dict[str, Any]:
        made = {
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
        }
        return {**super().get_config(), **made}


@keras.saving.register_keras_serializable("melodyrnn")
class CoupledCell(_Cell):
    """The LSTM with coupled gates; see ``recurrence.coupled``."""

    gates, forget, equation = 3, 0, "coupled"


@keras.saving.register_keras_serializable("melodyrnn")
class PeepholeCell(_Cell):
    """The LSTM with peepholes, from each unit to itself or, ``full``, to all of them.

    See ``recurrence.peephole``.
    """

    gates, equation = 4, "peephole"

    def __init__(self, units: int, full: bool = False, **options: Any) -> None:
        super().__init__(units, **options)
        self.full = full

    def build(self, input_shape: Sequence[int | None]) -> None:
        super().build(input_shape)
        shape = (self.units, self.units) if self.full else (self.units,)
        # Shut at first: a new cell is an LSTM, and learns where to look.
        self.others = [
            self.add_weight(shape=shape, initializer="zeros", name=f"peephole_{gate}")
            for gate in "ifo"
        ]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "full": self.full}


@keras.saving.register_keras_serializable("melodyrnn")
class AttentionCell(_Cell):
    """The LSTM that attends over its last outputs; see ``recurrence.attention``."""

    gates, equation = 4, "attention"

    def build(self, input_shape: Sequence[int | None]) -> None:
        super().build(input_shape)
        square, vector = (self.units, self.units), (self.units,)
        shapes = {
            "fed": (self.units, self.gates * self.units),
            "ask_h": square,
            "ask_c": square,
            "score": vector,
            "out_h": square,
            "out_attended": square,
            "out_bias": vector,
            "key": square,
        }
        seeds = random.Random(getattr(self.kernel_initializer, "seed", 0))
        for name, shape in shapes.items():
            first = keras.initializers.GlorotUniform(seeds.getrandbits(31))
            if name == "out_bias":
                first = keras.initializers.Zeros()
            self.others.append(self.add_weight(shape=shape, initializer=first, name=name))


def _around(cell: type[_Cell], units: int, **options: Any) -> Any:
    """A layer that runs ``cell``; options go to whichever of both has them."""
    names = ("kernel_initializer", "recurrent_initializer", "full")
    inner = {name: options.pop(name) for name in names if name in options}
    return keras.layers.RNN(cell(units, **inner), **options)


class Cell(NamedTuple):
    """One row of the table."""

    layer: Any  # (units, **options) -> the Keras layer; its ``cell`` holds the weights
    kind: type  # of that


CELLS: dict[str, Cell] = {
    "rnn": Cell(keras.layers.SimpleRNN, keras.layers.SimpleRNNCell),
    "lstm": Cell(keras.layers.LSTM, keras.layers.LSTMCell),
    # reset_after=False: as Cho et al. (2014) write it
    "gru": Cell(partial(keras.layers.GRU, reset_after=False), keras.layers.GRUCell),
    "peephole": Cell(partial(_around, PeepholeCell), PeepholeCell),
    "peephole-full": Cell(partial(_around, PeepholeCell, full=True), PeepholeCell),
    "coupled": Cell(partial(_around, CoupledCell), CoupledCell),
    "attention": Cell(partial(_around, AttentionCell), AttentionCell),
}
"""Name -> the layer; ``recurrence.EQUATIONS`` has its equation."""

assert CELLS.keys() == recurrence.EQUATIONS.keys() == {*ABOUT, "attention"}, "one row a cell"

_ROWS = {cell.kind: recurrence.EQUATIONS[name] for name, cell in CELLS.items()}


def step_of(cell: Any) -> Any:
    """The equation of a layer's cell, a function of ``recurrence``."""
    return _ROWS[type(cell)].step


def recurrent_weights(cell: Any) -> list[Any]:
    """What the equation of ``cell`` takes after the state: u, and what others it has."""
    u = _ROWS[type(cell)].recurrent(cell.recurrent_kernel)
    return [*u, *getattr(cell, "others", ())]
