"""Tokens of the text notation <-> notes: ``g8``, ``f#'4.``, ``r2``, ``trip{c8 d8 e8}``, ``c1~ c4``.

Every token that is read here means what it means in music21's TinyNotation. A tie joins tokens
into one sounding ``Note``. Where a line cannot be read, ``UnreadableError`` says what and at which
column; whoever knows the file and the line adds them.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from melodyrnn.errors import NotationError
from melodyrnn.music.bars import Written, tuplets
from melodyrnn.music.durations import TUPLETS, TYPES, Value, spell
from melodyrnn.music.song import Meter, Note, Pitch

ACCIDENTALS: dict[str, int] = {"": 0, "n": 0, "#": 1, "##": 2, "-": -1, "--": -2}
"""As written after the letter -> semitones."""

MOST_DOTS = 4
"""As many as engravers draw."""

# Keyboards and word processors write these for the characters of the notation: curly and typed
# primes, minus and dashes, musical signs, and the full-width forms of ASCII.
_PLAIN = str.maketrans(
    "\u2018\u2019\u02bc\u2032\u00b4\u2013\u2212\u266f\u266d\u266e\u3000"
    + "".join(map(chr, range(0xFF01, 0xFF5F))),
    "'''''--#-n " + "".join(map(chr, range(0x21, 0x7F))),
)
_TOKEN = re.compile(
    r"""(?P<gap>[\s|]+)
    | (?P<beats>[0-9]{1,3}) / (?P<unit>[0-9]{1,3}) (?=[\s|]|$)
    | (?P<tuplet>[A-Za-z]{1,16}) \{
    | (?P<close>\}~?)
    | (?P<letters>r|[a-g]|(?P<low>[A-G])(?P=low){0,9})
      (?P<marks>[#\-n']{0,16}) (?P<value>[0-9.]{0,16}) (?:(?P<tie>~)|(?=[\s|}]|$))
    """,
    re.VERBOSE,
)
_NOTE = re.compile(r"(?:r|[a-g]|([A-G])\1{0,9})[#\-n']{0,16}[0-9.]{0,16}")
_HINTS = {
    "~": "a tie directly follows the note that it ties, as in 'c4~ c4'",
    ":": "repeats are not written; write the repeated notes out",
    "%": "a comment is a line of its own",
    "<": "chords are not written; a melody is one voice",
}
_NUMBERS = {str(number): number for number in TYPES}


class UnreadableError(NotationError):
    """Something cannot be read, ``column`` characters (from 0) into ``line`` (from 1)."""

    def __init__(self, message: str, column: int = 0, line: int = 0) -> None:
        super().__init__(message)
        self.column, self.line = column, line

    def at(self, name: str) -> str:
        """The message with its place, in a text of that name."""
        return f"{name}:{self.line}:{self.column + 1}: {self}" if self.line else f"{name}: {self}"


def plain(text: str) -> str:
    """``text`` with typographic characters as the notation's, each in its old column."""
    return text.translate(_PLAIN)


class Reader:
    """Reads lines of tokens, one after the other; ties and tuplets may run over lines."""

    def __init__(self, *, stated: bool = False) -> None:
        """``stated``: each note must state its duration."""
        self.notes: list[Note] = []
        self.places: list[tuple[int, int]] = []  # (line, column from 0) of each note
        self.meters: dict[Fraction, Meter] = {}  # by offset in quarter notes
        self._stated = stated
        self._line = 0
        self._offset = Fraction(0)
        self._value = Value(4)  # the last one given
        self._tuplet = ""
        self._tuplet_place = (0, 0)
        self._before = Fraction(0)  # the offset where the tuplet opened
        self._pitch: Pitch | None = None  # of the note that is sounding on through a tie
        self._held = Fraction(0)  # its duration so far; 0 where no tie is open

    def feed(self, line: str, number: int = 1) -> None:
        """Read the tokens of line ``number``. Raises UnreadableError."""
        line, self._line = plain(line), number
        column = 0
        while column < len(line):
            match = _TOKEN.match(line, column)
            if not match:
                raise UnreadableError(_complaint(line[column : column + 64]), column, number)
            try:
                self._take(match)
            except NotationError as error:
                raise UnreadableError(str(error), column, number) from None
            column = match.end()

    def end(self) -> None:
        """Say that the text is over. Raises UnreadableError where something is still open."""
        if self._held:
            line, column = self.places[-1]
            raise UnreadableError("a tie to nothing; after '~' comes the same pitch", column, line)
        if self._tuplet:
            line, column = self._tuplet_place
            raise UnreadableError(
                f"'{self._tuplet}{{' is not closed; write '}}' after its notes", column, line
            )

    def _take(self, match: re.Match[str]) -> None:
        if match["gap"]:
            return
        if match["letters"]:
            self._note(match)
        elif match["beats"]:
            if self._tuplet:
                raise NotationError(f"a meter '{match[0]}' inside '{self._tuplet}{{…}}'")
            self.meters[self._offset] = Meter(int(match["beats"]), int(match["unit"]))
        elif match["close"]:
            self._close(match["close"])
        else:
            self._open(match["tuplet"], match.start())

    def _note(self, match: re.Match[str]) -> None:
        if match["value"]:
            self._value = read_value(match["value"])
        elif self._stated:
            raise NotationError(f"'{match[0]}' states no duration; write '{match[0]}4'")
        rest = match["letters"] == "r"
        if rest and match["marks"]:
            raise NotationError(f"a rest with '{match['marks']}'; write 'r' and its duration")
        pitch = None if rest else read_pitch(match["letters"], match["marks"])
        if self._held and pitch != self._pitch:
            raise NotationError(
                f"a tie to another pitch, '{match[0]}'; '~' joins notes of the same pitch"
            )
        if not self._held:
            self.places.append((self._line, match.start()))
        duration = _duration(self._value, self._tuplet)
        self._pitch, self._held = pitch, self._held + duration
        self._offset += duration
        if not match["tie"]:
            self._sound()

    def _sound(self) -> None:
        self.notes.append(_note_of(self._pitch, self._held))
        self._held = Fraction(0)

    def _open(self, word: str, column: int) -> None:
        if word not in TUPLETS:
            near = get_close_matches(word, filter(None, TUPLETS), 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else "tuplets are trip{…} and quad{…}"
            raise NotationError(f"unknown tuplet '{word}{{'; {hint}")
        if self._tuplet:
            raise NotationError(f"'{word}{{' inside '{self._tuplet}{{…}}'; tuplets do not nest")
        self._tuplet, self._tuplet_place = word, (self._line, column)
        self._before = self._offset

    def _close(self, sign: str) -> None:
        if not self._tuplet:
            raise NotationError("'}' closes nothing; tuplets open with 'trip{' or 'quad{'")
        if self._offset == self._before:
            raise NotationError(f"'{self._tuplet}{{}}' holds no note")
        self._tuplet = ""
        if sign.endswith("~"):
            if self._held:
                raise NotationError("'~' on both sides of '}'; one is enough")
            last = self.notes.pop()
            self._pitch, self._held = last.pitch, last.duration


@lru_cache(maxsize=1024)
def read_value(text: str) -> Value:
    """``8`` or ``4.`` (or ``.4``, as TinyNotation has it). Raises NotationError."""
    number = text.strip(".")
    dots = len(text) - len(number)
    if not number:
        raise NotationError(f"a dot without a number, '{text}'; write the value, such as '4.'")
    if number not in _NUMBERS:
        raise NotationError(f"unknown duration '{text}'; durations are 1, 2, 4, 8, 16, 32, 64")
    if dots > MOST_DOTS:
        raise NotationError(f"{dots} dots in '{text}'; a note has at most {MOST_DOTS}")
    return Value(_NUMBERS[number], dots)


@lru_cache(maxsize=1024)
def read_pitch(letters: str, marks: str) -> Pitch:
    """``("c", "#'")`` is C#5, ``("CC", "")`` is C2. Raises NotationError."""
    name = letters + marks
    accidental = marks.strip("'")
    if accidental not in ACCIDENTALS:
        raise NotationError(f"unknown accidental '{accidental}' in '{name}'; use # ## - -- n")
    raised = len(marks) - len(accidental)
    if letters.islower():
        return Pitch(letters, ACCIDENTALS[accidental], 4 + raised)
    if raised:
        raise NotationError(
            f"'{name}' goes down by its capital and up by its prime; "
            f"write '{letters[0].lower()}' for octave 4"
        )
    return Pitch(letters[0].lower(), ACCIDENTALS[accidental], 4 - len(letters))


@lru_cache(maxsize=4096)
def parse_token(text: str) -> Note:
    """The note of one symbol, as ``token`` writes it: ``parse_token("g8")``.

    Raises NotationError where it is not exactly one note that states its duration.
    """
    reader = Reader(stated=True)
    if re.search(r"[\s|]", text):
        raise NotationError(f"{text[:24]!r} is not one symbol; symbols hold no blanks or bars")
    try:
        reader.feed(text)
        reader.end()
    except UnreadableError as error:
        raise NotationError(str(error)) from None
    if len(reader.notes) != 1:
        raise NotationError(f"{text[:24]!r} is {len(reader.notes)} notes; a symbol is exactly one")
    return reader.notes[0]


@lru_cache(maxsize=4096)
def token(note: Note) -> str:
    """The symbol of one note, a vocabulary's entry: ``g8``, ``trip{c8}``, ``c1~c4``."""
    written = heads(0, note, Fraction(0), spell(note.duration))
    return "".join(write(written, ""))


def heads(
    index: int, note: Note, offset: Fraction, values: tuple[Value, ...]
) -> tuple[Written, ...]:
    """The heads which, tied, write a note in the text, its rests tied too."""
    laid = []
    for place, value in enumerate(values, 1):
        more = place < len(values)
        laid.append(Written(index, note.pitch, offset, value, tie=more, tied=place > 1))
        offset += value.duration
    return tuple(laid)


def write(written: tuple[Written, ...], blank: str = " ") -> Iterator[str]:
    """The tokens of heads, those of a tuplet together: ``c4``, ``trip{c8 d8 e8}``."""
    for group in tuplets(written):
        word = group[0].value.tuplet
        tokens = blank.join(map(_write_head, group))
        yield f"{word}{{{tokens}}}" if word else tokens


def _write_head(head: Written) -> str:
    return f"{write_pitch(head.pitch)}{head.value}{'~' * head.tie}"


@lru_cache(maxsize=1024)
def write_pitch(pitch: Pitch | None) -> str:
    """``f#'`` for F#5, ``CC`` for C2, ``r`` for a rest."""
    if pitch is None:
        return "r"
    sign = "#" * pitch.alter + "-" * -pitch.alter
    if pitch.octave >= 4:
        return pitch.step + sign + "'" * (pitch.octave - 4)
    return pitch.step.upper() * (4 - pitch.octave) + sign


@lru_cache(maxsize=1024)
def _duration(value: Value, word: str) -> Fraction:
    return Value(value.type, value.dots, word).duration


@lru_cache(maxsize=4096)
def _note_of(pitch: Pitch | None, duration: Fraction) -> Note:
    return Note(pitch, duration)


def _complaint(text: str) -> str:
    """What to say of a text that begins with no token."""
    word = text.split()[0]
    shown = f"'{word[:24]}…'" if len(word) > 24 else repr(word)
    if start := _NOTE.match(word):
        left = word[start.end() :]
        if left[:1] and left[0] not in "#-n'.0123456789":
            return f"cannot read {left[0]!r} after {start[0]!r}; put a blank between notes"
        return f"cannot read {shown}; write a note as pitch, accidental, octave and duration"
    if word[0].isalpha():
        return f"unknown pitch {shown}; pitches are a to g"
    if word[0] in _HINTS:
        return f"{shown}: {_HINTS[word[0]]}"
    return (
        f"unknown token {shown}; tokens are notes 'g8', rests 'r4', 'trip{{…}}', 'quad{{…}}', "
        "meters '3/4' and bar lines '|'"
    )
