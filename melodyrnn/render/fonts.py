"""The letters of titles, from font files that pip installed: no font of the system is used.

NanumGothic holds Hangul, Latin, Greek, Cyrillic, kana and many Chinese characters; DejaVu Sans
adds what it lacks of the alphabets. Neither package is imported, only its data is read.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb

from melodyrnn.errors import warn
from melodyrnn.render.package_data import data_file

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


@dataclass(frozen=True)
class Font:
    """One font file, read once. A character is drawn by itself, as a PDF's text is."""

    path: Path

    @property
    def name(self) -> str:
        """As a PDF names it."""
        return self.path.stem

    @cached_property
    def _file(self) -> hb.Font:
        return hb.Font(hb.Face(hb.Blob(self.path.read_bytes())))

    def has(self, char: str) -> bool:
        return self._file.get_nominal_glyph(ord(char)) is not None

    def _glyphs(self, text: str) -> Iterator[tuple[int, int]]:
        """Of each character the glyph, and how far it takes the pen."""
        for char in text:
            glyph = self._file.get_nominal_glyph(ord(char)) or 0  # 0 is the font's own box
            yield glyph, self._file.get_glyph_h_advance(glyph)

    def width(self, text: str) -> float:
        """The width of ``text`` at size 1."""
        return float(sum(advance for _, advance in self._glyphs(text)) / self._file.face.upem)

    def outline(self, text: str, x: float, y: float, size: float) -> str:
        """SVG path data of ``text`` from (x, y), the start of its base line, y downwards."""
        scale = size / self._file.face.upem
        path = _Path(x, y, scale)
        for glyph, advance in self._glyphs(text):
            self._file.draw_glyph(glyph, _PATH, path)
            path.x += advance * scale
        return "".join(path.data)


@dataclass
class _Path:
    """SVG path data in the making; (x, y) is where the glyph stands."""

    x: float
    y: float
    scale: float
    data: list[str] = field(default_factory=list)

    def add(self, command: str, *numbers: float) -> None:
        """``command`` with points in the font's units, y upwards."""
        points = zip(numbers[::2], numbers[1::2], strict=True)
        places = ((self.x + a * self.scale, self.y - b * self.scale) for a, b in points)
        self.data.append(command + " ".join(f"{_number(a)},{_number(b)}" for a, b in places))


def _drawing() -> hb.DrawFuncs:
    """HarfBuzz's strokes -> the commands of SVG."""
    funcs = hb.DrawFuncs()
    funcs.set_move_to_func(lambda x, y, path: path.add("M", x, y))
    funcs.set_line_to_func(lambda x, y, path: path.add("L", x, y))
    funcs.set_quadratic_to_func(lambda a, b, x, y, path: path.add("Q", a, b, x, y))
    funcs.set_cubic_to_func(lambda a, b, c, d, x, y, path: path.add("C", a, b, c, d, x, y))
    funcs.set_close_path_func(lambda path: path.add("Z"))
    return funcs


_PATH = _drawing()


@dataclass(frozen=True)
class FontRun:
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


def runs(text: str, bold: bool = False) -> list[FontRun]:
    """Composed ``text`` in pieces of one font each; what no font can draw becomes ``BOX``."""
    chars = [(char if _font(char, bold) else BOX) for char in text]
    pairs = [(_font(char, bold) or fonts(bold)[0], char) for char in chars]
    return [
        FontRun("".join(char for _, char in group), font)
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
        warn(f"no font here can draw {listed}{more}; drawn as {BOX}")


def _font(char: str, bold: bool) -> Font | None:
    if unicodedata.bidirectional(char) in ("R", "AL"):
        return None  # written from right to left, its letters joined: that needs a shaper
    return next((font for font in fonts(bold) if font.has(char)), None)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
