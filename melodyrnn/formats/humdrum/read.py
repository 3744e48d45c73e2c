"""Humdrum (**kern) -> the parts of a piece, and its melody."""

import re

from melodyrnn.errors import NotationError, ScoreError
from melodyrnn.formats.encodings import decode_text
from melodyrnn.formats.humdrum.bars import read_piece
from melodyrnn.formats.humdrum.order import order_of
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.piece import Piece, song_of
from melodyrnn.limits import SPINE_LINES, SPINE_TOKENS
from melodyrnn.music.song import Song

Lines = list[tuple[int, str]]
"""Each with its number in the file, from 1."""


def parse_humdrum(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the first piece in the Humdrum file ``name`` (see ``song_of``).

    Raises MelodyError where it has none.
    """
    return song_of(read_humdrum(data, name), name, track, grid)


def read_humdrum(data: bytes, name: str) -> Piece:
    """The first piece in a Humdrum file, which errors call ``name``. Raises ScoreError."""
    text, said = decode_text(data, name)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not any(re.match(r"(\S*\t)*\*\*kern", line) for _, line in lines):
        raise ScoreError(f"{name}: not Humdrum: no '**kern' column; choose a file with one")
    pieces = _pieces(lines)
    SPINE_LINES.check(len(pieces[0]), name)
    SPINE_TOKENS.check(sum(line.count("\t") + 1 for _, line in pieces[0]), name)
    first = [f"{len(pieces)} tunes in it; took the first"] if len(pieces) > 1 else []
    try:
        piece = read_piece(pieces[0])
        order, expanded = order_of(piece)
    except NotationError as error:
        raise ScoreError(f"{name}: {error}") from None
    return Piece(
        [part.played(order, expanded=expanded) for part in piece.parts],
        _reference(pieces[0], "OTL"),
        _reference(pieces[0], "COM"),
        piece.tempi,
        warnings=[*said, *first],
    )


def _pieces(lines: Lines) -> list[Lines]:
    """The lines of each piece: all spines end (``*-``) and new ones begin (``**kern``).

    A section in which the music goes on without a title of its own is still a piece.
    """
    pieces: list[Lines] = [[]]
    ended = False
    for number, line in lines:
        if line.startswith("**") and ended:
            # The references that stand above the new spines are the new piece's.
            last, end = pieces[-1], len(pieces[-1])
            while end and last[end - 1][1].startswith("!!"):
                end -= 1
            pieces[-1:] = [last[:end], last[end:]]
            ended = False
        ended = ended or set(line.split("\t")) == {"*-"}
        pieces[-1].append((number, line))
    return pieces


def _reference(lines: Lines, code: str) -> str:
    """The reference record ``!!!OTL: …``, also ``!!!OTL@DE: …``."""
    for _, line in lines:
        if match := re.match(rf"!!!{code}\d?(?:@+\w+)?:\s*(.*)", line):
            return match[1]
    return ""
