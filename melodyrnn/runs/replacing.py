"""A run put in the place of another, which is kept until the new one is whole.

While the new run is trained, the old one lies beside it as ``.NAME.old``. Then what this tool wrote
of it is removed; whatever else somebody put there moves into the new run.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from melodyrnn.errors import RunError
from melodyrnn.files import exists, reason

_LONGEST = 245  # bytes of a name that five more may be added to
_OURS = re.compile(
    r"(run\.json|pretraining\.npz|(model|weights|history)(-\d+)?\.(keras|npz|csv)"
    r"|song(-\d+)?\.(mid|musicxml|svg|png|wav|pdf|abc|txt)|(checkpoint|tunes|tensorboard(-\d+)?)"
    r"|report\.html|README\.md|\..*\.part)"
)
"""The names in a run folder that this tool gives."""


def set_aside(path: Path) -> None:
    """Make room at ``path`` for a run that is to replace the one there. Raises RunError.

    Where one is set aside already, that one is whole, and the one at ``path`` was cut off.
    """
    old = aside(path)
    try:
        if exists(old):
            _remove(path, old)
        else:
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


def _remove(run: Path, heir: Path) -> None:
    """Remove what this tool wrote of ``run``; move the rest to ``heir``, and remove the folder."""
    for each in list(run.iterdir()):
        if not _OURS.fullmatch(each.name):
            if not exists(heir / each.name):
                each.rename(heir / each.name)
        elif each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
    with suppress(OSError):  # something of somebody's is still in it
        run.rmdir()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keeps every other process from training in the folder ``path`` meanwhile.

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
                f"{path}: another process trains in it; wait for its end, or choose another "
                "--output"
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
