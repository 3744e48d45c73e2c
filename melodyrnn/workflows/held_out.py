"""Generalising: songs kept from training, and what the models make of them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

import numpy as np

from melodyrnn.errors import ConfigError
from melodyrnn.music.codes import to_codes
from melodyrnn.music.relative import relative
from melodyrnn.render.report_data import HeldOut, HeldOutRow, Pair
from melodyrnn.sequences.confidence import CONFIDENCE, intervals
from melodyrnn.sequences.families import families
from melodyrnn.workflows.sources import Named

FRACTION = 0.25
"""Of the songs, how many are held out where nothing is said."""


class Split(NamedTuple):
    """Songs by what they are for. No tune stands on two sides, transposed or varied or not."""

    learned: tuple[Named, ...]
    validation: tuple[Named, ...]  # choose the best weights
    held_out: tuple[Named, ...]  # are only measured

    def for_counting(self) -> "Split":
        """As a counted model learns them, which has no weights to choose."""
        return Split((*self.learned, *self.validation), (), self.held_out)


def split(songs: Sequence[Named], fraction: float, seed: int = 0) -> Split:
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
    notes = [" ".join(to_codes(named.song)) for named in songs]
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


def judge(bits: Mapping[str, Sequence[Sequence[float]]], notes: Sequence[int]) -> HeldOut:
    """Confidence by a bootstrap over songs, differences paired over songs.

    ``bits``: model -> of each seed, of each song, bits per note. ``notes``: of each song. Seeds
    are averaged first: chance is in the songs.
    """
    weights = np.asarray(notes, dtype=np.float64)
    by_song = {model: np.mean(seeds, axis=0) for model, seeds in bits.items()}
    names = list(combinations(by_song, 2))
    differences = [by_song[first] - by_song[second] for first, second in names]
    found = intervals([values * weights for values in [*by_song.values(), *differences]], weights)
    rows = [HeldOutRow(model, *each) for model, each in zip(by_song, found, strict=False)]
    pairs = []
    for (first, second), each in zip(names, found[len(rows) :], strict=True):
        beyond = len(notes) > 1 and (each.low > 0 or each.high < 0)
        pairs.append(Pair(first, second, *each, beyond))
    return HeldOut(len(notes), int(weights.sum()), rows, pairs, CONFIDENCE)
