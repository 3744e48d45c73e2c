"""The table of recurrent cells: one row each, for TensorFlow, NumPy and Keras alike.

Nothing heavy is imported here, so that help can name all cells; a row makes its Keras layer late.
Another package adds a cell by an entry point of the group ``melodyrnn.cells`` that names a ``Cell``
(see ``melodyrnn.plugins``), a program by ``CELLS.add``: the function of its equation, and the sizes
of what it carries and learns, are all that is needed. It adds the models CELL and CELL-stateless.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from melodyrnn.errors import PluginError
from melodyrnn.models.recurrent import equations
from melodyrnn.models.recurrent.equations import REACH, State, Tensor
from melodyrnn.plugins import Loader, PluginTable, found, load

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KerasLayer: TypeAlias = Any

_HERE = "melodyrnn.models.recurrent.keras_cells"


class Other(NamedTuple):
    """Weights that an equation takes after the recurrent ones u."""

    name: str
    shape: tuple[int, ...]  # in units: (1,) is (H,), (1, 4) is (H, 4 H)
    zeros: bool = False  # at first; else drawn as Glorot and Bengio (2010) do


@dataclass(frozen=True)
class Cell:
    """One row of the table."""

    name: str
    about: str  # in the words of the help
    title: str  # as it stands in a sentence after "the"
    step: Callable[..., tuple[Tensor, State]]
    """The equation, ``step(math, z, state, *weights) -> output, state``; see ``equations``."""
    gates: int  # G, side by side in z (B, G H)
    states: tuple[int, ...] = (1,)  # widths of the arrays in its state, each in units
    forget: int | None = None  # the place of the forget gate, whose bias begins as 1
    others: tuple[Other, ...] = ()
    candidate_apart: bool = False  # u comes in two parts: of the gates, and of the candidate
    stock: bool = False  # whether Keras has it, and computes the same
    general: bool = True  # whether lessons, and models without a state, offer it too
    maker: str = f"{_HERE}:of_equation"
    """"module:function", imported late: (cell, units, **options) -> the Keras layer, whose ``cell``
    holds the weights: kernel, recurrent_kernel, bias and ``others``. By default that is made of the
    equation.
    """
    keras_name: str = "rnn"  # what Keras calls that layer in a file: its class, in snake case

    def sizes(self, units: int) -> list[int]:
        """The widths of its state's arrays."""
        return [units * width for width in self.states]

    def recurrent(self, u: Tensor) -> list[Tensor]:
        """The recurrent weights (H, G H) as ``step`` takes them."""
        return [u[:, : -u.shape[0]], u[:, -u.shape[0] :]] if self.candidate_apart else [u]

    def layer(self, units: int, **options: object) -> KerasLayer:
        """A Keras layer of it; ``options`` are those of ``keras.layers.RNN``, and initializers of
        its kernel and recurrent kernel.
        """
        module, _, function = self.maker.partition(":")
        return getattr(import_module(module), function)(self, units, **options)


def _peephole(shape: tuple[int, ...]) -> tuple[Other, ...]:
    # Zero at first: a new cell is an LSTM, and learns where to look.
    return tuple(Other(f"peephole_{gate}", shape, zeros=True) for gate in "ifo")


def _of_others() -> dict[str, Loader[Cell]]:
    return {name: partial(_cell, point) for name, point in found("melodyrnn.cells").items()}


def _cell(point: "EntryPoint") -> Cell:
    cell = load(point, "cell")
    if not isinstance(cell, Cell):
        raise PluginError(f"cell {point.name!r}: {point.value} is not a Cell")
    return replace(cell, name=point.name)


CELLS: PluginTable[Cell] = PluginTable(
    "cell",
    (
        Cell(
            "lstm",
            "long short-term memory",
            "LSTM",
            equations.lstm,
            gates=4,
            states=(1, 1),
            forget=1,
            stock=True,
            maker=f"{_HERE}:lstm",
            keras_name="lstm",
        ),
        Cell(
            "gru",
            "gated recurrent unit",
            "GRU",
            equations.gru,
            gates=3,
            candidate_apart=True,
            stock=True,
            maker=f"{_HERE}:gru",
            keras_name="gru",
        ),
        Cell(
            "rnn",
            "simple recurrent network",
            "simple recurrent network",
            equations.simple,
            gates=1,
            stock=True,
            maker=f"{_HERE}:simple_rnn",
            keras_name="simple_rnn",
        ),
        Cell(
            "peephole",
            "LSTM whose gates see the cell's state",
            "LSTM with peepholes",
            equations.peephole,
            gates=4,
            states=(1, 1),
            forget=1,
            others=_peephole((1,)),
            maker=f"{_HERE}:peephole",
        ),
        Cell(
            "peephole-full",
            "the same, each gate seeing the state of every unit",
            "LSTM with full peepholes",
            equations.peephole,
            gates=4,
            states=(1, 1),
            forget=1,
            others=_peephole((1, 1)),
            maker=f"{_HERE}:peephole",
        ),
        Cell(
            "coupled",
            "LSTM that forgets just what it replaces",
            "LSTM with coupled gates",
            equations.coupled,
            gates=3,
            states=(1, 1),
            forget=0,
            maker=f"{_HERE}:coupled",
        ),
        Cell(
            "attention",
            f"LSTM that attends over its last {REACH} outputs",
            "LSTM with attention",
            equations.attention,
            gates=4,
            states=(1, 1, 1, REACH, REACH),
            forget=1,
            others=(
                Other("fed", (1, 4)),
                Other("ask_h", (1, 1)),
                Other("ask_c", (1, 1)),
                Other("score", (1,)),
                Other("out_h", (1, 1)),
                Other("out_attended", (1, 1)),
                Other("out_bias", (1,), zeros=True),
                Other("key", (1, 1)),
            ),
            general=False,
            maker=f"{_HERE}:attention",
        ),
    ),
    _of_others,
)
"""Name -> row."""
