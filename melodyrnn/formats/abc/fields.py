"""The information fields of ABC: what ``K:Bdor``, ``M:C|`` or ``Q:3/8=60`` say."""

import re
from fractions import Fraction

from melodyrnn.errors import NotationError
from melodyrnn.limits import DIGITS
from melodyrnn.music.song import SHARPS, Key, Meter

ALTERS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
"""The sign of an accidental -> semitones."""

_MODES = {
    "": (0, "major"),
    "maj": (0, "major"),
    "ion": (0, "major"),
    "m": (-3, "minor"),
    "min": (-3, "minor"),
    "aeo": (-3, "minor"),
    "dor": (-2, "minor"),
    "phr": (-4, "minor"),
    "loc": (-5, "minor"),
    "lyd": (1, "major"),
    "mix": (-1, "major"),
}
"""Mode -> (fifths from the major key on its tonic, the mode of ours with its third)."""

_KEY = re.compile(r"([A-G])([#b]?)\s*(maj|ion|min|aeo|dor|phr|loc|lyd|mix|m|)[a-z]*(?![=\w])", re.I)
_MARKS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", ",": "\u0327"}
"""What an escape such as ``\\'e`` puts on its letter, as a combining character."""


def read_key(field: str) -> tuple[Key, dict[str, int]] | None:
    """A key and, by step, what single accidentals add to it; None where the field names no key."""
    extra = {
        step.lower(): ALTERS[sign]
        for sign, step in re.findall(r"(?<!\S)(\^\^|\^|__|_|=)([A-Ga-g])(?!\S)", field)
    }
    field = field.strip()
    if field.startswith(("HP", "Hp")):  # the highland pipes: F and C sharp
        return Key(2), extra
    if not field or field.lower().startswith("none"):
        return Key(), extra
    match = _KEY.match(field)
    if not match:
        return (Key(), extra) if extra else None
    step, sign, mode = match[1].lower(), match[2], match[3].lower()
    if match[3] == "M":  # a capital M alone is major
        mode = ""
    shift, ours = _MODES[mode]
    fifths = SHARPS.index(step) - 1 + 7 * ((sign == "#") - (sign == "b")) + shift
    return (Key(fifths, ours), extra) if abs(fifths) <= 7 else None


def read_meter(field: str) -> Meter | None:
    """``C``, ``C|``, ``6/8`` or ``(2+3)/8``; None for ``none`` or what is no meter."""
    field = {"C": "4/4", "C|": "2/2"}.get(field.strip(), field)
    if not (
        match := re.match(r"\s*\(?\s*(\d{1,2}(?:\s*\+\s*\d{1,2})*)\s*\)?\s*/\s*(\d{1,2})\b", field)
    ):
        return None
    try:
        return Meter(sum(map(int, match[1].split("+"))), int(match[2]))
    except NotationError:
        return None


def read_unit(field: str) -> Fraction | None:
    """``1/8`` -> half a quarter note, the length of a note without a number."""
    match = re.match(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3}))?", field)
    if not match or not int(match[1]) or not int(match[2] or 1):
        return None
    return Fraction(4 * int(match[1]), int(match[2] or 1))


def default_unit(meter: Meter | None) -> Fraction:
    """A 16th where a bar is shorter than three quarters, else an eighth; in quarter notes."""
    return Fraction(1, 4) if meter and meter.bar < 3 else Fraction(1, 2)


def read_tempo(field: str, unit: Fraction) -> float | None:
    """In quarter notes per minute; None for words alone.

    A number without a note value (the outdated ``Q:120``) counts units.
    """
    field = re.sub(r'"[^"]*"?', " ", field)
    if re.search(rf"\d{{{DIGITS.most + 1}}}", field):
        return None
    match = re.match(r"\s*(?:([\d/\s]+|C\d*)=)?\s*(\d{1,6}(?:\.\d*)?)\s*$", field)
    if not match:
        return None
    beats = [Fraction(int(a), int(b)) for a, b in re.findall(r"(\d+)/(0*[1-9]\d*)", match[1] or "")]
    return float(match[2]) * float(4 * sum(beats) if beats else unit)


def read_text(field: str) -> str:
    r"""A title or name without its escapes: ``\%``, ``\'e``, ``\u00e9``."""

    def unescaped(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        if match[2]:
            return chr(int(match[2], 16))
        return match[4] + _MARKS[match[3]]

    return re.sub(
        r"\\(?:([\\%&])|u([0-9a-fA-F]{4})|([`'^~\",])([A-Za-z]))", unescaped, field
    ).strip()
