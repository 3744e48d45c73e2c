"""Models compared on the same held-out songs: differences, paired over families of songs."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from melodyrnn.render.pages.comparison_data import HeldOut, HeldOutRow, Pair
from melodyrnn.sequences.intervals import CONFIDENCE, Families, estimates, holm

LEAST_FAMILIES = 6
"""Families of songs; fewer are too few to judge by. A test that asks nothing of how differences are
distributed, the exact one over all changes of their signs, cannot come below 1 / 16 with five.
"""


def compare_held_out(
    bits: Mapping[str, Sequence[Sequence[float]]],
    notes: Sequence[int],
    families: Families | None = None,
    window: int = 0,
) -> HeldOut:
    """Figures with their intervals, and which differences are beyond chance
    (``sequences.intervals``), corrected for the number of pairs (``holm``).

    ``bits``: model -> of each seed, of each song, bits per note. ``notes``: of each song.
    ``families``: of each song, by default a family of its own. ``window``: notes
    at the start of each that are not among them (``HeldOut``). Seeds are averaged first: chance is
    in the songs.
    """
    weights = np.asarray(notes, dtype=np.float64)
    by_song = {model: np.mean(seeds, axis=0) for model, seeds in bits.items()}
    names = list(combinations(by_song, 2))
    differences = [by_song[first] - by_song[second] for first, second in names]
    sums = [values * weights for values in [*by_song.values(), *differences]]
    found = estimates(sums, weights, families)
    rows = [
        HeldOutRow(model, *each.interval().within(0, np.inf))
        for model, each in zip(by_song, found, strict=False)
    ]
    independent = found[0].families
    judged = independent >= LEAST_FAMILIES
    pairs = []
    for pair, tested in zip(names, holm(found[len(rows) :]), strict=True):
        p = float(tested.p_value)
        beyond = judged and p < 1 - CONFIDENCE
        pairs.append(Pair(*pair, *tested.interval, beyond, p if judged else None, judged))
    return HeldOut(len(notes), int(weights.sum()), rows, pairs, CONFIDENCE, independent, window)
