"""Sequences of events: at each place a target, and what is known before it.

The tokens are on a scale: neighbours are near each other, and a sequence moved along the scale is
the same sequence elsewhere, as a melody transposed is. Whatever else is known stands beside them
as *factors*, categories that no move changes, and *candidates*, tokens that may come.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

Item = TypeVar("Item")

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
    arrays, mask = stacked(sequences, steps)
    return Events(*arrays), mask


def stacked(sequences: Sequence[Sequence[Indices]], steps: int) -> tuple[list[Indices], Mask]:
    """Of N sequences, each several arrays (L, …), the arrays with 0 after the end of each, (N,
    ``steps``, …); and where there is something, (N, ``steps``).
    """
    first = sequences[0]
    arrays = [np.zeros((len(sequences), steps, *part.shape[1:]), dtype=np.int32) for part in first]
    mask = np.zeros((len(sequences), steps), dtype=bool)
    for row, sequence in enumerate(sequences):
        for array, part in zip(arrays, sequence, strict=True):
            array[row, : len(part)] = part
        mask[row, : len(sequence[0])] = True
    return arrays, mask


def filled(sequences: Sequence[Item], size: int) -> list[Item]:
    """``size`` of them, the first one again and again where there are fewer."""
    return [*sequences, *[sequences[0]] * (size - len(sequences))]


def batches(lengths: Sequence[int], size: int, random: np.random.Generator) -> Iterator[list[int]]:
    """All sequences once, by their places, ``size`` of them at a time and at random: like lengths
    together, but not always the same ones.
    """
    order = np.argsort(lengths * np.exp(random.normal(0.0, 0.1, len(lengths))))
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    for part in random.permutation(len(parts)):
        yield parts[part].tolist()


def steps_for(length: int) -> int:
    """The length to pad to. There are few, for each is a program to be made: 32, 48 and 64, and
    from there on multiples of ever larger numbers, so that a third at most is padding.
    """
    unit = 16
    while length > 4 * unit:
        unit *= 2
    return max(2, -(-length // unit)) * unit
