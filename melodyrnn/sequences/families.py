"""Sequences that are nearly the same, which must not stand on two sides of a test."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import ceil

_SIZE = 4
_SHARE = 0.5


def families(sequences: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """The places of the sequences, those together which are nearly the same.

    Two are, where at least half of the distinct runs of 4 symbols of the shorter one stand in the
    other too; so is what a chain of such pairs joins. In order of first place.
    """
    runs = _runs(sequences)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        for run in found:
            holders[run].append(place)
    head = list(range(len(sequences)))  # of each place, one nearer the first of its family
    for place, found in enumerate(runs):
        need = ceil(_SHARE * len(found))
        # Who shares ``need`` runs shares one of any set that leaves less than ``need`` out: of the
        # rarest, which few hold, so that no turn of phrase that all have pairs all with all.
        rarest = sorted(found, key=lambda run: len(holders[run]))[: len(found) - need + 1]
        for other in {other for run in rarest for other in holders[run]}:
            if len(runs[other]) < len(found) or _first(head, other) == _first(head, place):
                continue
            if len(found & runs[other]) >= need:
                first, second = sorted((_first(head, other), _first(head, place)))
                head[second] = first
    together: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(sequences)):
        together[_first(head, place)].append(place)
    return list(together.values())


def family_numbers(sequences: Sequence[Sequence[Hashable]]) -> list[int]:
    """Of each sequence the number of its family, as ``families`` finds them."""
    numbers = [0] * len(sequences)
    for number, family in enumerate(families(sequences)):
        for place in family:
            numbers[place] = number
    return numbers


def _runs(sequences: Sequence[Sequence[Hashable]]) -> list[set[int]]:
    """Of each sequence the distinct runs, numbered; of a shorter one, itself."""
    symbols: dict[Hashable, int] = {}
    numbers: dict[tuple[int, ...], int] = {}
    found = []
    for sequence in sequences:
        numbered = [symbols.setdefault(symbol, len(symbols)) for symbol in sequence]
        last = max(len(numbered) - _SIZE, 0)
        runs = (tuple(numbered[start : start + _SIZE]) for start in range(last + 1))
        found.append({numbers.setdefault(run, len(numbers)) for run in runs})
    return found


def _first(head: list[int], place: int) -> int:
    while head[place] != place:
        head[place] = head[head[place]]  # a shorter way the next time
        place = head[place]
    return place
