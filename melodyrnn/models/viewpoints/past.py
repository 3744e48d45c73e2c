"""All that came so far in many sequences, and how its parts repeat each other."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

BACK = (1, 2, 4, 8)
"""Cycles ago, of which what began at the same place is recalled."""

KIND_CANDIDATES = 4 + len(BACK)
HEIGHT_CANDIDATES = 2 + len(BACK)
GIVEN_CANDIDATES = 2
"""Candidates for the kind; for the height; and for the height once the kind is known."""

NO_STEP = 1000
"""In the place of a step on the scale where there is none."""

KIND, KIND_HEIGHT, KIND_STEP, HEIGHT, STEP = range(5)
"""In what symbols may be alike."""


class Past(NamedTuple):
    """Of B sequences the n symbols so far."""

    kind: Indices  # (B, n)
    height: Indices  # (B, n), counted from the origin; NO_TOKEN for none
    step: Indices  # (B, n), from the last height; NO_STEP for none
    onset: Indices  # (B, n) ticks
    place: Indices  # (B, n) ticks from where its cycle began
    runs: Indices  # (B, 5, n): how many symbols just before the next one are like those before each

    @classmethod
    def empty(cls, count: int) -> "Past":
        nothing = np.zeros((count, 0), dtype=np.int32)
        runs = np.zeros((count, 5, 0), dtype=np.int32)
        return cls(nothing, nothing, nothing, nothing, nothing, runs)

    def pick(self, rows: npt.NDArray[np.intp]) -> "Past":
        """That of the sequences ``rows`` (R,)."""
        return Past(*(array[rows] for array in self))

    def longer(
        self, kind: Indices, height: Indices, step: Indices, onset: Indices, place: Indices
    ) -> "Past":
        """With one more symbol of each sequence, its parts (B,)."""
        return Past(
            _with(self.kind, kind),
            _with(self.height, height),
            _with(self.step, step),
            _with(self.onset, onset),
            _with(self.place, place),
            self._longer_runs(kind, height, step),
        )

    def _longer_runs(self, kind: Indices, height: Indices, step: Indices) -> Indices:
        same_kind = self.kind == kind[:, None]
        same_height = self.height == height[:, None]
        same_step = self.step == step[:, None]
        same = [same_kind, same_kind & same_height, same_kind & same_step, same_height, same_step]
        runs = (self.runs + 1) * np.stack(same, 1)  # by KIND, KIND_HEIGHT, ...
        return np.pad(runs, ((0, 0), (0, 0), (1, 0))).astype(np.int32)


def _with(array: Indices, column: Indices) -> Indices:
    return np.concatenate([array, column[:, None]], 1, dtype=np.int32)


class Candidates(NamedTuple):
    """What may come, (B, ...), and how many symbols in a row were alike where it came, (B, ...);
    NO_TOKEN and 0 where there is none.
    """

    values: Indices
    alike: Indices


class Recollection:
    """Candidates for the next symbol of B sequences.

    Each is what stood at the place whose past is alike for longest, of several the last.
    """

    def __init__(
        self, past: Past, now: Indices, place: Indices, length: Indices, last: Indices
    ) -> None:
        """Of the next symbol: when it begins, its place in its cycle, the cycle's length, and the
        last height before it, each (B,).
        """
        self._past, self._last = past, last
        self._rows, self._order = np.arange(len(now))[:, None], np.arange(past.kind.shape[1])
        self._placed: Mask = past.place == place[:, None]
        self._sounds: Mask = past.height != NO_TOKEN
        self._moved: Mask = past.step != NO_STEP
        times = now[:, None] - np.array(BACK) * length[:, None]
        began = past.onset[:, None] == times[:, :, None]  # (B, 4, n)
        # Of several the last, since what stands at the start takes no time; that itself never.
        self._back = (began * self._order).argmax(-1)
        self._back_found = self._back > 0

    def kinds(self) -> Candidates:
        """(B, 8)."""
        past, placed = self._past, self._placed
        runs = [
            self._runs(KIND),
            self._runs(KIND) * placed,
            self._runs(KIND_HEIGHT),
            self._runs(KIND_STEP) * placed,
        ]
        best = [self._longest(each) for each in runs]
        places = np.concatenate([np.stack([place for place, _ in best], 1), self._back], 1)
        alike = np.concatenate([np.stack([length for _, length in best], 1), self._back_found], 1)
        return _candidates(past.kind[self._rows, places], alike)

    def heights(self, scale: int) -> Candidates:
        """(B, 6), each below ``scale``."""
        past, rows = self._past, self._rows[:, 0]
        same, same_length = self._longest(self._runs(HEIGHT) * self._sounds)
        moved, moved_length = self._longest(self._runs(STEP) * self._moved)
        values = [past.height[rows, same], self._after_step(past.step[rows, moved], scale)]
        alike = [same_length, moved_length]
        return _candidates(
            np.concatenate([np.stack(values, 1), past.height[self._rows, self._back]], 1),
            np.concatenate([np.stack(alike, 1), self._back_found], 1),
        )

    def given(self, kinds: int, scale: int) -> Candidates:
        """For the height of each of K kinds that may come, (B, K, 2): what came with that kind at
        the same place of the cycle, after the same symbols; and by what step it came there, after
        the same kinds.
        """
        past, placed = self._past, self._placed
        same, same_length = self._longest_of_each(
            self._runs(KIND_HEIGHT) * (placed & self._sounds), kinds
        )
        moved, moved_length = self._longest_of_each(
            (self._runs(KIND) + 1) * (placed & self._moved), kinds
        )
        step = self._after_step(past.step[self._rows, moved], scale)
        values = np.stack([past.height[self._rows, same], step], -1)
        return _candidates(values, np.stack([same_length, moved_length], -1))

    def _runs(self, of: int) -> Indices:
        return self._past.runs[:, of]

    def _longest(self, runs: Indices) -> tuple[Indices, Indices]:
        """Place and length (B,) of the longest run."""
        size = len(self._order)
        score = (runs * size + self._order).max(1)
        return score % size, score // size

    def _longest_of_each(self, runs: Indices, kinds: int) -> tuple[Indices, Indices]:
        """Of each kind, (B, K), among the places where it stood."""
        size = len(self._order)
        best = np.zeros((len(runs), kinds), dtype=runs.dtype)
        np.maximum.at(best, (self._rows, self._past.kind), runs * size + self._order)
        return best % size, best // size

    def _after_step(self, step: Indices, scale: int) -> Indices:
        """By a step from the last height, NO_TOKEN where that leads out of the scale."""
        last = self._last.reshape(-1, *[1] * (step.ndim - 1))
        height = last + step
        known = (step != NO_STEP) & (last != NO_TOKEN) & (height >= 0) & (height < scale)
        return np.where(known, height, NO_TOKEN)


def _candidates(values: Indices, alike: Indices) -> Candidates:
    found = (alike > 0) & (values != NO_TOKEN)
    return Candidates(
        np.where(found, values, NO_TOKEN).astype(np.int32),
        np.where(found, alike, 0).astype(np.int32),
    )
