"""Many files -> tunes: from the cache what was read before, the rest by a pool of processes."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from melodyrnn.errors import MelodyError
from melodyrnn.music import cache
from melodyrnn.music.corpus import read_file
from melodyrnn.music.grid import Grid
from melodyrnn.music.packing import pack, unpack
from melodyrnn.music.places import Place
from melodyrnn.music.tunes import Tune, left_out, tunes
from melodyrnn.workflows.pool import cores, share_out

Progress = Callable[[int, int], None]
"""Called with (files read, all)."""

_SECONDS: dict[str, tuple[float, float]] = {
    ".txt": (0.0005, 3e-6),
    ".mid": (0.0005, 3e-6),
    ".midi": (0.0005, 3e-6),
    ".abc": (0.001, 5e-6),
}
"""Suffix -> (a file, a byte of it) in seconds; those that music21 reads take ``_SLOW``."""
_SLOW = (0.3, 1e-7)
_WORTH_A_WORKER = 1.0  # seconds of reading
_WORTH_KEEPING = 0.05  # seconds of reading
_PART = 0.3  # seconds of reading given to a worker at once
_KEEP_EVERY = 5.0  # seconds: what a kill may lose
_LOST = "a reader was killed, perhaps for want of memory; the same command goes on"


class Task(NamedTuple):
    """A file, and how it is read."""

    path: Path
    track: str | None
    grid: str | None

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
    tasks = [Task(place.path, track or place.track, grid) for place in places]
    costs = list(map(_cost, places))
    keeping = sum(costs) > _WORTH_KEEPING
    found = _recalled(tasks) if keeping else {}
    progress(len(found), len(places))
    shelf = _Shelf(keeping)

    def take(number: int, key: bytes, packed: bytes) -> None:
        found[number] = unpack(packed)
        shelf.put(key, packed)
        progress(len(found), len(places))

    try:
        _read({n: task for n, task in enumerate(tasks) if n not in found}, costs, take)
    finally:  # also on Ctrl-C
        shelf.write()
    return [
        [tune.of_file(place.shown) for tune in found[number]] for number, place in enumerate(places)
    ]


def _cost(place: Place) -> float:
    """Roughly, in seconds."""
    a_file, a_byte = _SECONDS.get(place.path.suffix.lower(), _SLOW)
    try:
        return a_file + a_byte * place.path.stat().st_size
    except OSError:
        return a_file


def _recalled(tasks: Sequence[Task]) -> dict[int, list[Tune]]:
    """The tunes of those files that the cache knows."""
    keys: dict[int, bytes] = {}
    for number, task in enumerate(tasks):
        with suppress(MelodyError):  # said when the file is read
            keys[number] = task.key(read_file(task.path))
    kept, found = cache.recall(list(keys.values())), {}
    for number, key in keys.items():
        with suppress(KeyError, ValueError):  # unknown, or damaged
            found[number] = unpack(kept[key])
    return found


class _Shelf:
    """What was just read, on its way into the cache."""

    def __init__(self, keeping: bool) -> None:
        self.keeping = keeping
        self.fresh: dict[bytes, bytes] = {}
        self.written = time.monotonic()

    def put(self, key: bytes, packed: bytes) -> None:
        if self.keeping and key:
            self.fresh[key] = packed
        if time.monotonic() - self.written > _KEEP_EVERY:
            self.write()

    def write(self) -> None:
        cache.remember(self.fresh)
        self.fresh, self.written = {}, time.monotonic()


def _read(
    todo: Mapping[int, Task],
    costs: Sequence[float],
    take: Callable[[int, bytes, bytes], None],
) -> None:
    """Read the files now, here or, where that takes long, in workers."""
    cost = sum(costs[number] for number in todo)
    jobs = min(cores(), int(cost / _WORTH_A_WORKER))
    if jobs < 2:
        for number, task in todo.items():
            take(number, *read_one(task))
        return
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
    share_out(f"{__name__}:read_some", work, jobs, after, _LOST)


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
