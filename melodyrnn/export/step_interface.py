"""What goes into the networks that are exported to other programs, and what comes out: a step at a
time, its state passed in and out.
"""

from typing import NamedTuple

from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.plain_weights import PlainWeights, parts
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.runs.network_files import keras_weights, written_networks
from melodyrnn.runs.run import Run

IDS, LOGITS, PROBABILITIES = "ids", "logits", "probabilities"
COLUMNS = (IDS, "one_bar_ago", "two_bars_ago", "repeated", "from_bar_line", "to_bar_line")
"""What goes in where a network looks back: the columns of ``models.bar_columns``."""

AFTER = "_after"
"""What is added to the name of a state that goes in for that which comes out."""

_LETTERS = ("h", "c", "attended", "outputs", "keys")
"""What the arrays of a cell's state are called: the output, that of an LSTM, those of attention."""


class StateArray(NamedTuple):
    """One array of a network's state, (B, width); zeros before the first step."""

    name: str  # such as h1, of the first layer
    width: int


def states_of(config: ModelConfig, member: int = 1) -> list[list[StateArray]]:
    """Of each recurrent layer the arrays of its state; none of a network that carries none.

    Those of the second network of an ensemble are ``h1_2`` and so on.
    """
    if not config.spec.stateful:
        return []
    sizes = CELLS[config.spec.cell].sizes(config.units)
    letters = _LETTERS if len(sizes) <= len(_LETTERS) else [f"s{n}_" for n in range(len(sizes))]
    of = f"_{member}" if member > 1 else ""
    return [
        [
            StateArray(f"{letter}{layer}{of}", size)
            for letter, size in zip(letters, sizes, strict=False)
        ]
        for layer in range(1, config.depth + 1)
    ]


def columns_of(config: ModelConfig) -> tuple[str, ...]:
    """The names of what is seen at a step beside the state, each a window (B, T)."""
    return COLUMNS if config.spec.lookback else (IDS,)


def plain_networks(run: Run) -> list[PlainWeights]:
    """The networks of a run over windows of tokens. Raises RunError."""
    record = run.record
    ids = parts(record.features) if record.features else None
    return [
        PlainWeights.of(
            record.model, len(run.vocabulary), keras_weights(run.path, record, member), ids
        )
        for member in written_networks(run.path, record)
    ]
