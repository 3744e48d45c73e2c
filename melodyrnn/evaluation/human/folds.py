"""Tunes dealt out to folds, families of variants whole."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def fold_numbers(
    related: Ints, generated: npt.NDArray[np.bool_], folds: int, random: np.random.Generator
) -> Ints:
    """Of each tune its fold, (N,). Families stay whole, and both sides, the generated tunes and the
    others, are spread evenly: large families are dealt out first, each to the fold that has least
    of what it brings; chance decides between equals.
    """
    sides = np.stack([~generated, generated])
    counts = np.stack([np.bincount(related, side) for side in sides], axis=1)  # (families, 2)
    shares = counts / np.maximum(counts.sum(0), 1)
    order = random.permutation(len(counts))
    order = order[np.argsort(-shares[order].max(1), kind="stable")]
    load = np.zeros((folds, 2))
    chosen = np.empty(len(counts), dtype=np.int64)
    for family in order:
        fuller = ((load + shares[family]) ** 2).sum(1) - (load**2).sum(1)
        best = np.flatnonzero(np.isclose(fuller, fuller.min()))
        chosen[family] = random.choice(best)
        load[chosen[family]] += shares[family]
    return chosen[related]


def halves(related: Ints, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which of N tunes are of the first of two halves, (N,): half of the families, drawn at random.

    By families and not by tunes: to even out the tunes, a large family would have to stand against
    other large ones, which are like it, and the halves would differ less than chance has it.
    """
    families = related.max() + 1
    return np.asarray(random.permutation(families) < families // 2)[related]
