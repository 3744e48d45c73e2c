"""Humdrum (**kern) -> the parts of a piece, and its melody."""

import re

from music21.humdrum.spineParser import HumdrumDataCollection

from melodyrnn.errors import ScoreError
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.music21_score import Music21Object, parts_of, read_guarded, tempi_of
from melodyrnn.formats.piece import Piece, song_of
from melodyrnn.limits import DIGITS, LINE, SPINE_LINES, SPINE_TOKENS
from melodyrnn.music.song import Song

_ABSURD = re.compile(rf"\d{{{DIGITS.most + 1}}}|\.{{10}}")
"""More digits or dots than a number or a note has."""


def parse_humdrum(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the first piece in the Humdrum file ``name`` (see ``song_of``).

    Raises MelodyError where it has none.
    """
    return song_of(read_guarded(read_humdrum, data, name), name, track, grid)


def read_humdrum(data: bytes, name: str) -> Piece:
    """The first piece in a Humdrum file, which errors call ``name``.

    Raises ScoreError, and whatever music21 raises for what it cannot read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreError(
            f"{name}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not any(re.match(r"(\S*\t)*\*\*kern", line) for line in lines):
        raise ScoreError(f"{name}: not Humdrum: no '**kern' column; choose a file with one")
    pieces = _pieces(lines)
    decided = [f"{len(pieces)} tunes in it; took the first"] if len(pieces) > 1 else []
    _check(pieces[0], name)
    collection: Music21Object = HumdrumDataCollection(pieces[0])
    collection.parse()
    score = collection.stream
    return Piece(
        parts_of(score),
        _reference(pieces[0], "OTL"),
        _reference(pieces[0], "COM"),
        tempi_of(score),
        warnings=decided,
    )


def _check(lines: list[str], name: str) -> None:
    """Raise ScoreError for a piece that music21 would be busy with for ever."""
    SPINE_LINES.check(len(lines), name)
    SPINE_TOKENS.check(sum(line.count("\t") + 1 for line in lines), name)
    for number, line in enumerate(lines, 1):
        LINE.check(len(line), f"{name}: line {number}")
        if not line.startswith("!") and (found := _ABSURD.search(line)):
            raise ScoreError(f"{name}: line {number}: '{found[0]}…' is no duration; mend it")


def _pieces(lines: list[str]) -> list[list[str]]:
    """The lines of each piece: all spines end (``*-``) and new ones begin (``**kern``).

    A section in which the music goes on without a title of its own is still a piece.
    """
    pieces: list[list[str]] = [[]]
    ended = False
    for line in lines:
        if line.startswith("**") and ended:
            # The references that stand above the new spines are the new piece's.
            last, end = pieces[-1], len(pieces[-1])
            while end and last[end - 1].startswith("!!"):
                end -= 1
            pieces[-1:] = [last[:end], last[end:]]
            ended = False
        ended = ended or set(line.split("\t")) == {"*-"}
        pieces[-1].append(line)
    return pieces


def _reference(lines: list[str], code: str) -> str:
    """The reference record ``!!!OTL: …``, also ``!!!OTL@DE: …``."""
    for line in lines:
        if match := re.match(rf"!!!{code}\d?(?:@+\w+)?:\s*(.*)", line):
            return match[1]
    return ""
