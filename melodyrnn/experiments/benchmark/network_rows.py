"""The rows of a benchmark that learn by gradient.

There are two kinds of networks: one that sees pitches alone (``pitch_network``), and the model of
``train``, which is told times and key too (``composer``). Each learns from the training melodies of
its fold alone, or is pretrained on other traditions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from melodyrnn.experiments.benchmark.composer import Composers
from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.pitch_network import PitchNetworks
from melodyrnn.experiments.benchmark.rows import (
    LTM_PLUS,
    STM_X5UI,
    BenchmarkRow,
    Distributions,
    Fold,
    Predict,
    Prepared,
    fitted,
)
from melodyrnn.models.combining import Mixture

SEVERAL = 3
"""Networks of a row of several."""

SEEDS_APART = 1000


class Networks(Protocol):
    """A kind of network, and how one learns melodies."""

    def validate(self, fold: Fold, start: Prepared) -> tuple[int, Distributions]:
        """Learn in the inner validation for as long as is best there: for how long to learn all
        training melodies then, and what it predicts there. ``start``: weights to begin with.
        """
        ...

    def predict(self, fold: Fold, seed: int, start: Prepared, length: int) -> Distributions:
        """Learn all training melodies for so long; what it then predicts of the test."""
        ...

    def pretrain(self, melodies: Sequence[Melody], seed: int) -> Prepared:
        """Learn other traditions; weights to begin with, None where no song of them is left."""
        ...


class NetworkKind(NamedTuple):
    """What its rows have in common."""

    networks: Networks
    model: str  # what one is called
    several: str  # and ``SEVERAL`` of them
    inputs: str
    fast: bool


KINDS = (
    NetworkKind(PitchNetworks(), "LSTM", f"{SEVERAL} LSTMs", "pitch", fast=True),
    NetworkKind(
        Composers(), "viewpoints", f"viewpoints, {SEVERAL} networks", "pitch, time, key", fast=False
    ),
)


def network(kind: NetworkKind) -> Predict:
    """Learns the training melodies, for as long as was best in the inner validation."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        return _predicted(kind, fold, kind.model, None)

    return predict


def several(kind: NetworkKind) -> Predict:
    """The geometric mean of the row of one and of others like it, each from its own seed."""

    def predict(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
        # In the inner validation one stands for all: their weights would be much alike.
        fold.validated[kind.several] = fold.validated[kind.model]
        length = fold.chosen[kind.model]
        more = [
            kind.networks.predict(fold, fold.seed + number * SEEDS_APART, None, length)
            for number in range(1, SEVERAL)
        ]
        mean = Mixture(bias=0.0)
        each = zip(above[kind.model], *more, strict=True)
        return [mean.combine(np.stack(predicted)) for predicted in each]

    return predict


def pretrained(kind: NetworkKind, model: str) -> Predict:
    """Learns the training melodies from the weights that pretraining on other traditions left."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        return _predicted(kind, fold, model, fold.prepared[model])

    return predict


def _predicted(kind: NetworkKind, fold: Fold, model: str, start: Prepared) -> Distributions:
    length, fold.validated[model] = kind.networks.validate(fold, start)
    fold.chosen[model] = length
    return kind.networks.predict(fold, fold.seed, start, length)


def _rows(kind: NetworkKind) -> list[BenchmarkRow]:
    """One network, several, and one pretrained on other traditions; each also together with the
    n-gram models.
    """
    before = f"{kind.model}, pretrained"
    row = BenchmarkRow(
        kind.model, "1 network", kind.inputs, network(kind), fast=kind.fast, alone=True
    )
    slow = replace(row, fast=False)
    networks = [
        row,
        replace(slow, model=kind.several, settings=f"ensemble of {SEVERAL}", predict=several(kind)),
        replace(
            slow,
            model=before,
            predict=pretrained(kind, before),
            pretrained=True,
            prepare=kind.networks.pretrain,
        ),
    ]
    return [row for network in networks for row in (network, _with_ppm(network))]


def _with_ppm(row: BenchmarkRow) -> BenchmarkRow:
    predict = fitted([row, LTM_PLUS, STM_X5UI])
    return replace(
        row, model=f"{row.model} & PPM", settings="fitted", predict=predict, prepare=None
    )


NETWORKS: tuple[BenchmarkRow, ...] = tuple(row for kind in KINDS for row in _rows(kind))
"""In the order in which they are evaluated and printed."""

LSTM = NETWORKS[0]
"""One network that sees pitches as they are."""

SEVERAL_COMPOSERS = next(row for row in NETWORKS if row.model == KINDS[1].several)
"""The model of ``train`` from several seeds."""
