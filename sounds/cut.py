"""What of a font is kept: of stereo one channel, and of neighbouring keys one recording."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby, pairwise

from melodyrnn.render.sound_bank import SETTINGS
from sounds.soundfont import FontZone

SIDE = 400
"""Pan: a zone beyond it is one channel of a stereo recording."""
LOUDER = -75
"""Centibels of attenuation of a channel that sounds for two, which players take 0.4 times: 3 dB."""
MELODIC = range(43, 92)
"""Keys where melodies are, G2 to G6."""
APART, FAR_APART = 4, 8
"""Semitones between the recordings kept, at least: there, and elsewhere."""


def cut(layer: Iterable[FontZone]) -> list[FontZone]:
    """The zones kept of a layer; keys of those left out go to the nearest."""
    return thinned(mono(list(layer)))


def mono(layer: list[FontZone]) -> list[FontZone]:
    """The left channel where there are two. Their sum would cancel what is out of phase."""
    left = {_keys(zone) for zone in layer if zone.pan <= -SIDE}
    right = {_keys(zone) for zone in layer if zone.pan >= SIDE}
    place = list(SETTINGS).index("attenuation")

    def louder(zone: FontZone) -> FontZone:
        settings = list(zone.settings)
        settings[place] += LOUDER
        return replace(zone, settings=tuple(settings))

    both = left & right
    return [
        louder(zone) if _keys(zone) in both else zone
        for zone in layer
        if not (zone.pan >= SIDE and _keys(zone) in both)
    ]


def thinned(layer: list[FontZone]) -> list[FontZone]:
    """Zones so far apart as the constants say, over all keys that the layer has."""
    ordered = sorted(layer, key=_keys)
    groups = [list(group) for _, group in groupby(ordered, key=_keys)]
    bounds = [_keys(group[0]) for group in groups]
    if any(before[1] >= after[0] for before, after in pairwise(bounds)):
        return layer  # its zones overlap: they are to sound together
    kept: list[int] = []
    for place, (lowest, highest) in enumerate(bounds):
        centre = _centre((lowest, highest))
        apart = APART if MELODIC.start <= centre < MELODIC.stop else FAR_APART
        if not kept or centre - _centre(bounds[kept[-1]]) >= apart:
            kept.append(place)
    return [
        replace(zone, lowest=lowest, highest=highest)
        for place, (lowest, highest) in zip(kept, _widened(bounds, kept), strict=True)
        for zone in groups[place]
    ]


def _widened(bounds: list[tuple[int, int]], kept: list[int]) -> list[tuple[int, int]]:
    """The keys of each group kept, those left out between two of them shared by the two."""
    edges = [bounds[0][0]]
    for place, after in pairwise(kept):
        edges.append((bounds[place][1] + bounds[after][0] + 1) // 2)
    edges.append(bounds[-1][1] + 1)
    return [(low, high - 1) for low, high in pairwise(edges)]


def _centre(keys: tuple[int, int]) -> float:
    return (max(keys[0], 21) + min(keys[1], 108)) / 2


def _keys(zone: FontZone) -> tuple[int, int]:
    return zone.lowest, zone.highest
