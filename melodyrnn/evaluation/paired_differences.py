"""Models compared on the same held-out songs: differences, paired over songs."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from melodyrnn.render.report_data import HeldOut, HeldOutRow, Pair
from melodyrnn.sequences.intervals import CONFIDENCE, intervals


def compare_held_out(
    bits: Mapping[str, Sequence[Sequence[float]]], notes: Sequence[int]
) -> HeldOut:
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
