"""Bytes -> other bytes, much like them: what a fuzz campaign tries."""

import re
from collections.abc import Sequence
from random import Random

from fuzz.grammars import Mutation

LARGEST = 20_000
"""Bytes of an input: the tests of limits have the large ones."""

_NUMBERS = (
    b"0",
    b"1",
    b"-1",
    b"9" * 10,
    b"1" * 400,
    b"1e400",
    b"nan",
    b"inf",
    b"0.1",
    b"255",
    b"/0",
)
_ODD = (b"\x00", b"\xff", b"\n", b"\r", b"\x1b", "나".encode(), "\u0301".encode(), b'"', b"<", b"%")


def flip(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]


def cut(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    start, stop = _span(data, random)
    return data[:start] + data[stop:]


def truncate(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data))]


def repeat(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    start, stop = _span(data, random)
    return data[:stop] + data[start:stop] * random.choice((1, 2, 9, 99)) + data[stop:]


def swap(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    (a, b), (c, d) = sorted((_span(data, random), _span(data, random)))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[max(b, d) :]


def splice(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    other = random.choice(pool)
    start, stop = _span(other, random)
    place = random.randrange(len(data))
    return data[:place] + other[start:stop] + data[place:]


def number(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    """Another number in the place of one."""
    found = list(re.finditer(rb"\d+", data[:LARGEST]))
    if not found:
        return flip(data, random, pool)
    match = random.choice(found)
    return data[: match.start()] + random.choice(_NUMBERS) + data[match.end() :]


def odd(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + random.choice(_ODD) * random.choice((1, 1, 9)) + data[place:]


def bit(data: bytes, random: Random, pool: Sequence[bytes]) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


_MUTATIONS: tuple[Mutation, ...] = (*(flip, cut, truncate, repeat, swap, splice, number, odd, bit),)


def mutated(random: Random, pool: Sequence[bytes], grammar: Sequence[Mutation] = ()) -> bytes:
    """One of the pool, rather a small one, changed in one to six places; where there are changes
    that keep its ``grammar``, in most of them by those.
    """
    data = min(random.choice(pool), random.choice(pool), key=len)
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        some = grammar if grammar and random.random() < 0.8 else _MUTATIONS
        data = random.choice(some)(data or b"x", random, pool)[:LARGEST]
    return data


def _span(data: bytes, random: Random) -> tuple[int, int]:
    """Where something short begins and ends."""
    start = random.randrange(len(data) or 1)
    return start, min(len(data), start + random.choice((1, 2, 4, 8, 32, 128)))
