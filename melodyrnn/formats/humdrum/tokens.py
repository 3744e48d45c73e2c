"""The tokens of **kern: notes, chords and rests; signatures of key and meter; bar lines."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from melodyrnn.errors import NotationError
from melodyrnn.formats.piece import Head
from melodyrnn.music.song import SHARPS, Key, Meter, Pitch

_LENGTH = re.compile(r"(?P<number>\d+)(?:%(?P<over>\d{1,4}))?(?P<dots>\.*)")
_DIGITS = 4  # of a length
_PITCH = re.compile(r"(?P<letters>([a-gA-G])\2*)(?P<sign>#+|-+|n|)")
_MODES = {"dor": -2, "phr": -4, "lyd": 1, "mix": -1, "aeo": -3, "loc": -5, "ion": 0}
"""Mode -> fifths from the major key on its tonic."""
_MINOR = {"dor", "phr", "aeo", "loc"}
_KEY = re.compile(r"\*(?P<tonic>[a-gA-G])(?P<sign>#|-|n|):(?P<mode>[a-z]{3})?\w*$")
_INSTRUMENTS = {
    **{"soprn": "Soprano", "cant": "Soprano", "mezzo": "Mezzo-soprano", "calto": "Alto"},
    **{"alto": "Alto", "tenor": "Tenor", "barit": "Baritone", "bass": "Bass", "vox": "Voice"},
    **{"violn": "Violin", "viola": "Viola", "cello": "Violoncello", "cbass": "Contrabass"},
    **{"flt": "Flute", "oboe": "Oboe", "clars": "Clarinet", "fagot": "Bassoon", "cor": "Horn"},
    **{"tromp": "Trumpet", "piano": "Piano", "organ": "Organ", "cemba": "Harpsichord"},
}
"""The Humdrum Toolkit's codes -> names."""
WORD_SPINES = {"**text", "**silbe", "**lyrics"}
"""Kinds of spines that hold what is sung."""

_BREVES = {"0": 8, "00": 16, "000": 32}
"""Zeros -> quarter notes."""


@dataclass(frozen=True, slots=True)
class Token:
    """What one spine says on one line: a note, a chord or a rest."""

    length: Fraction  # quarter notes
    heads: tuple[Head, ...]  # at 0, none for a rest
    grace: bool  # no time passes


@lru_cache(8192)
def read_token(text: str) -> Token:
    """``4.ee-``, ``[8c 8e``, ``2r``, ``8qf#``. Raises NotationError for what is none."""
    if not re.search("[0-9a-gA-GrR]", text):
        raise NotationError(f"'{text[:20]}' is no note; notes are such as 4.ee-, rests as 4r")
    notes = text.split(" ")
    lengths = [_length(note) for note in notes]
    first = next((length for length in lengths if length is not None), Fraction(1))
    heads = [
        Head(
            Fraction(0),
            length or first,
            pitch,
            "[" in note or "_" in note,
            "]" in note or "_" in note,
        )
        for note, length in zip(notes, lengths, strict=True)
        if (pitch := _pitch(note)) is not None
    ]
    return Token(first, tuple(heads), "q" in text or "Q" in text)


def _length(note: str) -> Fraction | None:
    match = _LENGTH.search(note)
    if match is None:
        return None
    number = match["number"]
    if len(number) > _DIGITS:
        raise NotationError(f"'{number[:10]}…' is no duration; durations are such as 4 or 8.")
    if number in _BREVES:
        length = Fraction(_BREVES[number])
    else:
        if not int(number):
            raise NotationError(f"a length of '{number}'; lengths are 1, 2, 4 … or 0, 00, 000")
        length = Fraction(4 * int(match["over"] or 1), int(number))
    return length * (2 - Fraction(1, 2 ** min(len(match["dots"]), 8)))


def _pitch(note: str) -> Pitch | int | None:
    """The pitch, or its MIDI number where a song cannot spell it.

    None for a rest, an unpitched sound (``R``) and a bare length.
    """
    match = _PITCH.search(note)
    if match is None or "r" in note or "R" in note:
        return None
    letters = match["letters"]
    octave = 3 + len(letters) if letters[0].islower() else 4 - len(letters)
    alter = match["sign"].count("#") - match["sign"].count("-")
    if abs(alter) > 2:
        return min(max(Pitch(letters[0].lower(), 0, octave).midi + alter, 0), 127)
    return Pitch(letters[0].lower(), alter, octave)


def read_signature(text: str) -> Key | None:
    """``*k[f#c#]``: the key of so many sharps or flats, in major; None for what is none."""
    if not text.startswith("*k["):
        return None
    fifths = text.count("#") - text.count("-")
    return Key(fifths) if abs(fifths) <= 7 else None


def read_key(text: str) -> Key | None:
    """``*b-:``, ``*f#:`` (in small letters minor), ``*d:dor``; None for what is no key."""
    match = _KEY.match(text)
    if match is None:
        return None
    tonic, mode = match["tonic"], match["mode"]
    place = SHARPS.index(tonic.lower()) - 1 + 7 * ((match["sign"] == "#") - (match["sign"] == "-"))
    minor = mode in _MINOR if mode in _MODES else tonic.islower()
    fifths = place + (_MODES[mode] if mode in _MODES else -3 * minor)
    return Key(fifths, "minor" if minor else "major") if abs(fifths) <= 7 else None


def read_meter(text: str) -> Meter | None:
    """``*M6/8``, ``*M2+3/8``; None for what is no meter."""
    match = re.fullmatch(r"\*M(\d{1,2}(?:\+\d{1,2})*)/(\d{1,2})", text)
    if match is None:
        return None
    try:
        return Meter(sum(map(int, match[1].split("+"))), int(match[2]))
    except NotationError:
        return None


def read_tempo(text: str) -> float | None:
    """``*MM96``: quarter notes per minute; None for what is no tempo."""
    match = re.fullmatch(r"\*MM(\d{1,4}(?:\.\d{1,9})?)", text)
    return float(match[1]) if match else None


def read_name(text: str) -> str:
    """What a spine is called: ``*I"Viola d'amore``, or by a code such as ``*Icant``."""
    if text.startswith('*I"'):
        return text[3:].strip()
    return _INSTRUMENTS.get(text.removeprefix("*I"), "") if text.startswith("*I") else ""
