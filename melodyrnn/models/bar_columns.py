"""What stood one cycle ago, and two: columns beside each symbol of a sequence that takes time.

After the inputs of the Lookback RNN (Waite 2016): a symbol is seen together with those that stood
one and two cycles before the one to be predicted, whether it repeated what stood a cycle or two
before itself, and how far into the cycle the one to be predicted begins. A symbol lasts a number of
ticks; that symbols are notes and cycles bars is nothing this module knows.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from melodyrnn.models.context import SequenceContext
from melodyrnn.sequences.vocabulary import Indices

PLACES = 32
"""Places distinguished in a cycle, from its beginning and its end; the last holds all beyond."""

REPEATS = 4
"""Neither, as one cycle ago, as two cycles ago, as both."""


class Lookback:
    """``lengths`` (V,): how many ticks each symbol lasts. ``unit``: the ticks of one place."""

    def __init__(self, lengths: npt.ArrayLike, unit: int) -> None:
        self.lengths = np.asarray(lengths, dtype=np.int64)
        self.unit = unit

    def view(self, sequence: Indices, cycle: SequenceContext, last: int = 0) -> Indices:
        """A sequence (L,) with its columns, (L, 6), or the ``last`` rows only.

        A row has the symbol; the symbols that stood one and two cycles before the end of it, V
        where there was none; which of the two it repeated, begun as long before; and the places
        where it ends, from the cycle's beginning and from its end.
        """
        vocabulary_size = len(self.lengths)
        ends = self.lengths[sequence].cumsum()
        begins = ends - self.lengths[sequence]
        rows = slice(-last or None, None)
        here, begun, ended = sequence[rows], begins[rows], ends[rows]
        stood, repeated = [], np.zeros(len(here), dtype=np.int64)
        for ago in (1, 2):
            before = _sounding(begins, ended - ago * cycle.length)
            stood.append(np.where(before >= 0, sequence[before], vocabulary_size))
            like = _sounding(begins, begun - ago * cycle.length)
            same = (sequence[like] == here) & (begins[like] == begun - ago * cycle.length)
            repeated += ago * ((like >= 0) & same)
        into = (ended - cycle.first) % cycle.length
        places = [into // self.unit, (cycle.length - into - 1) // self.unit]
        columns = [here, *stood, repeated, *np.minimum(places, PLACES - 1)]
        return np.stack(columns, 1).astype(np.int32)


def kinds(vocabulary_size: int) -> tuple[int, ...]:
    """How many values each column of a view has, for a vocabulary of so many tokens."""
    return (vocabulary_size + 1,) * SYMBOLS + (REPEATS, PLACES, PLACES)


SYMBOLS = 3
"""The columns that hold symbols, and are the first."""


def _sounding(begins: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> Indices:
    """Which symbol sounds at each time; -1 before the first."""
    return np.asarray(np.searchsorted(begins, at, "right") - 1, dtype=np.int32)


def views(
    lookback: Lookback, sequences: Sequence[Indices], contexts: Sequence[SequenceContext]
) -> list[Indices]:
    """``Lookback.view`` of each."""
    return [lookback.view(*pair) for pair in zip(sequences, contexts, strict=True)]
