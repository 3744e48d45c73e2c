"""A song on pages: Verovio engraves the music, below a heading that is set here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import verovio

from melodyrnn.errors import RenderError
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.music.bars import PHRASE
from melodyrnn.music.song import Song
from melodyrnn.render import fonts
from melodyrnn.render.heading import Heading
from melodyrnn.render.page import UNITS, Page
from melodyrnn.render.verovio_page import data_folder, plain_page

STAFF = 7.2
"""Millimetres: the height of a staff in a printed song book."""
LARGER = (9.6, 8.4)
"""Of a lead sheet that would not fill its page otherwise, the largest first."""
_UNITS_A_STAFF = 8  # Verovio's unit is half a space


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
    drawn = _drawn(document, paper, heading.bottom, pickup=bool(song.pickup))
    fonts.warn_of_missing([song.title, song.composer, *(labels or {}).values()])
    pages = []
    for number, source in enumerate(drawn, 1):
        page = plain_page(source)
        page.root[1:1] = heading.lines(number)
        pages.append(page)
    return pages


def _drawn(document: str, paper: Paper, top: int, *, pickup: bool) -> list[str]:
    """Verovio's pages; those of a lead sheet with the largest staves by which the song is one page
    of whole phrases.
    """
    pages, _ = _in_phrases(document, paper, top, STAFF, pickup=pickup)
    if len(pages) == 1 and paper.lead_sheet:
        for staff in LARGER:
            found, whole = _in_phrases(document, paper, top, staff, pickup=pickup)
            if len(found) == 1 and whole:
                return found
    return pages


def _in_phrases(
    document: str, paper: Paper, top: int, staff: float, *, pickup: bool
) -> tuple[list[str], bool]:
    """The pages, and whether all lines are of whole phrases."""
    drawn = _verovio(document, paper, top, staff)
    if len(drawn) > 1:
        return drawn, False
    if starts := _line_starts(drawn[0], pickup=pickup):
        in_phrases = _verovio(_with_lines(document, starts), paper, top, staff)
        if len(in_phrases) == 1:
            return in_phrases, True
    return drawn, drawn[0].count('class="system"') == 1


def _line_starts(source: str, *, pickup: bool) -> list[int]:
    """The numbers of the bars at which lines of whole phrases, which read well, start, after the
    first line.

    ``source`` is Verovio's page with lines as full as they can be. None start where it is one
    line, or where a line has no room for a phrase.
    """
    lines = [line.count('class="measure"') for line in source.split('class="system"')[1:]]
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


def _with_lines(document: str, starts: list[int]) -> str:
    """The MusicXML with a new line at each of these bars."""
    return re.sub(
        r'<measure number="(\d+)"[^>]*>',
        lambda bar: bar[0] + '<print new-system="yes" />' * (int(bar[1]) in starts),
        document,
    )


def _verovio(document: str, paper: Paper, top: int, staff: float) -> list[str]:
    """Verovio's own SVG of each page; ``top`` is the margin in units, ``staff`` in millimetres."""
    verovio.enableLog(verovio.LOG_OFF)  # it would write to stderr
    toolkit = verovio.toolkit(False)  # one for each call: it holds the document, and its fonts …
    toolkit.setResourcePath(str(data_folder()))  # … are found only in the thread that imported it
    toolkit.setOptions(
        {
            "pageWidth": paper.width * 10,  # tenths of a millimetre
            "pageHeight": paper.height * 10,
            "pageMarginTop": top // 10,
            "pageMarginBottom": paper.margin * 10,
            "pageMarginLeft": paper.margin * 10,
            "pageMarginRight": paper.margin * 10,
            "unit": staff * 10 / _UNITS_A_STAFF,
            "adjustPageHeight": paper.cropped,
            "breaks": "smart",  # where the document has them, and where a line is full
            "breaksSmartSb": 0.01,  # however empty the line is
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgFormatRaw": True,
            "smuflTextFont": "none",
            "xmlIdSeed": 1,
        }
    )
    if not toolkit.loadData(document):
        raise RenderError("Verovio cannot read this song; write it to .musicxml to look at it")
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
