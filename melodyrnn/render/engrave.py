"""A song on pages: Verovio engraves the music, below a heading that is set here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import verovio

from melodyrnn.errors import RenderError
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.music.bars import PHRASE
from melodyrnn.music.song import Song
from melodyrnn.render import fonts
from melodyrnn.render.heading import Heading
from melodyrnn.render.page import UNITS, Page
from melodyrnn.render.verovio_page import data_folder, plain_page

UNIT, LEAST_UNIT = 9.0, 4.5
"""Half a staff space in tenths of a millimetre: as Verovio has it, which makes a staff of 7.2 mm as
in a printed song book, and the least that it takes.
"""

LARGER = (12.0, 10.5)
"""Units of a lead sheet that would not fill its page otherwise, the largest first."""

STAFF = 0.8
"""Millimetres a unit: the height of a staff."""

TIGHT = 0.8
"""The share of its width into which a line may be pressed, before heads and rests touch: Verovio
warns of less.
"""


_MANY_BARS = re.compile(r'<multiple-rest>.*?<note id="(n[\d-]+)"', re.DOTALL)
"""A rest of many bars in a document, and its id, to which Verovio pays no heed."""


@dataclass(frozen=True)
class Paper:
    """Millimetres. The music is 180 mm wide and the page as high on every paper."""

    width: int
    height: int
    margin: int
    cropped: bool  # to the height of the music
    lead_sheet: bool = False  # to play from: large staves, and rests in a row as one


A4 = Paper(210, 297, 15, cropped=False, lead_sheet=True)
SCREEN = Paper(190, 277, 5, cropped=True, lead_sheet=True)


def engrave(
    song: Song,
    paper: Paper,
    *,
    colors: Mapping[int, str] | None = None,
    labels: Mapping[int, str] | None = None,
) -> list[Page]:
    """The song's pages. ``colors`` and ``labels`` are those of ``musicxml``.

    The group of note 7 has the id ``n7``, heads tied to it ``n7-1`` and so on; of rests in a row
    on a lead sheet without colours and labels, their signs have the first one's. Raises
    RenderError for a song without notes.
    """
    if not song.notes:
        raise RenderError("a song without notes cannot be drawn; give it one note or rest")
    heading = Heading(
        song,
        left=paper.margin * UNITS,
        right=(paper.width - paper.margin) * UNITS,
        top=paper.margin * UNITS,
    )
    # Where notes are marked, each rest needs a sign of its own.
    engraved = paper.lead_sheet and not (colors or labels)
    document = musicxml(song, colors=colors, labels=labels, engraved=engraved)
    drawn = _drawn(document, _Layout(paper, heading.bottom), pickup=bool(song.pickup))
    fonts.warn_of_missing([song.title, song.composer, *(labels or {}).values()])
    pages = []
    many_bars = iter(_MANY_BARS.findall(document))
    for number, source in enumerate(drawn, 1):
        page = plain_page(source)
        for rest in page.root.iterfind(".//*[@class='multiRest']"):
            rest.set("id", next(many_bars))
        page.root[1:1] = heading.lines(number)
        pages.append(page)
    return pages


def _drawn(document: str, layout: "_Layout", *, pickup: bool) -> list[str]:
    """Verovio's pages; those of a lead sheet with the largest staves by which the song is one page
    of whole phrases. Smaller ones than usual only where a bar has no room on its line.
    """
    pages = _verovio(document, layout)
    if any(1 in _bars_of_lines(page) for page in pages):
        smaller = replace(layout, unit=_unit(document, layout))
        if smaller != layout:
            return _in_phrases(document, smaller, _verovio(document, smaller), pickup=pickup)[0]
    if len(pages) == 1 and layout.paper.lead_sheet:
        for unit in LARGER:
            larger = replace(layout, unit=unit)
            drawn = _verovio(document, larger)
            found, whole = _in_phrases(document, larger, drawn, pickup=pickup)
            pressed = 1 in _bars_of_lines(drawn[0]) and _unit(document, larger) < unit
            if len(found) == 1 and whole and not pressed:
                return found
    return _in_phrases(document, layout, pages, pickup=pickup)[0]


def _in_phrases(
    document: str, layout: "_Layout", drawn: list[str], *, pickup: bool
) -> tuple[list[str], bool]:
    """The pages ``drawn`` with lines of whole phrases, where that is one page, and whether all
    lines are.
    """
    if len(drawn) > 1:
        return drawn, False
    several = _MANY_BARS.search(document)  # bars in one: lines are not counted in phrases then
    starts = [] if several else _line_starts(drawn[0], pickup=pickup)
    if starts:
        in_phrases = _verovio(_with_lines(document, starts), replace(layout, breaks="smart"))
        if len(in_phrases) == 1:
            return in_phrases, True
    return drawn, drawn[0].count('class="system"') == 1


@dataclass(frozen=True)
class _Layout:
    """How Verovio sets a document."""

    paper: Paper
    top: int  # margin, in units of the page
    unit: float = UNIT
    breaks: str = "auto"  # where a line is full; "smart": where the document has them, too

    def options(self) -> dict[str, Any]:
        """As Verovio takes them."""
        return {
            "pageWidth": self.paper.width * 10,  # tenths of a millimetre
            "pageHeight": self.paper.height * 10,
            "pageMarginTop": self.top // 10,
            "pageMarginBottom": self.paper.margin * 10,
            "pageMarginLeft": self.paper.margin * 10,
            "pageMarginRight": self.paper.margin * 10,
            "adjustPageHeight": self.paper.cropped,
            "unit": self.unit,
            "breaks": self.breaks,
            "breaksSmartSb": 0.01,  # however empty the line is
            "multiRestStyle": "block",  # a thick bar with the number of bars, not breves of old
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgFormatRaw": True,
            "smuflTextFont": "none",
            "xmlIdSeed": 1,
        }


def _line_starts(source: str, *, pickup: bool) -> list[int]:
    """The numbers of the bars at which lines of whole phrases, which read well, start, after the
    first line.

    ``source`` is Verovio's page with lines as full as they can be. None start where it is one
    line, or where a line has no room for a phrase.
    """
    lines = _bars_of_lines(source)
    lines[0] -= pickup
    room = min(lines[:-1], default=0)
    length = room // PHRASE * PHRASE
    if not length:
        return []
    starts = list(range(1 + length, sum(lines) + 1, length))
    rest = sum(lines) % length
    if rest > 0 and length + rest <= room:
        starts.pop()  # the last bars find room on the line before
    return starts


def _bars_of_lines(source: str) -> list[int]:
    return [line.count('class="measure"') for line in source.split('class="system"')[1:]]


def _unit(document: str, layout: _Layout) -> float:
    """The size of the music at which its widest line has room: smaller where a single bar is so
    long that it would be pressed together.
    """
    free = {"noJustification": True, "adjustPageWidth": True, "svgViewBox": False}
    pages = _verovio(document, layout, **free)
    widest = max(float(re.search(r'width="([\d.]+)px"', page)[1]) for page in pages)  # type: ignore[index]
    margins = 20 * layout.paper.margin
    share = (10 * layout.paper.width - margins) / (widest - margins)
    return layout.unit if share >= TIGHT else max(LEAST_UNIT, round(layout.unit * share, 2))


def _with_lines(document: str, starts: list[int]) -> str:
    """The MusicXML with a new line at each of these bars."""
    return re.sub(
        r'<measure number="(\d+)"[^>]*>',
        lambda bar: bar[0] + '<print new-system="yes" />' * (int(bar[1]) in starts),
        document,
    )


def _verovio(document: str, layout: _Layout, **more: object) -> list[str]:
    """Verovio's own SVG of each page; ``more`` are further options of it."""
    verovio.enableLog(verovio.LOG_OFF)  # it would write to stderr
    toolkit = verovio.toolkit(False)  # one for each call: it holds the document, and its fonts …
    toolkit.setResourcePath(str(data_folder()))  # … are found only in the thread that imported it
    toolkit.setOptions(layout.options() | more)
    if not toolkit.loadData(document):
        raise RenderError("Verovio cannot read this song; write it to .musicxml to look at it")
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
