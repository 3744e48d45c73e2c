"""How a page writes text and figures."""

import base64
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from unicodedata import name

from fontTools import subset
from fontTools.ttLib import TTFont

from melodyrnn.render import fonts

FAMILY = "Letters"
"""The embedded font's name in the style sheets."""

SCRIPTS = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh"}
"""First word of a character's Unicode name -> language; the first found in this order counts."""


def language(value: str) -> str | None:
    """The language of ``value`` where its letters say it."""
    words = {name(char, "").split(" ")[0] for char in value}
    return next((SCRIPTS[script] for script in SCRIPTS if script in words), None)


def figure(value: float, digits: int = 1) -> str:
    """With thousands separated; without a fraction of zeros."""
    word = f"{value:,.{digits}f}"
    return word.rstrip("0").rstrip(".") if "." in word else word


def signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\u2212")


def share(value: float) -> str:
    """A part of 1 as a style sheet writes it, from 0 to 1."""
    return f"{100 * min(max(value, 0.0), 1.0):.2f}%"


FILTERS: dict[str, Callable[..., object]] = {
    "language": language,
    "figure": figure,
    "signed": signed,
    "share": share,
}
"""Name in the templates -> function."""


def listed(numbers: Sequence[int]) -> str:
    """``0 to 4`` for neighbours, else each number."""
    ordered = sorted(numbers)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(map(str, ordered))


def seeds(numbers: Sequence[int]) -> str:
    """``seed 3``, or ``seeds 0 to 4``."""
    return f"{'seed' if len(numbers) == 1 else 'seeds'} {listed(numbers)}"


_EDITORS = "TSI", "FFTM"
"""Tables of a font, by their beginning, that are for the programs in which it was drawn."""


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
    options.drop_tables += [tag for tag in sorted(file.keys()) if tag.startswith(_EDITORS)]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(file)
    file.flavor = "woff"
    buffer = BytesIO()
    file.save(buffer)
    return buffer.getvalue()
