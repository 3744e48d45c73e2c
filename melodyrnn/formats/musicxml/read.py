"""MusicXML, plain or compressed, -> the parts of a piece, and its melody.

A document from anywhere is first read by expat alone, which says where it is broken, and may
declare no entities: they can blow a kilobyte up to gigabytes.
"""

import io
import zipfile
import zlib
from xml.etree import ElementTree as ET
from xml.parsers import expat

from melodyrnn.errors import NotationError, ScoreError
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.musicxml.document import partwise
from melodyrnn.formats.musicxml.measures import fill, read_measures, staves
from melodyrnn.formats.musicxml.middle_repeats import split_at_repeats
from melodyrnn.formats.musicxml.numbers import check_numbers
from melodyrnn.formats.musicxml.signs import signs_of
from melodyrnn.formats.musicxml.tempi import tempi
from melodyrnn.formats.piece import Part, Piece, song_of
from melodyrnn.formats.repeats import expand, has_repeats
from melodyrnn.limits import ENTRIES, SCORE_TAGS
from melodyrnn.music.song import Song

LARGEST_FILE = 20_000_000
"""Bytes, unpacked; a symphony in MusicXML has as many."""

_ZIP = b"PK\x03\x04"
_ZIP_ENTRY = b"PK\x01\x02"
_TITLES = (
    "work/work-title",
    "movement-title",
    "credit[credit-type='title']/credit-words",
    "credit/credit-words[@justify='center'][@valign='top']",
)
_COMPOSERS = (
    "identification/creator[@type='composer']",
    "credit[credit-type='composer']/credit-words",
)
_NAMES = ("part-name", "score-instrument/instrument-name")
_WORDS = 60  # characters of what Python says of an encoding
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)
"""What zipfile raises for damage, unknown methods, passwords and places before the file."""


def parse_musicxml(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the MusicXML file ``name`` (see ``song_of``). Raises MelodyError."""
    return song_of(read_musicxml(data, name), name, track, grid)


def parse_compressed(data: bytes, name: str, *, track: str | None, grid: Grid | None) -> Song:
    """The melody of the compressed MusicXML file ``name`` (see ``song_of``). Raises MelodyError."""
    return song_of(read_compressed(data, name), name, track, grid)


def read_musicxml(data: bytes, name: str) -> Piece:
    """The piece in the MusicXML document ``data``, which errors call ``name``.

    Raises ScoreError.
    """
    if data.startswith(_ZIP):
        raise ScoreError(f"{name}: compressed; name it .mxl")
    root = partwise(_parse(data, name))
    if root.tag != "score-partwise":
        raise ScoreError(f"{name}: not MusicXML: its root is <{root.tag}>, not <score-partwise>")
    check_numbers(root, name)
    try:
        split_at_repeats(root)
        return Piece(
            _parts(root),
            _first(root, _TITLES),
            _first(root, _COMPOSERS),
            tempi(root),
            codes=_codes(root),
        )
    except NotationError as error:
        raise ScoreError(f"{name}: {error}") from None


def _parts(root: ET.Element) -> list[Part]:
    """The staves of all parts at sounding pitch, repeats written out. Raises NotationError."""
    elements = root.findall("part")
    signs = signs_of(part.iterfind("measure") for part in elements)
    order, expanded = expand(signs), has_repeats(signs)
    measures = [read_measures(part) for part in elements]
    fill(measures)
    names = {part.get("id"): _first(part, _NAMES).strip() for part in root.iter("score-part")}
    return [
        staff.played(order, expanded=expanded)
        for element, bars in zip(elements, measures, strict=True)
        for staff in staves(names.get(element.get("id"), ""), bars)
    ]


def read_compressed(data: bytes, name: str) -> Piece:
    """The piece in the compressed MusicXML file (.mxl) ``data``; raises as read_musicxml does."""
    if not data.startswith(_ZIP):
        plain = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        remedy = "plain MusicXML; name it .musicxml" if plain else "export it again"
        raise ScoreError(f"{name}: not a compressed score; {remedy}")
    ENTRIES.check(data.count(_ZIP_ENTRY), name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            document = _unpack(archive, _root_file(archive, name), name)
    except _BROKEN_ZIP:
        raise ScoreError(
            f"{name}: damaged, its archive cannot be unpacked; export it again"
        ) from None
    return read_musicxml(document, name)


def _parse(data: bytes, name: str) -> ET.Element:
    SCORE_TAGS.check(data.count(b"<"), name)
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
        return ET.fromstring(data)
    except _EntityError as error:
        raise ScoreError(
            f"{name}:{parser.CurrentLineNumber}: declares the entity '{error}', which no score "
            "needs; delete its <!ENTITY> declarations"
        ) from None
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        place = f"{name}:{error.lineno}:{error.offset + 1}"
    except ET.ParseError as error:
        what, (line, column) = str(error).split(":")[0], error.position
        place = f"{name}:{line}:{column + 1}"
    except (ValueError, LookupError) as error:  # an encoding that Python lacks
        what, place = str(error), name
        what = what if len(what) <= _WORDS else f"{what[:_WORDS]}…"  # a file may name it at length
    if not data.strip():
        raise ScoreError(f"{name}: an empty file; export the score again")
    raise ScoreError(f"{place}: not whole XML ({what}); export the score again")


class _EntityError(Exception):
    """An entity is declared."""


def _refuse_entity(entity: str, *_: object) -> None:
    raise _EntityError(entity[:40])


def _root_file(archive: zipfile.ZipFile, name: str) -> str:
    """The name of the score in its archive: what the container says, else the first that fits."""
    names = dict.fromkeys(archive.namelist())
    if "META-INF/container.xml" in names:
        container = _parse(_unpack(archive, "META-INF/container.xml", name), name)
        for rootfile in container.iterfind(".//{*}rootfile"):
            if (path := rootfile.get("full-path")) in names:
                return path
    for path in names:
        if path.lower().endswith((".musicxml", ".xml")) and not path.startswith("META-INF/"):
            return path
    raise ScoreError(f"{name}: no score in this archive; export it again")


def _unpack(archive: zipfile.ZipFile, path: str, name: str) -> bytes:
    with archive.open(path) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ScoreError(
            f"{name}: unpacks to more than {LARGEST_FILE / 1e6:.0f} MB, too large for a melody"
        )
    return data


def _first(root: ET.Element, places: tuple[str, ...]) -> str:
    """The first text at any of the places, or nothing."""
    texts = (element.text or "" for place in places for element in root.iterfind(place))
    return next((text for text in texts if text.strip()), "")


def _codes(root: ET.Element) -> tuple[str, ...]:
    """The vocabulary that our own documents carry."""
    place = "identification/miscellaneous/miscellaneous-field[@name='codes']"
    return tuple((root.findtext(place) or "").split())
