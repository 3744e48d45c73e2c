"""Many files -> tunes: from the cache what was read before, the rest by a pool of processes."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data import cache
from melodyrnn.data.packing import join, pack, unpack, unpack_all
from melodyrnn.data.places import Place
from melodyrnn.data.tunes import Tune, left_out, tunes
from melodyrnn.errors import MelodyError
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.read import read_file
from melodyrnn.system.machine import cores

Progress = Callable[[int, int], None]
"""Called with (files read, all)."""

_SECONDS: dict[str, tuple[float, float]] = {
    ".txt": (3e-4, 3e-6),
    ".mid": (3e-4, 1e-6),
    ".midi": (3e-4, 1e-6),
    ".abc": (3e-4, 4e-6),
}
"""Suffix -> (a file, a byte of it) in seconds; those that music21 reads take ``_SLOW``."""
_SLOW = (0.15, 1e-7)
_MANY = 20  # files that are worth keeping whatever their size
_WORTH_A_WORKER = 0.4  # seconds of reading
_WORTH_KEEPING = 0.05  # seconds of reading
_PART = 0.3  # seconds of reading given to a worker at once
_KEEP_EVERY = 5.0  # seconds: what a kill may lose
_LOST = "a reader was killed, perhaps for want of memory; the same command goes on"


class Task(NamedTuple):
    """A file, and how it is read."""

    file: str
    track: str | None
    grid: str | None

    @property
    def path(self) -> Path:
        return Path(self.file)

    def key(self, data: bytes) -> bytes:
        """What ``data``, read so, is kept under."""
        return cache.key_of(data, self.path.suffix, self.track, self.grid)


def read(
    places: Sequence[Place],
    *,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = lambda done, all_: None,
) -> list[list[Tune]]:
    """The tunes of each file, in order, what is wrong with one in its place.

    Raises ConfigError for an impossible ``grid``.
    """
    if grid:
        Grid.parse(grid)
    tasks = [Task(place.file, track or place.track, grid) for place in places]
    costs = list(map(_cost, tasks)) if len(tasks) < _MANY else None
    shelf = _Shelf(tasks) if costs is None or sum(costs) > _WORTH_KEEPING else None
    found = shelf.recalled() if shelf else {}
    progress(len(found), len(places))

    def take(number: int, key: bytes, packed: bytes) -> None:
        found[number] = unpack(packed)
        if shelf and key:
            shelf.put(number, key, packed)
        progress(len(found), len(places))

    try:
        _read({n: task for n, task in enumerate(tasks) if n not in found}, take)
    finally:  # also on Ctrl-C
        if shelf:
            shelf.write()
    return [
        [tune.of_file(place.shown) for tune in found[number]] for number, place in enumerate(places)
    ]


def _cost(task: Task) -> float:
    """Roughly, in seconds."""
    path = task.path
    a_file, a_byte = _SECONDS.get(path.suffix.lower(), _SLOW)
    try:
        return a_file + a_byte * path.stat().st_size
    except OSError:
        return a_file


class _Shelf:
    """The cache, for one reading: a pack of each file, and one of all of them together."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.state = cache.state_of([task.file for task in tasks], [task[1:] for task in tasks])
        self.packs: dict[int, bytes] = {}  # number of the file -> its tunes
        self.fresh: dict[bytes, bytes] = {}  # what is to be kept
        self.written = time.monotonic()

    def recalled(self) -> dict[int, list[Tune]]:
        """The tunes of those files that the cache knows."""
        if self.state and (pack := cache.recall([self.state]).get(self.state)):
            with suppress(ValueError):
                found = unpack_all(pack)
                if len(found) == len(self.tasks):
                    self.state = None  # nothing new to be kept
                    return dict(enumerate(found))
        keys = {}
        for number, task in enumerate(self.tasks):
            with suppress(MelodyError):  # said when the file is read
                keys[number] = task.key(read_file(task.path))
        kept = cache.recall(list(keys.values()))
        known: dict[int, list[Tune]] = {}
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
        if self.state and len(self.packs) == len(self.tasks):
            self.fresh[self.state] = join(self.packs[n] for n in range(len(self.tasks)))
        cache.remember(self.fresh)


def _read(todo: Mapping[int, Task], take: Callable[[int, bytes, bytes], None]) -> None:
    """Read the files now, here or, where that takes long, in workers."""
    costs = {number: _cost(task) for number, task in todo.items()}
    jobs = int(sum(costs.values()) / _WORTH_A_WORKER)
    if jobs < 2:
        for number, task in todo.items():
            take(number, *read_one(task))
        return
    from melodyrnn.system.workers import share_out  # a song alone is spared it

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

    work = {part: [todo[number] for number in numbers] for part, numbers in enumerate(parts)}
    share_out(f"{__name__}:read_some", work, min(jobs, cores()), after, _LOST)


def read_some(tasks: Sequence[Task]) -> list[tuple[bytes, bytes]]:
    """What a worker does: (key, packed tunes) of each file."""
    return list(map(read_one, tasks))


def read_one(task: Task) -> tuple[bytes, bytes]:
    """(Key, packed tunes) of a file; the key is empty where the file cannot be read at all."""
    try:
        data = read_file(task.path)
    except MelodyError as error:
        return b"", pack([left_out(error)])
    grid = Grid.parse(task.grid) if task.grid else None
    return task.key(data), pack(tunes(data, task.path.suffix, task.track, grid))
