"""Generalising: songs kept from training, and what the models make of them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import ConfigError
from melodyrnn.music.codes import to_codes
from melodyrnn.music.relative import relative
from melodyrnn.render.report_data import HeldOut, HeldOutRow, Pair
from melodyrnn.sequences.families import families
from melodyrnn.workflows.sources import Named

FRACTION = 0.25
"""Of the songs, how many are held out where nothing is said."""

_RESAMPLES = 10_000
_CONFIDENCE = 0.95


class Split(NamedTuple):
    """Songs by what they are for. No tune stands on two sides, transposed or varied or not."""

    learned: tuple[Named, ...]
    validation: tuple[Named, ...]  # choose the best weights
    held_out: tuple[Named, ...]  # are only measured


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
    """Confidence by a bootstrap over songs, differences paired over songs (Efron 1979).

    ``bits``: model -> of each seed, of each song, bits per note. ``notes``: of each song. Seeds
    are averaged first: chance is in the songs.
    """
    weights = np.asarray(notes, dtype=np.float64)
    by_song = {model: np.mean(seeds, axis=0) for model, seeds in bits.items()}
    picks = np.random.default_rng(0).integers(0, len(notes), (_RESAMPLES, len(notes)))
    rows = [
        HeldOutRow(model, *_interval(values, weights, picks)) for model, values in by_song.items()
    ]
    pairs = []
    for (first, a), (second, b) in combinations(by_song.items(), 2):
        difference, low, high = _interval(a - b, weights, picks)
        beyond = len(notes) > 1 and (low > 0 or high < 0)
        pairs.append(Pair(first, second, difference, low, high, beyond))
    return HeldOut(len(notes), int(weights.sum()), rows, pairs, _CONFIDENCE)


def _interval(
    values: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    picks: npt.NDArray[np.int64],
) -> tuple[float, float, float]:
    """The mean over notes, and where it lies in 95 % of the resampled sets of songs."""
    means = (values * weights)[picks].sum(1) / weights[picks].sum(1)
    tail = 100 * (1 - _CONFIDENCE) / 2
    low, high = np.percentile(means, [tail, 100 - tail])
    return float((values * weights).sum() / weights.sum()), float(low), float(high)
