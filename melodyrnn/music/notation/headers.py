"""The lines above the music: ``title:``, ``meter:``, ``key:`` … One table reads and writes them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from melodyrnn.errors import NotationError
from melodyrnn.music.chord_symbols import read_chord
from melodyrnn.music.durations import Value, spell
from melodyrnn.music.notation.reader import UnreadableError, parse_token
from melodyrnn.music.notation.tokens import plain, read_value, token
from melodyrnn.music.song import Key, Meter, Song

_METER = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")
_KEY = re.compile(r"([A-Ga-g])(##|#|--|-|b)?\s*(?:(maj|min)(?:or)?|(m))?", re.IGNORECASE)
_CHORD = re.compile(r"([0-9]{1,9}(?:/[1-9][0-9]{0,6})?)\s+(\S{1,40})")
_VALUE = re.compile(r"(?:(trip|quad|[1-9]\d{0,2}:[1-9]\d{0,2})\{)?([0-9.]{1,16})(\})?")
_ALTER = {"": 0, "#": 1, "-": -1, "b": -1, "##": 2, "--": -2}


def read_meter(text: str) -> Meter:
    """``3/4``. Raises NotationError."""
    match = _METER.fullmatch(plain(text))
    if not match:
        raise NotationError(f"unknown meter {_short(text)}; write it as beats/unit, such as '3/4'")
    return Meter(int(match[1]), int(match[2]))


def read_key(text: str) -> Key:
    """``G``, ``e minor``, ``Bb``, ``B- major``, ``F#m``. Raises NotationError."""
    match = _KEY.fullmatch(plain(text))
    if not match:
        raise NotationError(
            f"unknown key {_short(text)}; write it as 'G', 'B- major' or 'F# minor'"
        )
    letter, sign, mode, short = match.groups()
    if letter.islower() and not (mode or short):
        # Some read 'e' as E minor, others as E major.
        upper = letter.upper() + (sign or "")
        raise NotationError(f"key {_short(text)} may be either; write '{upper}' or '{text} minor'")
    minor = short == "m" or (mode or "").lower() == "min"
    return Key.of(letter.lower(), _ALTER[(sign or "").lower()], "minor" if minor else "major")


def read_tempo(text: str) -> float:
    """Quarter notes per minute. Raises NotationError."""
    try:
        return float(plain(text)[:32])
    except ValueError:
        raise NotationError(
            f"unknown tempo {_short(text)}; it is in quarter notes per minute, such as 120"
        ) from None


def read_pickup(text: str) -> Fraction:
    """``8``, ``4.``, ``4+16``, ``trip{8}`` -> quarter notes. Raises NotationError."""
    total = Fraction(0)
    for part in plain(text).replace(" ", "").split("+"):
        match = _VALUE.fullmatch(part)
        if not match or bool(match[1]) != bool(match[3]):
            raise NotationError(
                f"unknown pickup {_short(text)}; write the note values before the first full bar, "
                "such as '8' or '4+16'"
            )
        value = read_value(match[2])
        total += Value(value.type, value.dots, match[1] or "").duration
    return total


def write_pickup(pickup: Fraction) -> str:
    """As ``read_pickup`` reads it."""
    words = (f"{v.tuplet}{{{v}}}" if v.tuplet else str(v) for v in spell(pickup))
    return "+".join(words)


def read_codes(text: str) -> tuple[str, ...]:
    """Symbols with blanks between, each in its canonical form. Raises NotationError."""
    codes: dict[str, str] = {}
    for match in re.finditer(r"\S+", text):
        try:
            listed = token(parse_token(match[0]))
        except NotationError as error:
            raise UnreadableError(str(error), match.start()) from None
        if listed in codes:
            same = "" if codes[listed] == match[0] else f", as '{codes[listed]}'"
            raise UnreadableError(f"the token '{match[0]}' is listed twice{same}", match.start())
        codes[listed] = match[0]
    return tuple(codes)


def read_chords(text: str) -> tuple[tuple[Fraction, str], ...]:
    """``0 C, 4 Am7, 13/2 G7``: places in quarter notes and names. Raises NotationError."""
    chords = []
    for item in text.split(","):
        match = _CHORD.fullmatch(item.strip())
        chord = read_chord(match[2]) if match else None
        if match is None or chord is None:
            raise NotationError(
                f"unknown chord {_short(item.strip())}; write places in quarter notes and names, "
                "such as '0 C, 4 Am7, 13/2 G'"
            )
        chords.append((Fraction(match[1]), str(chord)))
    return tuple(chords)


def write_chords(chords: tuple[tuple[Fraction, str], ...]) -> str:
    """As ``read_chords`` reads them."""
    return ", ".join(f"{offset} {name}" for offset, name in chords)


def write_tempo(tempo: float) -> str:
    return repr(float(tempo)).removesuffix(".0")


HeaderValue: TypeAlias = Any
"""The value of the field of a Song that a header writes, of that field's type."""


@dataclass(frozen=True, slots=True)
class Header:
    """How one field of a Song is read from its line and written to it."""

    read: Callable[[str], HeaderValue]
    write: Callable[[HeaderValue], str]


HEADERS: dict[str, Header] = {
    "title": Header(str, str),
    "composer": Header(str, str),
    "meter": Header(read_meter, str),
    "key": Header(read_key, str),
    "tempo": Header(read_tempo, write_tempo),
    "pickup": Header(read_pickup, write_pickup),
    "codes": Header(read_codes, " ".join),
    "chords": Header(read_chords, write_chords),
}
"""Header and field of Song -> how to read and write it, in the order of the canonical text."""


def write_headers(song: Song) -> list[str]:
    """The lines of a song's headers; those that say nothing are left out."""
    fields = ((name, header, getattr(song, name)) for name, header in HEADERS.items())
    return [f"{name}: {header.write(value)}" for name, header, value in fields if value]


def _short(text: str) -> str:
    return f"'{text[:24]}…'" if len(text) > 24 else f"'{text}'"
