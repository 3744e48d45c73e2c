"""Reads a SoundFont 2: which samples sound for a key, and how.

Only what one melody needs: mono samples, no modulators, one velocity. The numbers of the
generators and their units are those of the SoundFont 2.04 specification, section 8.1.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from melodyrnn.errors import RenderError

VELOCITY = 100
"""Of every note, 1 to 127: where a font has a softer and a louder sample, this one chooses."""

GENERATORS: dict[int, tuple[str, int]] = {
    0: ("start", 0),  # samples
    1: ("end", 0),
    2: ("loop_start", 0),
    3: ("loop_end", 0),
    4: ("start_coarse", 0),  # 32768 samples
    12: ("end_coarse", 0),
    45: ("loop_start_coarse", 0),
    50: ("loop_end_coarse", 0),
    5: ("mod_lfo_to_pitch", 0),  # cents
    6: ("vib_lfo_to_pitch", 0),
    7: ("mod_env_to_pitch", 0),
    8: ("filter_cutoff", 13500),  # cents above 8.176 Hz
    9: ("filter_q", 0),  # centibels
    10: ("mod_lfo_to_filter", 0),  # cents
    11: ("mod_env_to_filter", 0),
    13: ("mod_lfo_to_volume", 0),  # centibels
    21: ("mod_lfo_delay", -12000),  # timecents: 1200 log2(seconds)
    22: ("mod_lfo_frequency", 0),  # cents above 8.176 Hz
    23: ("vib_lfo_delay", -12000),
    24: ("vib_lfo_frequency", 0),
    25: ("mod_delay", -12000),
    26: ("mod_attack", -12000),
    27: ("mod_hold", -12000),
    28: ("mod_decay", -12000),
    29: ("mod_sustain", 0),  # thousandths below the peak
    30: ("mod_release", -12000),
    33: ("delay", -12000),
    34: ("attack", -12000),
    35: ("hold", -12000),
    36: ("decay", -12000),
    37: ("sustain", 0),  # centibels below the peak
    38: ("release", -12000),
    39: ("key_to_hold", 0),  # timecents a key below 60
    40: ("key_to_decay", 0),
    46: ("fixed_key", -1),
    48: ("attenuation", 0),  # centibels
    51: ("coarse_tune", 0),  # semitones
    52: ("fine_tune", 0),  # cents
    54: ("sample_modes", 0),  # 1 and 3: looped
    56: ("scale_tuning", 100),  # cents a key
    58: ("root_key", -1),
}
"""Number -> (name, default)."""

_INSTRUMENT, _KEYS, _VELOCITIES, _SAMPLE = 41, 43, 44, 53
_SET_BY_INSTRUMENT = {0, 1, 2, 3, 4, 12, 45, 46, 50, 54, 58}  # a preset does not add to these
_RECORDS: dict[str, list[tuple[str, str]]] = {
    "phdr": [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("_", "V12")],
    "inst": [("name", "S20"), ("bag", "<u2")],
    "bag": [("generator", "<u2"), ("modulator", "<u2")],
    "gen": [("number", "<u2"), ("amount", "<i2")],
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


@dataclass(frozen=True)
class Zone:
    """A sample, and the way in which it sounds for some keys."""

    samples: NDArray[np.float32]  # (n,) from the zone's start to its end, -1 to 1
    loop: tuple[int, int] | None  # start and end, in samples
    rate: int  # samples a second
    root: float  # the key at which the sample sounds as it was recorded, fractions are cents
    settings: SimpleNamespace  # the generators by name, in their units


class SoundFont:
    """A font file, all of it in memory. Raises RenderError where it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        chunks = dict(_chunks(path.read_bytes()))
        try:
            self._smpl = np.frombuffer(chunks["smpl"], "<i2")
            self._phdr = np.frombuffer(chunks["phdr"], _RECORDS["phdr"])
            self._inst = np.frombuffer(chunks["inst"], _RECORDS["inst"])
            self._shdr = np.frombuffer(chunks["shdr"], _RECORDS["shdr"])
            self._bags = {k: np.frombuffer(chunks[k], _RECORDS["bag"]) for k in ("pbag", "ibag")}
            self._gens = {k: np.frombuffer(chunks[k], _RECORDS["gen"]) for k in ("pgen", "igen")}
        except (KeyError, ValueError):
            raise RenderError(f"{path}: not a SoundFont; install pretty_midi anew") from None

    def zones(self, program: int, key: int) -> list[Zone]:
        """What sounds together for ``key`` in a program (0 to 127) of bank 0.

        Beyond an instrument's range it is what sounds for the nearest key within it.
        """
        for near in sorted(range(128), key=lambda other: (abs(other - key), other)):
            if zones := self._zones(program, near):
                return zones
        raise RenderError(f"{self.path.name}: program {program} is empty; choose another one")

    def _zones(self, program: int, key: int) -> list[Zone]:
        chosen = (self._phdr["program"] == program) & (self._phdr["bank"] == 0)
        found = np.flatnonzero(chosen[:-1])  # the last record only ends the list
        if not len(found):
            raise RenderError(f"{self.path.name} has no program {program}; choose another one")
        zones = []
        for preset in self._layers("p", self._phdr, int(found[0]), _INSTRUMENT, key):
            for inner in self._layers("i", self._inst, preset[_INSTRUMENT], _SAMPLE, key):
                zones.append(self._zone(preset, inner))
        return zones

    def _layers(
        self, kind: str, headers: NDArray[np.void], index: int, target: int, key: int
    ) -> Iterator[dict[int, int]]:
        """The generators of each zone of a preset or instrument that takes the key."""
        bags, generators = self._bags[f"{kind}bag"], self._gens[f"{kind}gen"]
        common: dict[int, int] = {}
        first, end = int(headers[index]["bag"]), int(headers[index + 1]["bag"])
        for bag in range(first, end):
            own = generators[bags[bag]["generator"] : bags[bag + 1]["generator"]]
            values = {int(number): int(amount) for number, amount in own}
            if target not in values:
                common = values if bag == first else common
            elif _takes(zone := {**common, **values}, key):
                yield zone

    def _zone(self, preset: dict[int, int], inner: dict[int, int]) -> Zone:
        settings = SimpleNamespace()
        for number, (name, default) in GENERATORS.items():
            added = 0 if number in _SET_BY_INSTRUMENT else preset.get(number, 0)
            setattr(settings, name, inner.get(number, default) + added)
        header = self._shdr[inner[_SAMPLE]]
        start, end, loop_start, loop_end = (
            int(header[name])
            + getattr(settings, name)
            + 32768 * getattr(settings, f"{name}_coarse")
            for name in ("start", "end", "loop_start", "loop_end")
        )
        looped = settings.sample_modes in (1, 3) and start <= loop_start < loop_end <= end
        root = settings.root_key if settings.root_key >= 0 else int(header["key"])
        return Zone(
            self._smpl[start:end].astype(np.float32) * np.float32(2**-15),
            (loop_start - start, loop_end - start) if looped else None,
            int(header["rate"]),
            root - int(header["correction"]) / 100,
            settings,
        )


@cache
def soundfont(path: Path) -> SoundFont:
    """The font at ``path``, read once. Raises RenderError."""
    return SoundFont(path)


def _takes(zone: dict[int, int], key: int) -> bool:
    """Whether key and velocity lie in the zone's ranges: low byte the lowest, high the highest."""
    everything = 127 << 8
    return all(
        (wide := zone.get(number, everything) & 0xFFFF) & 0xFF <= value <= wide >> 8
        for number, value in ((_KEYS, key), (_VELOCITIES, VELOCITY))
    )


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
