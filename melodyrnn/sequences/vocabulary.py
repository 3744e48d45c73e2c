"""Symbols and their indices."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Self

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import VocabularyError

Indices = npt.NDArray[np.int32]

START, END = "<start>", "<end>"
"""What stands before and after each of many sequences; the last two symbols where they are used."""


class Vocabulary:
    """An immutable, ordered table of distinct symbols. A symbol's index is its place.

    Raises VocabularyError where ``symbols`` is empty, repeats itself or holds an empty symbol.
    """

    __slots__ = ("_indices", "symbols")

    symbols: tuple[str, ...]

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = tuple(symbols)
        self._indices = {symbol: index for index, symbol in enumerate(self.symbols)}
        if not self.symbols or "" in self._indices:
            raise VocabularyError("a vocabulary needs at least one symbol, and none may be empty")
        if len(self._indices) < len(self.symbols):
            twice = next(s for i, s in enumerate(self.symbols) if self._indices[s] != i)
            raise VocabularyError(f"{twice!r} stands twice in the vocabulary; each symbol has one")

    @classmethod
    def of(
        cls,
        sequences: Iterable[Iterable[str]],
        key: Callable[[str], object] | None = None,
    ) -> Self:
        """The distinct symbols of ``sequences``, sorted by ``key``: the same for the same input."""
        distinct = {symbol for sequence in sequences for symbol in sequence}
        return cls(sorted(distinct, key=lambda s: (key(s), s) if key else s))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._indices

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def __repr__(self) -> str:
        return f"Vocabulary({list(self.symbols)!r})"

    def index(self, symbol: str) -> int:
        """Raises VocabularyError, with the nearest symbols, where it is not in the table."""
        try:
            return self._indices[symbol]
        except KeyError:
            near = get_close_matches(symbol, self.symbols, 3, 0.0)
            raise VocabularyError(
                f"{symbol!r} is not among the {len(self)} tokens of the vocabulary; "
                f"near it are {', '.join(near)}"
            ) from None

    def encode(self, symbols: Iterable[str]) -> Indices:
        """Symbols -> indices, shape (N,). Raises VocabularyError."""
        return np.array([self.index(symbol) for symbol in symbols], dtype=np.int32)

    def decode(self, indices: Sequence[int] | Indices) -> list[str]:
        """Indices, shape (N,) -> symbols. Raises VocabularyError for an index out of range."""
        numbers = [int(index) for index in indices]
        for number in numbers:
            if not 0 <= number < len(self):
                raise VocabularyError(f"index {number} is outside this vocabulary of {len(self)}")
        return [self.symbols[number] for number in numbers]

    def to_json(self) -> list[str]:
        return list(self.symbols)

    @classmethod
    def from_json(cls, document: object) -> Self:
        """Raises VocabularyError where ``document`` is no list of strings."""
        if not isinstance(document, list) or not all(isinstance(s, str) for s in document):
            raise VocabularyError("a vocabulary is a list of symbols")
        return cls(document)
