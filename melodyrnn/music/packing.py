"""Tunes <-> bytes: what the cache keeps, and what worker processes answer.

JSON, compressed, so that no bytes can do more than be wrong. A song's notes stand as their tokens;
equal notes are one object when they come back, so that thousands of songs take little memory.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from functools import lru_cache
from typing import Any

from melodyrnn.errors import MelodyError
from melodyrnn.music.reader import parse_token
from melodyrnn.music.song import Key, Meter, Note, Song
from melodyrnn.music.tokens import token
from melodyrnn.music.tunes import Tune


def pack(tunes: Iterable[Tune]) -> bytes:
    """``unpack`` gives the same tunes back."""
    text = json.dumps([_packed(tune) for tune in tunes], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(data: bytes) -> list[Tune]:
    """The tunes that ``pack`` wrote. Raises ValueError for any other bytes."""
    try:
        return [_unpacked(*packed) for packed in json.loads(zlib.decompress(data))]
    except (zlib.error, MelodyError, TypeError, ValueError, KeyError, ArithmeticError) as error:
        raise ValueError(f"no packed tunes: {error}") from None


def _packed(tune: Tune) -> list[Any]:
    said = [tune.label, tune.error, tune.why, tune.remarks]
    if (song := tune.song) is None:
        return said
    return [
        *said,
        " ".join(map(token, song.notes)),
        song.title,
        song.composer,
        str(song.meter),
        asdict(song.key),
        song.tempo,
        str(song.pickup),
        [(str(offset), str(meter)) for offset, meter in song.meter_changes],
        song.codes,
    ]


def _unpacked(label: str, error: str, why: str, remarks: list[str], *song: Any) -> Tune:
    return Tune(label, _song(*song) if song else None, error, why, tuple(remarks))


def _song(
    notes: str,
    title: str,
    composer: str,
    meter: str,
    key: dict[str, Any],
    tempo: float | None,
    pickup: str,
    meter_changes: list[list[str]],
    codes: list[str],
) -> Song:
    return Song(
        tuple(map(_NOTES.__getitem__, notes.split())),
        title,
        composer,
        _meter(meter),
        _key(**key),
        tempo,
        _fraction(pickup),
        tuple((_fraction(offset), _meter(sign)) for offset, sign in meter_changes),
        tuple(codes),
    )


class _Notes(dict[str, Note]):
    """Token -> the one note of it."""

    def __missing__(self, symbol: str) -> Note:
        return self.setdefault(symbol, parse_token(symbol))


_NOTES = _Notes()
_fraction = lru_cache(4096)(Fraction)
_key = lru_cache(64)(Key)


@lru_cache(256)
def _meter(text: str) -> Meter:
    beats, _, unit = text.partition("/")
    return Meter(int(beats), int(unit))
