"""The score as pictures: SVG and PNG, cropped to the music, one for each page; PDF, on A4.

PDF and PNG writers are imported where they are used: an SVG needs neither.
"""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from melodyrnn.music.song import Song
from melodyrnn.render import fonts
from melodyrnn.render.engrave import A4, SCREEN, engrave
from melodyrnn.render.outlines import outline
from melodyrnn.render.page import SVG, UNITS, Page

PNG_WIDTH = 1600
"""Pixels."""


def svg(
    song: Song,
    *,
    colors: Mapping[int, str] | None = None,
    labels: Mapping[int, str] | None = None,
) -> list[str]:
    """The score, an SVG document for each page.

    All text is drawn as outlines, so that any viewer on any machine shows a Korean title; it
    stands in ``title`` and ``aria-label`` too. The group of note 7 has the id ``n7``, heads tied
    to it ``n7-1`` … ; rests in a row have the first one's, unless notes are marked: ``colors`` maps
    an index of a note to a colour such as ``"#c0392b"``, ``labels`` to a text below it. Raises
    RenderError for a song without notes.
    """
    return [_svg(song, page) for page in engrave(song, SCREEN, colors=colors, labels=labels)]


def png(song: Song) -> list[bytes]:
    """The score, a PNG for each page, ``PNG_WIDTH`` wide, black on white.

    Raises RenderError for a song without notes.
    """
    import resvg_py

    return [
        resvg_py.svg_to_bytes(
            svg_string=page,
            width=PNG_WIDTH,
            dpi=96,
            background="#ffffff",  # under the last row of pixels, which the page may cover in part
            skip_system_fonts=True,
        )
        for page in svg(song)
    ]


def pdf(song: Song) -> bytes:
    """The score on A4 pages, vectors and selectable text.

    Raises RenderError for a song without notes.
    """
    from melodyrnn.render.pdf import document

    return document(engrave(song, A4), title=song.title, author=song.composer)


def _svg(song: Song, page: Page) -> str:
    root = page.root
    root.attrib.update(
        {
            "width": f"{page.width / UNITS:g}mm",
            "height": f"{page.height / UNITS:g}mm",
            "version": "1.1",
            "role": "img",
            "color": "black",
            "fill": "currentColor",
        }
    )
    outline(root)
    paper = ET.Element(f"{{{SVG}}}rect", {"width": "100%", "height": "100%", "fill": "white"})
    paper.set("class", "paper")
    title = ET.Element(f"{{{SVG}}}title")
    title.text = ", ".join(filter(None, map(fonts.printable, (song.title, song.composer))))
    root[0:0] = [title, paper] if title.text else [paper]
    return ET.tostring(root, encoding="unicode") + "\n"
