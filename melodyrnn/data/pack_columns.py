"""The columns of a pack of songs, a table of one song a row: what each holds, how it is written and
read back. Imports neither pyarrow nor numpy.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from melodyrnn.data.file_tunes import FileTune, left_out
from melodyrnn.data.packing import NOTES
from melodyrnn.errors import MelodyError, NotationError, ScoreError
from melodyrnn.files import shown
from melodyrnn.limits import NOTES as MOST_NOTES
from melodyrnn.limits import TITLE, TUNE
from melodyrnn.music.notation.headers import HEADERS, read_meter
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import Meter, Note, Song

Cell: TypeAlias = str | float | None
Value: TypeAlias = Any
"""What a column holds of a song, of the type that the song has it in."""


class PackedTune(NamedTuple):
    """A row of a pack: a song under its name, or why there is none."""

    tune: FileTune  # the label is the whole name of the song
    source: str = ""  # as it was named: a corpus, a folder, a file; "" where that is not known
    licence: str = ""


@dataclass(frozen=True)
class Column:
    """What a pack holds of a song. An empty value is null, and null is what a song has unsaid."""

    about: str
    write: Callable[[Value], Cell] = str
    read: Callable[[Any], Value] = str
    needed: bool = False  # whether there is no song without it
    number: bool = False  # a number, and not a text


def _write_changes(changes: tuple[tuple[Fraction, Meter], ...]) -> str:
    return ", ".join(f"{offset} {meter}" for offset, meter in changes)


def _read_changes(text: str) -> tuple[tuple[Fraction, Meter], ...]:
    """``12 3/4, 61/2 2/4``: places in quarter notes and meters. Raises NotationError."""
    changes = []
    for item in text.split(","):
        if not (match := _CHANGE.fullmatch(item.strip())):
            raise NotationError(
                f"unknown change of meter '{item.strip()[:24]}'; write places in quarter notes and "
                "meters, such as '12 3/4, 61/2 2/4'"
            )
        changes.append((Fraction(match[1]), read_meter(match[2])))
    return tuple(changes)


_CHANGE = re.compile(r"([0-9]{1,9}(?:/[1-9][0-9]{0,6})?) +(\S{1,7})")


def _write_notes(song: Song) -> str:
    return " ".join(to_tokens(song))


def _read_notes(text: str) -> tuple[Note, ...]:
    """Raises ScoreError, NotationError."""
    symbols = text.split()
    MOST_NOTES.check(len(symbols), "")
    return tuple(map(NOTES.__getitem__, symbols))


def _header(name: str, about: str) -> Column:
    """As the text notation writes the header of that name."""
    header = HEADERS[name]
    read = lru_cache(1024)(header.read) if name in _FEW else header.read
    return Column(about, header.write, read)


_FEW = ("meter", "key", "pickup")  # of which many songs have the same


COLUMNS: dict[str, Column] = {
    "name": Column("what the song is called", needed=True),
    "notes": Column(
        "its notes and rests as tokens, each with its duration: `g8 e8 e4 r4`",
        _write_notes,
        _read_notes,
        needed=True,
    ),
    "title": _header("title", "as a score has it"),
    "composer": _header("composer", "as a score has it"),
    "meter": _header("meter", "at the start: `3/4`; 4/4 where there is none"),
    "meter_changes": Column(
        "later meters, each after its place in quarter notes: `12 3/4, 61/2 2/4`",
        _write_changes,
        _read_changes,
    ),
    "key": _header("key", "`G major`, `B- minor`; C major where there is none"),
    "tempo": Column("quarter notes per minute, a number", float, float, number=True),
    "pickup": _header("pickup", "the note values before the first full bar: `8`, `4+16`"),
    "chords": _header("chords", "chord symbols, each after its place: `0 C, 4 Am7`"),
    "codes": _header("codes", "the vocabulary that the song asks for, as tokens"),
    "source": Column("what was named when the song was packed: `kinder`, `songs`"),
    "licence": Column("of the source, where it is known"),
}
"""Name -> what a pack has under it, in order. Those that a Song has as a field are called so."""

_OF_SONG = tuple(name for name in COLUMNS if name in Song.__dataclass_fields__ and name != "notes")


def cells(packed: PackedTune) -> dict[str, Cell]:
    """The row of a song, which there is."""
    song = packed.tune.song
    assert song is not None, "what was left out is not packed"
    values: dict[str, Value] = {name: getattr(song, name) for name in _OF_SONG}
    values |= {"name": shown(packed.tune.label), "notes": song}
    values |= {"source": packed.source, "licence": packed.licence}
    return {
        name: row.write(values[name]) if values[name] else None for name, row in COLUMNS.items()
    }


def packed_tune(row: Mapping[str, Cell], place: str) -> PackedTune:
    """What ``cells`` gave of a song, or of a row that holds none why, its ``place`` first. Columns
    may lack. Raises nothing.
    """
    name = shown(str(row.get("name") or ""))[: TITLE.most]
    try:
        tune = FileTune(name, _song(row))
    except MelodyError as error:
        tune = left_out(type(error)(f"{place}: {error}"), name)
    except OverflowError:  # of no number that music has
        tune = left_out(ScoreError(f"{place}: a number beyond all numbers; pack it again"), name)
    return PackedTune(tune, _line(row, "source"), _line(row, "licence"))


def _song(row: Mapping[str, Cell]) -> Song:
    """Raises MelodyError."""
    fields: dict[str, Value] = {}
    for name, column in COLUMNS.items():
        cell = row.get(name)
        if column.needed and not cell:
            raise ScoreError(f"no '{name}' in it; each song has one")
        if isinstance(cell, str):
            TUNE.check(len(cell), "")
        if cell is not None and (name in _OF_SONG or name == "notes"):
            try:
                fields[name] = column.read(cell)
            except NotationError as error:
                raise NotationError(f"'{name}': {error}") from None
    song = Song(**fields)
    if not any(note.pitch for note in song.notes):
        raise ScoreError("there are no notes in it; leave it out")
    return song


def _line(row: Mapping[str, Cell], name: str) -> str:
    return shown(str(row.get(name) or ""))[: TITLE.most]
