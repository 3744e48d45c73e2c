"""Many files -> tunes: from the cache what was read before, the rest by a pool of processes."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data import cache
from melodyrnn.data.file_tunes import FILE, FileTune, left_out, read_tunes
from melodyrnn.data.packing import join, pack, unpack, unpack_all
from melodyrnn.data.source_files import SourceFile
from melodyrnn.errors import FileError, MelodyError
from melodyrnn.files import NO_MEMORY
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.read import format_of, read_file
from melodyrnn.formats.registry import reader
from melodyrnn.system.machine import cores
from melodyrnn.system.progress import Progress, silent

_MANY = 20  # files that are worth keeping whatever their size
_WORTH_A_WORKER = 0.4  # seconds of reading
_WORTH_KEEPING = 0.05  # seconds of reading
_PART = 0.3  # seconds of reading given to a worker at once
_KEEP_EVERY = 5.0  # seconds: what a kill may lose
_LOST = "whoever read it was killed, perhaps for want of memory; cut it into shorter ones"


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


def read(
    files: Sequence[SourceFile],
    *,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = silent,
) -> list[list[FileTune]]:
    """The tunes of each file, in order, what is wrong with one in its place.

    Raises ConfigError for an impossible ``grid``.
    """
    if grid:
        Grid.parse(grid)
    todo = [FileToRead(file.file, track or file.track, grid, file.tune) for file in files]
    costs = list(map(_cost, todo)) if len(todo) < _MANY else None
    kept = _CachedFiles(todo) if costs is None or sum(costs) > _WORTH_KEEPING else None
    found = kept.recalled() if kept else {}
    progress(len(found), len(files))

    def take(number: int, key: bytes, packed: bytes) -> None:
        found[number] = unpack(packed)
        if kept and key:
            kept.put(number, key, packed)
        progress(len(found), len(files))

    try:
        _read({n: file for n, file in enumerate(todo) if n not in found}, take)
    finally:  # also on Ctrl-C
        if kept:
            kept.write()
    return [
        [tune.of_file(file.shown) for tune in found[number]] for number, file in enumerate(files)
    ]


def _cost(file: FileToRead) -> float:
    """Roughly, in seconds."""
    known = reader(file.path.suffix)
    if known is None:
        return 0.0
    try:
        return known.file_seconds + known.byte_seconds * file.path.stat().st_size
    except OSError:
        return known.file_seconds


class _CachedFiles:
    """The cache, for one reading: a pack of each file, and one of all of them together."""

    def __init__(self, files: Sequence[FileToRead]) -> None:
        self.files = files
        self.state = cache.state_of([file.file for file in files], [file[1:] for file in files])
        self.packs: dict[int, bytes] = {}  # number of the file -> its tunes
        self.fresh: dict[bytes, bytes] = {}  # what is to be kept
        self.written = time.monotonic()

    def recalled(self) -> dict[int, list[FileTune]]:
        """The tunes of those files that the cache knows."""
        if self.state and (pack := cache.recall([self.state]).get(self.state)):
            with suppress(ValueError):
                found = unpack_all(pack)
                if len(found) == len(self.files):
                    self.state = None  # nothing new to be kept
                    return dict(enumerate(found))
        keys = {}
        for number, file in enumerate(self.files):
            with suppress(MelodyError):  # said when the file is read
                if key := file.key(read_file(file.path)):
                    keys[number] = key
        kept = cache.recall(list(keys.values()))
        known: dict[int, list[FileTune]] = {}
        for number, key in keys.items():
            with suppress(KeyError, ValueError):  # unknown, or damaged
                known[number] = unpack(kept[key])
                self.packs[number] = kept[key]
        return known

    def put(self, number: int, key: bytes, packed: bytes) -> None:
        self.packs[number] = self.fresh[key] = packed
        if time.monotonic() - self.written > _KEEP_EVERY:
            cache.remember(self.fresh)
            self.fresh, self.written = {}, time.monotonic()

    def write(self) -> None:
        """Keep what is new, and what all of these files, untouched, hold."""
        if self.state and len(self.packs) == len(self.files):
            self.fresh[self.state] = join(self.packs[n] for n in range(len(self.files)))
        cache.remember(self.fresh)


def _read(todo: Mapping[int, FileToRead], take: Callable[[int, bytes, bytes], None]) -> None:
    """Read the files now, here or, where that takes long, in workers."""
    costs = {number: _cost(file) for number, file in todo.items()}
    jobs = int(sum(costs.values()) / _WORTH_A_WORKER)
    if jobs < 2:
        for number, file in todo.items():
            take(number, *read_one(file))
        return
    from melodyrnn.system.sharing import Place, share_out  # a song alone is spared it

    parts: list[list[int]] = []
    room = 0.0
    for number in sorted(todo, key=lambda number: -costs[number]):  # the longest first
        if room <= 0:
            parts.append([])
            room = _PART
        parts[-1].append(number)
        room -= costs[number]

    def after(part: int, answers: list[tuple[bytes, bytes]]) -> None:
        for number, answer in zip(parts[part], answers, strict=True):
            take(number, *answer)

    def after_one(number: int, answers: list[tuple[bytes, bytes]]) -> None:
        take(number, *answers[0])

    def leave_out(number: int) -> None:
        take(number, b"", pack([left_out(FileError(f"{FILE}: {_LOST}"))]))

    killed: list[int] = []  # parts, a file of which killed who read it
    work = {part: [todo[number] for number in numbers] for part, numbers in enumerate(parts)}
    place = Place(min(jobs, cores()))
    share_out(read_some, work, place, after, again=0, survive=killed.append)
    singly = {number: [todo[number]] for part in killed for number in parts[part]}
    share_out(read_some, singly, place, after_one, again=0, survive=leave_out)


def read_some(files: Sequence[FileToRead]) -> list[tuple[bytes, bytes]]:
    """What a worker does: (key, packed tunes) of each file."""
    return list(map(read_one, files))


def read_one(file: FileToRead) -> tuple[bytes, bytes]:
    """(Key, packed tunes) of a file; the key is empty where they are not to be kept, and where the
    file cannot be read at all. Raises nothing, whatever the file does.
    """
    try:
        data = read_file(file.path)
        grid = Grid.parse(file.grid) if file.grid else None
        tunes = read_tunes(data, format_of(file.path), file.track, grid, file.tune)
        lasting = all(tune.error != FileError.__name__ for tune in tunes)  # not for want of memory
        return file.key(data) if lasting else b"", pack(tunes)
    except MelodyError as error:
        return b"", pack([left_out(error)])
    except MemoryError:
        return b"", pack([left_out(FileError(f"{FILE}: {NO_MEMORY}"))])
    except Exception as error:  # of no kind that anybody thought of
        said = " ".join(f"{type(error).__name__} {error}".split())[:100]
        return b"", pack([left_out(FileError(f"{FILE}: cannot be read ({said}); leave it out"))])
