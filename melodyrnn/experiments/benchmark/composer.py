"""The model that ``train`` makes of many tunes and ``generate`` plays, in a benchmark.

It is trained by the task of tunes, as in a run; only the tokens are every duration with every pitch
of the benchmark's alphabet. Of a melody to be predicted it is told the meter, the key and when each
note comes and how long it lasts, as ``PitchesGivenTimes`` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.experiments.benchmark.given_times import PitchesGivenTimes
from melodyrnn.experiments.benchmark.melodies import Melody, compass_of
from melodyrnn.experiments.benchmark.other_traditions import other_traditions
from melodyrnn.experiments.benchmark.rows import Distributions, Fold, Prepared
from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
from melodyrnn.models.types import Floats
from melodyrnn.music.song import Note, Song
from melodyrnn.runs.fine_tuning import LEARNING_RATE
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import PartsTokenizer
from melodyrnn.tasks.tunes import TuneTask

MODEL = TuneTask.default_model

SETTINGS: Mapping[str, Any] = MappingProxyType({"model": MODEL})
"""As of ``train``: all else is what suits so many notes."""

PRETRAINING: Mapping[str, Any] = MappingProxyType({"units": 128})
"""And these of a training on other traditions, whose network then learns the melodies."""

PRETRAINING_EPOCHS = 6
ROOM = 6
"""Semitones by which other traditions may go beyond the melodies."""

FINE_TUNING: Mapping[str, Any] = MappingProxyType({"learning_rate": LEARNING_RATE})
"""And these of the training that begins with its weights."""


class ComposerWeights(NamedTuple):
    """What a training leaves."""

    vocabulary: Vocabulary
    named: Mapping[str, Floats]


@dataclass(frozen=True)
class Composer:
    """A trained model."""

    weights: ComposerWeights
    epochs: int  # that led to the weights

    @classmethod
    def trained(
        cls,
        songs: Sequence[Named],
        midi: Sequence[int],
        seed: int,
        *,
        held_out: Sequence[Named] = (),
        epochs: int | None = None,
        start: ComposerWeights | None = None,
        settings: Mapping[str, Any] = MappingProxyType({}),
    ) -> Self:
        """On ``songs``, whose pitches and all to be predicted are between the first and the last of
        ``midi``; for so many ``epochs`` or, with songs ``held_out``, for as many as are best there.
        ``start``: the weights to begin with.
        """
        from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork
        from melodyrnn.training.trainer import AtMost, Trainer

        task, parts = TuneTask(), Split(tuple(songs), tuple(held_out), ())
        vocabulary = start.vocabulary if start else tokenizer_of(songs, midi).vocabulary
        asked = {**SETTINGS, **(FINE_TUNING if start else {}), **settings, "seed": seed}
        record = replace(task.record(parts, asked), vocabulary=vocabulary)
        network = ViewpointNetwork(task.observer(record).layout, record.model)
        network.start(seed)
        if start:
            network.load([start.named[name] for name in network.weights])
        with task.program(record, task.encode(record, parts), network) as program:
            limits = record.training if epochs is None else AtMost(epochs)
            trainer = Trainer(program, limits)
            trainer.fit()
        return cls(ComposerWeights(vocabulary, network.named()), trainer.best_epoch)

    def predict(
        self, melodies: Sequence[Melody], midi: Sequence[int], *, own_duration: bool = True
    ) -> Distributions:
        """Of each of their notes, (L, P), over the P pitches ``midi``; ``own_duration``: whether it
        is known how long a note lasts.
        """
        tokenizer = PartsTokenizer(self.weights.vocabulary)
        predictor = ViewpointPredictor(self.weights.named, tokenizer.observer())
        songs = Dataset.of(songs_of(melodies), predictor.window, tokenizer)
        asked = PitchesGivenTimes(tokenizer, midi)
        return asked.distributions(predictor, songs, own_duration=own_duration)


def tokenizer_of(songs: Sequence[Named], midi: Sequence[int]) -> PartsTokenizer:
    """Every duration of ``songs`` with every pitch from the first to the last of ``midi``; and a
    rest, where they have none, for what is nearest to a rest that is unknown must be one.
    """
    known = [*(each.song for each in songs), Song((Note(None, Fraction(1)),))]
    return PartsTokenizer.between(known, midi[0], midi[-1])


def songs_of(melodies: Sequence[Melody]) -> list[Named]:
    return [melody.song for melody in melodies]


class Composers:
    """How such models learn in a benchmark: lengths of training are epochs."""

    def validate(self, fold: Fold, start: Prepared) -> tuple[int, Distributions]:
        inner = fold.inner
        learned = Composer.trained(
            songs_of(inner.train),
            fold.midi,
            fold.seed,
            held_out=songs_of(inner.test),
            start=start,
        )
        return learned.epochs, learned.predict(inner.test, fold.midi)

    def predict(self, fold: Fold, seed: int, start: Prepared, length: int) -> Distributions:
        learned = Composer.trained(
            songs_of(fold.train), fold.midi, seed, epochs=length, start=start
        )
        return learned.predict(fold.test, fold.midi)

    def pretrain(self, melodies: Sequence[Melody], seed: int) -> Prepared:
        lowest, highest = compass_of(melodies)
        lowest, highest = lowest - ROOM, highest + ROOM
        songs = [
            named
            for named in other_traditions(melodies)
            if all(lowest <= note.pitch.midi <= highest for note in named.song if note.pitch)
        ]
        if not songs:
            return None
        return Composer.trained(
            songs, (lowest, highest), seed, epochs=PRETRAINING_EPOCHS, settings=PRETRAINING
        ).weights
