"""What was read from files, kept for the next time: bytes by the content that they came of.

One SQLite file in the user's cache folder, written in transactions, so that a kill leaves the old
state or the new one. It only ever saves time: where it is damaged it is made anew, where it cannot
be written nothing is kept. MELODYRNN_CACHE names another folder, or ``off``.

It holds any number of readings. Past a size, what was not used for the longest time goes, but
nothing that was used within a day: so no reading, however large, pushes itself out.
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

LARGEST = 2_000_000_000
"""Bytes; of more, the least recently used go. A million tunes take some 600 million."""

_LEFT = 0.9  # of LARGEST, what is left then, so that it is not soon to be done again
_DAY = 86_400  # seconds: how exactly it is known when something was used
_SIZE = 16  # bytes of a key
_READERS = ("music", "formats", "data")  # the packages by whose code what is kept was read

_AT_ONCE = 500  # keys a query
_SETTLED = 2_000_000_000  # nanoseconds; the coarsest clock of a file system in use
_PATIENCE = 2.0  # seconds for another process to finish writing

_LAYOUT = 2  # its number, in the file; one of another is begun anew
_BEGIN = f"""
    DROP TABLE IF EXISTS tunes;
    PRAGMA auto_vacuum = INCREMENTAL;
    VACUUM;
    CREATE TABLE tunes (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL);
    CREATE INDEX by_use ON tunes (used);
    PRAGMA user_version = {_LAYOUT};
"""
"""Values lie in the order in which they came, and keys, which come in none, apart from them in an
index: so many new ones change few pages. ``used`` is in seconds since 1970."""


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
    now, stale = int(time.time()), []

    def look_up(database: "Connection") -> None:
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            asked = f"SELECT key, value, used FROM tunes WHERE key IN ({marks})"
            for key, value, used in database.execute(asked, some):
                kept[key] = value
                if used <= now - _DAY:
                    stale.append((now, key))

    def mark(database: "Connection") -> None:
        with database:
            database.executemany("UPDATE tunes SET used = ? WHERE key = ?", stale)

    path = _place()
    if path and keys and _is_file(path):
        _try(path, look_up)
        if stale:
            _try(path, mark)
    return kept


def remember(values: Mapping[bytes, bytes], instead_of: Sequence[bytes] = ()) -> bool:
    """Keep each value under its key, if that is possible, and no longer what ``instead_of`` names.

    Returns whether there is nothing more to be kept: False where the cache cannot be written now.
    """

    def put(database: "Connection") -> None:
        if database.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
            database.executescript(_BEGIN)
        now = int(time.time())
        with database:  # all of them or none
            database.executemany("DELETE FROM tunes WHERE key = ?", [(key,) for key in instead_of])
            database.executemany(
                "INSERT OR REPLACE INTO tunes VALUES (?, ?, ?)",
                [(key, value, now) for key, value in values.items()],
            )
        if _held(database) > LARGEST:
            _cull(database, now - _DAY)

    path = _place()
    if not (path and (values or instead_of)):
        return True
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    return _try(path, put)


def _held(database: "Connection") -> int:
    """Bytes, without those that the file has room for and does not hold."""
    pages, free, size = (
        int(database.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _cull(database: "Connection", before: int) -> None:
    """Delete the least recently used, of those used ``before`` then, down to ``_LEFT``."""
    excess = _held(database) - _LEFT * LARGEST
    last = None
    for row, used, size in database.execute(
        "SELECT rowid, used, length(key) + length(value) FROM tunes WHERE used <= ? "
        "ORDER BY used, rowid",
        (before,),
    ):
        last = used, row
        excess -= size
        if excess <= 0:
            break
    if last:
        with database:
            database.execute("DELETE FROM tunes WHERE (used, rowid) <= (?, ?)", last)
        database.executescript("PRAGMA incremental_vacuum")  # execute would free one page


def _try(path: Path, work: Callable[["Connection"], None]) -> bool:
    """Do ``work`` with the database, if that is possible; a damaged one is removed. Returns whether
    it was done.
    """
    import sqlite3  # which a song alone is spared

    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
            work(database)
            return True
    except sqlite3.OperationalError:
        pass  # busy, full, read-only or without its table
    except sqlite3.DatabaseError:
        with suppress(OSError):
            path.unlink()
    return False


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
