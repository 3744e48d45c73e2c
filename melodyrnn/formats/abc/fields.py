"""The information fields of ABC: what ``K:Bdor``, ``M:C|`` or ``Q:3/8=60`` say."""

import re
from fractions import Fraction
from typing import NamedTuple

from melodyrnn.errors import NotationError
from melodyrnn.formats.abc.sounding import CLEF, LOOKS, PROPERTY
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

_TONIC = re.compile(r"([A-Ga-g])([#b♯♭]?)(\s*)([A-Za-z]*)")
_PIPES_OR_NONE = re.compile(r"(?:(HP|Hp)|[Nn][Oo][Nn][Ee])\b|$")
_BESIDE = re.compile(
    rf"\s*(?:(?:{CLEF.pattern})|(?:{PROPERTY.pattern})"
    r"|(?P<sign>\^\^|\^|__|_|=)(?P<step>[A-G])(?![A-Z])|(?P<exp>exp\b)|[^\s^_=]+|\S)",
    re.IGNORECASE,
)
"""What may stand beside a key: accidentals and ``exp``, and what is ``read_sounding``'s."""


class KeyField(NamedTuple):
    """What K: says of the key."""

    key: Key
    extra: dict[str, int]  # step -> its alteration where that is not the key's


def read_key(field: str) -> KeyField | None:
    """The key; None where the field names none."""
    key, rest = _tonic(field.strip())
    extra: dict[str, int] = {}
    explicit = False
    for match in _BESIDE.finditer(rest):
        if match["sign"]:
            extra[match["step"].lower()] = ALTERS[match["sign"]]
        explicit |= bool(match["exp"])
    if explicit:
        return _explicit(key, extra)
    return KeyField(key or Key(), extra) if key or extra else None


def beside_key(field: str) -> str:
    """What a field says beside the key and its accidentals."""
    _, rest = _tonic(field.strip())
    words = (m[0] for m in _BESIDE.finditer(rest) if not (m["sign"] or m["exp"]))
    return " ".join(word.strip() for word in words)


def _tonic(field: str) -> tuple[Key | None, str]:
    """The key that a field begins with, and what comes after it."""
    if match := _PIPES_OR_NONE.match(field):
        return Key(2 if match[1] else 0), field[match.end() :]  # the pipes: F and C sharp
    match = None if CLEF.match(field) else _TONIC.match(field)
    if not match:
        return None, field
    step, sign, gap, word = match.groups()
    mode, end = _mode(word), match.end()
    is_property = gap and word in LOOKS and field[end:].lstrip().startswith("=")
    if mode is None or is_property:
        if word and not gap and step.islower() and word.lower() != "exp":
            return None, field  # a word that begins like a key
        mode, end = _MODES[""], match.start(4)
    shift, ours = mode
    alter = {"": 0, "#": 1, "♯": 1}.get(sign, -1)
    fifths = SHARPS.index(step.lower()) - 1 + 7 * alter + shift
    return (Key(fifths, ours), field[end:]) if abs(fifths) <= 7 else (None, field)


def _mode(word: str) -> tuple[int, str] | None:
    """By its first three letters, in small or capital ones."""
    return _MODES.get(word.lower() if len(word) < 3 else word.lower()[:3])


def _explicit(key: Key | None, extra: dict[str, int]) -> KeyField:
    """``K:D exp _b _e ^f``: the key on that tonic which is most like these accidentals alone."""
    wanted = {step: extra.get(step, 0) for step in SHARPS}

    def likeness(other: Key) -> int:
        return sum(other.alter(step) == alter for step, alter in wanted.items())

    major = (key or Key()).fifths + (3 if key and key.mode == "minor" else 0)
    near = [Key(n, mode) for n, mode in ((major, "major"), (major - 3, "minor")) if abs(n) <= 7]
    best = max(near, key=likeness)
    return KeyField(best, {s: alter for s, alter in wanted.items() if alter != best.alter(s)})


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
