"""The sampled instruments that the package carries: which samples sound for a key, and how.

``sounds/general_midi.npz`` holds them. It is made of Frank Wen's Fluid (R3) by ``python -m sounds``
in the repository, and is under the same licence (MIT), which stands beside it. Its arrays:

- ``programs``, (zones, 3): a program of General MIDI, 0 to 127, and the lowest and the highest key
  at which the zone sounds. All zones of a program that take a key sound together.
- ``zones``, (zones, 2 + settings): a sample's number; the key at which it sounds as it was
  recorded, in cents; and the settings named in ``SETTINGS``.
- ``samples``, (samples, 6): length; start and end of the loop, -1 for none; samples per second;
  hop of the transform; bytes.
- ``data``: the bytes of one sample after the other, see ``sound_codec.decode``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from melodyrnn.errors import RenderError
from melodyrnn.render import sound_codec

BANK = Path(__file__).parent / "sounds" / "general_midi.npz"

SETTINGS: dict[str, int] = {
    "mod_lfo_to_pitch": 0,  # cents
    "vib_lfo_to_pitch": 0,
    "mod_env_to_pitch": 0,
    "filter_cutoff": 13500,  # cents above 8.176 Hz
    "filter_q": 0,  # centibels
    "mod_lfo_to_filter": 0,  # cents
    "mod_env_to_filter": 0,
    "mod_lfo_to_volume": 0,  # centibels
    "mod_lfo_delay": -12000,  # timecents: 1200 log2(seconds)
    "mod_lfo_frequency": 0,  # cents above 8.176 Hz
    "vib_lfo_delay": -12000,
    "vib_lfo_frequency": 0,
    "mod_delay": -12000,
    "mod_attack": -12000,
    "mod_hold": -12000,
    "mod_decay": -12000,
    "mod_sustain": 0,  # thousandths below the peak
    "mod_release": -12000,
    "delay": -12000,
    "attack": -12000,
    "hold": -12000,
    "decay": -12000,
    "sustain": 0,  # centibels below the peak
    "release": -12000,
    "key_to_hold": 0,  # timecents a key below 60
    "key_to_decay": 0,
    "fixed_key": -1,
    "attenuation": 0,  # centibels
    "coarse_tune": 0,  # semitones
    "fine_tune": 0,  # cents
    "scale_tuning": 100,  # cents a key
}
"""How a zone sounds, by the names, units and defaults of the SoundFont 2.04 specification, section
8.1.3."""

_SEAM = 256  # samples over which the end of a loop fades into what stands before its start


@dataclass(frozen=True)
class Zone:
    """A sample, and the way in which it sounds for some keys."""

    samples: NDArray[np.float64]  # (n,), -1 to 1
    loop: tuple[int, int] | None  # start and end, in samples
    rate: int  # samples a second
    root: float  # the key at which the sample sounds as it was recorded, fractions are cents
    settings: SimpleNamespace  # ``SETTINGS`` by name


class SoundBank:
    """The file, whose samples are unpacked as they are asked for. Raises RenderError."""

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path) as file:
                self._programs, self._zones, self._samples, data = (
                    file[name] for name in ("programs", "zones", "samples", "data")
                )
        except (OSError, ValueError, KeyError, EOFError):
            raise RenderError(
                f"{path}: the sounds cannot be read; pip install --force-reinstall melodyrnn"
            ) from None
        ends = np.cumsum(self._samples[:, 5])
        self._packed = np.split(data, ends[:-1])
        self._unpacked: dict[int, NDArray[np.float64]] = {}

    def zones(self, program: int, key: int) -> list[Zone]:
        """What sounds together for ``key`` in a program, 0 to 127.

        Beyond an instrument's range it is what sounds for the nearest key within it.
        """
        mine = np.flatnonzero(self._programs[:, 0] == program)
        lowest, highest = self._programs[mine, 1], self._programs[mine, 2]
        distance = np.maximum(np.maximum(lowest - key, key - highest), 0)
        return [self._zone(row) for row in self._zones[mine[distance == distance.min()]]]

    def _zone(self, row: NDArray[np.int16]) -> Zone:
        number, root, *settings = (int(value) for value in row)
        _, start, end, rate, _, _ = (int(value) for value in self._samples[number])
        return Zone(
            self._sample(number),
            (start, end) if start >= 0 else None,
            rate,
            root / 100,
            SimpleNamespace(**dict(zip(SETTINGS, settings, strict=True))),
        )

    def _sample(self, number: int) -> NDArray[np.float64]:
        if number not in self._unpacked:
            length, start, end, rate, hop, _ = (int(value) for value in self._samples[number])
            sample = sound_codec.decode(self._packed[number].tobytes(), length, rate, hop)
            if start >= 0:
                _close(sample, start, end)
            self._unpacked[number] = sample
        return self._unpacked[number]


def _close(sample: NDArray[np.float64], start: int, end: int) -> None:
    """Let a loop end as it begins: both sides of its seam were rounded differently."""
    length = min(_SEAM, start, end - start)
    into = np.arange(1, length + 1) / (length + 1)
    before, last = sample[start - length : start], sample[end - length : end]
    sample[end - length : end] = (1 - into) * last + into * before


@cache
def sound_bank() -> SoundBank:
    """The sounds that the package carries, read once. Raises RenderError."""
    return SoundBank(BANK)
