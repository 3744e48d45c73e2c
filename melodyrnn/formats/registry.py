"""The table of formats, to which other packages add rows.

A package adds one by an entry point of the group ``melodyrnn.formats`` that names its ``Format``::

    [project.entry-points."melodyrnn.formats"]
    solfa = "solfa:FORMAT"

    # solfa.py
    from melodyrnn.formats.format import Format
    from melodyrnn.music.song import Song

    FORMAT = Format("Sol-fa", (".solfa",), read="solfa:read", write="solfa:write")

    def read(data: bytes, name: str) -> Song: ...
    def write(song: Song) -> str: ...

Other packages are looked for only where no row of ours serves a suffix, and where all suffixes are
listed: finding them takes 40 ms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from melodyrnn.errors import warn
from melodyrnn.formats.format import Format

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "melodyrnn.formats"
"""Each of its entry points names a Format."""

_SYMPHONY = 20_000_000  # bytes: so large is one in MusicXML
_HOUR_OF_MIDI = 2_000_000  # bytes: an hour of piano playing has a fifth of that

FORMATS: tuple[Format, ...] = (
    Format(
        "text notation",
        (".txt",),
        read="melodyrnn.formats.notation:read_notation",
        write="melodyrnn.music.notation.text:format",
        largest=2_000_000,  # bytes: a text of notes this long would play for days
        file_seconds=3e-4,
        byte_seconds=3e-6,
    ),
    Format(
        "MIDI",
        (".mid", ".midi"),
        read="melodyrnn.formats.midi.read:parse_midi",
        write="melodyrnn.formats.midi.write:midi_bytes",
        voices=True,
        sounds=True,
        plays=True,
        largest=_HOUR_OF_MIDI,
        file_seconds=3e-4,
        byte_seconds=1e-6,
    ),
    Format(
        "MIDI",  # with words to sing, within RIFF, or called by its own name: read, not written
        (".kar", ".rmi", ".smf"),
        read="melodyrnn.formats.midi.read:parse_midi",
        voices=True,
        largest=_HOUR_OF_MIDI,
        file_seconds=3e-4,
        byte_seconds=1e-6,
    ),
    Format(
        "MusicXML",
        (".musicxml", ".xml"),
        read="melodyrnn.formats.musicxml.read:parse_musicxml",
        write="melodyrnn.formats.musicxml.write:musicxml",
        voices=True,
        largest=_SYMPHONY,
        file_seconds=1e-3,
        byte_seconds=1.6e-7,
    ),
    Format(
        "compressed MusicXML",
        (".mxl",),
        read="melodyrnn.formats.musicxml.read:parse_compressed",
        voices=True,
        largest=_SYMPHONY,
        file_seconds=1e-3,
        byte_seconds=4e-6,
    ),
    Format(
        "ABC",
        (".abc",),
        read="melodyrnn.formats.abc.read:parse_abc",
        write="melodyrnn.formats.abc.write:abc",
        tunes="melodyrnn.formats.abc.read:parse_tunes",
        voices=True,
        largest=_SYMPHONY,
        file_seconds=3e-4,
        byte_seconds=4e-6,
    ),
    Format(
        "Humdrum",
        (".krn",),
        read="melodyrnn.formats.humdrum.read:parse_humdrum",
        voices=True,
        largest=_SYMPHONY,
        file_seconds=1e-3,
        byte_seconds=2.5e-6,
    ),
    Format("SVG", (".svg",), write="melodyrnn.render.sheet:svg"),
    Format("PNG", (".png",), write="melodyrnn.render.sheet:png"),
    Format("PDF", (".pdf",), write="melodyrnn.render.sheet:pdf"),
    Format("WAV", (".wav",), write="melodyrnn.render.audio:played", sounds=True, plays=True),
)
"""Those of this package."""


def _by_suffix(rows: Iterable[Format]) -> dict[str, Format]:
    """Suffix -> the first of the rows that has it."""
    table: dict[str, Format] = {}
    for row in rows:
        for suffix in row.suffixes:
            table.setdefault(suffix, row)
    return table


_OUR_READERS = _by_suffix(row for row in FORMATS if row.read)
_OUR_WRITERS = _by_suffix(row for row in FORMATS if row.write)


def reader(suffix: str) -> Format | None:
    """The format that reads files of this suffix, in any case; None where there is none."""
    suffix = suffix.lower()
    return _OUR_READERS.get(suffix) or (readers().get(suffix) if suffix else None)


def writer(suffix: str) -> Format | None:
    """The format that writes files of this suffix, in any case; None where there is none."""
    suffix = suffix.lower()
    return _OUR_WRITERS.get(suffix) or (writers().get(suffix) if suffix else None)


@cache
def readers() -> Mapping[str, Format]:
    """Suffix -> the format that reads it, of this package and of others; ours come first."""
    return _by_suffix(row for row in (*FORMATS, *_added()) if row.read)


@cache
def writers() -> Mapping[str, Format]:
    """Suffix -> the format that writes it, of this package and of others; ours come first."""
    return _by_suffix(row for row in (*FORMATS, *_added()) if row.write)


def nearest(suffix: str, suffixes: Iterable[str]) -> str | None:
    """The one of ``suffixes`` that may have been meant."""
    return next(iter(get_close_matches(suffix.lower(), suffixes, 1, 0.65)), None)


@cache
def _added() -> tuple[Format, ...]:
    """The rows of other packages, by name; a MelodyWarning names each that cannot be had."""
    from importlib.metadata import entry_points

    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return tuple(row for point in points if (row := _row(point)))


def _row(point: "EntryPoint") -> Format | None:
    """The row that an entry point names; None, and a MelodyWarning, where it is broken."""
    package = point.dist.name if point.dist else point.module
    try:
        row = point.load()
    except (Exception, SystemExit) as error:  # whatever the other package does when imported
        problem = f"{type(error).__name__}: {' '.join(str(error).split())[:100]}"
    else:
        if isinstance(row, Format):
            return replace(row, package=package)
        problem = f"{point.value} is a {type(row).__name__}, not a Format"
    warn(
        f"the format {point.name!r} of the package {package} cannot be used ({problem}); "
        "update the package, or uninstall it"
    )
    return None
