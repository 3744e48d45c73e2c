"""By what all notes of a performance are late, as files of performances are read."""

import io
import warnings
from fractions import Fraction
from itertools import pairwise
from operator import eq
from random import Random

import mido
import pytest

from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.melody.lateness import lateness
from melodyrnn.formats.midi.read import parse_midi

TICKS, BEATS = 480, 24
PLACES = {
    "triplets": [Fraction(n, 3) for n in range(3 * BEATS)],
    "swung": [beat + off for beat in range(BEATS) for off in (0, Fraction(2, 3))],
    "dotted": [beat + off for beat in range(BEATS) for off in (0, Fraction(3, 4))],
    "syncopated": [2 * n + off for n in range(BEATS // 2) for off in (0, Fraction(1, 2), 1.5)],
    "eighths": [Fraction(n, 2) for n in range(2 * BEATS)],
}


def played(onsets, late, deviation, seed):
    """A MIDI file of a performance, each note released before the next."""
    random = Random(seed)
    ticks = [round(TICKS * random.gauss(float(onset) + late, deviation)) for onset in onsets]
    ticks = [max(0, tick) for tick in [*ticks, round(TICKS * (BEATS + late))]]
    track, now = mido.MidiTrack(), 0
    for number, (on, after) in enumerate(pairwise(ticks)):
        off = on + max(1, round(0.9 * (after - on)))
        for kind, tick in (("note_on", on), ("note_off", off)):
            track.append(mido.Message(kind, note=60 + number % 12, time=tick - now))
            now = tick
    file = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track]).save(file=file)
    return file.getvalue()


def onsets_read(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        song = parse_midi(data, "x.mid")
    place, onsets = Fraction(0), []
    for note in song.notes:
        if note.pitch:
            onsets.append(place)
        place += note.duration
    return onsets


@pytest.mark.parametrize("late", [0, 0.02, 0.18])
@pytest.mark.parametrize("kind", PLACES)
def test_a_melody_stays_on_its_beats_however_they_are_divided(kind, late):
    for seed in range(2):
        found = onsets_read(played(PLACES[kind], late, 0.03, seed))
        assert len(found) == len(PLACES[kind])
        # By a third of a beat off, none would be right; a swung note may be read as a 16th.
        assert sum(map(eq, found, PLACES[kind])) >= (0.8 if kind == "swung" else 0.95) * len(found)


def test_a_recording_may_start_at_any_moment_before_a_beat():
    onsets = [Fraction(beat) + off for beat in range(BEATS) for off in (0, Fraction(1, 2))][::-3]
    onsets = sorted({*onsets, *map(Fraction, range(BEATS))})
    assert float(lateness([onset + Fraction(9, 20) for onset in onsets])) == 0.45
