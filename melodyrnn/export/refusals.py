"""What a file of some kind cannot hold, and why."""

from collections.abc import Callable
from typing import NamedTuple

from melodyrnn.models.config import ModelConfig
from melodyrnn.models.recurrent.cells import CELLS


class Refusal(NamedTuple):
    """One reason."""

    applies: Callable[[ModelConfig], bool]
    why: str  # "{model}" and "{cell}" stand for those of the run


COUNTED = Refusal(
    lambda config: not config.spec.learns_by_gradient,
    "--model {model} is the songs that it counts, and no network that could be exported; export a "
    "run of another",
)
FOREIGN_CELL = Refusal(
    lambda config: config.spec.cell in CELLS.added,
    "the cell {cell} comes from another package, and its equation is written in Python; export it "
    "--to onnx, which writes the equation down, or a run of a cell of this package",
)
NO_STOCK_CELL = Refusal(
    lambda config: bool(config.spec.cell) and not CELLS[config.spec.cell].stock,
    "Keras has no layer of the cell {cell}, and a file of stock layers cannot say its equation; "
    "export it --to onnx",
)
NO_STOCK_POINTER = Refusal(
    lambda config: config.spec.viewpoints,
    "no stock layer of Keras points to a recalled note, as --model {model} does; export it --to "
    "onnx",
)
