"""Generalising: which songs are kept from training."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar

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


SETTINGS = ("held_out", "fold")
"""Of a training: the part that is held out, and which of the parts of that size."""


def without_validation(parts: SongSplit) -> SongSplit:
    """For a model that has no epoch to choose: it learns from the validation songs too."""
    return Split((*parts.train, *parts.validation), (), parts.held_out)


def split(songs: Sequence[Named], fraction: float, seed: int = 0, fold: int = 0) -> SongSplit:
    """Hold out ``fraction`` of the songs and, of the others, as much again for validation; with
    0, all are for training. Folds, from 0 to 1 / ``fraction``, hold out one part after another: no
    song stands in two of them, and all stand in one, but for families too large to be held out.

    Families of variants (``song_families``) stay whole. They are drawn by a digest of their notes
    and ``seed``, so that the same songs fall the same way in whatever order and under whatever
    names they come. At least one family is held out, and one trains. Raises ConfigError where
    ``fraction`` is not a part, or has no such fold, or no two songs are unlike each other.
    """
    if not 0 <= fraction < 1:
        raise ConfigError(f"--held-out {fraction:g} is out of range; it is a part, such as 0.25")
    if fold and (not fraction or fold >= round(1 / fraction)):
        raise ConfigError(_no_fold(fold, fraction))
    if not fraction:
        return Split(tuple(songs), (), ())
    related = song_families([named.song for named in songs])
    if len(related) < 2:
        raise ConfigError("songs held out need at least two different tunes; give more songs")
    notes = [" ".join(to_tokens(named.song)) for named in songs]
    families = [sorted((notes[i], songs[i].name, i) for i in family) for family in related]
    families.sort(key=lambda family: _drawn([text for text, _, _ in family], seed))
    held_out, rest = _fold([[place for *_, place in family] for family in families], fraction, fold)
    validation, train = _deal_out(rest, _room(rest, fraction)) if len(rest) >= 3 else ([], rest)
    return Split(
        *(
            tuple(songs[place] for family in part for place in family)
            for part in (train, validation, held_out)
        )
    )


def split_by(songs: Sequence[Named], settings: Mapping[str, Any]) -> SongSplit:
    """``split`` by ``SETTINGS``, where none are named with nothing held out. Raises ConfigError."""
    return split(songs, settings.get("held_out", 0), fold=settings.get("fold", 0))


def _no_fold(fold: int, fraction: float) -> str:
    if not fraction:
        return f"--fold {fold}: no song is held out; give --held-out, too"
    return f"--fold {fold} is out of range; --held-out {fraction:g} has {round(1 / fraction)} folds"


Dealt = Sequence[Sequence[int]]
"""Families, each the places of its songs."""


def _fold(families: Dealt, fraction: float, fold: int) -> tuple[Dealt, Dealt]:
    """What fold number ``fold`` holds out, and the others: first those of later folds, which are
    drawn on for validation, then those of earlier ones. After the first fold, as many in each.
    """
    room, folds = _room(families, fraction), round(1 / fraction)
    largest = max(1, room // 2)
    held_out, rest = _deal_out(families, room)
    earlier: list[Sequence[int]] = []
    for number in range(1, fold + 1):
        small = sum(len(family) for family in rest if len(family) <= largest)
        if not small:
            raise ConfigError(f"too few different tunes for {folds} folds; ask for fewer")
        earlier += held_out
        held_out, rest = _deal_out(rest, round(small / (folds - number)) or 1)
    return held_out, [*rest, *earlier]


def _room(families: Dealt, fraction: float) -> int:
    """How many songs make up ``fraction`` of them: one at least, and not all."""
    count = sum(map(len, families))
    return min(max(1, round(fraction * count)), count - 1)


def _deal_out(families: Dealt, room: int) -> tuple[list[Sequence[int]], list[Sequence[int]]]:
    """Those that make up ``room`` songs, and the others.

    In order, each that there is still room for. One of more than half of what there is room for
    would be measured in place of all others, and is for training; so is, at the end, one that is
    more than half for want of others. Where none is small enough, the smallest is taken.
    """
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
    chosen = set(taken)
    return (
        [families[place] for place in taken],
        [family for place, family in enumerate(families) if place not in chosen],
    )


def _drawn(family: Sequence[str], seed: int) -> str:
    """A number that the seed and the notes of a family's songs alone decide."""
    return sha256("\n".join([str(seed), *family]).encode()).hexdigest()
