"""One ABC tune -> the parts of a piece.

Read by the standard (2.1) and not through music21, whose reader (of version 10.5) drops inline
fields, invisible and long rests, ties of chords and meter changes, takes unknown letters for the
note C, and needs 40 ms a tune; on the tunes that it does read, both agree (see the tests).
"""

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from melodyrnn.errors import NotationError, ScoreError
from melodyrnn.formats.abc.fields import (
    default_unit,
    read_key,
    read_meter,
    read_tempo,
    read_text,
    read_unit,
)
from melodyrnn.formats.abc.voice import AbcVoice, ratio
from melodyrnn.formats.piece import Piece
from melodyrnn.limits import BARS, LINE, TUNE, VALUE, VOICES
from melodyrnn.music.song import Meter


def _length(kind: str = "") -> str:
    """The pattern of a length such as ``3/2``, its groups named as ``ratio`` reads them."""
    return rf"(?P<{kind}times>\d{{0,4}})(?P<{kind}slashes>/*)(?P<{kind}over>(?:(?<=/)\d{{1,4}})?)"


_NOTE = r"(?P<sign>\^\^|\^|__|_|=|)(?P<step>[A-Ga-g])(?P<marks>[,']*)"
# What stands in brackets has an end: without one, each of many open brackets would be looked for
# its closing one up to the end of the line.
_TOKENS = {
    "field": r"\[(?P<letter>[A-Za-z]):(?P<value>[^\]]{0,400})\]",
    "skip": r'"[^"]*"?|[\s`\\*$;)~.HJLMOPRSTWuv]|\((?!\d)|y\d*',
    "decoration": r"!(?P<word>[^!|\s]*)!|\+[\w.()<>]+\+",
    "grace": r"\{(?P<graces>[^}]{0,400})\}",
    "tuplet": r"\((?P<p>[2-9])(?::(?P<q>\d?))?(?::(?P<r>\d{0,2}))?",
    "ending": r"\[(?P<passes>\d[\d,-]*)",
    "bar": r"(?P<line>:*(?:\[\||\|\]|\|)[|\]]*:*|::+|:(?=\s))(?P<next_passes>\d[\d,-]*)?",
    "chord": r"\[(?P<members>[^\]|]{0,400})\]" + _length("c"),
    "note": _NOTE + _length(),
    "rest": r"[zx]" + _length("r"),
    "bars_rest": r"[ZX](?P<count>\d{0,3})",
    "broken": r"(?P<broken_by>>{1,3}|<{1,3})",
    "tie": r"-",
    "overlay": r"&[^|\n]*",
    "unknown": r".",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS.items()))
_CHORD_NOTE = re.compile(_NOTE + _length() + r"(?P<tie>-?)")
FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")
"""A line such as ``K:G``."""

_NORMAL = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""``(p`` -> in the time of how many; 5, 7 and 9 depend on the meter."""


def read_tune(lines: Iterable[tuple[int, str]], name: str) -> Piece:
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
        self.decided: list[str] = []
        self.titles: list[str] = []
        self.composers: list[str] = []
        self.tempo_fields: list[tuple[str, Fraction | None]] = []  # with the unit they count
        self.head = AbcVoice()  # what the header says of every voice
        self.in_header = True
        self.names: dict[str, str] = {}
        self.voices: dict[str, AbcVoice] = {}
        self.current = ""
        self.unknown: list[tuple[str, int]] = []  # (sign, line)

    @property
    def voice(self) -> AbcVoice:
        if self.in_header:
            return self.head
        if self.current not in self.voices:
            VOICES.check(len(self.voices) + 1, self.name)
            head = self.head
            self.voices[self.current] = voice = AbcVoice(
                self.names.get(self.current, ""), head.meter, head.unit, head.key, head.extra
            )
            voice.bar.meter = head.meter
            voice.keys = list(head.keys)
        return self.voices[self.current]

    def feed(self, line: str, number: int) -> None:
        """One line, without its comment. Raises ScoreError."""
        match = FIELD.match(line)
        if match:
            self._field(match[1], match[2])
        elif not self.in_header:
            self._music(line, number)

    def piece(self) -> Piece:
        """The parts and headings read. Raises ScoreError where this was no ABC."""
        if self.in_header:
            raise ScoreError(
                f"{self.name}: not ABC: no 'K:' line; a tune begins with X:, T:, M:, L: and K:"
            )
        if self.unknown:
            (sign, line), count = self.unknown[0], len(self.unknown)
            self.decided.append(
                f"unknown signs are left out: {count}, {sign!r} in line {line} first"
            )
        unit = self.head.unit or default_unit(self.head.meter)
        tempi = [read_tempo(text, own or unit) for text, own in self.tempo_fields]
        return Piece(
            [voice.part() for voice in self.voices.values()],
            self.titles[0] if self.titles else "",
            ", ".join(self.composers),
            [tempo for tempo in tempi if tempo],
            warnings=self.decided,
        )

    def _field(self, letter: str, value: str) -> None:
        if letter in "KLMQV":
            VALUE.check(len(value), f"{self.name}: field {letter}")
        if letter == "V":
            words = value.split()
            self.current = words[0] if words else ""
            named = re.search(r'\b(?:name|nm)="([^"]*)"', value)
            label = "" if self.current.isdigit() else self.current
            self.names.setdefault(self.current, read_text(named[1]) if named else label)
        elif letter == "K":
            self._key(value)
        elif letter == "M":
            self.voice.sign(read_meter(value))
        elif letter == "L":
            self.voice.unit = read_unit(value) or self.voice.unit
        elif letter == "Q":
            self.tempo_fields.append((value, None if self.in_header else self.voice.unit))
        elif letter == "T" and self.in_header:
            self.titles.append(read_text(value))
        elif letter == "C" and self.in_header:
            self.composers.append(read_text(value))

    def _key(self, value: str) -> None:
        if read := read_key(value):
            voice = self.voice
            voice.key, voice.extra = read
            if voice.keys[-1:] != [voice.key]:
                voice.keys.append(voice.key)
        if self.in_header:
            self.head.unit = self.head.unit or default_unit(self.head.meter)
            self.in_header = False
            self.current = ""

    def _music(self, line: str, number: int) -> None:
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup or ""
            if kind == "unknown":
                self.unknown.append((match[0], number))
            elif act := _ACTS.get(kind):
                try:
                    act(self, match)
                except NotationError as error:
                    raise ScoreError(f"{self.name}:{number}:{match.start() + 1}: {error}") from None

    def _decide(self, text: str) -> None:
        if text not in self.decided:
            self.decided.append(text)

    def _decoration(self, match: re.Match[str]) -> None:
        bar, word = self.voice.bar, (match["word"] or "").lower()
        if jump := re.match(r"d\.?([cs])\.|da(capo|coda)", word):
            bar.jump = "segno" if jump[1] == "s" else "start"
        elif word in ("segno", "coda", "fine"):
            setattr(bar, word, True)

    def _grace(self, match: re.Match[str]) -> None:
        for grace in _CHORD_NOTE.finditer(match["graces"]):
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

    def _chord(self, match: re.Match[str]) -> None:
        members = list(_CHORD_NOTE.finditer(match["members"]))
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
    "decoration": _Tune._decoration,
    "grace": _Tune._grace,
    "tuplet": _Tune._tuplet,
    "ending": _Tune._ending,
    "bar": _Tune._bar,
    "chord": _Tune._chord,
    "note": _Tune._note,
    "rest": _Tune._rest,
    "bars_rest": _Tune._bars_rest,
    "broken": lambda tune, match: tune.voice.breaks(match[0]),
    "tie": lambda tune, _: tune.voice.tie(),
    "overlay": lambda tune, _: tune._decide("overlaid voices (&) are left out"),
}
"""Kind of token -> what it does."""
