"""Sequences that are nearly the same, which must not stand on two sides of a test."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from melodyrnn.sequences.shared_runs import Ints, shared_runs

_SIZE = 4

Pairs = Iterable[tuple[int, int]]
"""Places of sequences, two by two."""


def families(sequences: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """The places of the sequences, those together which are nearly the same.

    Two are, where at least half of the distinct runs of 4 symbols of the shorter one stand in the
    other too; so is what a chain of such pairs joins. In order of first place.
    """
    return chained(len(sequences), sharing_half(sequences))


def sharing_half(
    sequences: Sequence[Sequence[Hashable]], size: int = _SIZE, least: int = 1
) -> Pairs:
    """Pairs that share at least half of the distinct runs of ``size`` symbols that the one with
    fewer of them has, and ``least`` of them. What is shorter than a run is a run itself.
    """
    runs = _runs(sequences, size)
    sizes = np.array([len(found) for found in runs])
    for place, (others, counts, _) in enumerate(shared_runs(runs, least)):
        enough = 2 * counts >= np.minimum(sizes[others], sizes[place])
        yield from ((int(other), place) for other in others[enough])


def chained(count: int, pairs: Pairs) -> list[list[int]]:
    """The places 0 … count - 1, those together which a chain of pairs joins, by first place."""
    head = list(range(count))  # of each place, one nearer the first of its family
    for one, other in pairs:
        first, second = sorted((_first(head, one), _first(head, other)))
        head[second] = first
    together: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(count):
        together[_first(head, place)].append(place)
    return list(together.values())


def _runs(sequences: Sequence[Sequence[Hashable]], size: int) -> list[Ints]:
    """Of each sequence the distinct runs, numbered; of a shorter one, itself."""
    symbols: dict[Hashable, int] = {}
    numbers: dict[tuple[int, ...], int] = {}
    found = []
    for sequence in sequences:
        numbered = [symbols.setdefault(symbol, len(symbols)) for symbol in sequence]
        last = max(len(numbered) - size, 0)
        runs = (tuple(numbered[start : start + size]) for start in range(last + 1))
        distinct = {numbers.setdefault(run, len(numbers)) for run in runs}
        found.append(np.array(sorted(distinct), dtype=np.int64))
    return found


def _first(head: list[int], place: int) -> int:
    while head[place] != place:
        head[place] = head[head[place]]  # a shorter way the next time
        place = head[place]
    return place
