"""Whether a new sequence has fallen into a loop."""

from typing import NamedTuple

import numpy as np

from melodyrnn.sequences.vocabulary import Indices


class Loop(NamedTuple):
    """The end of a sequence goes round and round."""

    period: int  # codes in one round
    rounds: int


def closing_loop(sequence: Indices, rounds: int = 4, longest: int = 8) -> Loop | None:
    """The shortest loop of at most ``longest`` codes that ends ``sequence`` (L,) at least
    ``rounds`` times over and fills at least 12 codes; None where there is none.
    """
    for period in range(1, longest + 1):
        differs = np.flatnonzero(sequence[period:] != sequence[:-period])
        tail = len(sequence) - (int(differs[-1]) + 1 if len(differs) else 0)
        if tail >= max(12, rounds * period):
            return Loop(period, tail // period)
    return None
