"""Many files -> tunes: from the cache what was read before, the rest by a pool of processes."""

from collections.abc import Callable, Mapping, Sequence

from melodyrnn.data.cached_files import CachedFiles, FileToRead
from melodyrnn.data.file_tunes import FILE, FileTune, left_out, read_tunes
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
_LOST = "whoever read it was killed, perhaps for want of memory; cut it into shorter ones"


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
