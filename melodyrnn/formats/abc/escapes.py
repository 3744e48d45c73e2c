r"""The texts of ABC with their escapes: ``\'e``, ``&eacute;``, ``&#233;`` and ``\u00e9`` are é."""

import re

_MARKS = {
    **{"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308"},
    **{"c": "\u0327", ",": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b"},
    **{"=": "\u0304", ".": "\u0307", ";": "\u0328", "r": "\u030a"},
}
"""What stands between the backslash and a letter -> what it puts on that, a combining character."""

_LETTERS = {
    **{"AA": "Å", "aa": "å", "AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ", "ss": "ß"},
    **{"/O": "Ø", "/o": "ø", "/L": "Ł", "/l": "ł", "DH": "Ð", "dh": "ð", "TH": "Þ", "th": "þ"},
}
_ESCAPE = re.compile(
    r"\\(?:(?P<itself>[\\%&])"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})"
    rf"|(?P<letter>{'|'.join(_LETTERS)})"
    rf"|(?P<mark>[{re.escape(''.join(_MARKS))}])(?P<on>[A-Za-z]))"
    r"|(?P<entity>&\#?\w{2,31};)"
)


def read_text(field: str) -> str:
    """A title or name without its escapes."""
    if "\\" not in field and "&" not in field:
        return field.strip()
    return _joined(_ESCAPE.sub(_unescaped, field)).strip()


def _unescaped(match: re.Match[str]) -> str:
    if match["itself"]:
        return match["itself"]
    if code := match["short"] or match["long"]:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else match[0]
    if match["letter"]:
        return _LETTERS[match["letter"]]
    if match["mark"]:
        return match["on"] + _MARKS[match["mark"]]
    from html import unescape  # its table of names is read by few

    return unescape(match["entity"])


def _joined(text: str) -> str:
    """Two escapes of four digits that are the halves of one character become that one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
