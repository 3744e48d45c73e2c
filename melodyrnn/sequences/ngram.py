"""Counted models: what a window alone can tell."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import windows


class Tally(NamedTuple):
    """How many were right, of how many."""

    right: int
    all: int

    def __str__(self) -> str:
        return f"{self.right}/{self.all}"

    def to_json(self) -> dict[str, int]:
        return self._asdict()


def successors(sequences: Sequence[Indices], size: int) -> dict[tuple[int, ...], Counter[int]]:
    """Window -> how often each code followed it. Raises WindowError."""
    counts: defaultdict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for sequence in sequences:
        for *window, successor in windows(sequence, size).tolist():
            counts[tuple(window)][successor] += 1
    return dict(counts)


def ceiling(sequences: Sequence[Indices], size: int) -> Tally:
    """The memoryless ceiling: the most that any model can tell right which sees the window only.

    For each distinct window, its most frequent successor is right and the others are not.
    Raises WindowError.
    """
    counts = successors(sequences, size).values()
    return Tally(sum(max(c.values()) for c in counts), sum(c.total() for c in counts))
