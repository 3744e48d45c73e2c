"""The key that the notes of a melody suggest, where nothing names one.

How long each pitch class sounds is set beside how often it stands in a key: the fit of a key is the
mean log-probability of the notes, weighted by their lengths, under the key's profile (Temperley
2007, *Music and Probability*, ch. 6), and ``_FINAL`` more where the melody ends on its tonic.
`python benchmarks/key_finding.py` compares the profiles on melodies whose key is known.
"""

from collections.abc import Sequence
from functools import cache
from math import log
from operator import mul
from typing import NamedTuple

from melodyrnn.music.pitch import Key


class Profile(NamedTuple):
    """How often each degree stands in a key, from the tonic up in semitones; in any unit."""

    major: tuple[float, ...]
    minor: tuple[float, ...]


PROFILES: dict[str, Profile] = {
    # Krumhansl and Kessler 1982, how well a pitch fits a key as listeners rated it
    "Krumhansl-Kessler": Profile(
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    # Temperley 2007, from the excerpts in Kostka and Payne's textbook
    "Temperley": Profile(
        (748, 60, 488, 82, 670, 460, 96, 715, 104, 366, 57, 400),
        (712, 84, 474, 618, 49, 460, 105, 747, 404, 67, 133, 330),
    ),
    # Albrecht and Shanahan 2013, from the first and last bars of 490 pieces
    "Albrecht-Shanahan": Profile(
        (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
        (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
    ),
}
"""Name -> profile."""

BEST = PROFILES["Albrecht-Shanahan"]
_FINAL = 0.1
"""Of the natural logarithm; chosen, as the profile was, on O'Neill's tunes."""


class FittingKey(NamedTuple):
    """A key, and how well it fits."""

    key: Key
    fit: float  # mean log-probability of the notes, natural logarithm


def fitting_keys(
    pitches: Sequence[int], lengths: Sequence[int], profile: Profile = BEST
) -> list[FittingKey]:
    """All keys, the one that fits best first, of MIDI numbers, at least one, and how long each
    sounds.

    It moves with the melody: of keys that fit equally well, the one whose tonic lies nearest below
    the last note comes first. Of two names of a key, the one with fewer sharps or flats is meant,
    six flats rather than six sharps.
    """
    weights = [0] * 12
    for pitch, length in zip(pitches, lengths, strict=True):
        weights[pitch % 12] += length
    last, total = pitches[-1] % 12, sum(weights)
    found = []
    for below in range(12):
        tonic = (last - below) % 12
        turned = weights[tonic:] + weights[:tonic]
        for mode, frequencies in zip(("major", "minor"), profile, strict=True):
            fit = sum(map(mul, turned, _logs(frequencies))) / total + (0 if below else _FINAL)
            found.append(FittingKey(_named(tonic, mode), fit))
    return sorted(found, key=lambda each: -each.fit)


@cache
def _logs(frequencies: tuple[float, ...]) -> tuple[float, ...]:
    whole = sum(frequencies)
    return tuple(log(often / whole) for often in frequencies)


@cache
def _named(tonic: int, mode: str) -> Key:
    """The key of that mode on a pitch class."""
    relative = (tonic + 3) % 12 if mode == "minor" else tonic  # the major key of that signature
    fifths = 7 * relative % 12
    return Key(fifths if fifths < 6 else fifths - 12, mode)
