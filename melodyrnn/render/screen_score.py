"""A score for a page that is looked at: one drawing, as wide as asked for, in the page's colour."""

import re
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from melodyrnn.errors import RenderError
from melodyrnn.music.song import Song
from melodyrnn.render.engrave import Paper, engrave
from melodyrnn.render.outlines import outline
from melodyrnn.render.page import SVG, UNITS, XLINK, Page

NARROWEST, WIDEST = 60, 400
"""Millimetres."""

_HEAD = re.compile(r"n(\d+)(-\d+)?")
_HIGHEST = 6000  # millimetres: Verovio's largest page, which holds any song


@dataclass(frozen=True)
class ScreenScore:
    """An SVG, and where the notes are in it."""

    svg: str
    ids: tuple[tuple[str, ...], ...]  # of each note: its heads, the first one first


def screen_score(song: Song, width: int, prefix: str = "") -> ScreenScore:
    """The score without title, ``width`` millimetres wide, as one SVG of the colour around it.

    Every id in it begins with ``prefix``. Raises RenderError for a song without notes, for one
    that no page holds, and for a width out of range.
    """
    if not NARROWEST <= width <= WIDEST:
        raise RenderError(
            f"a score {width} mm wide; choose a width of {NARROWEST} to {WIDEST} millimetres"
        )
    paper = Paper(width=width, height=_HIGHEST, margin=2, cropped=True)
    pages = engrave(replace(song, title="", composer=""), paper)
    if len(pages) > 1:
        raise RenderError("a song too long for one page; write it to .pdf to look at it")
    return ScreenScore(_text_of(pages[0], prefix), _ids(pages[0].root, len(song), prefix))


def _text_of(page: Page, prefix: str) -> str:
    root = page.root
    root.attrib.update({"fill": "currentColor", "role": "img", "class": "score"})
    root.attrib.update(
        {"width": f"{page.width / UNITS:g}mm", "height": f"{page.height / UNITS:g}mm"}
    )
    outline(root)
    for element in root.iter():
        if name := element.get("id"):
            element.set("id", prefix + name)
        if target := element.attrib.pop(f"{{{XLINK}}}href", None):
            element.set("href", f"#{prefix}{target[1:]}")
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
    return ET.tostring(root, encoding="unicode", method="html")


def _ids(root: ET.Element, notes: int, prefix: str) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in range(notes)]
    for element in root.iter():
        name = element.get("id", "").removeprefix(prefix)
        if head := _HEAD.fullmatch(name):
            found[int(head[1])].append(prefix + name)
    return tuple(map(tuple, found))
