"""Reading and writing files so that nothing is lost and every failure says what to do."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from errno import EEXIST, ENOTEMPTY
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from melodyrnn.errors import FileError, MelodyError, RunError

NO_MEMORY = "takes more memory than there is; cut it, or close other programs"
"""What is said of a file, or a command, that does."""


def write_atomically(path: str | Path, data: bytes | str) -> Path:
    """Write ``data`` (text as UTF-8) under a temporary name beside ``path``, then rename it.

    A kill or a full disk at any moment leaves the old file or the new one, never half of one.
    Raises FileError where the folder is missing, the disk full or writing not permitted.
    """
    with draft_of(path) as file:
        file.write(data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data)
    return Path(path)


@contextmanager
def draft_of(path: str | Path) -> Iterator[BinaryIO]:
    """A file to be written bit by bit, which takes the place of ``path`` when all went well, as
    ``write_atomically`` says. Raises FileError as it does.
    """
    path = Path(path)
    check_no_folder(path)
    place = Path(os.path.realpath(path))  # a link stays one, and what it names is written
    draft = place.with_name(f".{place.name[-48:]}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    except OSError as error:
        raise FileError(f"{path}: cannot write: {reason(error)}; {_remedy(error)}") from None
    finally:
        with suppress(OSError):  # after a rename there is nothing left to remove
            draft.unlink()


def sweep_drafts(folder: Path) -> None:
    """Remove what writes left in ``folder`` that were killed: the drafts of processes that are no
    more.
    """
    import shutil

    with suppress(OSError):
        for draft in list(folder.iterdir()):
            found = _DRAFT.fullmatch(draft.name)
            if found and not _lives(int(found[1])):
                if draft.is_dir() and not draft.is_symlink():
                    shutil.rmtree(draft, ignore_errors=True)
                else:
                    with suppress(OSError):
                        draft.unlink()


_DRAFT = re.compile(r"\..*\.(\d{1,9})\.part")


def _lives(process: int) -> bool:
    """Whether such a process may be at work; where the system does not say, it may."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def check_no_folder(path: Path) -> None:
    """Raise FileError where a folder stands, which no file replaces."""
    if is_folder(path):
        raise FileError(f"{path}: a folder; name a file in it to write")


def make_folder(path: str | Path) -> Path:
    """Make a folder and those above it; an existing one is fine. Raises FileError."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot make this folder: {reason(error)}") from None
    return path


class _InTheWayError(RunError):
    """Something stands where a folder was to be made."""


def create_folder(
    path: Path,
    marker: str,
    fill: Callable[[Path], object],
    *,
    taken: str,
    kind: str,
    make_way: Callable[[Path], object] | None = None,
) -> None:
    """Make a folder with all that ``fill`` writes into it, the file ``marker`` among it, at once.

    An empty folder may stand at ``path``, and one with ``marker`` in it that ``make_way`` moves
    elsewhere, when the new one is filled.
    Raises RunError where anything else does, with the words ``taken``, what then may be done, or
    ``kind``, what such a folder is called.
    """
    import shutil  # 5 ms that whoever only reads is spared
    import tempfile

    check_free(path, marker, taken=taken, kind=kind, overwrite=make_way is not None)
    make_folder(path.parent)
    sweep_drafts(path.parent)
    prefix, suffix = f".{path.name[-40:]}.", f".{os.getpid()}.part"
    try:
        draft = Path(tempfile.mkdtemp(prefix=prefix, suffix=suffix, dir=path.parent))
    except OSError as error:
        raise RunError(f"{path}: cannot make a {kind} here: {reason(error)}") from None
    try:
        draft.chmod(0o755)  # mkdtemp makes it private
        fill(draft)
        if make_way and exists(path / marker):
            make_way(path)
        draft.rename(path)
    except OSError as error:
        if error.errno in (EEXIST, ENOTEMPTY):  # another process was quicker
            raise _InTheWayError(f"{path}: already exists; {taken}") from None
        raise RunError(f"{path}: cannot be written: {reason(error)}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def create_fresh_folder(
    path: Path, marker: str, fill: Callable[[Path], object], *, taken: str, kind: str
) -> Path:
    """``create_folder`` at ``path`` or, where it exists, the first free one of ``path-2`` …

    Two processes that begin at once get a folder each. Returns the one made.
    """
    number, free = 1, path
    while True:
        try:
            create_folder(free, marker, fill, taken=taken, kind=kind)
            return free
        except _InTheWayError:
            number += 1
            free = path.with_name(f"{path.name}-{number}")


def check_free(path: Path, marker: str, *, taken: str, kind: str, overwrite: bool = False) -> None:
    """Raise the RunError of ``create_folder`` where it would."""
    if exists(path / marker):
        if not overwrite:
            raise _InTheWayError(f"{path}: already exists; {taken}")
    elif exists(path) and not is_empty(path):
        raise _InTheWayError(f"{path}: stands there and is no {kind}; choose another --output")


def numbered(path: Path, count: int) -> list[Path]:
    """Where ``count`` files go: one to ``path``, several to ``song-01.mid``, ``song-02.mid`` …"""
    if count == 1:
        return [path]
    digits = len(str(count))
    return [path.with_stem(f"{path.stem}-{n:0{digits}}") for n in range(1, count + 1)]


def read_bytes(path: str | Path, most: int) -> bytes:
    """The file's bytes, at most ``most`` of them.

    Raises FileError where it is missing (naming the nearest file), a folder, unreadable or
    larger than ``most``.
    """
    path = Path(path)
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            raise FileError(f"{path}: a folder; name a file in it")
        if not S_ISREG(status.st_mode):  # a pipe or a device may never end
            raise FileError(f"{path}: not a regular file; name a file")
        if (size := status.st_size) > most:
            raise FileError(
                f"{path}: {size / 1e6:.0f} MB is too large for a melody; "
                f"files of up to {most / 1e6:.0f} MB are read"
            )
        with path.open("rb", buffering=0) as file:  # a third of the time of a buffered one
            return file.read()
    except FileNotFoundError:
        raise FileError(f"{path}: no such file{suggest(path)}") from None
    except OSError as error:
        raise FileError(f"{path}: cannot read: {reason(error)}; choose another file") from None


def shown(name: str) -> str:
    r"""``name`` as text that UTF-8 can hold: the bytes of a file's name that are no UTF-8 stand as
    ``\xff`` then, and control characters as ``\x1b``.
    """
    try:
        text = os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half of a character, which is no file's name
        text = name.encode("utf-8", "backslashreplace").decode()
    return harmless(text)


def harmless(text: str) -> str:
    r"""``text`` with its control characters, which a terminal obeys, as they are written:
    ``\x1b``.
    """
    return _CONTROL.sub(lambda sign: repr(sign[0])[1:-1], text)


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; none does where the system refuses such a name."""
    with suppress(OSError):
        return path.is_dir()
    return False


def is_same(path: Path, other: Path) -> bool:
    """Whether both are one file, by whatever names."""
    with suppress(OSError):
        return path.samefile(other)
    return False


def is_empty(path: Path) -> bool:
    """Whether an empty folder stands there."""
    with suppress(OSError):
        return not any(path.iterdir())
    return False


def exists(path: Path) -> bool:
    """Whether anything stands there; nothing does where the system refuses such a name."""
    with suppress(OSError):
        return path.exists()
    return False


def suggest(path: Path) -> str:
    """``; did you mean 'songs/nabiya.txt'?`` for a path that is not there, or nothing."""
    try:
        names = [sibling.name for sibling in path.parent.iterdir() if sibling.name != path.name]
    except OSError:
        return ""
    close = get_close_matches(path.name, names, 1, 0.6)
    return f"; did you mean '{path.parent / close[0]}'?" if close else ""


def package_folder(package: str) -> Path:
    """Where the files of another package lie, without importing it. Raises MelodyError."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        return Path(folder)
    raise MelodyError(f"{package}: no such package; pip install {distribution(package)}")


def distribution(package: str) -> str:
    """What pip calls the package."""
    return package.replace("_", "-")


def reason(error: OSError) -> str:
    """The system's words for an error, without its number."""
    return (error.strerror or str(error)).lower()


def _remedy(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "make the folder first"
    return "choose another place with -o or --output"
