"""Sequences of events: at each place a target, and what is known before it.

The tokens are on a scale: neighbours are near each other, and a sequence moved along the scale is
the same sequence elsewhere, as a melody transposed is. Whatever else is known stands beside them
as *factors*, categories that no move changes, and *candidates*, tokens that may come.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

NO_TOKEN = -1
"""In the place of a token where there is none."""


class Events(NamedTuple):
    """One sequence, or N of them padded to one length: then each array is (N, L, …)."""

    targets: Indices  # (L,): the tokens to be predicted
    last: Indices  # (L,): the token before each, NO_TOKEN at the start
    candidates: Indices  # (L, G): tokens recalled before each target, or NO_TOKEN
    factors: Indices  # (L, F): categories known before each target

    def moved(self, by: int) -> "Events":
        """The same ``by`` tokens up the scale."""
        return self._replace(
            targets=self.targets + by,
            last=np.where(self.last == NO_TOKEN, NO_TOKEN, self.last + by),
            candidates=np.where(self.candidates == NO_TOKEN, NO_TOKEN, self.candidates + by),
        )


class Layout(NamedTuple):
    """What all sequences of a model have in common."""

    vocabulary_size: int  # V, the tokens of the scale
    candidates: int  # G
    factors: tuple[int, ...]  # F numbers of categories


def padded(sequences: Sequence[Events], steps: int) -> tuple[Events, Mask]:
    """Side by side, (N, ``steps``, …), and where an event stands, (N, ``steps``)."""
    first = sequences[0]
    arrays = [np.zeros((len(sequences), steps, *part.shape[1:]), dtype=np.int32) for part in first]
    mask = np.zeros((len(sequences), steps), dtype=bool)
    for row, sequence in enumerate(sequences):
        for array, part in zip(arrays, sequence, strict=True):
            array[row, : len(part)] = part
        mask[row, : len(sequence.targets)] = True
    return Events(*arrays), mask


def steps_for(length: int) -> int:
    """The length to pad to. There are few, for each is a program to be made: 32, 48 and 64, and
    from there on multiples of ever larger numbers, so that a third at most is padding.
    """
    unit = 16
    while length > 4 * unit:
        unit *= 2
    return max(2, -(-length // unit)) * unit
