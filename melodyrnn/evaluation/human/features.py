"""What of a tune a classifier sees: numbers that no transposition changes, in groups."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt

from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.evaluation.human.pitch_features import Features, degrees_of, intervals_of, range_of
from melodyrnn.evaluation.human.repetition_features import repetition_of
from melodyrnn.evaluation.human.time_features import durations_of, ending_of, size_of
from melodyrnn.music.song import Note, Pitch, Song

GROUPS: dict[str, Callable[[SoundingMelody], Features]] = {
    "size": size_of,
    "range": range_of,
    "ending": ending_of,
    "repetition": repetition_of,
    "intervals": intervals_of,
    "degrees": degrees_of,
    "durations": durations_of,
}
"""Name -> the features of that group."""


def features_of(song: Song) -> list[float]:
    """All features of a song that has a note, (F,), in the order of ``GROUPS``."""
    melody = SoundingMelody(song)
    return [float(value) for of in GROUPS.values() for value in of(melody).values()]


@dataclass(frozen=True)
class FeatureTable:
    """The features of N tunes."""

    values: npt.NDArray[np.float64]  # (N, F)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """(group, feature) of each column."""
        return _columns()

    def of_group(self, group: str) -> npt.NDArray[np.float64]:
        """Its columns."""
        return self.values[:, [name == group for name, _ in self.columns]]


@cache
def _columns() -> tuple[tuple[str, str], ...]:
    melody = SoundingMelody(Song((Note(Pitch("c", 0, 4), Fraction(1)),)))
    return tuple((group, name) for group, of in GROUPS.items() for name in of(melody))
