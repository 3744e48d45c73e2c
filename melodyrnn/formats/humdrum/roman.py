"""Roman numerals of a **harm spine, such as ``ii7b`` or ``V/V``, -> chord symbols in a known key.

Degrees are those of the major or the harmonic minor scale, a letter in front of which ``-`` or
``#`` alters the root. Capital numerals have a major third, small ones a minor third; ``o`` is
diminished, ``+`` augmented. A seventh is diatonic unless m, M, D or A says of what kind it is.
Inversions are letters, ``b`` the first. (Huron, *The Humdrum Toolkit*, **harm.)
"""

import re
from functools import lru_cache

from melodyrnn.music.chord_symbols import NO_CHORD
from melodyrnn.music.song import SHARPS, Key

_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": -1, "V": 1, "VI": 3, "VII": 5}
"""Degree of a major scale -> fifths from the tonic …"""
_MINOR = {"III": -3, "VI": -4}
"""… and of the harmonic minor scale, where it is another."""
_ORDER = list(_DEGREES)
_ALTERED = {"": 0, "-": -7, "#": 7}
_THIRDS = {"major": 4, "minor": -3}
_FIFTHS = {"": 1, "o": -6, "+": 8}
_SEVENTHS = {"m": -2, "M": 5, "D": -9, "A": 12}
_QUALITIES: dict[tuple[int, int, int | None], str] = {
    **{(4, 1, None): "", (-3, 1, None): "m", (-3, -6, None): "dim", (4, 8, None): "aug"},
    **{(4, 1, -2): "7", (4, 1, 5): "maj7", (-3, 1, -2): "m7", (-3, 1, 5): "m(maj7)"},
    **{(-3, -6, -9): "dim7", (-3, -6, -2): "m7b5", (4, 8, -2): "aug7", (4, 8, 5): "maj7#5"},
}
"""Third, fifth and seventh, in fifths from the root -> what stands behind it."""

_NUMERAL = r"(?P<sign>[-#]?)(?P<numeral>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i|N)"
_CHORD = re.compile(
    rf"[\d%.]*\(?{_NUMERAL}(?P<fifth>[o+]?)(?:(?P<kind>[mMDA]?)7)?(?P<inversion>[a-d]?)"
    r"(?P<of>(?:/[-#]?[ivIV]{1,3}[o+]?){0,4})\)?[;~]*(?:\[.{0,40}\])?"
)
_APPLIED = re.compile("/([-#]?)([ivIV]+)")
_SIGNATURE = {"major": 0, "minor": -3}
"""Of a mode, the fifths of the signature of its scale on C."""


@lru_cache(4096)
def roman_chord(token: str, key: Key | None) -> str:
    """``Dm7/F`` of ``ii7b`` in C major; the token as it stands where it, or its key, is unknown."""
    if token.lstrip("0123456789%.") == "r":
        return NO_CHORD
    match = _CHORD.fullmatch(token)
    if match is None or key is None:
        return token
    tonic, mode = key.fifths - _SIGNATURE[key.mode], key.mode
    for sign, numeral in reversed(_APPLIED.findall(match["of"])):
        if numeral.upper() not in _DEGREES:
            return token
        tonic += _degree(numeral, mode) + _ALTERED[sign]
        mode = "major" if numeral.isupper() else "minor"
    return _symbol(match, tonic, mode) or token


def _symbol(match: re.Match[str], tonic: int, mode: str) -> str:
    """The chord in a key, its tonic in fifths from C; nothing where it has no name."""
    sign, numeral = match["sign"], match["numeral"]
    if numeral == "N":  # the Neapolitan chord, major on the lowered second degree
        sign, numeral = "-", "II"
    degree = _degree(numeral, mode)
    root = tonic + degree + _ALTERED[sign]
    third = _THIRDS["major" if numeral.isupper() else "minor"]
    fifth = _FIFTHS[match["fifth"]]
    seventh = None
    if match["kind"] is not None:
        above = _ORDER[(_ORDER.index(numeral.upper()) + 6) % 7]
        seventh = _SEVENTHS.get(match["kind"], _degree(above, mode) - degree)
    quality = _QUALITIES.get((third, fifth, seventh))
    bass = {"": 0, "a": 0, "b": third, "c": fifth, "d": seventh}[match["inversion"]]
    if quality is None or bass is None:
        return ""
    return f"{_name(root)}{quality}" + (f"/{_name(root + bass)}" if bass else "")


def _degree(numeral: str, mode: str) -> int:
    """In fifths from the tonic."""
    degree = numeral.upper()
    return _MINOR.get(degree, _DEGREES[degree]) if mode == "minor" else _DEGREES[degree]


def _name(fifths: int) -> str:
    """``Bb`` of the note so many fifths above C."""
    alter, place = divmod(fifths + 1, 7)
    return SHARPS[place].upper() + "#" * alter + "b" * -alter
