"""What of a sequence stands in others too: the longest run shared, and where; found at once for a
whole sequence, or symbol by symbol as it grows.

The others are kept as a suffix array: all their suffixes, sorted. Those that begin with one run
of symbols lie side by side in it, and those among them that go on with one symbol again do. So a
run is looked up in all the others at once, by halving: whole, or one symbol after the other. To
sort all takes longer than to go through all a few times, and whoever asks no more is spared it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.shared_runs import Ints

_END, _UNKNOWN = -1, -2
"""What stands after each sequence, and for what stands in none: no symbol's number."""

Span = tuple[int, int]
"""Where the suffixes that begin with one run lie in the suffix array: from, up to."""


class Shared(NamedTuple):
    """A run of symbols that stands in a sequence and in one of the others."""

    length: int
    start: int  # where it begins in the sequence
    other: int  # which of the others
    place: int  # where it begins there


class Trail(NamedTuple):
    """Of a sequence so far: each run that ends it and stands in the others, as its span.

    ``spans[length]`` is that of the last ``length`` symbols; the longest comes last.
    """

    spans: tuple[Span, ...]

    @property
    def length(self) -> int:
        """How many symbols the longest of the runs has."""
        return len(self.spans) - 1


class Originals:
    """Sequences that another may have copied from."""

    few = 8
    """For how many sequences more all are gone through before their suffixes are sorted."""

    def __init__(self, symbols: Sequence[Hashable], sequences: Sequence[Ints]) -> None:
        """Sequences of places in ``symbols``, each (L,)."""
        self._symbols = symbols
        self._numbers = {symbol: number for number, symbol in enumerate(symbols)}
        lengths = np.array([len(sequence) + 1 for sequence in sequences], dtype=np.int64)
        ends = np.cumsum(lengths)
        self._begins: list[int] = (ends - lengths).tolist()  # of each sequence, its place
        self._numbered = np.full(int(lengths.sum()), _END, dtype=np.int32)  # all of them
        inside = np.ones(len(self._numbered), dtype=bool)
        inside[ends - 1] = False
        self._numbered[inside] = np.concatenate([np.empty(0, dtype=np.int64), *sequences])

    @classmethod
    def of(cls, sequences: Sequence[Sequence[Hashable]]) -> Self:
        """Sequences of symbols."""
        numbers: dict[Hashable, int] = {}
        numbered = [[numbers.setdefault(s, len(numbers)) for s in each] for each in sequences]
        return cls(list(numbers), [np.array(each, dtype=np.int64) for each in numbered])

    @cached_property
    def _text(self) -> list[int]:
        """All symbols, as numbers."""
        text: list[int] = self._numbered.tolist()
        return text

    @cached_property
    def _narrow_numbers(self) -> npt.NDArray[np.signedinteger[Any]]:
        """All symbols, as numbers that are quickly compared."""
        fits = len(self._symbols) <= np.iinfo(np.int16).max
        return self._numbered.astype(np.int16) if fits else self._numbered

    @cached_property
    def _suffixes(self) -> list[int]:
        longest = max(np.diff([*self._begins, len(self._numbered)]), default=0)
        suffixes: list[int] = suffix_array(self._numbered.astype(np.int64), int(longest)).tolist()
        return suffixes

    def begin(self) -> Trail:
        """The trail of an empty sequence."""
        return Trail((self._all,))

    def advance(self, trail: Trail, symbol: Hashable) -> Trail:
        """The trail after one symbol more."""
        number = self._numbers.get(symbol)
        spans = [self._all]
        if number is not None:
            for length, span in enumerate(trail.spans):
                low, high = self._narrow(span, length, number)
                if low == high:  # nor does a longer run go on like this
                    break
                spans.append((low, high))
        return Trail(tuple(spans))

    def beyond(self, trail: Trail, most: int) -> set[Hashable]:
        """The symbols that would make a shared run longer than ``most`` symbols."""
        if trail.length < most:
            return set()
        low, high = trail.spans[most]
        numbers = {self._text[suffix + most] for suffix in self._suffixes[low:high]}
        return {self._symbols[number] for number in numbers - {_END}}

    def longest(self, sequence: Sequence[Hashable]) -> Shared:
        """The longest run of ``sequence`` that one of the others has too: its first such run, in
        the first that has it. Of length 0 where they share no symbol.
        """
        numbers = [self._numbers.get(symbol, _UNKNOWN) for symbol in sequence]
        if self.few > 0 and "_suffixes" not in self.__dict__:
            self.few -= 1
            return self._gone_through(numbers)
        span, start, length = self._all, 0, 0
        for begin in range(len(numbers)):
            # Only a longer run is of interest, and it begins with one longer by one symbol.
            while (end := begin + length + 1) <= len(numbers):
                low, high = self._span(numbers[begin:end])
                if low == high:
                    break
                span, start, length = (low, high), begin, length + 1
        return self._shared(span, start, length) if length else Shared(0, 0, 0, 0)

    def runs(self, sequence: Sequence[Hashable], least: int) -> list[Shared]:
        """Every run of at least ``least`` symbols that one of the others has too and that is part
        of no longer one, each in the first that has it. They may overlap.
        """
        found, trail = list[Shared](), self.begin()
        for end in range(len(sequence) + 1):
            longer = self.advance(trail, sequence[end]) if end < len(sequence) else self.begin()
            if max(1, least) <= trail.length >= longer.length:
                found.append(self._shared(trail.spans[-1], end - trail.length, trail.length))
            trail = longer
        return found

    def _shared(self, span: Span, start: int, length: int) -> Shared:
        """The run with which the suffixes of ``span`` begin, in the first of the others."""
        place = min(self._suffixes[slice(*span)])
        other = bisect_right(self._begins, place) - 1
        return Shared(length, start, other, place - self._begins[other])

    def _gone_through(self, numbers: list[int]) -> Shared:
        """``longest``: of each place of the others in turn how long a run ends there and at a
        symbol of the sequence.
        """
        text = self._narrow_numbers
        # Two bytes an entry, for no run is longer than the sequence.
        fits = len(numbers) < np.iinfo(np.int16).max
        ending = np.zeros(len(text) + 1, dtype=np.int16 if fits else np.int32)
        there, longer = np.empty(len(text), dtype=bool), np.empty_like(ending[1:])
        length, start, place = 0, 0, 0
        for end, number in enumerate(numbers, 1):
            np.equal(text, number, out=there)
            np.add(ending[:-1], 1, out=longer)
            np.multiply(longer, there, out=ending[1:])
            if (found := int(ending.max())) > length:
                last = int(ending.argmax())
                length, start, place = found, end - found, last - found
        if not length:
            return Shared(0, 0, 0, 0)
        other = bisect_right(self._begins, place) - 1
        return Shared(length, start, other, place - self._begins[other])

    @property
    def _all(self) -> Span:
        return 0, len(self._numbered)

    def _span(self, run: list[int]) -> Span:
        """Of the suffixes that begin with ``run``."""
        return self._where(run, lambda suffix: self._text[suffix : suffix + len(run)], self._all)

    def _narrow(self, span: Span, length: int, number: int) -> Span:
        """Of the suffixes of ``span``, which have ``length`` symbols in common, those that go on
        with ``number``.
        """
        return self._where(number, lambda suffix: self._text[suffix + length], span)

    def _where(self, what: Any, there: Callable[[int], Any], span: Span) -> Span:
        """Of the suffixes of ``span``, sorted by ``there(suffix)``, those where it is ``what``."""
        low = bisect_left(self._suffixes, what, *span, key=there)
        return low, bisect_right(self._suffixes, what, low, span[1], key=there)


def suffix_array(text: npt.NDArray[np.int64], depth: int) -> npt.NDArray[np.int64]:
    """The places of ``text`` (L,), sorted by what follows there, at least ``depth`` symbols of it.

    By doubling (Manber and Myers 1993): the order by 2k symbols is that by the rank of the first k
    and then the rank of the next k.
    """
    ranks = np.unique(text, return_inverse=True)[1].astype(np.int64)
    sorted_by = 1
    while sorted_by <= depth and len(text) and ranks.max() < len(text) - 1:
        following = np.zeros_like(ranks)
        following[:-sorted_by] = ranks[sorted_by:] + 1  # nothing comes first
        pairs = ranks * (len(text) + 1) + following
        ranks = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
        sorted_by *= 2
    return np.argsort(ranks, kind="stable")
