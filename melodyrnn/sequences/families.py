"""Sequences that are nearly the same, which must not stand on two sides of a test."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from melodyrnn.sequences.sharing_half import Pairs, sharing_half


def families(sequences: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """The places of the sequences, those together which are nearly the same.

    Two are, where at least half of the distinct runs of 4 symbols of the shorter one stand in the
    other too; so is what a chain of such pairs joins. In order of first place.
    """
    return chained(len(sequences), sharing_half(sequences))


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


def _first(head: list[int], place: int) -> int:
    while head[place] != place:
        head[place] = head[head[place]]  # a shorter way the next time
        place = head[place]
    return place
