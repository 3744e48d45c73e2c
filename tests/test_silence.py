"""Silence where a melody waits is left out; all bar lines stay where they are."""

import io

import mido
import pytest
from hypothesis import given
from strategies import songs

from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.abc.read import parse_abc
from melodyrnn.formats.midi.read import parse_midi
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.notation.text import parse
from melodyrnn.music.silence import LONGEST_REST, without_long_rests


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("c1 r1 r1 d1", "c1 r1 r1 d1"),  # two bars are music
        ("c1 r1 r1 r1 d1", "c1 r1 d1"),
        ("c1 r1 r1 r4 d2.", "c1 r4 d2."),
        ("c2 r2 r1 r1 r4 d2.", "c2 r2 r4 d2."),
        ("c2 r2~ r1~ r1~ r1~ r1 d1", "c2 r2 d1"),
        ("c1 r1 r1 r1 3/4 r2. r2. d2.", "c1 r1 3/4 d2."),
        ("c2. r4 r1 3/4 r2. r2. r4 d2", "c2. r4 3/4 r4 d2"),
        ("c1 r1 r1 r1 r1", "c1 r1"),
        ("c1 r1 r1 r1 d1 r1 r1 r1 r2 e2", "c1 r1 d1 r2 e2"),
    ],
)
def test_long_rests_are_what_fills_the_bar(before, after):
    assert without_long_rests(parse(before)) == parse(after)


def places(song):
    """Pitch and place in the bar of each sounding note, and how long it lasts."""
    spans = list(bar_spans(song))
    return [
        (
            note.pitch,
            next(at - start for _, start, end in spans if start <= at < end),
            note.duration,
        )
        for note, at in zip(song.notes, song.offsets, strict=True)
        if note.pitch
    ]


@given(songs())
def test_notes_keep_their_places_in_the_bar(song):
    shorter = without_long_rests(song)
    assert places(shorter) == places(song)
    assert without_long_rests(shorter).duration <= shorter.duration <= song.duration


def midi(*notes):
    """(rest before it, length) of each note in quarter notes, as another program writes them."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for rest, length in notes:
        track.append(mido.Message("note_on", note=60, velocity=64, time=480 * rest))
        track.append(mido.Message("note_off", note=60, time=480 * length))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def test_a_midi_file_begins_with_its_first_note_and_its_pickup():
    data = midi((35, 1), (0, 2), (0, 2), (23, 1), (0, 4))
    said = "x.mid: quarter notes of silence are left out: 55"
    with pytest.warns(MelodyWarning, match=said):
        song = parse_midi(data, "x.mid")
    assert song == parse("pickup: 4\n\nc4 c2 c2 r2. c4 c1")


def test_what_is_written_as_a_rest_stays():
    song = parse("r1 r1 r1 c1 r1 r1 r1 r1 d1")
    read = parse_midi(midi_bytes(song), "x.mid")
    assert read.duration == song.duration
    abc = b"X:1\nM:4/4\nL:1/4\nK:C\nZ3|C4|Z4|D4|]\n"
    assert parse_abc(abc, "x.abc", track=None, grid=None).duration == 36


def test_a_part_that_waits_for_others_begins_with_its_first_note():
    abc = (
        b"X:1\nM:4/4\nL:1/4\nK:C\nV:1\nZ3|c4|Z4|d4|]\nV:2\nC,4|C,4|C,4|C,4|C,4|C,4|C,4|C,4|C,4|]\n"
    )
    with pytest.warns(MelodyWarning, match="silence are left out: 24"):
        song = parse_abc(abc, "x.abc", track="1", grid=None)
    assert song.notes == parse("c'1 r1 d'1").notes
    assert LONGEST_REST == 2
