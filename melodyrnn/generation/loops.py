"""Whether a new sequence has fallen into a loop; how it never does."""

from typing import NamedTuple

import numpy as np

from melodyrnn.generation.constraint import Left
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

_ROUNDS, _LONGEST, _FEWEST = 4, 8, 12


class Loop(NamedTuple):
    """A sequence ends in a loop."""

    period: int  # tokens in one round
    rounds: int


def closing_loop(sequence: Indices) -> Loop | None:
    """The shortest loop of at most 8 tokens that ends ``sequence`` (L,) at least 4 times over and
    fills at least 12 tokens; None where there is none.
    """
    for period in range(1, _LONGEST + 1):
        differs = np.flatnonzero(sequence[period:] != sequence[:-period])
        tail = len(sequence) - (int(differs[-1]) + 1 if len(differs) else 0)
        if tail >= _filled(period):
            return Loop(period, tail // period)
    return None


def _filled(period: int) -> int:
    """The tokens that rounds of ``period`` fill where they are a loop."""
    return max(_FEWEST, _ROUNDS * period)


class NoLoops:
    """A constraint: no token closes a loop. Its states are each song's last tokens, (B, 31)."""

    _seen = _filled(_LONGEST) - 1

    def __init__(self, name: str, vocabulary_size: int) -> None:
        self.name, self.vocabulary_size = name, vocabulary_size

    def begin(self, primer: Indices) -> Indices:
        before = np.arange(-self._seen, 0)  # no token, and no two alike
        return np.concatenate([before, primer])[-self._seen :].astype(np.int32)

    def advance(self, states: Indices, tokens: Indices) -> Indices:
        return np.concatenate([states[:, 1:], tokens[:, None]], axis=1)

    def allowed(self, states: Indices, left: Left) -> Mask:
        mask = np.ones((len(states), self.vocabulary_size), dtype=bool)
        for period in range(1, _LONGEST + 1):
            tail = states[:, 1 - _filled(period) :]  # one token more would be a loop
            closes = (tail[:, period:] == tail[:, :-period]).all(axis=1)
            mask[closes, tail[closes, -period]] = False
        return mask

    def whole(self, states: Indices) -> None:
        return None
