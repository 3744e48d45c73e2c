"""The spines of Humdrum that hold chords: **mxhm has their names, **harm Roman numerals."""

import re
from collections.abc import Callable

from melodyrnn.formats.humdrum.roman import roman_chord
from melodyrnn.music.chord_kinds import QUALITIES
from melodyrnn.music.song import Key

_NAMED = re.compile(r"(?P<root>[A-G][-#]?) (?P<kind>[\w-]+)(?:/(?P<bass>[A-G][-#]?))?")


def named_chord(token: str, _: Key | None = None) -> str:
    """``B- minor-seventh/F`` of a **mxhm spine as ``Bbm7/F``; what is none as it stands."""
    match = _NAMED.fullmatch(token)
    if match is None or (quality := QUALITIES.get(match["kind"])) is None:
        return token
    bass = match["bass"] and f"/{match['bass']}"
    return f"{match['root']}{quality}{bass or ''}".replace("-", "b")


CHORD_SPINES: dict[str, Callable[[str, Key | None], str]] = {
    "**mxhm": named_chord,
    "**harm": roman_chord,
}
"""Kind of a spine -> what makes a chord symbol of a token, given the key there, if one is named."""
