"""Songs that are variants of one another: one family wherever songs are dealt out or counted."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np

from melodyrnn.music.relative_steps import numbered_steps
from melodyrnn.music.song import Song
from melodyrnn.sequences.families import chained
from melodyrnn.sequences.shared_runs import Ints
from melodyrnn.sequences.sharing_half import sharing_half
from melodyrnn.sequences.variants import variants

PITCH_CLASSES = 12


def song_families(songs: Sequence[Song]) -> list[list[int]]:
    """The places of the songs, variants of one another together, in order of first place.

    Two songs are variants where at least half of the distinct runs of 4 notes of the shorter one,
    intervals and ratios of durations, stand in the other too; or where their pitches are variants
    (``sequences/variants.py``) in whatever rhythm, key and octave, repeated notes counted once. So
    is what a chain of such pairs joins. Neither names nor the order of the songs matter. No pair
    of the first kind is missed; of more than some ten thousand songs, some of the second kind may
    be (``sequences/rare_runs.py``). Measured: 10 s for 20,000, 230 s and 1.4 GB for 200,000.
    """
    return [list(family) for family in _families(tuple(songs))]


@lru_cache(maxsize=1)  # folds, and the trainings of a comparison, split the same songs
def _families(songs: tuple[Song, ...]) -> list[list[int]]:
    return chained(len(songs), _pairs(songs))


def family_numbers(songs: Sequence[Song]) -> list[int]:
    """Of each song the number of its family, as ``song_families`` finds them."""
    numbers = [0] * len(songs)
    for number, family in enumerate(song_families(songs)):
        for place in family:
            numbers[place] = number
    return numbers


def _pairs(songs: Sequence[Song]) -> Iterator[tuple[int, int]]:
    yield from sharing_half(_steps(songs))
    yield from variants([pitch_classes(song) for song in songs], PITCH_CLASSES)


_START = -1  # no number of a step


def _steps(songs: Sequence[Song]) -> list[list[int]]:
    """What ``relative`` has of each song, its steps as numbers."""
    _, numbered, firsts = numbered_steps(songs)
    return [
        [_START] * min(first + 1, len(song)) + steps.tolist()
        for song, steps, first in zip(songs, numbered, firsts, strict=True)
    ]


def pitch_classes(song: Song) -> Ints:
    """Of its notes that sound, (L,), repeated ones counted once."""
    classes = (note.pitch.midi % PITCH_CLASSES for note in song.notes if note.pitch)
    return np.array([symbol for symbol, _ in groupby(classes)], dtype=np.int64)
