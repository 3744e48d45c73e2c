"""Rows of networks that see scale degrees without being given the key.

The network is that of ``network_rows``, from pitches alone. It is trained on melodies moved to one
tonic, which ``tonics`` infers from their pitches, and predicts a mixture over the twelve tonics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.network_rows import (
    LSTM,
    NETWORKS,
    SEEDS_APART,
    SETTINGS,
    SEVERAL,
    event_program,
    several_name,
)
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Fold, fitted
from melodyrnn.experiments.benchmark.tonics import SHIFTS, TONICS
from melodyrnn.experiments.benchmark.viewpoint_rows import MEMBERS, Pitches
from melodyrnn.models.combining import Mixture
from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import Events

if TYPE_CHECKING:
    from melodyrnn.training.events import EventProgram

DEGREE_SETTINGS: EventConfig = replace(SETTINGS[True], learning_rate=SETTINGS[False].learning_rate)
"""Kept from learning by heart as the network that is given the key is, for it sees as much of it;
and never moved."""


class DegreeNetwork:
    """What the networks of a fold learn from and how they predict."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.pitches = Pitches(fold)
        self.inputs = Inputs.of(fold.midi[0], fold.midi[-1], timed=False)

    def train(self, seed: int, steps: int) -> "EventProgram":
        """In so many steps."""
        program = event_program(self.inputs.layout, DEGREE_SETTINGS)
        program.train(self._at_tonics(self.fold.train, self.pitches.tonics.of), seed, steps=steps)
        return program

    def validated(self) -> tuple["EventProgram", int]:
        """Trained in as many steps as were best in the inner validation: the network of that, and
        the steps. The melodies held out there are moved to the tonics that all training melodies
        together suggest.
        """
        inner = self.fold.inner
        tonics = dict(zip(self.fold.train, self.pitches.tonics.of, strict=True))
        train, held_out = (
            self._at_tonics(part, [tonics[melody] for melody in part])
            for part in (inner.train, inner.test)
        )
        program = event_program(self.inputs.layout, DEGREE_SETTINGS)
        return program, program.train(train, self.fold.seed, held_out=held_out)

    def predicted(self, program: "EventProgram", test: Sequence[Melody]) -> Distributions:
        """Mixed over the tonics, of each melody (L, V)."""
        each = [tonic for _ in test for tonic in range(TONICS)]
        melodies = [melody for melody in test for _ in range(TONICS)]
        p = program.predict(self._at_tonics(melodies, each))
        return [
            self.pitches.over_tonics(
                melody,
                np.stack(p[TONICS * place : TONICS * (place + 1)]),
                self.inputs.lowest,
            )[0]
            for place, melody in enumerate(test)
        ]

    def _at_tonics(self, melodies: Sequence[Melody], tonics: Sequence[int]) -> list[Events]:
        return [
            self.inputs.events(melody.song.song).moved(-int(SHIFTS[tonic]))
            for melody, tonic in zip(melodies, tonics, strict=True)
        ]


def of_degrees(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """One network."""
    network = DegreeNetwork(fold)
    program, steps = network.validated()
    fold.validated[DEGREE_LSTM.model] = network.predicted(program, fold.inner.test)
    fold.chosen[DEGREE_LSTM.model] = round(steps * len(fold.train) / len(fold.inner.train))
    program = network.train(fold.seed, fold.chosen[DEGREE_LSTM.model])
    return network.predicted(program, fold.test)


def several_of_degrees(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
    """The geometric mean of that row and of others like it, each from its own seed."""
    fold.validated[_SEVERAL] = fold.validated[DEGREE_LSTM.model]
    network, steps = DegreeNetwork(fold), fold.chosen[DEGREE_LSTM.model]
    more = [
        network.predicted(network.train(fold.seed + number * SEEDS_APART, steps), fold.test)
        for number in range(1, SEVERAL)
    ]
    mean = Mixture(bias=0.0)
    members = zip(above[DEGREE_LSTM.model], *more, strict=True)
    return [mean.combine(np.stack(each)) for each in members]


DEGREE_LSTM = BenchmarkRow("LSTM of degrees", "12 tonics", "pitch", of_degrees, alone=True)
_SEVERAL = several_name(DEGREE_LSTM.model)
_SEVERAL_OF_DEGREES = replace(
    DEGREE_LSTM,
    model=_SEVERAL,
    settings=f"ensemble of {SEVERAL}",
    predict=several_of_degrees,
    fast=False,
)


def _with_ngrams(rows: Sequence[BenchmarkRow], model: str) -> BenchmarkRow:
    predict = fitted([*rows, *MEMBERS])
    return replace(rows[-1], model=model, settings="fitted", predict=predict)


DEGREE_NETWORKS: tuple[BenchmarkRow, ...] = (
    DEGREE_LSTM,
    _with_ngrams([DEGREE_LSTM], f"{DEGREE_LSTM.model} & n-grams"),
    _SEVERAL_OF_DEGREES,
    _with_ngrams(
        [replace(LSTM, model=several_name(LSTM.model)), _SEVERAL_OF_DEGREES],
        f"both {SEVERAL} LSTMs & n-grams",
    ),
)
"""In the order in which they are evaluated and printed, after the rows of ``network_rows``."""

TIMED_WITH_NGRAMS: tuple[BenchmarkRow, ...] = (
    _with_ngrams(
        [next(row for row in NETWORKS if row.model == several_name("timed LSTM"))],
        f"{several_name('timed LSTM')} & n-grams",
    ),
)
"""Evaluated and printed after all networks."""
