"""Chord symbols, such as ``Am7`` and ``Bb/D``: what is one, its parts, and transposition.

A song keeps them as they are written, by their places; no model sees them.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from melodyrnn.music.pitch import Key, Pitch, transposed

NO_CHORD = "N.C."
_NAME = r"[A-G](?:##?|bb?|)"
_QUALITY = (  # a digit at a time, so that no text takes long
    r"(?:[Mm]aj|[Mm]in|ma|mi|M|m|dim|aug|sus|add|omit|no|alt|dom|6/9|[#b]?\d|[-+^°oøØΔ]"
    r"|\((?:[#b]?\d|add|no|omit|maj|alt|sus|[-+])+\))*"
)
_CHORD = re.compile(rf"(?P<root>{_NAME})(?P<quality>{_QUALITY})(?:/(?P<bass>{_NAME}))?")
_LONGEST = 32  # characters
_SPELLINGS = str.maketrans({"♯": "#", "♭": "b", "𝄪": "##", "𝄫": "bb"})


class ChordSymbol(NamedTuple):
    """The parts of ``Bbm7/F``."""

    root: str  # "Bb"; "" of no chord
    quality: str  # "m7"
    bass: str  # "F"; "" where it is the root

    def __str__(self) -> str:
        return f"{self.root}{self.quality}{self.bass and '/'}{self.bass}" or NO_CHORD


@lru_cache(4096)
def read_chord(text: str) -> ChordSymbol | None:
    """The chord that ``text`` names, None where it names none.

    Of a chord with another one in parentheses behind it, ``G(Em)``, the first.
    """
    if len(text) > _LONGEST:
        return None
    text = "".join(text.translate(_SPELLINGS).split())
    if text.upper().replace(".", "") == "NC":
        return ChordSymbol("", "", "")
    match = _CHORD.fullmatch(re.sub(r"(?<=.)\([A-G][^)]*\)$", "", text))
    return ChordSymbol(match["root"], match["quality"], match["bass"] or "") if match else None


def transpose_chord(name: str, semitones: int, fifths: int, key: Key) -> str:
    """The chord of that name so much higher, its names so many fifths on (see ``transposed``)."""
    chord = read_chord(name)
    if chord is None or not chord.root:
        return name
    root, bass = (
        part and _name(transposed(_pitch(part), semitones % 12, fifths, key))
        for part in (chord.root, chord.bass)
    )
    return str(ChordSymbol(root, chord.quality, bass))


def _pitch(name: str) -> Pitch:
    return Pitch(name[0].lower(), name.count("#") - name[1:].count("b"), 4)


def _name(pitch: Pitch) -> str:
    return f"{pitch.step.upper()}{'#' * pitch.alter}{'b' * -pitch.alter}"
