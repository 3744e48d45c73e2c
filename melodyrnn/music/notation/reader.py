"""Reads lines of tokens: notes, rests, ties, tuplets such as ``trip{…}``, meters and bar lines.

A tie joins tokens into one sounding ``Note``. Where a line cannot be read, ``UnreadableError``
says what and where; whoever knows the file adds its name.
"""

import re
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from melodyrnn.errors import NotationError
from melodyrnn.limits import NOTES
from melodyrnn.music.durations import COMMON_TUPLETS, Value, tuplet_ratio
from melodyrnn.music.notation.tokens import plain, read_pitch, read_value
from melodyrnn.music.song import Meter, Note, Pitch

_TOKEN = re.compile(
    r"""(?P<gap>[\s|]+)
    | (?P<beats>[0-9]{1,3}) / (?P<unit>[0-9]{1,3}) (?=[\s|]|$)
    | (?P<tuplet>[A-Za-z]{1,16}|[0-9]{1,3}:[0-9]{1,3}) \{
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


class UnreadableError(NotationError):
    """Something cannot be read, ``column`` characters (from 0) into ``line`` (from 1)."""

    def __init__(self, message: str, column: int = 0, line: int = 0) -> None:
        super().__init__(message)
        self.column, self.line = column, line

    def at(self, name: str) -> str:
        """The message with its place, in a text of that name."""
        return f"{name}:{self.line}:{self.column + 1}: {self}" if self.line else f"{name}: {self}"


class Reader:
    """Reads lines of tokens, one after the other; ties and tuplets may run over lines."""

    def __init__(self, *, stated: bool = False) -> None:
        """``stated``: each note must state its duration."""
        self.notes: list[Note] = []
        self.places: list[tuple[int, int]] = []  # (line, column from 0) of each note
        self.meters: dict[Fraction, Meter] = {}  # by offset in quarter notes
        self._stated = stated
        self._line = 0
        self._offset = Fraction(0)  # of the notes before self._summed
        self._summed = 0
        self._value = "4"  # the last one given
        self._tuplet = ""
        self._tuplet_place = (0, 0)
        self._filled = False  # whether the open tuplet holds a note
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
        if len(self.notes) > NOTES.most:
            raise UnreadableError(NOTES.told, 0, number)

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

    @property
    def duration(self) -> Fraction:
        """Of what was read, in quarter notes; added up only where it is asked for."""
        self._offset += sum(note.duration for note in self.notes[self._summed :])
        self._summed = len(self.notes)
        return self._offset + self._held

    def _take(self, match: re.Match[str]) -> None:
        if match["gap"]:
            return
        if match["letters"]:
            self._note(match)
        elif match["beats"]:
            if self._tuplet:
                raise NotationError(f"a meter '{match[0]}' inside '{self._tuplet}{{…}}'")
            self.meters[self.duration] = Meter(int(match["beats"]), int(match["unit"]))
        elif match["close"]:
            self._close(match["close"])
        else:
            self._open(match["tuplet"], match.start())

    def _note(self, match: re.Match[str]) -> None:
        if match["value"]:
            self._value = match["value"]
        elif self._stated:
            raise NotationError(f"'{match[0]}' states no duration; write '{match[0]}4'")
        letters, marks = match["letters"], match["marks"]
        self._filled = True
        if not self._held:
            self.places.append((self._line, match.start()))
            if not match["tie"]:
                self.notes.append(_whole(letters, marks, self._value, self._tuplet))
                return
        duration, pitch = _duration(self._value, self._tuplet), read_pitch(letters, marks)
        if self._held and pitch != self._pitch:
            raise NotationError(
                f"a tie to another pitch, '{match[0]}'; '~' joins notes of the same pitch"
            )
        self._pitch, self._held = pitch, self._held + duration
        if not match["tie"]:
            self.notes.append(Note(pitch, self._held))
            self._held = Fraction(0)

    def _open(self, word: str, column: int) -> None:
        try:
            tuplet_ratio(word)
        except ValueError:
            near = get_close_matches(word, filter(None, COMMON_TUPLETS), 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else "tuplets are trip{…}, quad{…}, 5:4{…}"
            raise NotationError(f"unknown tuplet '{word}{{'; {hint}") from None
        if self._tuplet:
            raise NotationError(f"'{word}{{' inside '{self._tuplet}{{…}}'; tuplets do not nest")
        self._tuplet, self._tuplet_place, self._filled = word, (self._line, column), False

    def _close(self, sign: str) -> None:
        if not self._tuplet:
            raise NotationError("'}' closes nothing; tuplets open with 'trip{' or 'quad{'")
        if not self._filled:
            raise NotationError(f"'{self._tuplet}{{}}' holds no note")
        self._tuplet = ""
        if sign.endswith("~"):
            if self._held:
                raise NotationError("'~' on both sides of '}'; one is enough")
            last = self.notes.pop()
            self._pitch, self._held = last.pitch, last.duration


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


@lru_cache(maxsize=1024)
def _duration(value: str, tuplet: str) -> Fraction:
    written = read_value(value)
    return Value(written.type, written.dots, tuplet).duration


@lru_cache(maxsize=4096)
def _whole(letters: str, marks: str, value: str, tuplet: str) -> Note:
    duration = _duration(value, tuplet)
    return Note(read_pitch(letters, marks), duration)


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
