"""An ABC file -> its tunes, and the melody of each."""

import re
from functools import partial
from typing import NamedTuple

from melodyrnn.errors import ScoreError
from melodyrnn.formats.abc.tune import FIELD, read_tune
from melodyrnn.formats.format import Tunes
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.piece import Piece, song_of
from melodyrnn.limits import DIGITS, HEADER, TUNES
from melodyrnn.music.song import Song

_START = re.compile(r"\s*X:")
_COMMENT = re.compile(r"(?<!\\)%.*")


def parse_abc(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the first tune in the ABC file ``name`` (see ``song_of``).

    Raises MelodyError where it has none.
    """
    return song_of(read_abc(data, name), name, track, grid)


def parse_tunes(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Tunes:
    """The tunes in the ABC file ``name``, each under its number. Raises ScoreError."""
    header, tunes = split_abc(data, name)
    if len(tunes) == 1:
        yield "", partial(parse_abc, data, name, track=track, grid=grid)
        return
    for label, tune in zip(_labels([tune.label for tune in tunes]), tunes, strict=True):
        place = f"{name}: X:{label}"
        yield label, partial(_melody, [*header, *tune.lines], name, place, track, grid)


def _melody(
    lines: list[tuple[int, str]], name: str, place: str, track: str | None, grid: Grid | None
) -> Song:
    return song_of(read_tune(lines, name), place, track, grid)


def _labels(numbers: list[str]) -> list[str]:
    """The X: numbers where they identify the tunes, else numbers from 1."""
    short = all(number.isdigit() and len(number) <= DIGITS.most for number in numbers)
    if short and len(set(numbers)) == len(numbers):
        return numbers
    return [str(number) for number in range(1, len(numbers) + 1)]


def read_abc(data: bytes, name: str) -> Piece:
    """The first tune in an ABC file, which errors call ``name``. Raises ScoreError."""
    header, tunes = split_abc(data, name)
    piece = read_tune([*header, *tunes[0].lines], name)
    if len(tunes) > 1:
        piece.warnings.insert(0, f"{len(tunes)} tunes in it; took the first")
    return piece


class TuneLines(NamedTuple):
    """A tune as it stands in a file."""

    label: str  # what stands after its X:
    lines: list[tuple[int, str]]  # (number from 1, line without comment)


def split_abc(data: bytes, name: str) -> tuple[list[tuple[int, str]], list[TuneLines]]:
    """The header of an ABC file, which holds for all its tunes, and the tunes, at least one.

    A tune begins with its X: line and ends with the first empty line after its music; a file
    without X: is one tune. Raises ScoreError where ``data`` is no text, or of more
    tunes than there may be.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreError(
            f"{name}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [number for number, line in enumerate(lines) if _START.match(line)] or [0]
    TUNES.check(len(starts), name)
    HEADER.check(starts[0], name)
    tunes = [
        TuneLines(_START.sub("", lines[start]).strip(), _tune_lines(lines[start:end], start + 1))
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    return _tune_lines(lines[: starts[0]], 1), tunes


def _tune_lines(lines: list[str], first: int) -> list[tuple[int, str]]:
    """(number from ``first``, line without comment) up to the empty line after the music."""
    kept: list[tuple[int, str]] = []
    music = False
    for number, raw in enumerate(lines, first):
        if not raw.strip() and music:
            break
        line = _COMMENT.sub("", raw).strip()
        music = music or bool(line and not FIELD.match(line))
        if line:
            kept.append((number, line))
    return kept
