"""The signs that a line of ABC's music consists of, as patterns."""

import re


def _length(kind: str = "") -> str:
    """The pattern of a length such as ``3/2``, its groups named as ``ratio`` reads them."""
    return rf"(?P<{kind}times>\d{{0,4}})(?P<{kind}slashes>/*)(?P<{kind}over>(?:(?<=/)\d{{1,5}})?)"


_NOTE = r"(?P<sign>\^\^|\^|__|_|=|)(?P<step>[A-Ga-g])(?P<marks>[,']*)"
_PASSES = r"[1-9](?:[,-][1-9])*"
# What stands in brackets has an end: without one, each of many open brackets would be looked for
# its closing one up to the end of the line.
_TOKENS = {
    "field": r"\[(?P<letter>[A-Za-z]):(?P<value>[^\]]{0,400})\]",
    "quoted": r'"(?P<text>[^"]*)"?',
    "skip": r"[\s`\\*$;)~.HJLMOPRSTWuv]|\((?!\d)|y\d*",
    "decoration": r"!(?P<word>[^!|\s]*)!|\+[\w.()<>]+\+",
    "grace": r"\{(?P<graces>[^}]{0,400})\}",
    "tuplet": r"\((?P<p>[1-9]\d?(?=:)|[2-9])(?::(?P<q>\d{0,2}))?(?::(?P<r>\d{0,2}))?",
    "ending": r"\[(?P<passes>\d[\d,-]*)",
    "bare_ending": rf"^(?P<bare>{_PASSES})(?=\s)",  # behind the bar line that ends the last line
    "bar": r"(?P<line>\[\|\](?=:+[|\]])|:*(?:\[\||\|\]|\|)[|\]]*:*|::+|:(?=\s))"
    rf"(?:(?P<next_passes>\d[\d,-]*)|[ \t]+(?P<apart>{_PASSES})(?=\s))?",
    "opening": r"^:+(?![|\]:\s])",  # behind the bar line that ends the last line
    "chord": r"\[(?P<members>[^\]|]{0,400})\]" + _length("c"),
    "note": _NOTE + _length(),
    "rest": r"[zx]" + _length("r"),
    "bars_rest": r"[ZX](?P<count>\d{0,3})",
    "broken": r"(?P<broken_by>>{1,3}|<{1,3})",
    "tie": r"-",
    "overlay": r"&[^|\n]*",
    "unknown": r".",
}
TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _TOKENS.items()))
"""Any sign; ``lastgroup`` is its kind."""
CHORD_NOTE = re.compile(_NOTE + _length() + r"(?P<tie>-?)")
