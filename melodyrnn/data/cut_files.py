"""A file of many tunes, cut: parts of it are read side by side, and kept as they are read."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import ceil
from typing import NamedTuple, Self

from melodyrnn.data import cache
from melodyrnn.data.cached_files import FileToRead
from melodyrnn.data.file_tunes import FileTune, ListedTune, list_tunes
from melodyrnn.data.packing import unpack
from melodyrnn.errors import MelodyError
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.read import format_of, read_file


class TunePart(NamedTuple):
    """Tunes in a row of one file."""

    tunes: Sequence[ListedTune]

    def singly(self) -> "Iterator[TunePart]":
        """Each tune a part of its own."""
        return (TunePart([tune]) for tune in self.tunes)


class CutFile:
    """A file's parts, and what was read of them."""

    def __init__(self, key: bytes, parts: Sequence[TunePart]) -> None:
        self.key = key  # of the whole file; empty where it is not to be kept
        self.count = len(parts)
        self._unread = dict(enumerate(parts))
        self._read: dict[int, list[FileTune]] = {}

    @classmethod
    def of(cls, file: FileToRead, parts: int) -> Self | None:
        """The file in about so many parts; None where it cannot be cut, or is no longer there."""
        with suppress(MelodyError):
            known = format_of(file.path)
            if known.tunes and not known.package and not file.tune:
                data = read_file(file.path)
                grid = Grid.parse(file.grid) if file.grid else None
                tunes = list_tunes(data, known, file.track, grid)
                size = ceil(len(tunes) / parts)
                if size < len(tunes):
                    starts = range(0, len(tunes), size)
                    cut = [TunePart(tunes[start : start + size]) for start in starts]
                    return cls(file.key(data), cut)
        return None

    def key_of(self, part: int) -> bytes:
        """What a part is kept under until the whole file is; nothing where that is not kept."""
        said = b"%d of %d" % (part, self.count)
        return self.key and hashlib.blake2b(said, digest_size=16, key=self.key).digest()

    @property
    def keys(self) -> list[bytes]:
        """Of all parts."""
        return list(map(self.key_of, range(self.count))) if self.key else []

    def recall(self) -> None:
        """Take the parts that were read before."""
        keys = self.keys
        kept = cache.recall(keys)
        for part, key in enumerate(keys):
            with suppress(KeyError, ValueError):  # unknown, or damaged
                self.put(part, unpack(kept[key]))

    def hand_out(self) -> Iterator[tuple[int, TunePart]]:
        """The parts that are still to be read, with their numbers; each is in hand no longer."""
        while self._unread:
            part = next(iter(self._unread))
            yield part, self._unread.pop(part)

    def put(self, part: int, tunes: list[FileTune]) -> None:
        """What was read of a part."""
        self._unread.pop(part, None)
        self._read[part] = tunes

    @property
    def missing(self) -> int:
        """How many parts are still to be read, or being read."""
        return self.count - len(self._read)

    def tunes(self) -> list[FileTune]:
        """All of them, once no part is missing."""
        return [tune for part in range(self.count) for tune in self._read[part]]
