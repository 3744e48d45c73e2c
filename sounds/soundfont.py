"""Reads a SoundFont 2: which samples an instrument has for which keys, and how they sound.

Only what one melody needs: no modulators, one velocity. The numbers of the generators are those of
the SoundFont 2.04 specification, section 8.1.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from melodyrnn.render.sound_bank import SETTINGS

VELOCITY = 100
"""Of every note, 1 to 127: where a font has a softer and a louder sample, this one chooses."""

_NUMBERS = [5, 6, 7, 8, 9, 10, 11, 13, *range(21, 31), *range(33, 41), 46, 48, 51, 52, 56]
_SETTINGS = dict(zip(_NUMBERS, SETTINGS, strict=True))
_OFFSETS = {"start": (0, 4), "end": (1, 12), "loop_start": (2, 45), "loop_end": (3, 50)}
"""Place in a sample -> the generators that move it, by one and by 32768 samples."""
_PAN, _INSTRUMENT, _KEYS, _VELOCITIES, _SAMPLE, _MODES, _ROOT = 17, 41, 43, 44, 53, 54, 58
_SET_BY_INSTRUMENT = {46, 56}  # a preset does not add to these
_LOOPED = (1, 3)

_RECORDS: dict[str, list[tuple[str, str]]] = {
    "phdr": [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("_", "V12")],
    "inst": [("name", "S20"), ("bag", "<u2")],
    "pbag": [("generator", "<u2"), ("modulator", "<u2")],
    "ibag": [("generator", "<u2"), ("modulator", "<u2")],
    "pgen": [("number", "<u2"), ("amount", "<i2")],
    "igen": [("number", "<u2"), ("amount", "<i2")],
    "shdr": [
        ("name", "S20"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("loop_start", "<u4"),
        ("loop_end", "<u4"),
        ("rate", "<u4"),
        ("key", "u1"),
        ("correction", "i1"),
        ("_", "V4"),
    ],
}

Generators = dict[int, int]


@dataclass(frozen=True)
class Recording:
    """A part of the font's samples."""

    start: int
    end: int
    loop: tuple[int, int] | None  # start and end, after ``start``
    rate: int  # samples a second


@dataclass(frozen=True)
class FontZone:
    """A recording, the keys at which it sounds, and how."""

    recording: Recording
    lowest: int
    highest: int
    root: int  # cents: the key at which it sounds as it was recorded
    settings: tuple[int, ...]  # in the order of SETTINGS
    pan: int  # -500 is left, 500 right


class SoundFont:
    """A font, all of it in memory. Raises ValueError where it is none."""

    def __init__(self, data: bytes) -> None:
        chunks = dict(_chunks(data))
        if missing := {"smpl", *_RECORDS} - set(chunks):
            raise ValueError(f"not a SoundFont: there is no {', '.join(sorted(missing))} in it")
        self.samples: NDArray[np.int16] = np.frombuffer(chunks["smpl"], "<i2")
        self._records = {name: np.frombuffer(chunks[name], kind) for name, kind in _RECORDS.items()}

    def layers(self, program: int) -> list[list[FontZone]]:
        """The zones of each instrument that sounds in a program, 0 to 127, of bank 0."""
        presets = self._records["phdr"]
        chosen = (presets["program"] == program) & (presets["bank"] == 0)
        found = np.flatnonzero(chosen[:-1])  # the last record only ends the list
        if not len(found):
            raise ValueError(f"the font has no program {program}; choose another font")
        return [
            [
                self._zone(preset, inner)
                for inner in self._parts("i", self._records["inst"], preset[_INSTRUMENT], _SAMPLE)
                if _lowest(preset, inner) <= _highest(preset, inner)
            ]
            for preset in self._parts("p", presets, int(found[0]), _INSTRUMENT)
        ]

    def _parts(
        self, kind: str, headers: NDArray[np.void], index: int, target: int
    ) -> Iterator[Generators]:
        """The generators of each zone of a preset or instrument that takes the velocity."""
        bags, generators = self._records[f"{kind}bag"], self._records[f"{kind}gen"]
        common: Generators = {}
        first, end = int(headers[index]["bag"]), int(headers[index + 1]["bag"])
        for bag in range(first, end):
            own = generators[bags[bag]["generator"] : bags[bag + 1]["generator"]]
            values = {int(number): int(amount) for number, amount in own}
            if target not in values:
                common = values if bag == first else common
                continue
            lowest, highest = _range({**common, **values}, _VELOCITIES)
            if lowest <= VELOCITY <= highest:
                yield {**common, **values}

    def _zone(self, preset: Generators, inner: Generators) -> FontZone:
        header = self._records["shdr"][inner[_SAMPLE]]
        places = {
            name: int(header[name]) + inner.get(one, 0) + 32768 * inner.get(many, 0)
            for name, (one, many) in _OFFSETS.items()
        }
        start, end = places["start"], places["end"]
        loop = (places["loop_start"] - start, places["loop_end"] - start)
        looped = inner.get(_MODES, 0) in _LOOPED and 0 <= loop[0] < loop[1] <= end - start
        root = inner.get(_ROOT, -1)
        return FontZone(
            Recording(start, end, loop if looped else None, int(header["rate"])),
            _lowest(preset, inner),
            _highest(preset, inner),
            100 * (root if root >= 0 else int(header["key"])) - int(header["correction"]),
            tuple(
                _in_range(
                    inner.get(number, SETTINGS[name])
                    + (0 if number in _SET_BY_INSTRUMENT else preset.get(number, 0))
                )
                for number, name in _SETTINGS.items()
            ),
            inner.get(_PAN, 0) + preset.get(_PAN, 0),
        )


def _in_range(amount: int) -> int:
    """What a generator can be: sums of two that go beyond stop there."""
    return min(max(amount, -(2**15)), 2**15 - 1)


def _range(zone: Generators, number: int) -> tuple[int, int]:
    """Of keys or velocities: the low byte is the lowest, the high one the highest."""
    wide = zone.get(number, 127 << 8) & 0xFFFF
    return wide & 0xFF, wide >> 8


def _lowest(preset: Generators, inner: Generators) -> int:
    return max(_range(preset, _KEYS)[0], _range(inner, _KEYS)[0])


def _highest(preset: Generators, inner: Generators) -> int:
    return min(_range(preset, _KEYS)[1], _range(inner, _KEYS)[1])


def _chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of the chunks, those inside lists too."""
    place = 0
    while place + 8 <= len(data):
        name, size = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        content = data[place + 8 : place + 8 + size]
        if name in (b"RIFF", b"LIST"):
            yield from _chunks(content[4:])
        else:
            yield name.decode("latin-1"), content
        place += 8 + size + size % 2
