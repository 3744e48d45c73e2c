"""Classifiers of generated and human tunes, fixed once and for all sets of tunes.

Both give log-odds that a tune was generated. ``Boosting`` sees features, ``NGrams`` counts of what
follows what; scikit-learn, which the extra "human" brings, is imported when one learns.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.music.song import Song

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_ORDER = 4
_ROUNDS = 100


class Classifier(Protocol):
    """What learns to know some of N tunes, and scores others."""

    def scores(self, train: Ints, generated: Flags, test: Ints) -> Floats:
        """Log-odds that each of the ``test`` tunes was generated, (T,), after learning from those
        of ``train``, of which ``generated``, (N,), says which were. Both by place.
        """
        ...


class Boosting:
    """Gradient boosting of trees (Friedman 2001; 2002 for the random part of the tunes)."""

    def __init__(self, values: Floats, seed: int) -> None:
        self._values, self._seed = values, seed  # (N, F)

    def scores(self, train: Ints, generated: Flags, test: Ints) -> Floats:
        from sklearn.ensemble import GradientBoostingClassifier

        model = GradientBoostingClassifier(
            n_estimators=_ROUNDS,
            learning_rate=0.1,
            max_depth=3,
            min_samples_leaf=5,
            subsample=0.7,
            max_features="sqrt",
            random_state=self._seed,
        )
        model.fit(self._values[train], generated[train])
        return np.asarray(model.decision_function(self._values[test]), dtype=np.float64)


class NGrams:
    """Logistic regression over runs of 1 to 4 intervals, of ratios of durations, and of both."""

    def __init__(self, counts: "Sequence[Counter[Hashable]]") -> None:
        self._counts = counts

    @cached_property
    def _table(self) -> "csr_matrix":
        """The roots of each tune's counts, to length 1, so that a long tune is no more than a short
        one, (N, runs).
        """
        from scipy.sparse import csr_matrix

        columns: dict[Hashable, int] = {}
        values, rows, places = [], [], []
        for row, found in enumerate(self._counts):
            total = found.total()
            for run, count in found.items():
                values.append((count / total) ** 0.5)
                rows.append(row)
                places.append(columns.setdefault(run, len(columns)))
        shape = len(self._counts), max(1, len(columns))
        return csr_matrix((values, (rows, places)), shape=shape)

    def scores(self, train: Ints, generated: Flags, test: Ints) -> Floats:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=10.0, max_iter=1000)
        model.fit(self._table[train], generated[train])
        return np.asarray(model.decision_function(self._table[test]), dtype=np.float64)


def combined(*scores: Floats) -> Floats:
    """The sum of what several classifiers give the same tunes, each to its own deviation."""
    return np.asarray(sum(each / (each.std() or 1.0) for each in scores), dtype=np.float64)


def runs_of(song: Song) -> Counter[Hashable]:
    """How often each run of 1 to ``_ORDER`` steps comes."""
    melody = SoundingMelody(song)
    both = list(zip(melody.intervals, melody.ratios, strict=True))
    found: Counter[Hashable] = Counter()
    kinds: tuple[Sequence[Hashable], ...] = (melody.intervals, melody.ratios, both)
    for kind, steps in enumerate(kinds):
        for size in range(1, _ORDER + 1):
            for start in range(len(steps) - size + 1):
                found[kind, tuple(steps[start : start + size])] += 1
    return found
