"""The letters of titles, from font files that pip installed: no font of the system is used.

NanumGothic holds Hangul, Latin, Greek, Cyrillic, kana and many Chinese characters; DejaVu Sans
adds what it lacks of the alphabets. Neither package is imported, only its data is read.
"""

import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from itertools import groupby
from pathlib import Path
from threading import Lock

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from melodyrnn.errors import MelodyWarning
from melodyrnn.render.data import data_file

BOX = "\u25a1"
"""Drawn where no font has the character."""

FILES: dict[bool, tuple[tuple[str, str], ...]] = {
    False: (
        ("koreanize_matplotlib", "fonts/NanumGothic.ttf"),
        ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    ),
    True: (
        ("koreanize_matplotlib", "fonts/NanumGothicBold.ttf"),
        ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf"),
    ),
}
"""Bold or not -> (package, file in it), in the order in which they are asked for a character."""

_READING = Lock()  # fontTools reads what it needs when it needs it, from one place in the file


@dataclass(frozen=True)
class Font:
    """One font file, read once."""

    path: Path

    @property
    def name(self) -> str:
        """As a PDF names it."""
        return self.path.stem

    @cached_property
    def _file(self) -> TTFont:
        with _READING:
            font = TTFont(BytesIO(self.path.read_bytes()), lazy=True)  # or it holds the file open
            font.setGlyphOrder([str(n) for n in range(font["maxp"].numGlyphs)])  # names are slow
            for table in ("head", "cmap", "hmtx", "glyf"):
                font[table]  # read it now, while no other thread does
            return font

    @cached_property
    def characters(self) -> dict[int, str]:
        """Code point -> what fontTools calls the glyph."""
        names: dict[int, str] = self._file.getBestCmap()
        return names

    @cached_property
    def em(self) -> int:
        return int(self._file["head"].unitsPerEm)

    def width(self, text: str) -> float:
        """The width of ``text`` at size 1."""
        advances = self._file["hmtx"].metrics
        return float(sum(advances[self.characters[ord(char)]][0] for char in text) / self.em)

    def outline(self, text: str, x: float, y: float, size: float) -> str:
        """SVG path data of ``text`` from (x, y), the start of its base line, y downwards."""
        glyphs = self._file.getGlyphSet()
        pen = SVGPathPen(glyphs, ntos=_number)
        scale = size / self.em
        for char in text:
            glyph = glyphs[self.characters[ord(char)]]
            with _READING:
                glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
            x += glyph.width * scale
        return str(pen.getCommands())


@dataclass(frozen=True)
class Run:
    """Characters that one font draws."""

    text: str
    font: Font

    def width(self, size: float) -> float:
        return self.font.width(self.text) * size


@cache
def fonts(bold: bool) -> tuple[Font, ...]:
    """The fonts to try, the first one first. Raises RenderError where one is missing."""
    return tuple(Font(data_file(*file)) for file in FILES[bold])


def composed(text: str) -> str:
    """``text`` in composed characters, without what nothing can draw or XML hold.

    A name that comes from macOS has Hangul in single letters.
    """
    kinds = ((char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", text))
    return "".join(
        "\ufffd" if kind in ("Cc", "Cn", "Co", "Cs") else char
        for char, kind in kinds
        if kind != "Cf"
    )


def printable(text: str) -> str:
    """``text`` composed, on one line, without blanks around it."""
    return composed(" ".join(text.split()))


def runs(text: str, bold: bool = False) -> list[Run]:
    """Composed ``text`` in pieces of one font each; what no font can draw becomes ``BOX``."""
    chars = [(char if _font(char, bold) else BOX) for char in text]
    pairs = [(_font(char, bold) or fonts(bold)[0], char) for char in chars]
    return [
        Run("".join(char for _, char in group), font)
        for font, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of composed ``text``, in the unit of ``size``."""
    return sum(run.width(size) for run in runs(text, bold))


def warn_of_missing(texts: Iterable[str]) -> None:
    """One MelodyWarning which names every character that no font can draw."""
    missing = sorted({char for text in texts for char in printable(text) if not _font(char, False)})
    if missing:
        listed = ", ".join(repr(char) for char in missing[:8])
        more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
        warnings.warn(
            f"no font here can draw {listed}{more}; drawn as {BOX}", MelodyWarning, stacklevel=4
        )


def _font(char: str, bold: bool) -> Font | None:
    if unicodedata.bidirectional(char) in ("R", "AL"):
        return None  # written from right to left, its letters joined: that needs a shaper
    return next((font for font in fonts(bold) if ord(char) in font.characters), None)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
