"""The Keras layers of the recurrent cells.

Keras has three of the cells; the others are Keras cells too, made of their equations, so that
``keras.layers.RNN`` and ``Bidirectional`` carry their state, mask and save them like its own.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.recurrent.equations import State, Tensor
from melodyrnn.models.types import KerasLayer


class _CellOfEquation(keras.layers.Layer):  # type: ignore[misc]  # keras ships no types
    """A Keras cell made of a row of the table: an input of any width and a bias."""

    def __init__(
        self,
        units: int,
        equation: str,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.equation, self.row = equation, CELLS[equation]
        self.units = self.output_size = units
        self.state_size = self.row.sizes(units)
        self.others: list[Tensor] = []  # weights that the equation takes after u
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)

    def build(self, input_shape: Sequence[int | None]) -> None:
        width = (input_shape[-1], self.row.gates * self.units)
        self.kernel = self.add_weight(
            shape=width, initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width[1]),
            initializer=self.recurrent_initializer,
            name="recurrent_kernel",
        )
        self.bias = self.add_weight(shape=width[1:], initializer=self._first_bias, name="bias")
        seeds = random.Random(getattr(self.kernel_initializer, "seed", 0))
        for other in self.row.others:
            glorot = keras.initializers.GlorotUniform(seeds.getrandbits(31))
            weight = self.add_weight(
                shape=tuple(self.units * width for width in other.shape),
                initializer="zeros" if other.zeros else glorot,
                name=other.name,
            )
            self.others.append(weight)

    def _first_bias(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """1 for the forget gate, so that a new cell remembers (Jozefowicz et al. 2015)."""
        ones = [float(place // self.units == self.row.forget) for place in range(shape[0])]
        return tf.constant(ones, dtype)

    def call(
        self, x: Tensor, states: State, training: bool | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """(B, F) and the states -> output (B, H) and the states after it."""
        z = x @ self.kernel + self.bias
        h, after = self.row.step(tf, z, states, *recurrent_weights(self))
        return h, list(after)

    def get_config(self) -> dict[str, Any]:
        made = {
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
        }
        return {**super().get_config(), **made}


@keras.saving.register_keras_serializable("melodyrnn")
class EquationCell(_CellOfEquation):
    """Any cell of the table, by its name."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "equation": self.equation}


@keras.saving.register_keras_serializable("melodyrnn")
class CoupledCell(_CellOfEquation):
    """The LSTM with coupled gates; see ``equations.coupled``."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(units, "coupled", **options)


@keras.saving.register_keras_serializable("melodyrnn")
class PeepholeCell(_CellOfEquation):
    """The LSTM with peepholes, from each unit to itself or, ``full``, to all of them.

    See ``equations.peephole``.
    """

    def __init__(self, units: int, full: bool = False, **options: Any) -> None:
        super().__init__(units, "peephole-full" if full else "peephole", **options)
        self.full = full

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "full": self.full}


@keras.saving.register_keras_serializable("melodyrnn")
class AttentionCell(_CellOfEquation):
    """The LSTM that attends over its last outputs; see ``equations.attention``."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(units, "attention", **options)


def simple_rnn(cell: Cell, units: int, **options: Any) -> KerasLayer:
    return keras.layers.SimpleRNN(units, **options)


def lstm(cell: Cell, units: int, **options: Any) -> KerasLayer:
    return keras.layers.LSTM(units, **options)


def gru(cell: Cell, units: int, **options: Any) -> KerasLayer:
    # reset_after=False: as Cho et al. (2014) write it
    return keras.layers.GRU(units, reset_after=False, **options)


def coupled(cell: Cell, units: int, **options: Any) -> KerasLayer:
    return _around(CoupledCell, units, options)


def peephole(cell: Cell, units: int, **options: Any) -> KerasLayer:
    return _around(PeepholeCell, units, options, full=cell.name == "peephole-full")


def attention(cell: Cell, units: int, **options: Any) -> KerasLayer:
    return _around(AttentionCell, units, options)


def of_equation(cell: Cell, units: int, **options: Any) -> KerasLayer:
    """The layer of a cell that has no Keras class of its own."""
    return _around(EquationCell, units, options, equation=cell.name)


def _around(
    kind: type[_CellOfEquation], units: int, options: dict[str, Any], **own: Any
) -> KerasLayer:
    """A layer that runs a cell of this kind; initializers among the options are the cell's."""
    names = ("kernel_initializer", "recurrent_initializer")
    own |= {name: options.pop(name) for name in names if name in options}
    return keras.layers.RNN(kind(units, **own), **options)


_BUILT_IN = {
    keras.layers.SimpleRNNCell: "rnn",
    keras.layers.LSTMCell: "lstm",
    keras.layers.GRUCell: "gru",
}


def row_of(cell: KerasLayer) -> Cell:
    """The row of a layer's cell: a Keras class of another package names it as ``equation``."""
    return CELLS[_BUILT_IN.get(type(cell)) or cell.equation]


def step_of(cell: KerasLayer) -> Callable[..., tuple[Tensor, State]]:
    """The equation of a layer's cell, a function of ``equations``."""
    return row_of(cell).step


def recurrent_weights(cell: KerasLayer) -> list[Tensor]:
    """What the equation of ``cell`` takes after the state: u, and what others it has."""
    return [*row_of(cell).recurrent(cell.recurrent_kernel), *getattr(cell, "others", ())]
