"""Instruments in tune: recordings are a few cents beside their keys, each by others."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from melodyrnn.render.sound_bank import SETTINGS
from sounds.soundfont import FontZone, Recording

SECONDS = 1.5
"""So long a part of a recording is measured, after its attack of ``ATTACK`` seconds."""
ATTACK = 0.1
REACH = 45
"""Cents: a partial is looked for so far around its place."""
PARTIALS = 4
CLEAR = 0.6
"""The share of the power within a semitone and a half of the partials that lies within reach, where
there is a pitch to be measured: noise has a third of it."""
PITCHED = set(range(112)) - {14, 47}
"""Programs that are no percussion and no noise, but for tubular bells and timpani: their pitch is
none of their partials."""

_COARSE, _FINE, _SCALE, _FIXED = map(
    list(SETTINGS).index, ("coarse_tune", "fine_tune", "scale_tuning", "fixed_key")
)


def in_tune(
    zones: list[tuple[int, FontZone]], samples: NDArray[np.int16]
) -> list[tuple[int, FontZone]]:
    """Zones of programs so that at each key what sounds together is in tune on an average. What is
    tuned apart from each other stays so.
    """
    off: dict[tuple[Recording, int], float | None] = {}
    for _, zone in zones:
        key = zone.recording, zone.root
        if key not in off:
            off[key] = beside(zone, samples)
    return [
        (program, _moved(zone, _mean([o for p, o in zones if p == program], zone, off)))
        if program in PITCHED
        else (program, zone)
        for program, zone in zones
    ]


def beside(zone: FontZone, samples: NDArray[np.int16]) -> float | None:
    """Cents by which a recording is above its root; None where it has no clear pitch."""
    sound = _held(zone.recording, samples)
    root = 440 * 2 ** ((zone.root / 100 - 69) / 12)
    size = 1 << 19
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)) ** 2
    frequency = np.fft.rfftfreq(size, 1 / zone.recording.rate)
    moment = within = around = 0.0
    for partial in range(1, PARTIALS + 1):
        near = frequency > 0
        near &= np.abs(frequency / (partial * root) - 1) < 0.09
        cents = 1200 * np.log2(frequency[near] / (partial * root))
        inside = np.abs(cents) < REACH
        moment += float((power[near] * cents)[inside].sum())
        within += float(power[near][inside].sum())
        around += float(power[near].sum())
    return moment / within if within > CLEAR * around else None


def _held(recording: Recording, samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """A recording after its attack, its loop repeated."""
    part = samples[recording.start : recording.end].astype(float)
    wanted = round((SECONDS + ATTACK) * recording.rate)
    if recording.loop:
        start, end = recording.loop
        times = -(-max(wanted - end, 0) // (end - start))
        part = np.concatenate([part[:end], np.tile(part[start:end], times)])
    return part[min(round(ATTACK * recording.rate), len(part) // 2) : wanted]


def _mean(
    program: list[FontZone], zone: FontZone, off: dict[tuple[Recording, int], float | None]
) -> float:
    """Cents by which all that sounds with ``zone`` is too high."""
    key = (max(zone.lowest, 21) + min(zone.highest, 108)) // 2
    found = [
        measured + (other.settings[_COARSE] * 100 + other.settings[_FINE] + 50) % 100 - 50
        for other in program
        if other.lowest <= key <= other.highest
        and other.settings[_SCALE] == 100
        and other.settings[_FIXED] < 0
        and (measured := off[other.recording, other.root]) is not None
    ]
    return sum(found) / len(found) if found else 0.0


def _moved(zone: FontZone, cents: float) -> FontZone:
    return replace(zone, root=zone.root + round(cents))
