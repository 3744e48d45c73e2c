"""Songs of other traditions, on which a network is pretrained: every tune that shares a long run
with any melody of the collection is left out.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from melodyrnn.data.gather import Named, gather_all
from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.formats.read import Corpus
from melodyrnn.music.song import Song
from melodyrnn.sequences.overlap import sharing

OTHERS = Corpus("essen")
"""Their corpus."""

SHARED_NOTES, SHARED_PITCHES = 10, 12
"""So many notes in a row, by intervals and ratios of durations or by intervals alone, make a tune
a variant of one that is to be predicted."""

LONGEST = 128
"""Notes of a song that is learned: a few longer ones would be as slow as all others."""


def other_traditions(melodies: Sequence[Melody]) -> list[Named]:
    """Those with no long run of any of the ``melodies``."""
    targets = [melody.song.song for melody in melodies]
    return [
        named
        for named in apart(gather_all(OTHERS).songs, targets)
        if sum(1 for note in named.song.notes if note.pitch) <= LONGEST
    ]


def apart(songs: Sequence[Named], targets: Sequence[Song]) -> list[Named]:
    """Those that sound and have no long run of any of the ``targets``."""
    songs = [named for named in songs if any(note.pitch for note in named.song.notes)]
    variants = sharing(
        [_steps(named.song) for named in songs],
        [_steps(song) for song in targets],
        SHARED_NOTES - 1,
    ) | sharing(
        [_intervals(named.song) for named in songs],
        [_intervals(song) for song in targets],
        SHARED_PITCHES - 1,
    )
    return [named for place, named in enumerate(songs) if place not in variants]


def _steps(song: Song) -> list[tuple[int, Fraction]]:
    """From each note that sounds to the next: the interval, the ratio of durations."""
    notes = [
        (note.pitch.midi, length)
        for note, length in zip(song.notes, song.steps, strict=True)
        if note.pitch
    ]
    return [(b - a, Fraction(to, of)) for (a, of), (b, to) in pairwise(notes)]


def _intervals(song: Song) -> list[int]:
    return [interval for interval, _ in _steps(song)]
