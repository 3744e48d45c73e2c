"""How a page writes text and figures."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from unicodedata import name

from fontTools import subset
from fontTools.ttLib import TTFont

from melodyrnn.render import fonts
from melodyrnn.render.report_data import Spread

SCRIPTS = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh"}
"""First word of a character's Unicode name -> language; the first found in this order counts."""


def text(value: str) -> str:
    """``value`` escaped, on one line, without what nothing can print."""
    return escape(fonts.printable(value))


def named(value: str) -> str:
    """``value`` as text that says its language where its letters do."""
    words = {name(char, "").split(" ")[0] for char in value}
    language = next((SCRIPTS[script] for script in SCRIPTS if script in words), None)
    return f'<span lang="{language}">{text(value)}</span>' if language else text(value)


def figure(value: float, digits: int = 1) -> str:
    """With thousands separated; without a fraction of zeros."""
    word = f"{value:,.{digits}f}"
    return word.rstrip("0").rstrip(".") if "." in word else word


def spread(value: Spread | None, digits: int = 1) -> str:
    """``46``, or ``44.6 (44 to 46)`` where seeds differ, or a dash for what does not apply."""
    if value is None:
        return '<span class="none" title="does not apply">–</span>'
    low, high = figure(value.low, digits), figure(value.high, digits)
    between = "" if low == high else f' <small class="between">{low} to {high}</small>'
    return f"{figure(value.mean, digits)}{between}"


def tokens(symbols: Iterable[str]) -> str:
    return " ".join(f"<code>{text(symbol)}</code>" for symbol in symbols)


def listed(numbers: Sequence[int]) -> str:
    """``0 to 4`` for neighbours, else each number."""
    ordered = sorted(numbers)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(map(str, ordered))


def font_face(texts: Iterable[str], family: str) -> str:
    """CSS that embeds the letters beyond Latin of ``texts``, for readers without a font for them.

    Nothing where there are none.
    """
    letters = {char for value in texts for char in fonts.printable(value) if ord(char) > 0x24F}
    rules = []
    for font in fonts.fonts(False):
        drawn = {char for char in letters if font.has(char)}
        letters -= drawn
        if drawn:
            data = base64.b64encode(_subset(font, drawn)).decode()
            rules.append(
                f'@font-face{{font-family:"{family}";src:url(data:font/woff;base64,{data});'
                f"unicode-range:{','.join(f'U+{ord(char):X}' for char in sorted(drawn))}}}"
            )
    return "".join(rules)


def _subset(font: fonts.Font, characters: Iterable[str]) -> bytes:
    file = TTFont(font.path, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[])
    options.drop_tables += [tag for tag in sorted(file.keys()) if tag.startswith("TSI")]  # hinting
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(file)
    file.flavor = "woff"
    buffer = BytesIO()
    file.save(buffer)
    return buffer.getvalue()
