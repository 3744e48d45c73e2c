"""Sequences that are nearly the same, which must not stand on two sides of a test."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import combinations

_SIZE = 4
_SHARE = 0.5


def families(sequences: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """The places of the sequences, those together which are nearly the same.

    Two are, where at least half of the distinct runs of 4 symbols of the shorter one stand in the
    other too; so is what a chain of such pairs joins. In order of first place.
    """
    runs = [_runs(sequence) for sequence in sequences]
    holders: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        for run in found:
            holders[run].append(place)
    shared = Counter(pair for places in holders.values() for pair in combinations(places, 2))
    head = list(range(len(sequences)))  # of each place, one nearer the first of its family
    for (a, b), count in shared.items():
        if count >= _SHARE * min(len(runs[a]), len(runs[b])):
            first, second = sorted((_first(head, a), _first(head, b)))
            head[second] = first
    together: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(sequences)):
        together[_first(head, place)].append(place)
    return list(together.values())


def _runs(sequence: Sequence[Hashable]) -> set[Hashable]:
    """The distinct runs; of a shorter sequence, itself."""
    last = max(len(sequence) - _SIZE, 0)
    return {tuple(sequence[start : start + _SIZE]) for start in range(last + 1)}


def _first(head: Sequence[int], place: int) -> int:
    while head[place] != place:
        place = head[place]
    return place
