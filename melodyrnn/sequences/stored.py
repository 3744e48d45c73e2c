"""Many sequences that need not all be in memory: their numbers stand side by side in one array or
in a file, or are made when they are asked for.
"""

from abc import abstractmethod
from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import prod
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeAlias, TypeVar, overload
from weakref import finalize

import numpy as np

from melodyrnn.errors import FileError
from melodyrnn.sequences.vocabulary import Indices

T = TypeVar("T")

_IN_MEMORY = 32_000_000
"""Bytes; what is more is written to a temporary file."""

_Kinds: TypeAlias = tuple[tuple[np.dtype[Any], tuple[int, ...]], ...]
"""Of each array of a record how its numbers are stored, and its shape but for the first axis."""


class Stored(Sequence[T], Generic[T]):
    """Sequences whose lengths are known without looking at them."""

    @property
    @abstractmethod
    def lengths(self) -> Sequence[int]:
        """Of each."""

    @abstractmethod
    def at(self, place: int) -> T:
        """The sequence of that place, from 0."""

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self.at(each) for each in range(*place.indices(len(self)))]
        return self.at(range(len(self))[place])


class StoredIds(Stored[Indices]):
    """Sequences of ids, (L,) each, as parts of one array: 4 bytes an id, and 8 a sequence."""

    def __init__(self) -> None:
        self._numbers, self._ends = array("i"), array("q", [0])

    def append(self, sequence: Indices) -> None:
        """Put one after the others; not while a sequence of these is in use."""
        self._numbers.frombytes(sequence.astype(np.int32).tobytes())
        self._ends.append(len(self._numbers))

    @property
    def lengths(self) -> Sequence[int]:
        return np.diff(self._ends).tolist()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def at(self, place: int) -> Indices:
        start, end = self._ends[place], self._ends[place + 1]
        return np.frombuffer(self._numbers, np.int32, end - start, 4 * start)


class IdsOnDemand(Stored[Indices]):
    """Sequences that a function makes when they are asked for, each of a known length."""

    def __init__(self, lengths: Sequence[int], make: Callable[[int], Indices]) -> None:
        """``make(place)`` gives the same sequence whenever it is called."""
        self._lengths, self._make = lengths, make

    @property
    def lengths(self) -> Sequence[int]:
        return self._lengths

    def at(self, place: int) -> Indices:
        return self._make(place)


class Records(Stored[list[Indices]]):
    """``count`` records, each of several arrays of integers of one length, (L, ...), in the
    smallest types that hold them: in memory while they are few, in a temporary file where they
    are many.
    """

    def __init__(self, count: int) -> None:
        # Where it lies, and that it goes with this object, is known to nobody else.
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        finalize(self, self._file.close)
        self._starts = np.zeros(count, dtype=np.int64)
        self._lengths = np.zeros(count, dtype=np.int32)
        self._kinds = np.zeros(count, dtype=np.int32)
        self._known: list[_Kinds] = []

    def put(self, places: Sequence[int], records: Sequence[Sequence[Indices]]) -> None:
        """Store the records of these places, which have arrays of the same shapes but for their
        lengths. Raises FileError where the disk is full.
        """
        columns = list(zip(*records, strict=True))
        kinds = tuple((_smallest(column), column[0].shape[1:]) for column in columns)
        if kinds not in self._known:
            self._known.append(kinds)
        number = self._known.index(kinds)
        start = self._file.seek(0, 2)
        content = []
        for place, record in zip(places, records, strict=True):
            parts = zip(record, kinds, strict=True)
            data = b"".join(part.astype(kind).tobytes() for part, (kind, _) in parts)
            self._starts[place], self._lengths[place] = start, len(record[0])
            self._kinds[place] = number
            start += len(data)
            content.append(data)
        try:
            self._file.write(b"".join(content))
            self._file.flush()
        except OSError as error:
            raise FileError(
                f"temporary file: cannot write: {str(error.strerror).lower()}; make room, or name "
                "another folder by TMPDIR"
            ) from None

    @property
    def lengths(self) -> Sequence[int]:
        return self._lengths.tolist()

    def __len__(self) -> int:
        return len(self._lengths)

    def at(self, place: int) -> list[Indices]:
        length = int(self._lengths[place])
        kinds = self._known[self._kinds[place]]
        sizes = [kind.itemsize * prod(shape) * length for kind, shape in kinds]
        self._file.seek(int(self._starts[place]))
        data = self._file.read(sum(sizes))
        starts = accumulate(sizes, initial=0)
        return [
            np.frombuffer(data, kind, length * prod(shape), start)
            .reshape(length, *shape)
            .astype(np.int32)
            for (kind, shape), start in zip(kinds, starts, strict=False)
        ]


def lengths_of(sequences: Sequence[Indices]) -> Sequence[int]:
    """Of each, without making what is not yet made."""
    return sequences.lengths if isinstance(sequences, Stored) else list(map(len, sequences))


def _smallest(arrays: Sequence[Indices]) -> np.dtype[Any]:
    """The smallest type of integers that holds all of theirs."""
    filled = [part for part in arrays if part.size]
    least = min((int(part.min()) for part in filled), default=0)
    most = max((int(part.max()) for part in filled), default=0)
    return np.result_type(np.min_scalar_type(least), np.min_scalar_type(most))
