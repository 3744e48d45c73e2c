"""The tunes of the corpora by name: ``nabiya``, ``bwv253``, and ``kinder0-121``, a tune of a file
of many. The names are those by which lines about tunes call them.
"""

from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data.collections import COLLECTIONS, files
from melodyrnn.data.file_tunes import FILE
from melodyrnn.errors import MelodyError
from melodyrnn.files import read_bytes
from melodyrnn.formats.registry import reader

_ALIKE = 0.7  # how alike, of 1, are a stem and what it may have meant


class CorpusTune(NamedTuple):
    """Where a tune of a corpus stands."""

    path: Path
    label: str  # identifies it in its file; "" where the file holds one
    track: str | None  # the voice that the corpus takes


def find_tune(name: str) -> CorpusTune | None:
    """The tune of that name; None where no corpus has it. No tune is read."""
    if not _may_be_one(name):
        return None
    for stem, label in _parts(name):
        found = _files().get(stem)
        if found and label in _labels(found.path):
            return found._replace(label=label)
    return None


def nearest_tune(name: str) -> str:
    """`` did you mean 'kinder0-99'?`` for a name that no tune has, or nothing."""
    if not _may_be_one(name):
        return ""
    for stem, label in _parts(name):
        for near in get_close_matches(stem, _files(), 3, _ALIKE):
            labels = _labels(_files()[near].path)
            if close := get_close_matches(label, labels, 1, 0.0 if near == stem else 1.0):
                return f" did you mean '{near}-{close[0]}'?".replace("-'", "'")
    return ""


def _may_be_one(name: str) -> bool:
    """Whether a tune could be called so: it spares looking for the files of all corpora."""
    return name.isprintable() and not set(name) & set(" /\\.")


def _parts(name: str) -> Iterator[tuple[str, str]]:
    """(stem, label) as which a name may be read: a stem may have hyphens, too."""
    yield name, ""
    parts = name.split("-")
    for count in range(len(parts) - 1, 0, -1):
        yield "-".join(parts[:count]), "-".join(parts[count:])


@cache
def _files() -> dict[str, CorpusTune]:
    """Stem -> the file, of all corpora that are there; of two of one name, that of the first."""
    found: dict[str, CorpusTune] = {}
    for name, corpus in COLLECTIONS.items():
        with suppress(MelodyError):  # music21 was taken away
            for path in files(name):
                found.setdefault(path.stem, CorpusTune(path, "", corpus.track))
    return found


@cache
def _labels(path: Path) -> tuple[str, ...]:
    """What identifies each tune of a file, in order; ("",) where it holds one."""
    known = reader(path.suffix)
    assert known is not None  # of a corpus
    if not known.tunes:
        return ("",)
    tunes = known.read_tunes(read_bytes(path, known.largest), FILE, None, None)
    return tuple(label for label, _ in tunes)
