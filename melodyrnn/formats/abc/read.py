"""An ABC file -> its tunes, and the melody of each."""

import re
from functools import partial
from typing import NamedTuple

from melodyrnn.formats.abc.lines import FIELD, Line, decode, lines
from melodyrnn.formats.abc.tune import read_tune
from melodyrnn.formats.format import Tunes
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.piece import Piece, song_of
from melodyrnn.limits import DIGITS, HEADER, TUNES
from melodyrnn.music.song import Song

_START = re.compile("X:")


def parse_abc(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the first tune in the ABC file ``name`` (see ``song_of``).

    Raises MelodyError where it has none.
    """
    return song_of(read_abc(data, name), name, track, grid)


def parse_tunes(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Tunes:
    """The tunes in the ABC file ``name``, each under its number. Raises ScoreError."""
    file = split_abc(data, name)
    if len(file.tunes) == 1:
        yield "", partial(parse_abc, data, name, track=track, grid=grid)
        return
    said = file.said  # of the first tune
    for label, tune in zip(_labels([tune.label for tune in file.tunes]), file.tunes, strict=True):
        place = f"{name}: X:{label}"
        yield label, partial(_melody, [*file.header, *tune.lines], said, name, place, track, grid)
        said = []


def _melody(
    tune: list[Line], said: list[str], name: str, place: str, track: str | None, grid: Grid | None
) -> Song:
    piece = read_tune(tune, name)
    piece.warnings[:0] = said
    return song_of(piece, place, track, grid)


def _labels(numbers: list[str]) -> list[str]:
    """The X: numbers where they identify the tunes, else numbers from 1."""
    short = all(number.isdigit() and len(number) <= DIGITS.most for number in numbers)
    if short and len(set(numbers)) == len(numbers):
        return numbers
    return [str(number) for number in range(1, len(numbers) + 1)]


def read_abc(data: bytes, name: str) -> Piece:
    """The first tune in an ABC file, which errors call ``name``. Raises ScoreError."""
    file = split_abc(data, name)
    piece = read_tune([*file.header, *file.tunes[0].lines], name)
    count = len(file.tunes)
    piece.warnings[:0] = [*file.said, *[f"{count} tunes in it; took the first"][: count - 1]]
    return piece


class TuneLines(NamedTuple):
    """A tune as it stands in a file."""

    label: str  # what stands after its X:
    lines: list[Line]


class AbcFile(NamedTuple):
    """A file's header, which holds for all its tunes, and the tunes, at least one."""

    header: list[Line]
    tunes: list[TuneLines]
    said: list[str]  # of its encoding


def split_abc(data: bytes, name: str) -> AbcFile:
    """The parts of an ABC file.

    A tune begins with its X: line and ends with the first empty line after its music; a file
    without X: is one tune. Raises ScoreError where ``data`` is no text, or of more
    tunes than there may be.
    """
    text, said = decode(data, name)
    all_lines = list(lines(text))
    starts = [index for index, (_, line) in enumerate(all_lines) if _START.match(line)] or [0]
    TUNES.check(len(starts), name)
    HEADER.check(starts[0], name)
    tunes = []
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        label = _START.sub("", all_lines[start][1]).strip() if all_lines else ""
        tunes.append(TuneLines(label, _tune_lines(all_lines[start:end])))
    return AbcFile(_tune_lines(all_lines[: starts[0]]), tunes, said)


def _tune_lines(written: list[Line]) -> list[Line]:
    """Those up to the empty line after the music, without empty ones."""
    kept: list[Line] = []
    music = False
    for number, line in written:
        if not line and music:
            break
        music = music or bool(line and not FIELD.match(line))
        if line:
            kept.append((number, line))
    return kept
