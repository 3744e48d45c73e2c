"""How nearly one sequence stands in another, of many pairs at once, by the bits of numbers.

The edit distance after Myers (1999), the longest common subsequence after Hyyrö (2004): a column
of the table, a bit for each symbol of the pattern, is one number of 64 bits.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.shared_runs import Ints

LONGEST = 64
"""Symbols of a pattern, a bit each."""

_AT_ONCE = 20_000
"""Pairs: their vectors stay in the processor's cache."""

Bits = npt.NDArray[np.uint64]
_NONE, _ONE, _ALL = np.uint64(0), np.uint64(1), ~np.uint64(0)


class Alignments(NamedTuple):
    """Of P pairs, of a pattern and a text, each (P,)."""

    distances: Ints
    """How many symbols are to be changed, put in or left out that the pattern stands in the text,
    in the best of the text's stretches."""
    common: Ints
    """Symbols of the longest subsequence that the pattern and the whole text have in common."""


class Aligner:
    """Aligns pairs of these sequences, symbols from 0 to ``cycle`` - 1."""

    def __init__(self, sequences: Sequence[Ints], cycle: int) -> None:
        self._cycle = cycle
        self._sizes = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
        self._symbols = np.concatenate([np.zeros(1, dtype=np.int64), *sequences])
        self._starts = 1 + np.cumsum(self._sizes) - self._sizes
        self._masks = self._bits()

    def _bits(self) -> Bits:
        """Of each pattern and symbol, (S, cycle), the bits where that symbol stands."""
        owner = np.repeat(np.arange(len(self._sizes)), self._sizes)
        place = np.arange(len(owner)) + 1 - self._starts[owner]
        there = place < LONGEST
        masks = np.zeros((len(self._sizes), self._cycle), dtype=np.uint64)
        symbols = self._symbols[1:][there]
        np.bitwise_or.at(masks, (owner[there], symbols), _ONE << place[there].astype(np.uint64))
        return masks

    def align(self, patterns: Ints, texts: Ints, shifts: Ints) -> Alignments:
        """``patterns`` and ``texts``, (P,), are places of sequences, and ``shifts`` is added to the
        text's symbols, modulo ``cycle``. Of a pattern only its first ``LONGEST`` symbols count.
        """
        found = Alignments(*(np.empty(len(patterns), dtype=np.int64) for _ in Alignments._fields))
        order = np.argsort(self._sizes[texts], kind="stable")  # texts of one length end together
        for first in range(0, len(order), _AT_ONCE):
            some = order[first : first + _AT_ONCE]
            lengths = np.minimum(self._sizes[patterns[some]], LONGEST)
            distance, common = _Distance(lengths), _Common(lengths)
            for equal in self._columns(patterns[some], texts[some], shifts[some]):
                distance.advance(equal)
                common.advance(equal)
            found.distances[some], found.common[some] = distance.least, common.lengths()
        return found

    def _columns(self, pattern: Ints, text: Ints, shift: Ints) -> Iterator[Bits]:
        """Symbol after symbol of the texts, where the patterns have it. Past a text's end nothing
        is equal: no distance falls, no common subsequence grows.
        """
        sizes, starts = self._sizes[text], self._starts[text]
        for step in range(sizes.max()):
            there = step < sizes
            symbol = (self._symbols[np.where(there, starts + step, 0)] + shift) % self._cycle
            yield np.where(there, self._masks[pattern, symbol], _NONE)


class _Distance:
    """Where the column of distances rises and falls from one symbol of the pattern to the next,
    and the distance at its foot.
    """

    def __init__(self, lengths: Ints) -> None:
        self._foot = (lengths - 1).astype(np.uint64)
        self._rises: Bits = np.full(len(lengths), _ALL)
        self._falls = np.zeros(len(lengths), dtype=np.uint64)
        self._distance = lengths.copy()
        self.least = lengths.copy()

    def advance(self, equal: Bits) -> None:
        vertical = equal | self._falls
        horizontal = (((equal & self._rises) + self._rises) ^ self._rises) | equal
        rises = self._falls | ~(horizontal | self._rises)
        falls = self._rises & horizontal
        self._distance += self._at_foot(rises) - self._at_foot(falls)
        np.minimum(self.least, self._distance, out=self.least)
        rises, falls = rises << _ONE, falls << _ONE
        self._rises = falls | ~(vertical | rises)
        self._falls = rises & vertical

    def _at_foot(self, bits: Bits) -> Ints:
        return ((bits >> self._foot) & _ONE).astype(np.int64)


class _Common:
    """Where the column of lengths does not grow from one symbol of the pattern to the next."""

    def __init__(self, lengths: Ints) -> None:
        self._within = _ALL >> (LONGEST - lengths).astype(np.uint64)
        self._level: Bits = np.full(len(lengths), _ALL)

    def advance(self, equal: Bits) -> None:
        grows = self._level & equal
        self._level = np.bitwise_or(self._level + grows, self._level - grows)

    def lengths(self) -> Ints:
        grown = (~self._level & self._within).view(np.uint8).reshape(-1, 8)
        return np.asarray(np.unpackbits(grown, axis=1).sum(axis=1), dtype=np.int64)
