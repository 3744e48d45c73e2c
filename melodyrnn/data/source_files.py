"""What a person names, and the files it stands for: a file, a folder, a glob, a named corpus, a
tune of one.
"""

import glob
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data import collections
from melodyrnn.data.tune_names import CorpusTune, find_tune, nearest_tune
from melodyrnn.errors import FileError, ScoreError, warn
from melodyrnn.files import exists, is_folder, reason, shown, suggest
from melodyrnn.formats.read import PACKED, Corpus, endings
from melodyrnn.formats.registry import reader


class SourceFile(NamedTuple):
    """A file to read songs from."""

    file: str  # a text, for to make thousands of Paths takes as long as to look at their files
    shown: str  # what messages call it
    named: bool = False  # by itself: then it is an error where it cannot be read
    track: str | None = None  # which of its voices the corpus that it belongs to takes
    tune: str = ""  # the label of the one tune that is meant, of a file of many

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        return os.path.splitext(os.path.basename(self.file))[0]  # noqa: PTH119, PTH122 - for speed


def source_files(source: str | Path | Corpus) -> list[SourceFile]:
    """The files that ``source`` stands for, in order; what exists wins over a corpus or a tune
    of its name.

    Raises FileError where nothing is of that name, ScoreError where no song is among what is.
    """
    if isinstance(source, Corpus):
        return _corpus(source.name)
    path, text = Path(source), str(source)
    if exists(path):
        if not is_folder(path):
            return [SourceFile(str(path), shown(text), named=True)]
        if found := _songs(_below(path)):
            return found
        raise ScoreError(f"{path}: no song in this folder; {endings()}")
    if text in collections.COLLECTIONS:
        return _corpus(text)
    if tune := find_tune(text):
        return [_of_tune(tune)]
    if glob.has_magic(text):
        return _globbed(text)
    if path.suffix:
        raise FileError(f"{path}: no such file{suggest(path)}")
    raise no_such(path)


def _of_tune(tune: CorpusTune) -> SourceFile:
    """The file of a tune that was named itself."""
    place = "/".join(tune.path.parts[-2:])
    return SourceFile(str(tune.path), place, named=True, track=tune.track, tune=tune.label)


def no_such(path: Path) -> FileError:
    """What is said of a name that nothing has, with the nearest that something has."""
    return FileError(f"{path}: no such file or corpus{nearest(path) or ';'} {collections.REMEDY}")


def nearest(path: Path) -> str:
    """``; did you mean 'kinder0-99'?``, of files, corpora and tunes that there are, or nothing."""
    if near := suggest(path):
        return near
    name = path.as_posix()
    looks = (nearest_tune, collections.nearest)[:: 1 if "-" in name else -1]  # the likelier first
    return next((f";{near}" for look in looks if (near := look(name))), "")


def name_of(source: str | Path | Corpus) -> str | None:
    """What to call all that ``source`` stands for: a file's name without its suffix, a folder's, a
    corpus's; None for a glob.
    """
    if isinstance(source, Corpus):
        return source.name
    path, text = Path(source), str(source)
    if is_folder(path):
        return path.name if path.name.strip(".") else path.resolve().name
    if exists(path):
        return path.stem
    return text if text in collections.COLLECTIONS or find_tune(text) else None


def origin_of(source: str | Path | Corpus) -> tuple[str, str]:
    """What was named, and the licence of its songs, "" where that is not known."""
    named = str(source)
    known = collections.COLLECTIONS.get(named)
    is_corpus = known and (isinstance(source, Corpus) or not exists(Path(source)))
    return shown(named), known.licence if known and is_corpus else ""


def _songs(paths: Iterable[str]) -> list[SourceFile]:
    """Those of ``paths`` that are songs' files, each once, sorted by their parts."""
    suffix_of = {path: path[path.rfind(".") :].lower() for path in paths}
    known = {suffix for suffix in set(suffix_of.values()) if suffix == PACKED or reader(suffix)}
    songs = {path for path, suffix in suffix_of.items() if suffix in known}
    ordered = sorted(songs, key=lambda path: path.replace(os.sep, "\0"))
    return [SourceFile(path, shown(path)) for path in ordered]


def _below(folder: Path) -> Iterator[str]:
    """All files in it and in the folders below, hidden ones left out; texts, for speed."""
    for inside, _, names in os.walk(folder, onerror=_warn):
        for name in names:
            if name[0] != ".":
                yield os.path.join(inside, name)  # noqa: PTH118


def _warn(error: OSError) -> None:
    """Of a folder that may not be looked into."""
    warn(
        f"{shown(error.filename)}: cannot look into this folder: {reason(error)}; its songs are "
        "left out"
    )


def _globbed(pattern: str) -> list[SourceFile]:
    matched = glob.glob(pattern, recursive=True)  # noqa: PTH207 - it may be absolute
    found = (_below(path) if is_folder(path := Path(name)) else [str(path)] for name in matched)
    if songs := _songs(chain.from_iterable(found)):
        return songs
    if matched:
        raise ScoreError(f"{pattern}: no song among {len(matched)} matches; {endings()}")
    raise FileError(f"{pattern}: matches no file; * stands for any name, ** for any folders")


def _corpus(name: str) -> list[SourceFile]:
    track = collections.COLLECTIONS[name].track
    paths = collections.files(name)
    return [SourceFile(str(path), "/".join(path.parts[-2:]), track=track) for path in paths]
