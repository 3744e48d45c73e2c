"""The model that ``train`` makes of many tunes and ``generate`` plays, in a benchmark.

It is trained by the task of tunes, as in a run; only the tokens are every duration with every pitch
of the benchmark's alphabet. Of a melody to be predicted it is told the meter, the key and when each
note comes and how long it lasts, as ``PitchesGivenTimes`` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Self

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.experiments.benchmark.given_times import PitchesGivenTimes
from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.network_rows import with_ppm
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Fold
from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
from melodyrnn.models.types import Floats
from melodyrnn.music.song import Note, Song
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import PartsTokenizer
from melodyrnn.tasks.tunes import TuneTask

MODEL = TuneTask.default_model

SETTINGS: Mapping[str, Any] = MappingProxyType({"model": MODEL})
"""As of ``train``: all else is what suits so many notes."""


@dataclass(frozen=True)
class Composer:
    """A trained model."""

    tokenizer: PartsTokenizer
    weights: dict[str, Floats]
    epochs: int  # that led to the weights

    @classmethod
    def trained(
        cls,
        melodies: Sequence[Melody],
        midi: Sequence[int],
        seed: int,
        *,
        held_out: Sequence[Melody] = (),
        epochs: int | None = None,
    ) -> Self:
        """On ``melodies``, whose pitches and all to be predicted are between the first and the last
        of ``midi``; for so many ``epochs`` or, with melodies ``held_out``, for as many as are best
        there.
        """
        from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork
        from melodyrnn.training.trainer import AtMost, Trainer

        task, parts = TuneTask(), Split(_songs(melodies), _songs(held_out), ())
        tokenizer = tokenizer_of(parts.train, midi)
        record = task.record(parts, {**SETTINGS, "seed": seed})
        record = replace(record, vocabulary=tokenizer.vocabulary)
        network = ViewpointNetwork(task.observer(record).layout, record.model)
        network.start(seed)
        with task.program(record, task.encode(record, parts), network) as program:
            limits = record.training if epochs is None else AtMost(epochs)
            trainer = Trainer(program, limits)
            trainer.fit()
        return cls(tokenizer, network.named(), trainer.best_epoch)

    def predict(self, melodies: Sequence[Melody], midi: Sequence[int]) -> Distributions:
        """Of each of their notes, (L, P), over the P pitches ``midi``."""
        predictor = ViewpointPredictor(self.weights, self.tokenizer.observer())
        songs = Dataset.of(_songs(melodies), predictor.window, self.tokenizer)
        return PitchesGivenTimes(self.tokenizer, midi).distributions(predictor, songs)


def tokenizer_of(songs: Sequence[Named], midi: Sequence[int]) -> PartsTokenizer:
    """Every duration of ``songs`` with every pitch from the first to the last of ``midi``; and a
    rest, where they have none, for what is nearest to a rest that is unknown must be one.
    """
    known = [*(each.song for each in songs), Song((Note(None, Fraction(1)),))]
    return PartsTokenizer.between(known, midi[0], midi[-1])


def _songs(melodies: Sequence[Melody]) -> tuple[Named, ...]:
    return tuple(melody.song for melody in melodies)


def composed(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """Learns the training melodies, in as many epochs as were best in the inner validation."""
    inner = fold.inner
    chosen = Composer.trained(inner.train, fold.midi, fold.seed, held_out=inner.test)
    fold.validated[MODEL] = chosen.predict(inner.test, fold.midi)
    fold.chosen[MODEL] = chosen.epochs
    learned = Composer.trained(fold.train, fold.midi, fold.seed, epochs=chosen.epochs)
    return learned.predict(fold.test, fold.midi)


_ROW = BenchmarkRow(MODEL, "1 network", "pitch, time, key", composed, fast=False, alone=True)

COMPOSER: tuple[BenchmarkRow, ...] = (_ROW, with_ppm(_ROW))
"""In the order in which they are evaluated and printed, after the other networks."""
