from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import songs

from melodyrnn import parse
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.music.song import Key, Note, Pitch
from melodyrnn.sequences.events import NO_TOKEN

TWICE = parse("meter: 2/4\nkey: C major\nc4 d4 e4 c4 | c4 d4 e4 c4 | e4 f4 g2")
INPUTS = {timed: Inputs.of(60, 72, timed) for timed in (False, True)}

sounding = songs().filter(lambda song: any(note.pitch for note in song.notes))


@pytest.mark.parametrize("timed", [False, True])
@given(song=sounding)
def test_everything_is_in_its_layout(timed, song):
    midi = [note.pitch.midi for note in song.notes if note.pitch]
    inputs = Inputs.of(min(midi), max(midi), timed)
    assert inputs.has_room(song)
    events = inputs.events(song)
    layout = inputs.layout
    assert events.targets.tolist() == [pitch - inputs.origin(song) for pitch in midi]
    assert events.last.tolist() == [NO_TOKEN, *events.targets[:-1].tolist()]
    assert events.candidates.shape == (len(midi), layout.candidates)
    assert events.factors.shape == (len(midi), len(layout.factors))
    assert (events.factors >= 0).all()
    assert (events.factors < np.array(layout.factors)).all()


@pytest.mark.parametrize("timed", [False, True])
@given(song=sounding, data=st.data())
def test_what_comes_later_is_never_seen(timed, song, data):
    """Nor is the pitch to be predicted; when it comes and how long it lasts may be."""
    places = [place for place, note in enumerate(song.notes) if note.pitch]
    cut = data.draw(st.integers(0, len(places) - 1))
    other = list(song.notes)
    for place in places[cut:]:
        note = other[place]
        up = 1 if note.pitch.midi < 127 else -1
        lasting = note.duration if place == places[cut] else note.duration * 2
        other[place] = Note(Key().pitch(note.pitch.midi + up), lasting)
    other.append(Note(Pitch("c"), song.notes[0].duration))
    changed = replace(song, notes=tuple(other))
    inputs = Inputs.of(0, 127, timed)
    one, two = inputs.events(song), inputs.events(changed)
    for name in ("last", "candidates", "factors"):
        before, after = getattr(one, name)[: cut + 1], getattr(two, name)[: cut + 1]
        assert (before == after).all(), name


def test_transposed_songs_are_moved_along_the_scale():
    up = tuple(Note(Key(-3).pitch(note.pitch.midi + 3), note.duration) for note in TWICE.notes)
    in_e_flat = replace(TWICE, notes=up, key=Key.of("e", -1))
    plain = INPUTS[False].events(TWICE)
    moved = INPUTS[False].events(in_e_flat)
    for a, b in zip(plain.moved(3), moved, strict=True):
        assert (a == b).all()
    # With the key known the two are one song.
    for a, b in zip(INPUTS[True].events(TWICE), INPUTS[True].events(in_e_flat), strict=True):
        assert (a == b).all()


def test_a_minor_key_stands_on_the_scale_of_its_relative_major_key():
    minor = replace(TWICE, key=Key.of("a", 0, "minor"))
    for a, b in zip(INPUTS[True].events(TWICE), INPUTS[True].events(minor), strict=True):
        assert (a == b).all()


def test_candidates_are_what_came_the_last_time():
    events = INPUTS[False].events(TWICE)
    names = [Pitch("cdefgab"[i]) for i in range(7)]
    code = {pitch.step: pitch.midi - INPUTS[False].lowest for pitch in names}
    by_pitch, by_interval = events.candidates.T
    assert by_pitch.tolist()[:4] == [NO_TOKEN] * 4
    assert by_pitch[5:9].tolist() == [code[step] for step in "cecc"]
    assert by_pitch[9] == code["c"]  # after e came c
    assert by_interval[8] == code["c"]  # after two tones up and back, the same note again
    assert by_interval[10] == NO_TOKEN  # no semitone up came before


def test_bars_back_propose_the_bar_before():
    candidates = INPUTS[True].events(TWICE).candidates.T
    one_bar = candidates[-4]
    targets = INPUTS[True].events(TWICE).targets
    assert one_bar[2:10].tolist() == targets[:8].tolist()
