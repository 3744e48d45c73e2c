"""Generalising: which songs are kept from training."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

from melodyrnn.data.gather import Named
from melodyrnn.data.song_families import song_families
from melodyrnn.errors import ConfigError
from melodyrnn.music.note_tokens import to_tokens

Data_co = TypeVar("Data_co", covariant=True)

FRACTION = 0.25
"""Of the songs, how many are held out where nothing is said."""


class Split(NamedTuple, Generic[Data_co]):
    """Data by what it is for."""

    train: Data_co
    validation: Data_co  # chooses the best weights
    held_out: Data_co  # is only measured


SongSplit = Split[tuple[Named, ...]]
"""No tune stands on two sides, in another key, rhythm or octave or varied."""


def without_validation(parts: SongSplit) -> SongSplit:
    """For a model that has no epoch to choose: it learns from the validation songs too."""
    return Split((*parts.train, *parts.validation), (), parts.held_out)


def split(songs: Sequence[Named], fraction: float, seed: int = 0) -> SongSplit:
    """Hold out ``fraction`` of the songs and, of the others, as much again for validation; with
    0, all are for training.

    Families of variants (``song_families``) stay whole. They are drawn by a digest of their notes
    and ``seed``, so that the same songs fall the same way in whatever order and under whatever
    names they come. At least one family is held out, and one trains. Raises ConfigError where
    ``fraction`` is not a part, or no two songs are unlike each other.
    """
    if not 0 <= fraction < 1:
        raise ConfigError(f"--held-out {fraction:g} is out of range; it is a part, such as 0.25")
    if not fraction:
        return Split(tuple(songs), (), ())
    related = song_families([named.song for named in songs])
    if len(related) < 2:
        raise ConfigError("songs held out need at least two different tunes; give more songs")
    notes = [" ".join(to_tokens(named.song)) for named in songs]
    families = [sorted((notes[i], songs[i].name, i) for i in family) for family in related]
    families.sort(key=lambda family: _drawn([text for text, _, _ in family], seed))
    drawn = [[place for *_, place in family] for family in families]
    held_out, rest = _deal_out(drawn, fraction)
    validation, train = _deal_out(rest, fraction) if len(rest) >= 3 else ([], rest)
    return Split(
        *(
            tuple(songs[place] for family in part for place in family)
            for part in (train, validation, held_out)
        )
    )


def _deal_out(
    families: Sequence[Sequence[int]], fraction: float
) -> tuple[list[Sequence[int]], list[Sequence[int]]]:
    """Two families or more -> those that make up ``fraction`` of their songs, and the others.

    In order, each that there is still room for. One of more than half of what there is room for
    would be measured in place of all others, and is for training; so is, at the end, one that is
    more than half for want of others. Where none is small enough, the smallest is taken.
    """
    count = sum(map(len, families))
    room = min(max(1, round(fraction * count)), count - 1)
    most = max(1, room // 2)
    taken: list[int] = []
    for place, family in enumerate(families):
        if len(family) <= min(most, room):
            taken.append(place)
            room -= len(family)
    taken = taken or [min(range(len(families)), key=lambda place: len(families[place]))]
    while len(taken) > 1:
        largest = max(taken, key=lambda place: len(families[place]))
        if 2 * len(families[largest]) <= sum(len(families[place]) for place in taken):
            break
        taken.remove(largest)
    return (
        [families[place] for place in taken],
        [family for place, family in enumerate(families) if place not in set(taken)],
    )


def _drawn(family: Sequence[str], seed: int) -> str:
    """A number that the seed and the notes of a family's songs alone decide."""
    return sha256("\n".join([str(seed), *family]).encode()).hexdigest()
