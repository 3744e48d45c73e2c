"""The one door by which songs come in: files -> songs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import NamedTuple

from melodyrnn.errors import NotationError, ScoreError
from melodyrnn.files import exists, is_folder, read_bytes, suggest
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song


class Format(NamedTuple):
    """A kind of file. ``parse`` takes its bytes, its name, a track and a grid."""

    largest: int  # bytes
    parse: Callable[[bytes, str, str | None, Grid | None], Song]


@dataclass(frozen=True)
class Corpus:
    """A corpus of ``collections``, whatever files or folders of its name there are."""

    name: str

    def __str__(self) -> str:
        return self.name


def read_song(path: str | Path, *, track: str | None = None, grid: str | None = None) -> Song:
    """The song in a file of any known format; of several tunes, the first.

    ``track`` chooses among several voices, by name or number from 1; ``grid`` rounds performed
    timing (``Grid.parse``). Raises MelodyError where the file is missing, not what its
    suffix says, damaged or without notes.
    """
    path = Path(path)
    rounding = Grid.parse(grid) if grid else None
    return parse_song(read_file(path), path.suffix, str(path), track, rounding)


def read_file(path: Path) -> bytes:
    """The bytes of a song's file. Raises MelodyError where it is missing or of no known kind."""
    suffix = path.suffix.lower()
    if suffix in READERS:
        return read_bytes(path, READERS[suffix].largest)
    if is_folder(path):
        raise ScoreError(f"{path}: a folder; name a file in it")
    if not exists(path):
        raise ScoreError(f"{path}: no such file{suggest(path)}")
    raise _unknown_kind(suffix, str(path))


def parse_song(
    data: bytes, suffix: str, name: str, track: str | None = None, grid: Grid | None = None
) -> Song:
    """The song in the bytes of the file ``name``; of several tunes, the first.

    Raises MelodyError as ``read_song`` does.
    """
    return _heard(_format(suffix, name).parse(data, name, track, grid), name)


def parse_tunes(
    data: bytes, suffix: str, name: str, track: str | None = None, grid: Grid | None = None
) -> Iterator[tuple[str, Callable[[], Song]]]:
    """(label, how to read it) of each tune in the bytes of the file ``name``, as it is asked for.

    The label tells the tunes of one file apart: an ABC tune's number, "" where there is but one.
    How to read it raises MelodyError for that tune alone; what is wrong with the file as a whole
    is raised here.
    """
    if suffix.lower() == ".abc":
        from melodyrnn.formats.abc.read import split_abc

        header, tunes = split_abc(data, name)
        if len(tunes) > 1:
            for label, tune in zip(_labels([tune.label for tune in tunes]), tunes, strict=True):
                place = f"{name}: X:{label}"
                yield label, partial(_tune, [*header, *tune.lines], name, place, track, grid)
            return
    yield "", partial(parse_song, data, suffix, name, track, grid)


def _tune(
    lines: list[tuple[int, str]], name: str, place: str, track: str | None, grid: Grid | None
) -> Song:
    from melodyrnn.formats.abc.read import read_tune
    from melodyrnn.formats.piece import song_of

    return _heard(song_of(read_tune(lines, name), place, track, grid), place)


def _labels(numbers: list[str]) -> list[str]:
    """The X: numbers where they tell the tunes apart, else numbers from 1."""
    if all(map(str.isdigit, numbers)) and len(set(numbers)) == len(numbers):
        return numbers
    return [str(number) for number in range(1, len(numbers) + 1)]


def _heard(song: Song, name: str) -> Song:
    if not any(note.pitch for note in song.notes):
        raise ScoreError(f"{name}: there are no notes in it")
    return song


def _format(suffix: str, name: str) -> Format:
    suffix = suffix.lower()
    if suffix in READERS:
        return READERS[suffix]
    raise _unknown_kind(suffix, name)


def _unknown_kind(suffix: str, name: str) -> ScoreError:
    near = get_close_matches(suffix, READERS, 1, 0.6)
    meant = f" is it a '{near[0]}'?" if near else ""
    return ScoreError(
        f"{name}: unknown kind of file '{suffix}';{meant} songs end in {' '.join(READERS)}"
    )


def _text(data: bytes, name: str, track: str | None, grid: Grid | None) -> Song:
    try:
        return parse(data.decode(), name)
    except UnicodeDecodeError as error:
        raise NotationError(
            f"{name}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None


def _midi(data: bytes, name: str, track: str | None, grid: Grid | None) -> Song:
    from melodyrnn.formats.midi.midi import parse_midi

    return parse_midi(data, name, track=track, grid=grid)


def _score(suffix: str) -> Format:
    def read(data: bytes, name: str, track: str | None, grid: Grid | None) -> Song:
        from melodyrnn.formats.scores import (
            parse_score,  # music21: 0.4 s that other files are spared
        )

        return parse_score(data, suffix, name, track=track, grid=grid)

    return Format(20_000_000, read)  # a symphony in MusicXML has as many bytes


READERS: dict[str, Format] = {
    ".txt": Format(2_000_000, _text),  # a text of notes this long would play for days
    ".mid": Format(2_000_000, _midi),  # an hour of piano playing has a fifth of that
    ".midi": Format(2_000_000, _midi),
    **{suffix: _score(suffix) for suffix in (".musicxml", ".xml", ".mxl", ".abc", ".krn")},
}
"""Suffix -> format."""
