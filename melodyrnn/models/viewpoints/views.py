"""Whole sequences as a network of viewpoints learns them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.models.context import SequenceContext
from melodyrnn.models.viewpoints.observer import Observed, Observer
from melodyrnn.sequences.events import stacked
from melodyrnn.sequences.stored import Records, Stored, lengths_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

_AT_ONCE = 256
"""Sequences seen at once."""


class Views(NamedTuple):
    """Of one sequence all L places but its first; or N padded side by side, (N, L, ...)."""

    kind: Indices  # (L,): to be predicted
    height: Indices  # (L,): to be predicted where there is one, counted from the origin
    last: Indices  # (L,)
    extremes: Indices  # (L, 2)
    lowest: Indices  # (L,): the lowest height that can come
    factors: Indices  # (L, F)
    kinds: Indices  # (L, 8)
    ends: Indices  # (L, K): where each kind would end
    given: Indices  # (L, G): factors that are known with the kind
    heights: Indices  # (L, 8): candidates for the height, those known with the kind too


class StoredViews(Stored[Views]):
    """Of many sequences, which need not all be in memory: of each symbol there are some seventy
    numbers.
    """

    def __init__(self, count: int) -> None:
        self._records = Records(count)

    def put(self, places: Sequence[int], some: Sequence[Views]) -> None:
        """Store those of the sequences of these places. Raises FileError."""
        self._records.put(places, some)

    @property
    def lengths(self) -> Sequence[int]:
        return self._records.lengths

    def __len__(self) -> int:
        return len(self._records)

    def at(self, place: int) -> Views:
        return Views(*self._records.at(place))


def views(
    observer: Observer, sequences: Sequence[Indices], contexts: Sequence[SequenceContext]
) -> StoredViews:
    """Of each sequence (L + 1,)."""
    order = np.argsort(lengths_of(sequences), kind="stable")
    found = StoredViews(len(sequences))
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE].tolist()
        walked = _walk(observer, [sequences[n] for n in some], [contexts[n] for n in some])
        found.put(some, walked)
    return found


def _walk(
    observer: Observer, sequences: Sequence[Indices], contexts: Sequence[SequenceContext]
) -> list[Views]:
    """Sequences in the order of their lengths, the shortest first."""
    lengths = np.array([len(sequence) for sequence in sequences])
    seen: list[list[tuple[Indices, ...]]] = [[] for _ in sequences]
    observed, first = observer.begin(contexts), 0
    for step in range(lengths[-1] - 1):
        ended = int(np.searchsorted(lengths, step + 1, "right"))
        observed, first = (
            observer.pick(observed, np.arange(ended - first, len(observed.now))),
            ended,
        )
        going = sequences[first:]
        observed = observer.append(observed, np.array([sequence[step] for sequence in going]))
        came = np.array([sequence[step + 1] for sequence in going])
        for place, row in enumerate(zip(*_before(observer, observed, came), strict=True), first):
            seen[place].append(row)
    return [
        Views(*(np.array(part, dtype=np.int32) for part in zip(*rows, strict=True)))
        for rows in seen
    ]


def _before(observer: Observer, observed: Observed, came: Indices) -> Views:
    """What was seen before the symbols that came, (B,), a row each."""
    kind, height = observer.parts(observed, came)
    seen, given = observed.seen, observer.given_kind(observed, kind)
    return Views(
        kind,
        np.maximum(height, 0),
        seen.last,
        seen.extremes,
        observed.fixed.lowest,
        seen.factors,
        seen.kinds,
        seen.ends,
        given.given_factors,
        np.concatenate([seen.heights, given.given_heights], 1),
    )


def padded_views(some: Sequence[Views], steps: int) -> tuple[Views, Mask]:
    """Side by side, (N, ``steps``, ...), and where a symbol stands, (N, ``steps``)."""
    arrays, mask = stacked(some, steps)
    return Views(*arrays), mask
