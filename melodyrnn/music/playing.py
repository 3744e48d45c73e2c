"""How a song is played: how loud each note is, and whether its eighths swing.

The score says neither. What is added here are the smallest of the habits that players have: a
phrase grows louder and softer again (the rule "phrase arch" of Friberg, Bresin and Sundberg 2006,
"Overview of the KTH rule system for musical performance", Advances in Cognitive Psychology 2,
145-161; its parabola is that of Todd 1992, "The dynamics of dynamics", Journal of the Acoustical
Society of America 91, 3540-3550), what is higher is louder (their rule "high loud"), and notes on
strong beats are louder (Drake and Palmer 1993, "Accent structures in music performance", Music
Perception 10, 343-378). How much of each there is, is chosen here, for a melody alone. No model
sees any of it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from melodyrnn.errors import ConfigError
from melodyrnn.music.bars import PHRASE, NotePlace, bar_spans, note_places
from melodyrnn.music.song import Meter, Song

VELOCITY = 80
SOFTEST, LOUDEST = 1, 127

ARCH = 2.5
"""Decibels by which a phrase begins and ends softer than it is at its height."""
HEIGHT = 0.6
"""Where that is, of a phrase's length."""
OCTAVE = 1.5
"""Decibels by which a note is louder than one an octave lower."""
DOWNBEAT, HALF_BAR, BEAT, OFFBEAT, FINER = 2.0, 0.8, 0.0, -1.0, -1.5
"""Decibels by where in its bar a note begins."""


@dataclass(frozen=True)
class Playing:
    """What is asked of a player. Raises ConfigError for values out of range."""

    velocity: int = VELOCITY  # of MIDI: that of a note of mean loudness, 1 to 127
    dynamics: float = 1.0  # how much louder and softer notes are: 0 all alike, 1 gently
    swing: float = 50.0  # per cent of a quarter note that the first of two eighths lasts

    def __post_init__(self) -> None:
        for name, least, most in (
            ("velocity", SOFTEST, LOUDEST),
            ("dynamics", 0, 3),
            ("swing", 50, 75),
        ):
            value = getattr(self, name)
            if not (isfinite(value) and least <= value <= most):
                raise ConfigError(f"--{name} {value:g} is out of range; choose {least} to {most}")


def velocities(song: Song, playing: Playing) -> tuple[int, ...]:
    """The MIDI velocity of each note, those of rests too.

    Their levels, in decibels, have a mean of 0 over the notes that sound. A player of MIDI makes a
    note as loud as the square of its velocity (the General MIDI level 2 recommendation).
    """
    levels = [playing.dynamics * level for level in _levels(song)]
    return tuple(
        min(max(round(playing.velocity * 10 ** (level / 40)), SOFTEST), LOUDEST) for level in levels
    )


def gain(velocity: int) -> float:
    """How loud a note of this velocity is, of one at the highest: an amplitude."""
    return (velocity / LOUDEST) ** 2


def _levels(song: Song) -> list[float]:
    """Decibels of each note; their mean over notes that sound is 0."""
    sounding = [note.pitch.midi for note in song.notes if note.pitch]
    middle = sum(sounding) / max(len(sounding), 1)
    levels = [
        arch + _accent(place, note.duration) + OCTAVE * (note.pitch.midi - middle) / 12
        if note.pitch
        else 0.0
        for note, place, arch in zip(song.notes, note_places(song), _arches(song), strict=True)
    ]
    mean = sum(levels) / max(len(sounding), 1)
    return [level - mean for level in levels]


def _accent(place: NotePlace, duration: Fraction) -> float:
    """Decibels of a note by its beat; a syncopation has the accent of the beat that it covers."""
    meter, offset = place.meter, place.offset
    into = offset % meter.beat
    if into and into + duration > meter.beat:
        offset, into = (offset - into + meter.beat) % meter.bar, Fraction(0)
    if offset == 0:
        return DOWNBEAT
    if into:
        parts = 3 if meter.is_compound else 2
        return FINER if into % (meter.beat / parts) else OFFBEAT
    return HALF_BAR if 2 * offset == meter.bar and _has_halves(meter) else BEAT


def _has_halves(meter: Meter) -> bool:
    beats = meter.bar / meter.beat
    return beats % 2 == 0 and beats >= 4


def _arches(song: Song) -> Iterator[float]:
    """Decibels of each note by where in its phrase it begins: 0 at the height, below elsewhere."""
    starts = _phrase_starts(song)
    ends = [*starts[1:], song.duration]
    for onset in song.offsets:
        phrase = bisect_right(starts, onset) - 1
        start, end = starts[phrase], ends[phrase]
        off = float((onset - start) / (end - start)) - HEIGHT
        yield -ARCH * (off / max(HEIGHT, 1 - HEIGHT)) ** 2


def _phrase_starts(song: Song) -> list[Fraction]:
    """Where phrases of ``PHRASE`` bars begin; each as long before its bar as the first."""
    bars = [start for _, start, _ in bar_spans(song)][1 if song.pickup else 0 :]
    starts = [bar - song.pickup for bar in bars[::PHRASE]]
    return [Fraction(0), *(start for start in starts if 0 < start < song.duration)]
