"""MusicXML, ABC and Humdrum -> Song, by music21."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from music21.abcFormat import ABCHandler
from music21.abcFormat.translate import abcToStreamScore
from music21.humdrum.spineParser import HumdrumDataCollection
from music21.musicxml.xmlToM21 import MusicXMLImporter

from melodyrnn.errors import MelodyError, ScoreError
from melodyrnn.files import read_bytes
from melodyrnn.music.quantise import Grid
from melodyrnn.music.score_piece import Piece, song_of
from melodyrnn.music.score_stream import parts_of, silence, tempi_of
from melodyrnn.music.song import Song

LARGEST_FILE = 20_000_000
"""Bytes, once unpacked; a symphony in MusicXML has as many."""


def read_score(path: str | Path, *, track: str | None = None, grid: Grid | None = None) -> Song:
    """The melody of a .musicxml, .xml, .mxl, .abc or .krn file.

    ``track`` chooses among its parts (see ``voices``); ``grid`` rounds its timing (see
    ``quantise``), without which a duration that no song can hold is an error. MelodyWarnings say
    what was chosen or left out. Raises MelodyError.
    """
    path = Path(path)
    data, name = read_bytes(path, LARGEST_FILE), str(path)
    try:
        with silence():
            piece = READERS[path.suffix.lower()](data, name)
    except MelodyError:
        raise
    except Exception as error:  # music21 raises whatever its own code stumbles over
        raise ScoreError(f"{name}: cannot be read as a score ({type(error).__name__})") from None
    return song_of(piece, name, track, grid)


def _musicxml(data: bytes, name: str) -> Piece:
    root = ET.fromstring(data)
    score = MusicXMLImporter().xmlRootToScore(root)
    decided: list[str] = []
    title = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    composer = root.findtext("identification/creator[@type='composer']") or ""
    sounds = [float(sound.get("tempo", "")) for sound in root.iterfind(".//sound[@tempo]")]
    return Piece(parts_of(score, decided), title, composer, sounds or tempi_of(score), decided)


def _compressed(data: bytes, name: str) -> Piece:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        container = ET.fromstring(archive.read("META-INF/container.xml"))
        rootfile = container.find(".//{*}rootfile")
        return _musicxml(archive.read(rootfile.get("full-path")), name)


def _abc(data: bytes, name: str) -> Piece:
    text = data.decode()
    handler = ABCHandler(abcVersion=(2, 1, 0))
    handler.process(text)
    score = abcToStreamScore(handler)
    decided: list[str] = []
    md = score.metadata
    return Piece(
        parts_of(score, decided), md.title or "", md.composer or "", tempi_of(score), decided
    )


def _humdrum(data: bytes, name: str) -> Piece:
    text = data.decode()
    collection = HumdrumDataCollection(text)
    collection.parse()
    score = collection.stream
    decided: list[str] = []
    md = score.metadata
    return Piece(
        parts_of(score, decided), md.title or "", md.composer or "", tempi_of(score), decided
    )


READERS: dict[str, Callable[[bytes, str], Piece]] = {
    ".musicxml": _musicxml,
    ".xml": _musicxml,
    ".mxl": _compressed,
    ".abc": _abc,
    ".krn": _humdrum,
}
"""Suffix -> reader of a file's bytes, which errors call by the name given."""
