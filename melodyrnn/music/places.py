"""What a person names, and the files it stands for: a file, a folder, a glob, a named corpus."""

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path

from melodyrnn.errors import ScoreError
from melodyrnn.files import exists, is_folder, suggest
from melodyrnn.music import collections
from melodyrnn.music.corpus import READERS


@dataclass(frozen=True, slots=True)
class Place:
    """A file to read songs from."""

    path: Path
    shown: str  # what messages call it
    named: bool = False  # by itself: then it is an error where it cannot be read
    track: str | None = None  # which of its voices the corpus that it belongs to takes


def places(source: str | Path) -> list[Place]:
    """The files that ``source`` stands for, in order; what exists wins over a corpus of its name.

    Raises ScoreError where there are none.
    """
    path, text = Path(source), str(source)
    if exists(path):
        if not is_folder(path):
            return [Place(path, text, named=True)]
        if found := _songs(_below(path)):
            return found
        raise ScoreError(f"{path}: no song in this folder; {_ENDINGS}")
    if text in collections.COLLECTIONS:
        return _corpus(text)
    if glob.has_magic(text):
        return _globbed(text)
    if path.suffix:
        raise ScoreError(f"{path}: no such file{suggest(path)}")
    near = collections.nearest(path.as_posix())
    raise ScoreError(
        f"{path}: no such file or corpus{suggest(path) or (near and f';{near}')}; "
        f"{collections.REMEDY}"
    )


_ENDINGS = f"songs end in {' '.join(READERS)}"


def _songs(paths: Iterable[Path]) -> list[Place]:
    """Those of ``paths`` that are songs' files, each once, sorted."""
    songs = {path for path in paths if path.suffix.lower() in READERS and path.name[0] != "."}
    return [Place(path, str(path)) for path in sorted(songs, key=attrgetter("parts"))]


def _below(folder: Path) -> Iterator[Path]:
    """All files in it and in the folders below."""
    for inside, _, names in os.walk(folder):
        yield from (Path(inside, name) for name in names)


def _globbed(pattern: str) -> list[Place]:
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207 - it may be absolute
    matched = list(map(Path, names))
    found = (_below(path) if is_folder(path) else [path] for path in matched)
    if songs := _songs(chain.from_iterable(found)):
        return songs
    if matched:
        raise ScoreError(f"{pattern}: no song among {len(matched)} matches; {_ENDINGS}")
    raise ScoreError(f"{pattern}: matches no file; * stands for any name, ** for any folders")


def _corpus(name: str) -> list[Place]:
    track = collections.COLLECTIONS[name].track
    return [Place(path, "/".join(path.parts[-2:]), track=track) for path in collections.files(name)]
