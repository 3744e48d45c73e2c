"""Rows of networks that see scale degrees without being given the key.

The network is that of ``pitch_network``. It is trained on melodies moved to one
tonic, which ``tonics`` infers from their pitches, and predicts a mixture over the twelve tonics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.network_rows import LSTM
from melodyrnn.experiments.benchmark.pitch_network import event_program
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Fold, fitted_in_song
from melodyrnn.experiments.benchmark.tonics import SHIFTS, TONICS
from melodyrnn.experiments.benchmark.viewpoint_rows import MEMBERS, Pitches, copying
from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import Events

if TYPE_CHECKING:
    from melodyrnn.training.events import EventProgram

DEGREE_SETTINGS = EventConfig(
    learning_rate=3e-3, input_dropout=0.3, dropout=0.5, recurrent_dropout=0.4, moves=0
)
"""It sees more than a network of pitches as they are, and is the more kept from learning melodies
by heart; and with the tonic known, none needs to be moved.
"""


class DegreeNetwork:
    """What the networks of a fold learn from and how they predict."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.pitches = Pitches(fold)
        self.inputs = Inputs.of(fold.midi[0], fold.midi[-1])

    @property
    def program(self) -> "EventProgram":
        """A context manager."""
        return event_program(self.inputs.layout, DEGREE_SETTINGS)

    def train(self, program: "EventProgram", steps: int) -> None:
        """In so many steps."""
        train = self._at_tonics(self.fold.train, self.pitches.tonics.of)
        program.train(train, self.fold.seed, steps=steps)

    def validate(self, program: "EventProgram") -> int:
        """Train in as many steps as are best in the inner validation; the steps. The melodies held
        out there are moved to the tonics that all training melodies together suggest.
        """
        inner = self.fold.inner
        tonics = dict(zip(self.fold.train, self.pitches.tonics.of, strict=True))
        train, held_out = (
            self._at_tonics(part, [tonics[melody] for melody in part])
            for part in (inner.train, inner.test)
        )
        return program.train(train, self.fold.seed, held_out=held_out)

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
    """Learns the training melodies, in as many steps as were best in the inner validation."""
    network = DegreeNetwork(fold)
    with network.program as program:
        steps = network.validate(program)
        fold.validated[DEGREE_LSTM.model] = network.predicted(program, fold.inner.test)
        # As many epochs of the melodies, which now are more.
        network.train(program, round(steps * len(fold.train) / len(fold.inner.train)))
        return network.predicted(program, fold.test)


DEGREE_LSTM = BenchmarkRow("LSTM of degrees", "12 tonics", "pitch", of_degrees, alone=True)


def with_ngrams(
    row: BenchmarkRow, model: str, more: Sequence[BenchmarkRow] = ()
) -> tuple[BenchmarkRow, BenchmarkRow]:
    """What copies over that row; and ``model``, the pool of the two, the n-gram models and the rows
    ``more``.
    """
    copies = replace(copying(row), printed=False)
    predict = fitted_in_song([row, copies, *MEMBERS, *more])
    return copies, replace(row, model=model, settings="fitted", predict=predict)


DEGREE_NETWORKS: tuple[BenchmarkRow, ...] = (
    DEGREE_LSTM,
    *with_ngrams(DEGREE_LSTM, "2 LSTMs & n-grams", [LSTM]),
)
"""In the order in which they are evaluated and printed, after the rows of ``network_rows``. The
pool has both networks, for one that moves melodies along the scale errs elsewhere."""
