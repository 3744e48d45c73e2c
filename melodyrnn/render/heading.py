"""What stands above the music: the title and the composer."""

import re
from xml.etree import ElementTree as ET

from melodyrnn.music.song import Song
from melodyrnn.render import fonts
from melodyrnn.render.page import line


class Heading:
    """The title and the composer above page 1; title and number above the others."""

    def __init__(self, song: Song, left: int, right: int, top: int) -> None:
        """Units: the sides of the music and the top margin."""
        self.song, self.left, self.right, self.top = song, left, right, top
        room = right - left
        self.title, self.size = _fit(song.title, room, bold=True, sizes=(700, 600, 500), most=3)
        self.composer, self.small = _fit(song.composer, room, bold=False, sizes=(360,), most=2)

    @property
    def bottom(self) -> int:
        """Where the music may start."""
        lines = len(self.title) * self.size * 1.35 + len(self.composer) * self.small * 1.6
        return self.top + round(lines + (200 if lines else 0))

    def lines(self, page: int) -> list[ET.Element]:
        if page > 1:
            text = f"{self.song.title} \u00b7 {page}" if len(self.title) == 1 else str(page)
            return _line(text, self.right, self.top, 300, "end")
        drawn, y = [], float(self.top)
        for text in self.title:
            y += self.size * (1 if text is self.title[0] else 1.35)
            drawn += _line(text, (self.left + self.right) / 2, y, self.size, "middle", bold=True)
        y += self.size * 0.35
        for text in self.composer:
            y += self.small * 1.6
            drawn += _line(text, self.right, y, self.small, "end")
        return drawn


def _fit(
    text: str, room: float, *, bold: bool, sizes: tuple[int, ...], most: int
) -> tuple[list[str], int]:
    """Lines of at most ``room`` in the largest size that needs one only, else in the smallest."""
    text = fonts.printable(text)
    if not text:
        return [], 0
    size = next((size for size in sizes if fonts.width(text, size, bold) <= room), sizes[-1])
    lines = [""]
    for word in re.findall(r"\S+\s*", text):
        if fonts.width((lines[-1] + word).rstrip(), size, bold) <= room:
            lines[-1] += word
        elif fonts.width(word.rstrip(), size, bold) <= room:
            lines.append(word)
        else:
            for char in word:  # no blanks to break at: Chinese, or a very long word
                if fonts.width(lines[-1] + char, size, bold) > room:
                    lines.append("")
                lines[-1] += char
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) > most:
        lines = lines[:most]
        while fonts.width(lines[-1] + "\u2026", size, bold) > room:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "\u2026"
    return lines, size


def _line(
    text: str, x: float, y: float, size: float, anchor: str, *, bold: bool = False
) -> list[ET.Element]:
    """A line of text, its start computed; nothing for no text."""
    text = fonts.printable(text)
    if not text:
        return []
    x -= fonts.width(text, size, bold) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    return [line(text, x, y, size, bold=bold)]
