"""Many files -> tunes: from the cache what was read before, the rest by a pool of processes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil

from melodyrnn.data.cached_files import CachedFiles, FileToRead
from melodyrnn.data.cut_files import CutFile, TunePart
from melodyrnn.data.file_tunes import FILE, FileTune, left_out, read_listed, read_tunes
from melodyrnn.data.packing import pack, unpack
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
_CUT = 2 * _PART  # seconds of reading: a file of many tunes that takes longer is cut
_WHOLE = -1  # in place of the number of a part
_LOST = "whoever read it was killed, perhaps for want of memory; cut it into shorter ones"

Task = FileToRead | TunePart
"""What one process reads at a time."""

Unit = tuple[int, int]
"""The number of a task: of the file, and of its part or ``_WHOLE``."""

Take = Callable[[int, list[FileTune], bytes, bytes], None]
"""Called with a file's number, its tunes, the key that they are kept under, and their pack."""


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
    kept = CachedFiles(todo) if costs is None or sum(costs) > _WORTH_KEEPING else None
    found = kept.recalled(progress) if kept else {}
    progress(len(found), len(files), "files")

    def take(number: int, tunes: list[FileTune], key: bytes, packed: bytes) -> None:
        found[number] = tunes
        if kept and key:
            kept.put(number, key, packed)

    def advance(done: int, total: int, words: str = "") -> None:
        progress(known + done, known + total, words)

    known = len(found)
    try:
        _read({n: file for n, file in enumerate(todo) if n not in found}, take, kept, advance)
    finally:  # also on Ctrl-C
        if kept:
            kept.write()
    return [
        [tune.of_file(file.shown) for tune in found.pop(number)]
        for number, file in enumerate(files)
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


def _read(
    todo: Mapping[int, FileToRead],
    take: Take,
    kept: CachedFiles | None = None,
    progress: Progress = silent,
) -> None:
    """Read the files now, here or, where that takes long, in workers. The progress is in files and
    parts of files.
    """
    costs = {number: _cost(file) for number, file in todo.items()}
    jobs = int(sum(costs.values()) / _WORTH_A_WORKER)
    if jobs < 2:
        for done, (number, file) in enumerate(todo.items(), 1):
            key, packed = read_one(file)
            take(number, unpack(packed), key, packed)
            progress(done, len(todo), "files")
        return
    units = _Units(todo, costs, take, kept, progress)
    _share_out(units, min(jobs, cores()))


class _Units:
    """What one process reads at a time: a file, or a part of one that is cut. Files are cut as
    their parts are asked for, so that of all that is to be read one file's text is in hand.
    """

    def __init__(
        self,
        todo: Mapping[int, FileToRead],
        costs: Mapping[int, float],
        take: Take,
        kept: CachedFiles | None,
        progress: Progress,
    ) -> None:
        self._todo, self._costs = todo, costs
        self._take, self._kept, self._progress = take, kept, progress
        self._cut: dict[int, CutFile] = {}
        self._done, self._total = 0, sum(map(_parts, costs.values()))

    def __iter__(self) -> Iterator[tuple[Unit, Task, float]]:
        """Each, with roughly the seconds that it takes, those of the longest files first."""
        for number in sorted(self._todo, key=lambda number: -self._costs[number]):
            file, cost = self._todo[number], self._costs[number]
            parts = _parts(cost)
            cut = CutFile.of(file, parts) if parts > 1 else None
            if cut:
                yield from self._cut_up(number, cut)
            else:
                self._total += 1 - parts
                yield (number, _WHOLE), file, cost

    def _cut_up(self, number: int, cut: CutFile) -> Iterator[tuple[Unit, Task, float]]:
        cost = self._costs[number]
        self._cut[number] = cut
        if self._kept:
            cut.recall()
        self._total += cut.missing - _parts(cost)
        self._finish(number)
        for part, task in cut.hand_out():
            yield (number, part), task, cost / cut.count

    def put(self, unit: Unit, key: bytes, packed: bytes) -> None:
        """What was read of one."""
        number, part = unit
        tunes = unpack(packed)
        if part == _WHOLE:
            self._take(number, tunes, key, packed)
        else:
            cut = self._cut[number]
            cut.put(part, tunes)
            if self._kept and key and cut.key:
                self._kept.keep(cut.key_of(part), packed)
            self._finish(number)
        self._done += 1
        self._progress(self._done, self._total, "files")

    def _finish(self, number: int) -> None:
        """Take a file of which no part is missing as a whole."""
        cut = self._cut[number]
        if cut.missing:
            return
        del self._cut[number]
        tunes = cut.tunes()
        lasting = _lasting(tunes)
        self._take(number, tunes, cut.key if lasting else b"", pack(tunes))
        if self._kept and lasting:
            self._kept.forget(cut.keys)


def _parts(cost: float) -> int:
    """How many a file of so many seconds is to be cut into."""
    return ceil(cost / _PART) if cost > _CUT else 1


def _chunks(units: _Units) -> Iterator[list[tuple[Unit, Task]]]:
    """What is given to a worker at once."""
    chunk: list[tuple[Unit, Task]] = []
    room = _PART
    for unit, task, cost in units:
        chunk.append((unit, task))
        room -= cost
        if room <= 0:
            yield chunk
            chunk, room = [], _PART
    if chunk:
        yield chunk


def _share_out(units: _Units, jobs: int) -> None:
    """Read them in so many processes."""
    from melodyrnn.system.place import Place
    from melodyrnn.system.sharing import share_out  # a song alone is spared it

    given: dict[int, list[Unit]] = {}  # to a worker, by the number of the chunk
    alone: list[tuple[Unit, Task]] = []  # of chunks that killed who read them

    def chunks() -> Iterator[tuple[int, list[Task]]]:
        for number, chunk in enumerate(_chunks(units)):
            given[number] = [unit for unit, _ in chunk]
            yield number, [task for _, task in chunk]

    def after(number: int, answers: list[tuple[bytes, bytes]]) -> None:
        for unit, answer in zip(given.pop(number), answers, strict=True):
            units.put(unit, *answer)

    def part(number: int, tasks: list[Task]) -> None:
        for unit, task in zip(given.pop(number), tasks, strict=True):
            alone.extend((unit, each) for each in _singly(task))

    place = Place(jobs)
    share_out(read_some, chunks(), place, after, again=0, survive=part)

    answers: dict[int, tuple[bytes, bytes]] = {}

    def after_one(number: int, found: list[tuple[bytes, bytes]]) -> None:
        answers[number] = found[0]

    def leave_out(number: int, tasks: list[Task]) -> None:
        answers[number] = b"", pack(map(_lost, tasks))

    singly = {number: [task] for number, (_, task) in enumerate(alone)}
    share_out(read_some, singly, place, after_one, again=0, survive=leave_out)
    for unit, numbers in groupby(range(len(alone)), key=lambda number: alone[number][0]):
        units.put(unit, *_together([answers[number] for number in numbers]))


def _singly(task: Task) -> list[Task]:
    return list(task.singly()) if isinstance(task, TunePart) else [task]


def _together(answers: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """The answers of the tunes of a unit as that of the unit."""
    if len(answers) == 1:
        return answers[0]
    key = answers[0][0] if all(key for key, _ in answers) else b""
    return key, pack(tune for _, packed in answers for tune in unpack(packed))


def _lost(task: Task) -> FileTune:
    """What becomes of a task that kills who reads it."""
    label = task.tunes[0][0] if isinstance(task, TunePart) else ""
    return left_out(FileError(f"{FILE}: {f'tune {label}: ' if label else ''}{_LOST}"), label)


def read_some(tasks: Sequence[Task]) -> list[tuple[bytes, bytes]]:
    """What a worker does: (key, packed tunes) of each."""
    return [read_part(task) if isinstance(task, TunePart) else read_one(task) for task in tasks]


def read_part(part: TunePart) -> tuple[bytes, bytes]:
    """As ``read_one``, of a part of a file; the key only says whether it is to be kept."""
    tunes = read_listed(part.tunes)
    return b"part" if _lasting(tunes) else b"", pack(tunes)


def _lasting(tunes: Sequence[FileTune]) -> bool:
    """Whether they would be read so again: nothing was left out for want of memory or time."""
    return all(tune.error != FileError.__name__ for tune in tunes)


def read_one(file: FileToRead) -> tuple[bytes, bytes]:
    """(Key, packed tunes) of a file; the key is empty where they are not to be kept, and where the
    file cannot be read at all. Raises nothing, whatever the file does.
    """
    try:
        data = read_file(file.path)
        grid = Grid.parse(file.grid) if file.grid else None
        tunes = read_tunes(data, format_of(file.path), file.track, grid, file.tune)
        return file.key(data) if _lasting(tunes) else b"", pack(tunes)
    except MelodyError as error:
        return b"", pack([left_out(error)])
    except MemoryError:
        return b"", pack([left_out(FileError(f"{FILE}: {NO_MEMORY}"))])
    except Exception as error:  # of no kind that anybody thought of
        said = " ".join(f"{type(error).__name__} {error}".split())[:100]
        return b"", pack([left_out(FileError(f"{FILE}: cannot be read ({said}); leave it out"))])
