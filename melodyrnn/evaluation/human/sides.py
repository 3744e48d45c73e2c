"""Two sets of tunes, and how well classifiers tell them apart."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from melodyrnn.data.gather import Named
from melodyrnn.data.song_families import family_numbers
from melodyrnn.evaluation.human.auc import Comparisons
from melodyrnn.evaluation.human.classifier import Boosting, Classifier, NGrams, combined, runs_of
from melodyrnn.evaluation.human.features import GROUPS, FeatureTable, features_of
from melodyrnn.evaluation.human.folds import fold_numbers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5
REPEATS = 4
ALL = "all"
N_GRAMS = "n-grams"


@dataclass(frozen=True)
class Tune:
    """A song that has a note, and what classifiers see of it."""

    named: Named
    features: list[float]  # (F,)
    runs: Counter[Hashable]

    @classmethod
    def of(cls, named: Named) -> Self:
        return cls(named, features_of(named.song), runs_of(named.song))


@dataclass(frozen=True)
class Sides:
    """G tunes, generated or in their place, and H human ones."""

    generated: Sequence[Tune]
    human: Sequence[Tune]

    @cached_property
    def families(self) -> tuple[Ints, Ints]:
        """Of each tune the number of its family among all, (G,) and (H,)."""
        count = len(self.generated)
        songs = [tune.named.song for tune in (*self.generated, *self.human)]
        numbers = np.array(family_numbers(songs), dtype=np.int64)
        return numbers[:count], numbers[count:]

    @cached_property
    def tables(self) -> tuple[FeatureTable, FeatureTable]:
        first, second = (
            FeatureTable(np.array([tune.features for tune in side]))
            for side in (self.generated, self.human)
        )
        return first, second

    def compare(
        self, groups: bool, seed: int, fold_done: Callable[[], None]
    ) -> dict[str, Comparisons]:
        """What classifiers make of tunes of folds that they did not learn from: ``ALL``, that of
        all features and that of n-grams combined, and with ``groups`` each group alone.
        """
        from threadpoolctl import threadpool_limits  # the matrices are small: threads would wait

        both = np.concatenate([table.values for table in self.tables])
        classifiers: dict[str, Classifier] = {
            ALL: Boosting(both, seed),
            N_GRAMS: NGrams([tune.runs for tune in (*self.generated, *self.human)]),
        }
        if groups:
            table = FeatureTable(both)
            classifiers |= {group: Boosting(table.of_group(group), seed) for group in GROUPS}
        found = {name: Comparisons(*self.families) for name in classifiers}
        for train, test in self._rounds(seed):
            with threadpool_limits(1):
                scores = self._scores(classifiers, train, test)
            count = len(self.generated)
            generated = test < count
            places = test[generated], test[~generated] - count
            for name, each in scores.items():
                found[name].add(*places, (each[generated], each[~generated]))
            fold_done()
        return found

    def _rounds(self, seed: int) -> Iterator[tuple[Ints, Ints]]:
        """The places among all tunes to learn from and to score, of each fold in turn, over and
        over dealt out anew.
        """
        families = np.concatenate(self.families)
        generated = np.arange(len(families)) < len(self.generated)
        for repeat in range(REPEATS):
            random = np.random.default_rng([seed, repeat])
            folds = fold_numbers(families, generated, FOLDS, random)
            for fold in range(FOLDS):
                yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)

    def _scores(
        self, classifiers: Mapping[str, Classifier], train: Ints, test: Ints
    ) -> dict[str, Floats]:
        """Classifier -> log-odds of the ``test`` tunes."""
        generated = np.arange(len(self.generated) + len(self.human)) < len(self.generated)
        scores = {name: each.scores(train, generated, test) for name, each in classifiers.items()}
        return scores | {ALL: combined(scores[ALL], scores[N_GRAMS])}
