"""One ABC tune -> the parts of a piece.

Read by the standard (2.1) and not through music21, whose reader (of version 10.5) drops inline
fields, invisible and long rests, ties of chords and meter changes, takes unknown letters for the
note C, and needs 40 ms a tune; on the tunes that it does read, both agree (see the tests).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction

from melodyrnn.errors import NotationError, ScoreError
from melodyrnn.formats.abc.escapes import read_text
from melodyrnn.formats.abc.fields import (
    beside_key,
    default_unit,
    read_key,
    read_meter,
    read_tempo,
    read_unit,
)
from melodyrnn.formats.abc.instructions import is_unread, propagation
from melodyrnn.formats.abc.lines import FIELD, Line
from melodyrnn.formats.abc.parts import part_name, read_order
from melodyrnn.formats.abc.sounding import Sounding, read_sounding
from melodyrnn.formats.abc.tokens import CHORD_NOTE, TOKEN
from melodyrnn.formats.abc.voice import AbcVoice, ratio
from melodyrnn.formats.piece import Piece
from melodyrnn.limits import BARS, LINE, TUNE, VALUE, VOICES
from melodyrnn.music.song import Meter

_HEADING = re.compile(r"([A-Za-z]):(.*)")
"""A field of the header, where ``C:|`` is no music."""
_NAME = re.compile(r'\b(?:name|nm)="([^"]*)"')

_NORMAL = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""``(p`` -> in the time of how many; 5, 7 and 9 depend on the meter."""


def read_tune(lines: Iterable[Line], name: str) -> Piece:
    """The piece in the lines of one tune of the file ``name``. Raises ScoreError."""
    tune, size = _Tune(name), 0
    for number, line in lines:
        size += len(line)
        TUNE.check(size, name)
        LINE.check(len(line), f"{name}:{number}")
        tune.feed(line, number)
    return tune.piece()


class _Tune:
    """One tune while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.line = 0  # its number
        self.titles: list[str] = []
        self.composers: list[str] = []
        self.tempo_fields: list[tuple[str, Fraction | None]] = []  # with the unit they count
        self.order: list[str] = []  # of the parts
        self.head = AbcVoice()  # what holds for every voice
        self.in_header = True  # before K:
        self.in_common = True  # before the first music or V: behind it
        self.described: dict[str, str] = {}  # voice -> what V: says of it
        self.voices: dict[str, AbcVoice] = {}
        self.current = ""
        # What is to be said.
        self.decided: list[str] = []
        self.unknown: list[tuple[str, int]] = []  # (sign, line)
        self.unread: list[tuple[str, int]] = []  # (field or word of a field, line)
        self.words = 0

    @property
    def voice(self) -> AbcVoice:
        if self.in_common:
            return self.head
        if self.current not in self.voices:
            VOICES.check(len(self.voices) + 1, self.name)
            self.voices[self.current] = self._new_voice(self.described.get(self.current, ""))
        return self.voices[self.current]

    def _new_voice(self, description: str) -> AbcVoice:
        named = _NAME.search(description)
        label = "" if self.current.isdigit() else self.current
        voice = replace(self.head, name=read_text(named[1]) if named else label)
        return voice.begun(read_sounding(description, self.head.sounding)[0])

    def feed(self, line: str, number: int) -> None:
        """One line, without its comment. Raises ScoreError."""
        self.line = number
        match = (_HEADING if self.in_header else FIELD).match(line)
        if match:
            with self._placed(f"{number}"):
                self._field(match[1], match[2])
        elif not self.in_header:
            self._music(line)

    @contextmanager
    def _placed(self, place: str) -> Iterator[None]:
        """What cannot be read is said with its place."""
        try:
            yield
        except NotationError as error:
            raise ScoreError(f"{self.name}:{place}: {error}") from None

    def piece(self) -> Piece:
        """The parts and headings read. Raises ScoreError where this was no ABC."""
        if self.in_header:
            raise ScoreError(
                f"{self.name}: not ABC: no 'K:' line; a tune begins with X:, T:, M:, L: and K:"
            )
        unit = self.head.unit or default_unit(self.head.meter)
        tempi = [read_tempo(text, own or unit) for text, own in self.tempo_fields]
        voices = list(self.voices.values())
        named = next((voice.parts for voice in voices if voice.parts), {})
        if len(self.order) > 1 and not set(self.order) <= set(named.values()):
            self._decide(f"P:{''.join(self.order)} plays parts that no P: begins")
        with self._placed(f"{self.line}"):
            parts = [voice.part(self.order, named, self.name) for voice in voices]
        return Piece(
            parts,
            self.titles[0] if self.titles else "",
            ", ".join(self.composers),
            [tempo for tempo in tempi if tempo],
            warnings=[*self.decided, *self._left_out()],
        )

    def _left_out(self) -> Iterable[str]:
        """What is to be said of what is not in the song."""
        for what, those in (
            ("unknown signs are left out", self.unknown),
            ("words of fields that are not understood", self.unread),
        ):
            if those:
                first, line = those[0]
                yield f"{what}: {len(those)}, {first!r} in line {line} first"
        if unequal := sum(voice.unequal for voice in self.voices.values()):
            yield f"broken rhythms between notes of unequal lengths are left out: {unequal}"
        if self.words:
            yield f"lines of words are left out: {self.words}"

    def _field(self, letter: str, value: str) -> None:
        if letter in "KLMQV":
            VALUE.check(len(value), f"{self.name}: field {letter}")
        if act := _FIELDS.get(letter):
            act(self, value)

    def _voice_field(self, value: str) -> None:
        self.current, _, description = value.strip().partition(" ")
        if not self.in_header:
            self.in_common = False
        unread = read_sounding(description, Sounding())[1]
        self.unread += [(f"{word} of V:", self.line) for word in unread]
        if voice := self.voices.get(self.current):
            voice.sounding = read_sounding(description, voice.sounding)[0]
        else:
            known = self.described.get(self.current, "")
            self.described[self.current] = f"{known} {description}"

    def _key(self, value: str) -> None:
        voice = self.voice
        voice.sounding, unread = read_sounding(beside_key(value), voice.sounding)
        self.unread += [(f"{word} of K:", self.line) for word in unread]
        if read := read_key(value):
            voice.sign_key(*read)
        if self.in_header:
            self.head.unit = self.head.unit or default_unit(self.head.meter)
            self.in_header = False
            self.current = ""

    def _tempo(self, value: str) -> None:
        self.tempo_fields.append((value, None if self.in_header else self.voice.unit))

    def _unit(self, value: str) -> None:
        self.voice.unit = read_unit(value) or self.voice.unit

    def _title(self, value: str) -> None:
        if self.in_header:
            self.titles.append(read_text(value))

    def _composer(self, value: str) -> None:
        if self.in_header:
            self.composers.append(read_text(value))

    def _parts(self, value: str) -> None:
        if not self.in_header:
            self.voice.begin_part(part_name(value))
        elif order := read_order(value):
            self.order = order
        elif value.strip():
            self.unread.append((f"{value.strip()} of P:", self.line))

    def _instruction(self, value: str) -> None:
        if how := propagation(value):
            self.voice.propagation = how
        elif is_unread(value):
            self.unread.append((value.strip(), self.line))

    def _sung(self, value: str) -> None:
        self.words += not self.in_header

    def _music(self, line: str) -> None:
        self.in_common = False
        for match in TOKEN.finditer(line):
            kind = match.lastgroup or ""
            if kind == "unknown":
                self.unknown.append((match[0], self.line))
            elif act := _ACTS.get(kind):
                try:  # as _placed does, but quicker: this is done for each sign
                    act(self, match)
                except NotationError as error:
                    place = f"{self.name}:{self.line}:{match.start() + 1}"
                    raise ScoreError(f"{place}: {error}") from None

    def _decide(self, text: str) -> None:
        if text not in self.decided:
            self.decided.append(text)

    def _decoration(self, match: re.Match[str]) -> None:
        bar, word = self.voice.bar, (match["word"] or "").lower()
        if jump := re.match(r"d\.?([cs])\.|da(capo|coda)", word):
            bar.jump = "segno" if jump[1] == "s" else "start"
        elif word in ("segno", "coda", "fine"):
            setattr(bar, word, True)

    def _quoted(self, match: re.Match[str]) -> None:
        """A chord symbol, or a remark beside the note, which begins with where it stands."""
        if match["text"] and match["text"][0] not in "^_<>@":
            self.voice.bar.chords.append((self.voice.bar.length, match["text"]))

    def _grace(self, match: re.Match[str]) -> None:
        for grace in CHORD_NOTE.finditer(match["graces"]):
            self.voice.pitch(grace)  # its accidental holds for the bar
            self.voice.graces += 1

    def _tuplet(self, match: re.Match[str]) -> None:
        actual = int(match["p"])
        meter = self.voice.meter
        compound = 3 if meter and meter.beats % 3 == 0 and meter.unit >= 8 else 2
        normal = int(match["q"] or _NORMAL.get(actual, compound))
        self.voice.tuplet = int(match["r"] or actual), Fraction(normal or 1, actual)

    def _ending(self, match: re.Match[str]) -> None:
        self.voice.end_bar("", match["passes"])

    def _bar(self, match: re.Match[str]) -> None:
        self.voice.end_bar(match["line"], match["next_passes"])
        if match["apart"]:
            self._bare_ending(match["apart"])

    def _bare_ending(self, passes: str) -> None:
        """A number apart from a bar line is an ending where one may be, else a slip."""
        if self.voice.may_begin_ending(passes):
            self.voice.end_bar("", passes)
        else:
            self.unknown.append((passes, self.line))

    def _chord(self, match: re.Match[str]) -> None:
        members = list(CHORD_NOTE.finditer(match["members"]))
        if not members:
            return
        voice = self.voice
        pitches = [voice.pitch(member) for member in members]
        ties = [pitch for pitch, member in zip(pitches, members, strict=True) if member["tie"]]
        # Its length is that of its first note.
        voice.play(pitches, voice.length(members[0]) * ratio(match, "c"), ties)

    def _note(self, match: re.Match[str]) -> None:
        self.voice.play([self.voice.pitch(match)], self.voice.length(match))

    def _rest(self, match: re.Match[str]) -> None:
        self.voice.play([], self.voice.length(match, "r"))

    def _bars_rest(self, match: re.Match[str]) -> None:
        voice = self.voice
        count = int(match["count"] or 1)
        BARS.check(len(voice.bars) + count, self.name)
        for index in range(count):
            if index:
                voice.end_bar()
            voice.bar.length += (voice.meter or Meter()).bar

    def _inline(self, match: re.Match[str]) -> None:
        self._field(match["letter"], match["value"])


_ACTS: dict[str, Callable[[_Tune, re.Match[str]], None]] = {
    "field": _Tune._inline,
    "quoted": _Tune._quoted,
    "decoration": _Tune._decoration,
    "grace": _Tune._grace,
    "tuplet": _Tune._tuplet,
    "ending": _Tune._ending,
    "bare_ending": lambda tune, match: tune._bare_ending(match["bare"]),
    "bar": _Tune._bar,
    "opening": lambda tune, match: tune.voice.end_bar(f"|{match[0]}"),
    "chord": _Tune._chord,
    "note": _Tune._note,
    "rest": _Tune._rest,
    "bars_rest": _Tune._bars_rest,
    "broken": lambda tune, match: tune.voice.breaks(match[0]),
    "tie": lambda tune, _: tune.voice.tie(),
    "overlay": lambda tune, _: tune._decide("overlaid voices (&) are left out"),
}
"""Kind of token -> what it does."""

_FIELDS: dict[str, Callable[[_Tune, str], None]] = {
    "V": _Tune._voice_field,
    "K": _Tune._key,
    "M": lambda tune, value: tune.voice.sign(read_meter(value)),
    "L": _Tune._unit,
    "Q": _Tune._tempo,
    "T": _Tune._title,
    "C": _Tune._composer,
    "P": _Tune._parts,
    "I": _Tune._instruction,
    "w": _Tune._sung,
}
"""Letter of a field -> what it does."""
