"""Changes that keep the grammar of a format: what they make gets past a reader's first line.

Bytes changed at random are mostly refused at once: as no XML, as an archive with a wrong checksum.
"""

import io
import re
import zipfile
from ast import literal_eval
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""Bytes, where chance comes from, and what else there is -> other bytes."""


def dictionary(name: str) -> tuple[bytes, ...]:
    """The words of a format, ``dictionaries/NAME.dict``, which libFuzzer reads as well."""
    lines = (_DICTIONARIES / f"{name}.dict").read_text("ascii").splitlines()
    escaped = (line[1:-1] for line in lines if line.startswith('"'))
    return tuple(literal_eval(f'b"{word}"') for word in escaped)


_DICTIONARIES = Path(__file__).parent / "dictionaries"


def inserted(*tokens: bytes) -> Mutation:
    """One of the ``tokens`` at a place between two words, or at the end of a line."""

    def insert(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
        places = [match.start() for match in re.finditer(rb"(?=\s)|$", data)]
        place = random.choice(places)
        return data[:place] + random.choice(tokens) + data[place:]

    return insert


def lines(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    """A line left out, doubled, moved, or taken from another."""
    some = data.splitlines(keepends=True) or [data]
    place, other = random.randrange(len(some)), random.randrange(len(some))
    way = random.randrange(4)
    if way == 0:
        del some[place]
    elif way == 1:
        some.insert(other, some[place])
    elif way == 2:
        some.insert(other, some.pop(place))
    else:
        some.insert(place, random.choice(random.choice(pool).splitlines(keepends=True) or [b"\n"]))
    return b"".join(some)


_PART = re.compile(
    rb"<([\w-]+)(?: [^<>]*)?>[^<>]*</\1>|<[\w-]+(?: [^<>]*)?/>"
    rb"|<(note|measure|part|barline|direction|attributes|backup|harmony)\b.*?</\2>",
    re.DOTALL,
)
_WITHIN = re.compile(rb'(?<=>)[^<>\s][^<>]*(?=<)|(?<==")[^"<>]*(?=")')


def elements(*tokens: bytes) -> Mutation:
    """An element left out, doubled, moved, taken from another; or one of ``tokens`` in its place,
    or in place of a text or the value of an attribute.
    """

    def change(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
        found = list((_WITHIN if random.random() < 0.4 else _PART).finditer(data))
        if not found:
            return data
        first, last = sorted((random.choice(found).span(), random.choice(found).span()))
        start, stop = first
        if found[0].re is _WITHIN:
            return data[:start] + random.choice((*_VALUES, data[slice(*last)])) + data[stop:]
        other = _PART.search(theirs := random.choice(pool), random.randrange(len(theirs) + 1))
        near = [b"", data[start:stop] * 2, data[slice(*last)], other[0] if other else b""]
        new = random.choice(random.choice((near, tokens)))
        return data[:start] + new + data[stop if random.random() < 0.5 else start :]

    return change


_VALUES = (b"0", b"-1", b"1", b"2", b"7", b"99", b"1e9", b"9" * 30, b"", b"nan", b"1/3", b"start")

_DOCUMENT_VALUE = re.compile(rb'(?<=: )(-?\d[\d.e+-]*|"[^"]*"|null|true|false|\[\]|\{\})')
_DOCUMENT_VALUES = tuple(
    b'null|true|0|-1|1|0.5|1e400|NaN|-Infinity|1e10|10000000000000000000|""|"\\u001b[2J"|[]|{}|'
    b'[1]|{"a": 1}|"../../x"|"lstm"|"ngram"|"ensemble"|[[]]|[null]|"\\ud800"'.split(b"|")
)


def document_value(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    """Another value in the place of one of a JSON document."""
    found = list(_DOCUMENT_VALUE.finditer(data))
    if not found:
        return data
    match = random.choice(found)
    other = random.choice((*_DOCUMENT_VALUES, random.choice(found)[0]))
    return data[: match.start()] + other + data[match.end() :]


def entries(change: Mutation) -> Mutation:
    """``change`` in an entry of a zip archive, whose checksum is then right again."""

    def inside(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                content = {name: archive.read(name) for name in archive.namelist()}
        except Exception:  # it was changed otherwise before, and is no archive any more
            return data
        if not content:
            return data
        name = random.choice(list(content))
        content[name] = change(content[name] or b"x", random, list(content.values()))
        if random.random() < 0.1:
            content[random.choice(("a", name + "\x00", "../x", "META-INF/container.xml"))] = b"<a/>"
        again = io.BytesIO()
        with zipfile.ZipFile(again, "w", random.choice(_METHODS)) as archive:
            for each, part in content.items():
                archive.writestr(each, part)
        return again.getvalue()

    return inside


_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def events(*tokens: bytes) -> Mutation:
    """In a track of a MIDI file: an event of ``tokens`` put in or put in the place of one, an event
    doubled, left out or another delta time; the length of the track is then right again.
    """

    def change(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
        tracks = [match.end() for match in re.finditer(rb"MTrk", data)]
        if not tracks:
            return data
        begin = random.choice(tracks) + 4
        end = begin + int.from_bytes(data[begin - 4 : begin], "big")
        some = _split(data[begin:end])
        place = random.randrange(len(some) + 1)
        way = random.randrange(5)
        if way == 0 or not some:
            some.insert(place, random.choice(_DELTAS) + random.choice(tokens))
        elif way == 1:
            some.insert(place, random.choice(some))
        elif way == 2:
            del some[place - 1]
        elif way == 3:
            some[place - 1] = random.choice(_DELTAS) + random.choice(tokens)
        else:
            some[place - 1] = random.choice(_DELTAS) + some[place - 1][_delta(some[place - 1]) :]
        track = b"".join(some)
        return data[: begin - 4] + len(track).to_bytes(4, "big") + track + data[end:]

    return change


_DELTAS = (
    b"\x00",
    b"\x00",
    b"\x01",
    b"\x30",
    b"\x60",
    b"\x83\x60",
    b"\x87\x40",
    b"\xff\xff\xff\x7f",
)
_DATA = {0xC: 1, 0xD: 1}  # upper half of a status byte -> its data bytes, where not two


def _delta(event: bytes) -> int:
    """How many bytes the delta time has that ``event`` begins with."""
    size = 1
    while size < len(event) and event[size - 1] & 0x80:
        size += 1
    return size


def _split(track: bytes) -> list[bytes]:
    """The events of a track, each with its delta time, as well as that can be told."""
    found, start, status = [], 0, 0x90
    while start < len(track):
        stop = start + _delta(track[start : start + 4])
        if stop < len(track) and track[stop] & 0x80:
            status = track[stop]
            stop += 1
        if status in (0xFF, 0xF0, 0xF7):
            stop += status == 0xFF
            size = track[stop] if stop < len(track) else 0
            stop += 1 + (size if size < 0x80 else 0)
        else:
            stop += _DATA.get(status >> 4, 2)
        found.append(track[start:stop])
        start = stop
    return found
