"""What was read from files, kept for the next time: bytes by the content that they came of.

One SQLite file in the user's cache folder, written in transactions, so that a kill leaves the old
state or the new one. It only ever saves time: where it is damaged it is made anew, where it cannot
be written nothing is kept. MELODYRNN_CACHE names another folder, or ``off``.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

LARGEST = 256_000_000
"""Bytes; a larger file is begun anew. All of the tunes in music21's corpus take 3 million."""

_SIZE = 16  # bytes of a key
_READERS = ("music", "formats", "data")  # the packages by whose code what is kept was read

_AT_ONCE = 500  # keys a query
_SETTLED = 2_000_000_000  # nanoseconds; the coarsest clock of a file system in use
_PATIENCE = 2.0  # seconds for another process to finish writing


def key_of(data: bytes, suffix: str, track: str | None, grid: str | None) -> bytes:
    """What ``data``, read in this way by these readers, is kept under."""
    return hashlib.blake2b(data, digest_size=_SIZE, key=_way(suffix.lower(), track, grid)).digest()


def state_of(files: Sequence[str], options: object) -> bytes | None:
    """A key that changes when any of the files does, or how they are read; no file is opened.

    None where one is missing, or changed so lately that the clock of its file system might not
    distinguish the next change from the last one.
    """
    digest, latest = hashlib.blake2b(repr(options).encode(), digest_size=_SIZE, key=_way()), 0
    try:
        for file in files:
            found = os.stat(file)  # noqa: PTH116 - of thousands; half the time of Path.stat
            latest = max(latest, found.st_mtime_ns, found.st_ctime_ns)
            digest.update(
                b"%d %d %d %d %d "
                % (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            )
    except OSError:
        return None
    return digest.digest() if time.time_ns() - latest > _SETTLED else None


def recall(keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """What is kept under each of ``keys``; nothing where the cache is off, absent or damaged."""
    kept: dict[bytes, bytes] = {}

    def look_up(database: "Connection") -> None:
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            kept.update(
                database.execute(f"SELECT key, value FROM tunes WHERE key IN ({marks})", some)
            )

    path = _place()
    if path and _is_file(path):
        _try(path, look_up)
    return kept


def remember(values: Mapping[bytes, bytes]) -> None:
    """Keep each value under its key, if that is possible."""

    def put(database: "Connection") -> None:
        database.execute(
            "CREATE TABLE IF NOT EXISTS tunes (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
        )
        with database:  # all of them or none
            database.executemany("INSERT OR REPLACE INTO tunes VALUES (?, ?)", values.items())

    path = _place()
    if not (path and values):
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if _is_file(path) and path.stat().st_size > LARGEST:
            path.unlink()
    _try(path, put)


def _try(path: Path, work: Callable[["Connection"], None]) -> None:
    """Do ``work`` with the database, if that is possible; a damaged one is removed."""
    import sqlite3  # which a song alone is spared

    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            work(database)
    except sqlite3.OperationalError:
        pass  # busy, full, read-only or without its table
    except sqlite3.DatabaseError:
        with suppress(OSError):
            path.unlink()


def _is_file(path: Path) -> bool:
    with suppress(OSError):  # of a folder that may not be looked into
        return path.is_file()
    return False


def _place() -> Path | None:
    """The file, or None where the cache is off."""
    asked = os.environ.get("MELODYRNN_CACHE")
    if asked and asked.lower() == "off":
        return None
    with suppress(RuntimeError):  # no home to be found
        return (Path(asked) if asked else _user_folder() / "melodyrnn") / "tunes.sqlite"
    return None


def _user_folder() -> Path:
    """Where a user's programs keep what can be made anew."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given)
    if sys.platform == "win32" and (given := os.environ.get("LOCALAPPDATA")):
        return Path(given)
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


@cache
def _way(*options: str | None) -> bytes:
    """A digest of the readers and their options."""
    return hashlib.sha256(repr((_readers(), options)).encode()).digest()


@cache
def _readers() -> str:
    """A digest of the readers' source."""
    digest = hashlib.sha256()
    package = Path(__file__).parent.parent
    for part in _READERS:
        for path in sorted((package / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
