"""The area under the ROC curve, compared within folds, and its interval over families."""

from dataclasses import dataclass, field
from math import log, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CONFIDENCE = 0.95


class Auc(NamedTuple):
    """How often a classifier ranks a generated tune above a human one: 0.5 is chance, 1 always."""

    value: float
    low: float  # of the interval that covers it in CONFIDENCE of all cases
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def to_json(self) -> dict[str, float]:
        return self._asdict()

    @property
    def beyond_chance(self) -> bool:
        return not self.low <= 0.5 <= self.high


@dataclass
class Comparisons:
    """Pairs of a generated and a human tune of the same test fold: only there do scores of one
    classifier meet, and a fold with more of one side does not push all scores of the others.
    """

    generated: Ints  # (G,), the family of each generated tune
    human: Ints  # (H,), and of each human one
    won: Floats = field(init=False)  # (G, H), how often the generated one had the higher score
    all: Floats = field(init=False)  # (G, H), of how many times

    def __post_init__(self) -> None:
        self.won = np.zeros((len(self.generated), len(self.human)))
        self.all = np.zeros_like(self.won)

    def add(self, generated: Ints, human: Ints, scores: tuple[Floats, Floats]) -> None:
        """The scores of those generated and human tunes, by place, that are of one fold."""
        pairs = np.ix_(generated, human)
        self.won[pairs] += wins(*scores)
        self.all[pairs] += 1

    def reveal(self, generated: Flags, human: Flags) -> None:
        """Count these tunes of either side, (G,) and (H,), as found out to be generated, whatever
        their scores.
        """
        known = wins(generated.astype(np.float64), human.astype(np.float64))
        self.won = np.where(known == 0.5, self.won, known * self.all)
        self.won[np.ix_(generated, human)] = 0.5 * self.all[np.ix_(generated, human)]

    def auc(self) -> Auc:
        """The share of pairs won, with an interval over families.

        It is of the log-odds, with Student's t of as many families as the side that has fewer.
        Where each pair is won, or none, the limit is that share which so many families would still
        leave unseen.
        """
        value = float(self.won.sum() / self.all.sum())
        families = min(len(set(self.generated.tolist())), len(set(self.human.tolist())))
        deviation = self.deviation()
        unseen = ((1 - CONFIDENCE) / 2) ** (1 / families)
        if value in (0.0, 1.0) or not deviation:
            return Auc(value, unseen if value == 1 else 0.0, 1 - unseen if value == 0 else 1.0)
        centre = log(value / (1 - value))
        reach = _quantile(families - 1) * deviation * excess(value) / (value * (1 - value))
        return Auc(value, _share(centre - reach), _share(centre + reach))

    def deviation(self) -> float:
        """The standard error over other tunes, were the classifier always the same: DeLong et al.
        (1988), in the form of Obuchowski (1997), which takes tunes of one family for one draw.
        """
        value = self.won.sum() / self.all.sum()
        above = (self.won - value * self.all) / self.all.sum()
        by_family = np.zeros(1 + max(self.generated.max(), self.human.max()))
        np.add.at(by_family, self.generated, above.sum(1))
        np.add.at(by_family, self.human, above.sum(0))
        families = np.count_nonzero(np.bincount(np.concatenate([self.generated, self.human])))
        return sqrt(float((by_family**2).sum()) * families / (families - 1))


def excess(value: float) -> float:
    """How many times the standard error is that of one fixed classifier.

    Each tune is scored by what learned from the others, and they by what learned from it. Where
    there is nothing to learn, whether two tunes happen to be alike counts twice, so that the
    variance is more than twice as large; no estimate of it from one cross-validation is unbiased
    (Bengio and Grandvalet 2004). Simulated, the factor is 1.3 to 1.6 at an AUC of 0.5, and 1.3 at
    0.73; nearer to 1, where the classifier hardly depends on which tunes it saw, it is taken to go
    to 1.
    """
    return sqrt(1 + 1.6 * (4 * value * (1 - value)) ** 2)


def wins(generated: Floats, human: Floats) -> Floats:
    """Of scores (G,) and (H,): 1 where the generated tune has the higher, 0.5 where they are equal,
    (G, H). Their mean is the statistic of Mann and Whitney.
    """
    first, second = generated[:, None], human[None, :]
    return np.asarray((first > second) + 0.5 * (first == second), dtype=np.float64)


def _share(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))


def _quantile(freedom: int) -> float:
    from scipy.stats import t  # comes with scikit-learn, the extra "human"

    return float(t.ppf(0.5 + CONFIDENCE / 2, freedom))
