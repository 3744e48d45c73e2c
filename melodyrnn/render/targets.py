"""Where new songs are written: files named one by one, folders with the formats asked for."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from melodyrnn.errors import ConfigError
from melodyrnn.files import exists, is_folder, make_folder, numbered
from melodyrnn.formats.registry import nearest, writer, writers
from melodyrnn.render.write import writer_of

_NAME = "song"  # of a file in a folder
_FORMAT = "mid"  # where a folder is named and no format


def song_targets(
    outputs: Sequence[Path],
    formats: Sequence[str] | None,
    count: int,
    overwrite: bool = False,
) -> list[list[Path]]:
    """Of each of ``count`` songs the files that it goes to, numbered alike where there are several.

    Each of ``outputs`` is a file, whose suffix says its format, or a folder, which is made where
    there is none and gets a file of each of ``formats``, by default MIDI; songs that stand in it
    are replaced with ``overwrite`` only. Raises MelodyError for a
    format that is not written, a file named twice, and for formats without a folder; nothing is
    made then.
    """
    folders = [path for path in outputs if is_folder(path) or not path.suffix]
    if formats is not None and not folders:
        raise ConfigError(
            "--formats has no effect without a folder; name one by --output, or leave it out"
        )
    suffixes = _suffixes([_FORMAT] if formats is None else formats)
    files: list[Path] = []
    for path in outputs:
        files += [path / f"{_NAME}{s}" for s in suffixes] if path in folders else [path]
    for file in files:
        writer_of(file)
    each = [numbered(file, count) for file in files]
    for some, file in zip(each, files, strict=True):
        if file.parent in folders and not overwrite and any(map(exists, some)):
            there = next(filter(exists, some))
            raise ConfigError(
                f"{there}: already exists; --overwrite replaces it, or choose another --output"
            )
    _check_apart([path for some in each for path in some])
    for folder in folders:
        make_folder(folder)
    return [list(some) for some in zip(*each, strict=True)] if each else [[] for _ in range(count)]


def _suffixes(formats: Sequence[str]) -> list[str]:
    """``mid`` -> ``.mid``. Raises ConfigError."""
    known = list(writers())
    suffixes = [f".{name.strip().lower().removeprefix('.')}" for name in formats]
    for suffix in suffixes:
        if not writer(suffix):
            near = nearest(suffix, known)
            meant = f" did you mean '{near[1:]}'?" if near else ""
            listed = " ".join(name[1:] for name in known)
            problem = f"unknown format '{suffix[1:]}'" if suffix[1:] else "no format is named"
            raise ConfigError(f"--formats: {problem};{meant} formats are {listed}")
    if len(set(suffixes)) < len(suffixes):
        raise ConfigError("--formats names each format once, such as mid,pdf,wav")
    return suffixes


def _check_apart(files: Sequence[Path]) -> None:
    """Raise ConfigError where two songs, or two formats, would go to one file."""
    places = [file.resolve() for file in files]
    counts = Counter(places)
    for file, place in zip(files, places, strict=True):
        if counts[place] > 1:
            raise ConfigError(f"{file}: named twice by --output; name each file once")
