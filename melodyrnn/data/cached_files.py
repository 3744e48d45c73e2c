"""The cache, for one reading of files: what it knows of them, and what it is to keep."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from melodyrnn.data import cache
from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.packing import join, unpack, unpack_all
from melodyrnn.errors import MelodyError
from melodyrnn.formats.read import read_file
from melodyrnn.formats.registry import reader
from melodyrnn.system.progress import Progress, silent

_KEEP_EVERY = 2.0  # seconds: what a kill may lose
_BLOCK, _LONGEST_BLOCK = 256, 1024  # files: on average, and at most


class FileToRead(NamedTuple):
    """A file, and how it is read."""

    file: str
    track: str | None
    grid: str | None
    tune: str = ""  # its label, of a file of many: the only one that is read

    @property
    def path(self) -> Path:
        return Path(self.file)

    def key(self, data: bytes) -> bytes:
        """What ``data``, read so, is kept under; empty where it is not to be kept: one tune
        of many, and what another package's reader gives, of which nobody knows when it changes.
        """
        known = reader(self.path.suffix)
        if known is None or known.package or self.tune:
            return b""
        return cache.key_of(data, self.path.suffix, self.track, self.grid)


class _Block:
    """Files that are kept together."""

    def __init__(self, numbers: range, state: bytes | None, missing: int) -> None:
        self.numbers = numbers
        self.state = state  # the key; None where it has none
        self.missing = missing  # how many of them are not packed yet


class CachedFiles:
    """Two things are kept: a pack of each file under its content, as soon as it was read, and one
    of each block of files under their state, by which untouched files need not be opened.
    """

    def __init__(self, files: Sequence[FileToRead]) -> None:
        self._files = files
        self._block_of: dict[int, _Block] = {}  # number of a file -> its block, if it is new
        self._packs: dict[int, bytes] = {}  # number of a file in such a block -> its tunes
        self._fresh: dict[bytes, bytes] = {}  # what is to be kept
        self._outdated: list[bytes] = []  # keys of what is no longer to be kept
        self._written = time.monotonic()

    def recalled(self, progress: Progress = silent) -> dict[int, list[FileTune]]:
        """The tunes of those files that the cache knows."""
        known: dict[int, list[FileTune]] = {}
        for numbers in _blocks(self._files):
            some = [self._files[number] for number in numbers]
            state = cache.state_of([file.file for file in some], [file[1:] for file in some])
            if found := _untouched(state, len(some)):
                known.update(zip(numbers, found, strict=True))
            else:
                self._look_up(_Block(numbers, state, len(some)), known)
            progress(len(known), len(self._files), "files")
        return known

    def _look_up(self, block: _Block, known: dict[int, list[FileTune]]) -> None:
        """The files of a block that the cache has no whole of, by their content."""
        keys = {}
        for number in block.numbers:
            self._block_of[number] = block
            with suppress(MelodyError):  # said when the file is read
                if key := self._files[number].key(read_file(self._files[number].path)):
                    keys[number] = key
        kept = cache.recall(list(keys.values()))
        for number, key in keys.items():
            with suppress(KeyError, ValueError):  # unknown, or damaged
                known[number] = unpack(kept[key])
                self._pack(number, kept[key])

    def put(self, number: int, key: bytes, packed: bytes) -> None:
        """A file was read that was not known."""
        self._pack(number, packed)
        self.keep(key, packed)

    def keep(self, key: bytes, packed: bytes) -> None:
        """Keep that, soon."""
        self._fresh[key] = packed
        if time.monotonic() - self._written > _KEEP_EVERY:
            self.write()

    def forget(self, keys: Iterable[bytes]) -> None:
        """Keep no longer what is under them: it stands in something else."""
        for key in keys:
            self._fresh.pop(key, None)
            self._outdated.append(key)

    def _pack(self, number: int, packed: bytes) -> None:
        block = self._block_of[number]
        block.missing -= 1
        if not block.state:
            return
        self._packs[number] = packed
        if not block.missing:
            self._fresh[block.state] = join(map(self._packs.pop, block.numbers))

    def write(self) -> None:
        """Keep what is new."""
        if cache.remember(self._fresh, self._outdated):
            self._fresh, self._outdated = {}, []
        self._written = time.monotonic()


def _blocks(files: Sequence[FileToRead]) -> Iterator[range]:
    """The numbers of those that are kept together. Where a block ends, the name of its last file
    decides, so that one file more in a folder changes one block and not all that follow.
    """
    start = 0
    for number, file in enumerate(files, 1):
        name = os.path.basename(file.file).encode(errors="surrogateescape")  # noqa: PTH119 - speed
        if number - start == _LONGEST_BLOCK or not crc32(name) % _BLOCK or number == len(files):
            yield range(start, number)
            start = number


def _untouched(state: bytes | None, count: int) -> list[list[FileTune]] | None:
    """The tunes of so many files of that state, if they are kept."""
    if state and (pack := cache.recall([state]).get(state)):
        with suppress(ValueError):
            found = unpack_all(pack)
            if len(found) == count:
                return found
    return None
