"""Pictures of ``charts`` in files: SVG as they are, PNG of twice as many pixels, PDF."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from melodyrnn.errors import RenderError
from melodyrnn.files import write_atomically
from melodyrnn.render.page import SVG, UNITS, Page

PIXEL = 25.4 / 96 * UNITS
"""Units of a page in a pixel, of which an inch has 96."""


def write_picture(path: Path, svg: str) -> list[Path]:
    """Write ``path`` with the suffixes .svg and .png. Raises MelodyError."""
    return [
        write_atomically(path.with_name(path.name + end), PICTURES[end](svg))
        for end in (".svg", ".png")
    ]


def write_picture_as(path: Path, svg: str) -> Path:
    """Write ``path`` in the format of its suffix. Raises MelodyError."""
    check_picture(path)
    return write_atomically(path, PICTURES[path.suffix.lower()](svg))


def check_picture(path: Path) -> None:
    """Raise RenderError where the suffix names no format of pictures."""
    suffix = path.suffix.lower()
    if suffix not in PICTURES:
        problem = f"unknown format '{suffix}'" if suffix else "no suffix names a format"
        raise RenderError(f"{path}: {problem}; formats of pictures are {' '.join(PICTURES)}")


def _png(svg: str) -> bytes:
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=svg, zoom=2, background="#ffffff", skip_system_fonts=True
    )


def _pdf(svg: str) -> bytes:
    """As large as on a screen. Colours are plain ones: a heat map's scale is a gradient."""
    from melodyrnn.render.pdf import document

    root = ET.fromstring(svg)
    scaled = ET.Element(f"{{{SVG}}}g", {"transform": f"scale({PIXEL:.4f})"})
    scaled.extend(root)
    width, height = (float(root.attrib[side]) * PIXEL for side in ("width", "height"))
    title = root.findtext(f"{{{SVG}}}title") or ""
    return document([Page(scaled, width, height)], title=title, author="")


PICTURES: dict[str, Callable[[str], bytes | str]] = {".svg": str, ".png": _png, ".pdf": _pdf}
"""Suffix -> what makes the file of an SVG document."""
