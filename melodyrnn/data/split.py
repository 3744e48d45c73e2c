"""Generalising: which songs are kept from training."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.relative_steps import relative
from melodyrnn.sequences.families import families

Data_co = TypeVar("Data_co", covariant=True)

FRACTION = 0.25
"""Of the songs, how many are held out where nothing is said."""


class Split(NamedTuple, Generic[Data_co]):
    """Data by what it is for."""

    train: Data_co
    validation: Data_co  # chooses the best weights
    held_out: Data_co  # is only measured


SongSplit = Split[tuple[Named, ...]]
"""No tune stands on two sides, transposed or varied or not."""


def without_validation(parts: SongSplit) -> SongSplit:
    """For a model that has no epoch to choose: it learns from the validation songs too."""
    return Split((*parts.train, *parts.validation), (), parts.held_out)


def split(songs: Sequence[Named], fraction: float, seed: int = 0) -> SongSplit:
    """Hold out ``fraction`` of the tunes and, of the others, as much again for validation.

    Each tune falls by a digest of its notes and ``seed``, so that the same songs fall the same
    way in whatever order and under whatever names they come. Raises ConfigError where
    ``fraction`` is not between 0 and 1, or leaves no two tunes apart.
    """
    if not 0 < fraction < 1:
        raise ConfigError(f"--held-out {fraction:g} is out of range; it is a part, such as 0.25")
    related = families([relative(named.song) for named in songs])
    if len(related) < 2:
        raise ConfigError("songs held out need at least two different tunes; give more songs")
    notes = [" ".join(to_tokens(named.song)) for named in songs]
    tunes = [sorted((notes[i], songs[i].name, i) for i in family) for family in related]
    tunes.sort(key=lambda tune: _drawn([text for text, _, _ in tune], seed))
    test = min(max(1, round(fraction * len(tunes))), len(tunes) - 1)
    rest = len(tunes) - test
    check = max(1, round(fraction * rest)) if rest >= 3 else 0
    parts = tunes[test + check :], tunes[test : test + check], tunes[:test]
    return Split(*(tuple(songs[place] for tune in part for *_, place in tune) for part in parts))


def _drawn(tune: Sequence[str], seed: int) -> str:
    """A number that the seed and the notes of a tune's songs alone decide."""
    return sha256("\n".join([str(seed), *tune]).encode()).hexdigest()
