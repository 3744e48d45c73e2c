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

_BACK = np.array(BACK, dtype=np.int32)[:, None]
ALL = slice(None)

Rows = npt.NDArray[np.intp] | slice
"""Of which sequences, (R,), or of all."""


class Past(NamedTuple):
    """Of B sequences the n symbols so far, the last one first: so the first of several that are as
    likely is the last that came.
    """

    symbols: Indices  # (5, B, n): kind, height, step; in ticks onset, and place in its cycle
    runs: Indices  # (5, B, n): how many symbols just before the next one are like those before each

    @classmethod
    def empty(cls, count: int) -> "Past":
        nothing = np.zeros((5, count, 0), dtype=np.int32)
        return cls(nothing, nothing)

    @property
    def kind(self) -> Indices:
        """(B, n)."""
        return np.asarray(self.symbols[0])

    @property
    def height(self) -> Indices:
        """(B, n), counted from the origin; NO_TOKEN for none."""
        return np.asarray(self.symbols[1])

    @property
    def step(self) -> Indices:
        """(B, n), from the height before; NO_STEP for none."""
        return np.asarray(self.symbols[2])

    def pick(self, rows: npt.NDArray[np.intp]) -> "Past":
        """That of the sequences ``rows`` (R,)."""
        return Past(self.symbols[:, rows], self.runs[:, rows])

    def longer(self, symbol: Indices) -> "Past":
        """With one more symbol of each sequence, its parts as in ``symbols``, (5, B)."""
        count = self.symbols.shape[2]
        symbols = np.empty((*symbol.shape, count + 1), dtype=np.int32)
        symbols[:, :, 0], symbols[:, :, 1:] = symbol, self.symbols
        same = self.symbols[:3] == symbol[:3, :, None]  # in kind, height, step
        runs = np.empty_like(symbols)
        runs[:, :, count] = 0  # nothing comes before the first
        longer = np.add(self.runs, 1, out=runs[:, :, :count])
        longer[KIND] *= same[0]
        longer[HEIGHT:] *= same[1:]
        longer[KIND_HEIGHT:HEIGHT] *= same[1:] & same[0]
        return Past(symbols, runs)


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

    def __init__(self, past: Past, place: Indices, last: Indices, rows: Rows = ALL) -> None:
        """Of ``rows``: ``past`` and, of the next symbol, its ``place`` in its cycle and the
        ``last`` height before it, (B,).
        """
        whole = rows is ALL
        self._symbols = past.symbols if whole else past.symbols[:, rows]
        self._runs = past.runs if whole else past.runs[:, rows]
        self._last = last[rows]
        self._placed: Mask = self._symbols[4] == place[rows][:, None]
        self._rows = np.arange(len(self._last))

    def kinds_and_heights(
        self, now: Indices, length: Indices, scale: int
    ) -> tuple[Candidates, Candidates]:
        """(B, 8), and (B, 6) of heights below ``scale``. ``now``, ``length``: when the next symbol
        begins, and how long its cycle is, (B,).
        """
        kind, height, step, onset, _ = self._symbols
        rows, placed = self._rows, self._placed
        likely = np.empty((6, *kind.shape), dtype=np.int32)
        likely[0], likely[2] = self._runs[KIND], self._runs[KIND_HEIGHT]
        np.multiply(self._runs[KIND], placed, out=likely[1])
        np.multiply(self._runs[KIND_STEP], placed, out=likely[3])
        np.multiply(self._runs[HEIGHT], height != NO_TOKEN, out=likely[4])
        np.multiply(self._runs[STEP], step != NO_STEP, out=likely[5])
        places = np.empty((6 + len(BACK), len(rows)), dtype=np.intp)
        places[:6] = likely.argmax(2)
        began = onset == (now - _BACK * length)[..., None]  # (4, B, n)
        places[6:] = began.argmax(2)
        alike = np.empty(places.shape, dtype=np.int32)
        alike[:6] = likely[_SIX, rows, places[:6]]
        # What stands at the start takes no time, and is never what began there.
        alike[6:] = began[_SIX[: len(BACK)], rows, places[6:]] & (places[6:] < kind.shape[1] - 1)
        kinds = kind[rows, places[_OF_KINDS]]
        heights = np.empty((HEIGHT_CANDIDATES, len(rows)), dtype=np.int32)
        heights[0] = height[rows, places[4]]
        heights[1] = _after_step(step[rows, places[5]], self._last, scale)
        heights[2:] = height[rows, places[6:]]
        return _candidates(kinds.T, alike[_OF_KINDS].T), _candidates(heights.T, alike[4:].T)

    def given(self, kinds: Indices, scale: int) -> Candidates:
        """For the height of a kind of each sequence, (B,) -> (B, 2): what came with that kind at
        the same place of the cycle, after the same symbols; and by what step it came there, after
        the same kinds.
        """
        kind, height, step, _, _ = self._symbols
        rows, there = self._rows, self._placed & (kind == kinds[:, None])
        same = self._runs[KIND_HEIGHT] * (there & (height != NO_TOKEN))
        moved = (self._runs[KIND] + 1) * (there & (step != NO_STEP))
        came, by_step = same.argmax(1), moved.argmax(1)
        after = _after_step(step[rows, by_step], self._last, scale)
        values = np.array([height[rows, came], after], dtype=np.int32)
        alike = np.array([same[rows, came], moved[rows, by_step]], dtype=np.int32)
        return _candidates(values.T, alike.T)

    def given_each(self, kinds: int, scale: int) -> Candidates:
        """The same for each of K kinds that may come, (B, K, 2)."""
        _, height, step, _, _ = self._symbols
        placed, rows = self._placed, self._rows[:, None]
        same, same_length = self._longest_of_each(
            self._runs[KIND_HEIGHT] * (placed & (height != NO_TOKEN)), kinds
        )
        moved, moved_length = self._longest_of_each(
            (self._runs[KIND] + 1) * (placed & (step != NO_STEP)), kinds
        )
        after = _after_step(step[rows, moved], self._last[:, None], scale)
        values = np.stack([height[rows, same], after], -1)
        return _candidates(values, np.stack([same_length, moved_length], -1))

    def _longest_of_each(self, runs: Indices, kinds: int) -> tuple[Indices, Indices]:
        """Of each kind the place and length, (B, K), of the longest run where it stood."""
        count, size = runs.shape
        best = np.zeros(count * kinds, dtype=np.int32)
        late = np.arange(size - 1, -1, -1, dtype=np.int32)  # the larger, the later it came
        score = runs * np.int32(size) + late
        cells = self._rows[:, None] * kinds + self._symbols[0]
        np.maximum.at(best, cells.ravel(), score.ravel())
        best = best.reshape(count, kinds)
        return size - 1 - best % size, best // size


_SIX = np.arange(6)[:, None]

_OF_KINDS = [0, 1, 2, 3, *range(6, 6 + len(BACK))]
"""Which of the places that are recalled are those of kinds."""


def _after_step(step: Indices, last: Indices, scale: int) -> Indices:
    """By a step from the last height, NO_TOKEN where that leads out of the scale."""
    height = last + step
    known = (step != NO_STEP) & (last != NO_TOKEN) & (height >= 0) & (height < scale)
    return np.where(known, height, NO_TOKEN)


def _candidates(values: Indices, alike: Indices) -> Candidates:
    found = (alike > 0) & (values != NO_TOKEN)
    return Candidates(
        np.where(found, values, np.int32(NO_TOKEN)), np.where(found, alike, np.int32(0))
    )
