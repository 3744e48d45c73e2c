"""How far the notes of a voice sound from where they are written.

What K: and V: say of it beside the key: ``octave=-1``, ``transpose=-2``, ``sound=cB``,
``clef=treble-8``. ``score=`` and ``middle=`` change the score alone.
"""

import re
from dataclasses import dataclass, replace

from melodyrnn.music.song import SEMITONES

PROPERTY = re.compile(r'(?P<name>[A-Za-z][\w-]*)\s*=\s*(?P<value>"[^"]*"?|[^\s"]+)')
CLEF = re.compile(
    r"(?:clef\s*=\s*\"?)?(?P<clef>treble|alto|tenor|bass|perc|none|soprano|mezzosoprano|baritone"
    r"|auto|(?<=[=\"])[GCFP])\d?(?P<shift>(?:[+-](?:8|15))?)[_^]?8?\"?(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(rf"\s*(?:{CLEF.pattern}|{PROPERTY.pattern}|(?P<word>\S+))", re.IGNORECASE)
_NOTE = re.compile(r"(\^\^|\^|__|_|=|)([A-Ga-g])([#b]?)([,']*)")
_SIGNS = {"^^": 2, "^": 1, "#": 1, "_": -1, "b": -1, "__": -2}

LOOKS = frozenset(
    {
        *("bracket", "brace", "clef", "color", "cue", "dyn", "dynamics", "gchord", "gchords"),
        *("gstem", "layout", "lyrics", "m", "merge", "middle", "name", "nm", "ornament", "score"),
        *("scale", "sname", "snm", "space", "staffscale", "staves", "stafflines", "stem"),
        *("stems", "style", "subname", "volume", "up", "down"),
    }
)
"""Properties of how a voice looks and is called."""


@dataclass(frozen=True)
class Sounding:
    """Semitones from the written pitch to the one that sounds, by what says so."""

    clef: int = 0
    octave: int = 0
    transpose: int = 0

    @property
    def semitones(self) -> int:
        return self.clef + self.octave + self.transpose


def read_sounding(text: str, before: Sounding) -> tuple[Sounding, list[str]]:
    """What a field says after its key or its voice's name, and what of it is not understood.

    ``before`` holds where the field says nothing of it.
    """
    sounding, unread = before, []
    for match in _WORD.finditer(text.strip()):
        name = (match["name"] or "").lower()
        if match["clef"]:
            sounding = replace(sounding, clef=_octaves(match["shift"]))
        elif not name and match["word"].lower() in LOOKS:
            continue
        elif read := _SAYS.get(name):
            semitones = read(match["value"].strip('"'))
            if semitones is None:
                unread.append(match[0].strip())
            else:
                field = "octave" if name == "octave" else "transpose"
                sounding = replace(sounding, **{field: semitones})
        elif name not in LOOKS:
            unread.append(match[0].strip())
    return sounding, unread


def _octaves(shift: str) -> int:
    """``-8`` -> -12, ``+15`` -> 24."""
    octaves = {"8": 12, "15": 24, "": 0}[shift.lstrip("+-")]
    return -octaves if shift.startswith("-") else octaves


def _number(value: str) -> int | None:
    return int(value) if re.fullmatch(r"[+-]?\d{1,2}", value) else None


def _octave(value: str) -> int | None:
    number = _number(value)
    return None if number is None else 12 * number


def _interval(value: str) -> int | None:
    """``cB`` -> -1, ``_B`` -> -2: from the first note, or c, to the other."""
    notes = [_midi(match) for match in _NOTE.finditer(value)]
    if not notes or len(notes) > 2 or _NOTE.sub("", value):
        return None
    return notes[-1] - (notes[0] if len(notes) == 2 else 12)


def _midi(match: re.Match[str]) -> int:
    """Semitones above C."""
    sign, step, after, marks = match.groups()
    octave = step.islower() + marks.count("'") - marks.count(",")
    return SEMITONES[step.lower()] + _SIGNS.get(sign or after, 0) + 12 * octave


_SAYS = {"octave": _octave, "transpose": _number, "sound": _interval, "shift": _interval}
"""Property -> what reads its value, in semitones."""
