"""What is tried: each target reads bytes from anybody, and may refuse them in its own words."""

import io
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from zlib import crc32

import numpy as np

from fuzz.grammars import (
    Mutation,
    dictionary,
    document_value,
    elements,
    entries,
    events,
    inserted,
    lines,
)
from fuzz.mutations import flip, number
from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.packing import pack, unpack
from melodyrnn.data.texts import read_texts
from melodyrnn.errors import MelodyError, RunError
from melodyrnn.formats.abc.write import abc
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.formats.registry import reader
from melodyrnn.models.config import (
    FormConfig,
    ModelConfig,
    SampleConfig,
    StreamConfig,
    TrainConfig,
    configure,
)
from melodyrnn.music.notation.headers import HEADERS
from melodyrnn.music.notation.text import format as notation
from melodyrnn.music.notation.text import parse, parse_tokens
from melodyrnn.music.song import Song
from melodyrnn.runs import record as records
from melodyrnn.runs import training_files
from melodyrnn.runs.carried import FOLDER

_ROOT = Path(__file__).parent.parent
_CASES = _ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Target:
    """One reader: what it begins with, and what it does with an input."""

    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = (MelodyError,)
    grammar: tuple[Mutation, ...] = ()  # changes that keep what it reads well-formed


@cache
def _songs() -> tuple[Song, ...]:
    """The first notes of each: the smaller a seed, the more inputs a second."""
    files = sorted((_ROOT / "songs").glob("*.txt"))
    songs = [parse(file.read_text("utf-8"), file.name) for file in files[:8]]
    return tuple(replace(song, notes=song.notes[:_NOTES]) for song in songs)


_NOTES = 16


def _cases(*suffixes: str) -> list[bytes]:
    files = sorted(_CASES.rglob("*"))
    return [file.read_bytes() for file in files if file.suffix in suffixes]


_TRACKS = (None, None, "1", "2", "last", "Melody|Voice", "9" * 30)
_GRIDS = (None, None, Grid(4), Grid(16), Grid(16, triplets=False), Grid(32))


def _song(suffix: str, data: bytes) -> object:
    """The song in it, read with one of several options, which hang on the bytes alone."""
    known = reader(suffix)
    assert known
    digest = crc32(data)
    track = _TRACKS[digest % len(_TRACKS)] if known.voices else None
    return known.read_song(data, "x", track, _GRIDS[digest % len(_GRIDS)])


def _tunes(data: bytes) -> list[object]:
    known = reader(".abc")
    assert known
    return [read() for _, read in known.read_tunes(data, "x", None, None)]


def _kern() -> list[bytes]:
    return _cases(".krn") or [b"**kern\n*M4/4\n4c\n4d\n*-\n"]


def _mxl() -> list[bytes]:
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", musicxml(_songs()[0]))
    return [content.getvalue()]


def _notation(data: bytes) -> object:
    if b":" not in data:
        parse_tokens(data.decode("utf-8", "replace"))
    return _song(".txt", data)


def _options(data: bytes) -> None:
    """Each line NAME=VALUE, the value JSON or a text."""
    given: dict[str, object] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, _, text = line.partition("=")
        try:
            given[name] = json.loads(text)
        except (ValueError, RecursionError):
            given[name] = text
        if name == "grid":
            Grid.parse(text)
        if name in HEADERS:
            HEADERS[name].read(text)
    configure(given, ModelConfig, StreamConfig)
    configure(given, TrainConfig, SampleConfig)
    configure(given, FormConfig)


def _option_seeds() -> list[bytes]:
    names = [
        *ModelConfig.names(),
        *StreamConfig.names(),
        *SampleConfig.names(),
        *FormConfig.names(),
    ]
    lines = [f"{name}={value}" for name in sorted(names) for value in (1, 0.5, '"AABA"', "null")]
    headers = ["grid=16t", "key=F# minor", "meter=6/8", "pickup=4+16", "tempo=90", "codes=c4 d4"]
    return [line.encode() for line in [*lines, *headers]]


@cache
def _folder() -> Path:
    """A run folder to write into."""
    memory = Path("/dev/shm")  # a disk would take most of the time
    place = memory if os.access(memory, os.W_OK) else None
    kept = tempfile.TemporaryDirectory(prefix="melodyrnn-fuzz-", dir=place)
    _KEPT.append(kept)
    folder = Path(kept.name)
    (folder / "checkpoint").mkdir()
    return folder


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _record(data: bytes) -> object:
    (_folder() / records.FILE).write_bytes(data)
    return records.read_record(_folder())


def _record_seeds() -> list[bytes]:
    document = json.loads((FOLDER / "folk" / records.FILE).read_text("utf-8"))
    document["vocabulary"] = document["vocabulary"][-20:]
    whole = json.dumps(document, ensure_ascii=False).encode()
    return [whole, json.dumps(document | {"metrics": {}, "features": None}).encode()]


def _checkpoint(data: bytes) -> object:
    (_folder() / training_files.CHECKPOINT).write_bytes(data)
    return training_files.read_checkpoint(_folder(), most=1_000_000)


def _arrays() -> list[bytes]:
    arrays = {"weights/0": np.arange(6.0).reshape(2, 3), "best_epoch": np.array(3)}
    content, packed = io.BytesIO(), io.BytesIO()
    np.savez(content, **arrays)
    np.savez_compressed(packed, **arrays)
    return [content.getvalue(), packed.getvalue()]


def _packs() -> list[bytes]:
    import zlib

    whole = pack([FileTune(song.title, song) for song in _songs()])
    return [whole, pack([FileTune("", None, "ScoreError", "why")]), zlib.decompress(whole)]


def _unpack(data: bytes) -> object:
    import zlib

    return unpack(data if data[:1] == b"x" else zlib.compress(data, 1))


def _rendered(write: Callable[[Song], bytes | str], *suffixes: str) -> list[bytes]:
    pages = [write(song) for song in _songs()]
    made = [page.encode() if isinstance(page, str) else page for page in pages]
    return [*made, *_cases(*suffixes)]


def _text(data: bytes) -> object:
    """As ``train book.txt --task text`` reads it."""
    file = _folder() / "x.txt"
    file.write_bytes(data)
    return read_texts([file])


def _text_seeds() -> list[bytes]:
    content = (_ROOT / "songs" / "arirang.txt").read_bytes()
    return [content, b"\xef\xbb\xbfab\r\n\r", "가 e\u0301".encode()]


_ABC = Target(
    partial(_rendered, abc, ".abc"),
    partial(_song, ".abc"),
    grammar=(lines, inserted(*dictionary("abc"))),
)
_XML = elements(*dictionary("musicxml"))

TARGETS: dict[str, Target] = {
    "abc": _ABC,
    "tunes": replace(_ABC, read=_tunes),
    "midi": Target(
        partial(_rendered, midi_bytes, ".mid", ".kar", ".rmi"),
        partial(_song, ".mid"),
        grammar=(events(*dictionary("midi")),),
    ),
    "notation": Target(
        partial(_rendered, notation),
        _notation,
        grammar=(lines, inserted(*dictionary("notation"))),
    ),
    "musicxml": Target(
        partial(_rendered, musicxml, ".musicxml", ".xml"),
        partial(_song, ".xml"),
        grammar=(_XML,),
    ),
    "mxl": Target(_mxl, partial(_song, ".mxl"), grammar=(entries(_XML),)),
    "humdrum": Target(
        _kern,
        partial(_song, ".krn"),
        grammar=(lines, inserted(*dictionary("humdrum"))),
    ),
    "texts": Target(_text_seeds, _text),
    "options": Target(
        _option_seeds,
        _options,
        grammar=(lines,),
    ),
    "record": Target(
        _record_seeds,
        _record,
        (RunError,),
        (document_value,),
    ),
    "checkpoint": Target(_arrays, _checkpoint, (RunError,), (entries(flip), entries(number))),
    "cache": Target(_packs, _unpack, (ValueError,)),
}
"""Name -> what is tried. The first words of the package's own errors say what is wrong."""

ABOUT = {
    "abc": "ABC, the first tune",
    "tunes": "ABC, all tunes of a file",
    "texts": "texts that are learned letter by letter",
    "options": "settings, headers and grids",
    "record": "run.json",
    "checkpoint": "the arrays of a run",
    "cache": "packed tunes, of the cache and of runs",
}
"""What is not said by a target's name."""
