"""Which features of generated tunes are not those of human ones, beyond chance."""

from math import erfc, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.evaluation.human.auc import wins
from melodyrnn.evaluation.human.features import FeatureTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LEVEL = 0.05


class Difference(NamedTuple):
    """A feature, and its mean on both sides."""

    feature: str
    group: str
    generated: float
    human: float
    auc: float  # how often a generated tune has more of it, equal ones half: 0.5 is no difference

    def to_json(self) -> dict[str, str | float]:
        return self._asdict()


def differences(
    generated: FeatureTable, human: FeatureTable, families: tuple[Ints, Ints]
) -> list[Difference]:
    """The features that differ, the most telling first.

    Each is tested by Mann and Whitney's test over the means of families, tunes of which are no
    independent draws, and Holm's (1979) correction: the chance that any is named where none differs
    is at most 5 %.
    """
    first = family_means(generated.values, families[0])
    second = family_means(human.values, families[1])
    chances = [mann_whitney(a, b) for a, b in zip(first.T, second.T, strict=True)]
    found = [
        Difference(
            generated.columns[column][1],
            generated.columns[column][0],
            float(generated.values[:, column].mean()),
            float(human.values[:, column].mean()),
            float(wins(first[:, column], second[:, column]).mean()),
        )
        for column in holm(chances)
    ]
    return sorted(found, key=lambda difference: -abs(difference.auc - 0.5))


def family_means(values: Floats, families: Ints) -> Floats:
    """Of tunes' features (N, F) the mean of each family, (families, F)."""
    _, numbers, counts = np.unique(families, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, numbers, values)
    return np.asarray(sums / counts[:, None], dtype=np.float64)


def mann_whitney(first: Floats, second: Floats) -> float:
    """The chance of so large a difference where there is none, two-sided: normal approximation with
    the correction for ties.
    """
    pairs, all_ = len(first) * len(second), len(first) + len(second)
    _, counts = np.unique(np.concatenate([first, second]), return_counts=True)
    ties = float((counts.astype(np.float64) ** 3 - counts).sum()) / (all_ * (all_ - 1))
    variance = pairs / 12 * (all_ + 1 - ties)
    if variance <= 0:
        return 1.0
    distance = abs(float(wins(first, second).sum()) - pairs / 2)
    return erfc(max(distance - 0.5, 0.0) / sqrt(2 * variance))


def holm(chances: list[float]) -> list[int]:
    """The places of those that are beyond chance together."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    for rank, place in enumerate(order):
        if chances[place] > _LEVEL / (len(chances) - rank):
            return order[:rank]
    return order
