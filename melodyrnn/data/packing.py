"""Tunes <-> bytes: what the cache and runs on many tunes keep, and what worker processes answer.

JSON, compressed, so that no bytes can do more than be wrong. The notes of a song stand as a text
of one character each, beside a table of their tokens; equal notes are one object when they come
back, so that thousands of songs take little memory and time.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from melodyrnn.data.file_tunes import FileTune
from melodyrnn.errors import MelodyError
from melodyrnn.music.notation.reader import parse_token
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.song import Key, Meter, Note, Song

_T = TypeVar("_T")
_Json: TypeAlias = Any  # what a JSON document holds: of any shape, until it proves to be packed
_FIRST = 0x23  # the character of the first token: the first that JSON leaves as it is
_MOST, _DENSEST = 16_000_000, 50  # bytes: what tunes unpack to, beside so many for each one packed
_NO_PACK = (
    *(zlib.error, MelodyError, RecursionError),
    *(TypeError, ValueError, LookupError, AttributeError, ArithmeticError),
)


def pack(tunes: Iterable[FileTune]) -> bytes:
    """``unpack`` gives the same tunes back."""
    signs = _Signs()
    packed = [_packed(tune, signs) for tune in tunes]
    text = json.dumps([" ".join(signs.tokens), packed], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def unpack(data: bytes) -> list[FileTune]:
    """The tunes that ``pack`` wrote. Raises ValueError for any other bytes."""
    return _read(data, lambda file: _tunes(file, Song))


def join(packs: Iterable[bytes]) -> bytes:
    """What ``pack`` wrote of several files as one; ``unpack_all`` gives their tunes back."""
    return zlib.compress(b"[" + b",".join(map(zlib.decompress, packs)) + b"]")


def unpack_all(data: bytes) -> list[list[FileTune]]:
    """The tunes of each file that ``join`` joined; their songs, which were songs when they were
    packed, are not checked again. Raises ValueError for bytes that are damaged.
    """
    return _read(data, lambda files: [_tunes(file, Song.known) for file in files])


def _read(data: bytes, of: Callable[[_Json], _T]) -> _T:
    try:
        return of(json.loads(_unpacked_text(data)))
    except _NO_PACK as error:
        raise ValueError(f"no packed tunes: {error}") from None


def _unpacked_text(data: bytes) -> bytes:
    """Raises ValueError where it unpacks to so much that no tunes can be in it."""
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(data, _MOST + _DENSEST * len(data))
    if not unpacking.eof:
        raise ValueError("cut short, or unpacks to more than there can be")
    return text


def _tunes(packed: tuple[str, list[list[_Json]]], make: Callable[..., Song]) -> list[FileTune]:
    tokens, tunes = packed
    symbols = tokens.split()
    notes = dict(zip(_signs(len(symbols)), map(NOTES.__getitem__, symbols), strict=True))
    return [_unpacked(make, notes, *tune) for tune in tunes]


def _packed(tune: FileTune, signs: "_Signs") -> list[_Json]:
    said = [tune.label, tune.error, tune.why, tune.remarks]
    if (song := tune.song) is None:
        return said
    return [
        *said,
        "".join(map(signs.of, song.notes)),
        song.title,
        song.composer,
        str(song.meter),
        [song.key.fifths, song.key.mode],
        song.tempo,
        str(song.pickup),
        [(str(offset), str(meter)) for offset, meter in song.meter_changes],
        song.codes,
        *([[(str(offset), name) for offset, name in song.chords]] if song.chords else []),
    ]


def _unpacked(
    make: Callable[..., Song],
    notes: dict[str, Note],
    label: str,
    error: str,
    why: str,
    remarks: list[str],
    *song: _Json,
) -> FileTune:
    return FileTune(label, _song(make, notes, *song) if song else None, error, why, tuple(remarks))


def _song(
    make: Callable[..., Song],
    notes: dict[str, Note],
    text: str,
    title: str,
    composer: str,
    meter: str,
    key: list[_Json],
    tempo: float | None,
    pickup: str,
    meter_changes: list[list[str]],
    codes: list[str],
    chords: Sequence[list[str]] = (),  # songs have had them later than the rest
) -> Song:
    return make(
        notes=tuple(map(notes.__getitem__, text)),
        title=title,
        composer=composer,
        meter=_meter(meter),
        key=_key(*key),
        tempo=tempo,
        pickup=_fraction(pickup),
        meter_changes=tuple([(_fraction(offset), _meter(sign)) for offset, sign in meter_changes]),
        codes=tuple(codes),
        chords=tuple([(_fraction(offset), name) for offset, name in chords]),
    )


class _Signs:
    """Notes -> the character of each, made as it is asked for."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}  # -> character
        self.met: dict[int, tuple[str, Note]] = {}  # by identity: to hash a Note is slow

    def of(self, note: Note) -> str:
        if id(note) not in self.met:
            sign = self.tokens.setdefault(token(note), chr(_FIRST + len(self.tokens)))
            self.met[id(note)] = sign, note  # which keeps the note, and its identity, alive
        return self.met[id(note)][0]


class _Notes(dict[str, Note]):
    """Token -> the one note of it."""

    def __missing__(self, symbol: str) -> Note:
        return self.setdefault(symbol, parse_token(symbol))


NOTES = _Notes()
"""Equal notes are one object wherever songs are read back."""


@lru_cache(256)
def _signs(count: int) -> str:
    """The characters of that many tokens."""
    return "".join(map(chr, range(_FIRST, _FIRST + count)))


_fraction = lru_cache(4096)(Fraction)
_key = lru_cache(64)(Key)


@lru_cache(256)
def _meter(text: str) -> Meter:
    beats, _, unit = text.partition("/")
    return Meter(int(beats), int(unit))
