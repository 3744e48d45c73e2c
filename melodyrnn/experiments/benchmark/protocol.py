"""How a collection is measured: cross-validation over its melodies, once or from several seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from melodyrnn.errors import ConfigError
from melodyrnn.experiments.benchmark.folds import predict_folds
from melodyrnn.experiments.benchmark.kept_folds import KeptFolds
from melodyrnn.experiments.benchmark.melodies import Melodies
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Floats, Fold
from melodyrnn.models.settings import check
from melodyrnn.sequences.intervals import Interval, intervals
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress

FOLDS, FAST_FOLDS = 10, 3


@dataclass(frozen=True)
class CrossValidation:
    """Raises ConfigError where a number is out of range."""

    folds: int = FOLDS  # into which a collection is cut
    seed: int = 0  # deals the melodies out to the folds and starts the networks
    seeds: int = 1  # so many, ``seed`` and those after it
    fast: bool = False  # three of the folds, without the slow rows

    def __post_init__(self) -> None:
        check("folds", self.folds, {"least": 2})
        check("seed", self.seed, {"least": 0})
        check("seeds", self.seeds, {"least": 1})

    def deal(self, data: Melodies) -> list[Fold]:
        """The folds to evaluate, those of one seed after those of another. Raises ConfigError
        where one would be empty.
        """
        return [
            fold
            for seed in range(self.seed, self.seed + self.seeds)
            for fold in folds_of(data, self.folds, seed)[: FAST_FOLDS if self.fast else None]
        ]


@dataclass(frozen=True)
class Measured:
    """A row, measured. Bits per note, of each fold of each seed."""

    row: BenchmarkRow
    folds: tuple[float, ...]  # the mean over all notes of the fold
    folds_by_melody: tuple[float, ...]  # the mean over its melodies of each one's mean
    melodies: Floats  # (N,): of each melody of the collection, over the seeds; NaN where in no fold
    published: float | None

    @property
    def bits(self) -> float:
        return float(np.mean(self.folds))

    @property
    def by_melody(self) -> float:
        """What the published figures are."""
        return float(np.mean(self.folds_by_melody))

    def difference_from(self, other: "Measured") -> Interval:
        """Bits per note more than the other row, paired over melodies, whose seeds are averaged
        first: chance is in which melodies there are.
        """
        differences = self.melodies - other.melodies
        differences = differences[~np.isnan(differences)]
        return intervals([differences], np.ones(len(differences)))[0]

    def to_json(self) -> dict[str, JSON]:
        return {
            "model": self.row.model,
            "settings": self.row.settings,
            "inputs": self.row.inputs,
            "bits": self.bits,
            "folds": list(self.folds),
            "by_melody": self.by_melody,
            "bits_by_melody": self.by_melody,
            "folds_by_melody": list(self.folds_by_melody),
            "published": self.published,
        }


def measure(
    data: Melodies,
    dealt: Sequence[Fold],
    rows: Sequence[BenchmarkRow],
    published: Mapping[str, float],
    progress: Progress,
    kept: KeptFolds | None = None,
    place: Place | None = None,
) -> tuple[Measured, ...]:
    """Predict the test melodies of each of the folds with each of the ``rows``. ``published``:
    row -> the figure beside it. ``progress``, ``kept`` and ``place`` are those of
    ``predict_folds``.
    """
    bits = predict_folds(rows, dealt, progress, kept, place)
    return tuple(
        _measured(row, data, dealt, bits[row.model], published.get(row.model)) for row in rows
    )


def folds_of(data: Melodies, folds: int, seed: int) -> list[Fold]:
    """The melodies dealt out at random. Raises ConfigError where a fold would be empty."""
    count = len(data.melodies)
    if folds > count:
        raise ConfigError(
            f"--folds {folds} needs as many melodies, and there "
            f"{'is' if count == 1 else 'are'} {count}; "
            + (f"use --folds {count} or less" if count > 1 else "give more songs")
        )
    midi = tuple(int(symbol) for symbol in data.alphabet.symbols)
    order = np.random.default_rng(seed).permutation(count)
    dealt = []
    for number in range(folds):
        test = set(order[number::folds].tolist())
        dealt.append(
            Fold(
                tuple(m for place, m in enumerate(data.melodies) if place not in test),
                tuple(data.melodies[place] for place in order[number::folds]),
                midi,
                seed,
            )
        )
    return dealt


def _measured(
    row: BenchmarkRow,
    data: Melodies,
    dealt: Sequence[Fold],
    bits: Sequence[Sequence[Floats]],
    published: float | None,
) -> Measured:
    places = {melody: place for place, melody in enumerate(data.melodies)}
    found: list[list[float]] = [[] for _ in places]
    for fold, each in zip(dealt, bits, strict=True):
        for melody, notes in zip(fold.test, each, strict=True):
            found[places[melody]].append(float(notes.mean()))
    return Measured(
        row,
        tuple(float(np.concatenate(fold).mean()) for fold in bits),
        tuple(float(np.mean([melody.mean() for melody in fold])) for fold in bits),
        np.array([np.mean(each) if each else np.nan for each in found]),
        published,
    )
