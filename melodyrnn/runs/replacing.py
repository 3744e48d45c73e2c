"""A run put in the place of another, which is kept until the new one is whole.

While the new run is trained, the old one lies beside it as ``.NAME.old``. Then what this tool wrote
of it is removed; whatever else somebody put there moves into the new run. The same holds of a
comparison or a sweep, which has runs in it, and of what a lesson leaves.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from hashlib import blake2b
from pathlib import Path

from melodyrnn.errors import RunError
from melodyrnn.files import exists, reason

_LONGEST = 245  # bytes of a name that five more may be added to
_OURS = re.compile(
    r"(run\.json|pretraining\.npz|(model|weights|history)(-\d+)?\.(keras|npz|csv)"
    r"|song(-\d+)?\.(mid|musicxml|svg|png|wav|pdf|abc|txt)|(checkpoint|tunes|tensorboard(-\d+)?)"
    r"|report\.html|README\.md|\..*\.part"
    r"|(compare|sweep|trial|outcomes|lesson)\.json"
    r"|(grid|curves|confusions?|attention(-[a-z]+)?)\.(svg|png))"
)
"""The names that this tool gives to what it writes into a run, a comparison, a sweep, a lesson."""
_MARKERS = ("run.json", "compare.json", "sweep.json", "lesson.json")
"""Those of them that each such folder has one of."""
_OF_RUNS = re.compile(r"runs|mending|run|[\w.-]+-seed\d+(-fold\d+)?|[a-z_]+=.*")
"""Those of the folders in a comparison or a sweep, which hold runs or are one."""


def set_aside(path: Path) -> None:
    """Make room at ``path`` for a run that is to replace the one there. Raises RunError.

    Where one is set aside already, that one is whole, and the one at ``path`` was cut off.
    """
    old = aside(path)
    try:
        if any(exists(old / name) for name in _MARKERS):
            _remove(path, old)
        else:
            if exists(old):  # a kill ended its removal
                _remove(old, path)
            path.rename(old)
    except OSError as error:
        raise RunError(
            f"{path}: cannot be replaced: {reason(error)}; choose another place"
        ) from None


def release(path: Path) -> None:
    """The run at ``path`` is whole: remove the one that it replaces, if there is one."""
    if exists(aside(path)):
        with suppress(OSError):
            _remove(aside(path), path)


def aside(path: Path) -> Path:
    """Where the run lies that the one at ``path`` replaces."""
    name = path.name
    if len(os.fsencode(name)) > _LONGEST:
        name = f"{name[:40]}.{blake2b(os.fsencode(name), digest_size=8).hexdigest()}"
    return path.with_name(f".{name}.old")


def make_way(path: Path) -> None:
    """``set_aside``, unless another process works in ``path``. Raises RunError."""
    with alone(path):
        set_aside(path)


def _remove(run: Path, heir: Path) -> None:
    """Remove what this tool wrote of ``run``; move the rest to ``heir``, and remove the folder.

    What says that ``run`` is whole goes first: a kill leaves nothing that passes for a run.
    """
    for each in sorted(run.iterdir(), key=lambda each: each.name not in _MARKERS):
        folder = each.is_dir() and not each.is_symlink()
        if folder and _OF_RUNS.fullmatch(each.name):
            _remove(each, heir / each.name)
        elif not _OURS.fullmatch(each.name):
            _move(each, heir)
        elif folder:
            shutil.rmtree(each)
        else:
            each.unlink()
    with suppress(OSError):  # something of somebody's is still in it
        run.rmdir()


def _move(file: Path, heir: Path) -> None:
    """Into the folder ``heir``, under a name that is free there."""
    heir.mkdir(parents=True, exist_ok=True)
    place, number = heir / file.name, 1
    while os.path.lexists(place):
        if _same(file, place):
            file.unlink()
            return
        number += 1
        place = heir / f"{file.stem}-{number}{file.suffix}"
    file.rename(place)


def _same(file: Path, other: Path) -> bool:
    """Whether both are files with the same bytes."""
    return file.is_file() and other.is_file() and cmp(file, other, shallow=False)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keeps every other process from working in the folder ``path`` meanwhile.

    The lock is the system's, on the folder itself, and dies with its process. Raises RunError
    where another process has it.
    """
    try:
        import fcntl
    except ImportError:  # a system without such locks
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{path}: another process works in it; wait for its end, or choose another --output"
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
