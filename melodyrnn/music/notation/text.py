"""The text notation <-> Song: headers, then tokens; a superset of music21's TinyNotation.

    title: 나비야
    meter: 2/4
    g8 e8 e4 | f8 d8 d4

``parse(format(song)) == song`` for every song with notes. A note is written whole, as one symbol
or tied ones, so that the text reads as the tokens do; a bar line stands wherever no symbol sounds
across it.
"""

import re
import textwrap
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple

from melodyrnn.errors import NotationError
from melodyrnn.music.bars import Written, bar_spans
from melodyrnn.music.durations import Value, spell
from melodyrnn.music.notation.headers import HEADERS, HeaderValue, write_headers
from melodyrnn.music.notation.reader import Reader, UnreadableError, parse_token
from melodyrnn.music.notation.tokens import heads, token, write
from melodyrnn.music.song import Note, Song

__all__ = ["format", "parse", "parse_token", "parse_tokens", "token"]

_PREFIX = re.compile(r"[^\S\n]*tinynotation:", re.IGNORECASE)  # music21's mark of this language
_HEADER = re.compile(r"\s*([^\W\d][\w-]{0,40})\s*[:\uff1a]\s*")
_BARS_A_LINE = 4
_WIDTH = 160  # of a line whose notes all sound across their bar lines


class _Line(NamedTuple):
    """A header as read: its field's value, and its place."""

    value: HeaderValue
    line: int
    column: int


def parse(text: str, name: str = "<text>") -> Song:
    """The song that ``text`` writes; errors call the text ``name``.

    Raises NotationError with name, line and column, from 1, where the text cannot be read.
    """
    text = text.removeprefix("\ufeff")
    if prefix := _PREFIX.match(text):
        text = " " * prefix.end() + text[prefix.end() :]
    reader, headers, music = Reader(), dict[str, _Line](), False
    try:
        for number, line in _lines(text):
            match = _HEADER.match(line)
            known = match is not None and match[1].lower() in HEADERS
            if match and (known or not (music or line.startswith("|", match.end()))):
                if music:
                    raise UnreadableError(
                        f"'{match[1]}:' after the music began; headers stand above it",
                        match.start(1),
                        number,
                    )
                _read_header(match, number, headers)
            else:
                music = True
                reader.feed(line, number)
        reader.end()
        return _assemble(reader, headers)
    except UnreadableError as error:
        raise NotationError(error.at(name)) from None


def parse_tokens(text: str, name: str = "<text>") -> tuple[Note, ...]:
    """The notes of ``text`` without headers, such as a primer's ``"g8 e8 e4 f8"``.

    Meters and bar lines only separate here. Raises NotationError as ``parse`` does.
    """
    reader = Reader()
    try:
        for number, line in _lines(text):
            reader.feed(line, number)
        reader.end()
    except UnreadableError as error:
        raise NotationError(error.at(name)) from None
    return tuple(reader.notes)


def format(song: Song) -> str:  # noqa: A001 - the counterpart of parse; nobody imports it bare
    """The canonical text of ``song``: its headers, then four bars a line.

    Raises NotationError for a song that no text can write: without notes, or with ``codes``
    that lack one of its notes.
    """
    if not song.notes:
        raise NotationError("a song without notes cannot be written")
    for listed in song.codes:
        if (canonical := token(parse_token(listed))) != listed:
            raise NotationError(f"the token '{listed}' of its codes is written '{canonical}'")
    if missing := _missing_code(song.notes, song.codes):
        raise NotationError(f"the note '{token(missing)}' is not among the song's codes")
    return "\n".join([*write_headers(song), "", *_write_music(song)]) + "\n"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, numbered from 1."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not re.match(r"\s*(%|$)", line):
            yield number, line


def _read_header(match: re.Match[str], number: int, headers: dict[str, _Line]) -> None:
    name, column = match[1].lower(), match.end()
    if name not in HEADERS:
        near = get_close_matches(name, HEADERS, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"headers are {', '.join(HEADERS)}"
        raise UnreadableError(f"unknown header '{match[1]}'; {hint}", match.start(1), number)
    if name in headers:
        raise UnreadableError(
            f"'{name}:' again; it stands in line {headers[name].line} already",
            match.start(1),
            number,
        )
    try:
        value = HEADERS[name].read(match.string[column:].strip())
    except UnreadableError as error:
        raise UnreadableError(str(error), column + error.column, number) from None
    except NotationError as error:
        raise UnreadableError(str(error), column, number) from None
    headers[name] = _Line(value, number, column)


def _assemble(reader: Reader, headers: dict[str, _Line]) -> Song:
    """The song of notes and headers, which may contradict each other. Raises UnreadableError."""
    if not reader.notes:
        raise UnreadableError("no notes; write some, such as 'c4 d4 e4'")
    meters = dict(reader.meters)
    song = Song(tuple(reader.notes))
    if first := meters.pop(Fraction(0), None):
        song = replace(song, meter=first)
        if "meter" in headers and headers["meter"].value != first:
            _, line, column = headers["meter"]
            raise UnreadableError(
                f"the music begins in {first}, not in {headers['meter'].value}; write one of them",
                column,
                line,
            )
    for name in HEADERS:
        if name in headers:
            value, line, column = headers[name]
            try:
                song = replace(song, **{name: value})
            except NotationError as error:
                raise UnreadableError(str(error), column, line) from None
    if missing := _missing_code(song.notes, song.codes):
        line, column = reader.places[song.notes.index(missing)]
        raise UnreadableError(
            f"the note '{token(missing)}' is not among the song's codes; add it to 'codes:'",
            column,
            line,
        )
    return replace(song, meter_changes=tuple(meters.items()))


def _missing_code(notes: tuple[Note, ...], codes: tuple[str, ...]) -> Note | None:
    """The first note that a song's ``codes`` lack, if it has one."""
    known = set(codes)
    return next((note for note in notes if known and token(note) not in known), None)


def _write_music(song: Song) -> Iterator[str]:
    starts = [start for _, start, _ in bar_spans(song)]
    changes = dict(song.meter_changes)
    line: list[str] = []
    first = 1 if song.pickup else 0  # the line's first full bar
    for offset, segment in _segments(song, frozenset(starts)):
        bar = bisect(starts, offset) - 1
        if bar - first >= _BARS_A_LINE:
            yield from _wrap(f"{' | '.join(line)} |")
            line, first = [], bar
        meter = [str(changes[offset])] if offset in changes else []
        line.append(" ".join([*meter, *write(tuple(segment))]))
    yield from _wrap(" | ".join(line))


def _wrap(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _segments(song: Song, starts: frozenset[Fraction]) -> Iterator[tuple[Fraction, list[Written]]]:
    """The song's heads from each bar line that no symbol sounds across to the next."""
    segment: list[Written] = []
    for head in _written(song):
        if segment and head.offset in starts:
            yield segment[0].offset, segment
            segment = []
        segment.append(head)
    yield segment[0].offset, segment


def _written(song: Song) -> Iterator[Written]:
    """Each note's heads: whole, but split where a meter begins while it sounds."""
    cuts = [offset for offset, _ in song.meter_changes]
    cut = 0
    for index, (note, onset) in enumerate(zip(song.notes, song.offsets, strict=True)):
        values: list[Value] = []
        start, stop = onset, onset + note.duration
        while cut < len(cuts) and cuts[cut] < stop:
            if cuts[cut] > start:
                values += spell(cuts[cut] - start)
                start = cuts[cut]
            cut += 1
        values += spell(stop - start)
        yield from heads(index, note, onset, tuple(values))
