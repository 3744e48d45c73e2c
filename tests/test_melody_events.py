from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import songs

from melodyrnn import parse
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.music.song import Key, Note, Pitch
from melodyrnn.sequences.events import NO_TOKEN

TWICE = parse("meter: 2/4\nkey: C major\nc4 d4 e4 c4 | c4 d4 e4 c4 | e4 f4 g2")
INPUTS = Inputs.of(60, 72)

sounding = songs().filter(lambda song: any(note.pitch for note in song.notes))


@given(song=sounding)
def test_everything_is_in_its_layout(song):
    midi = [note.pitch.midi for note in song.notes if note.pitch]
    inputs = Inputs.of(min(midi), max(midi))
    assert inputs.has_room(song)
    events = inputs.events(song)
    layout = inputs.layout
    assert events.targets.tolist() == [pitch - inputs.lowest for pitch in midi]
    assert events.last.tolist() == [NO_TOKEN, *events.targets[:-1].tolist()]
    assert events.candidates.shape == (len(midi), layout.candidates)
    assert events.factors.shape == (len(midi), len(layout.factors))
    assert (events.factors >= 0).all()
    assert (events.factors < np.array(layout.factors)).all()


@given(song=sounding, data=st.data())
def test_what_comes_later_is_never_seen(song, data):
    """Nor is the pitch to be predicted."""
    places = [place for place, note in enumerate(song.notes) if note.pitch]
    cut = data.draw(st.integers(0, len(places) - 1))
    other = list(song.notes)
    for place in places[cut:]:
        note = other[place]
        up = 1 if note.pitch.midi < 127 else -1
        other[place] = Note(Key().pitch(note.pitch.midi + up), note.duration)
    other.append(Note(Pitch("c"), song.notes[0].duration))
    changed = replace(song, notes=tuple(other))
    inputs = Inputs.of(0, 127)
    one, two = inputs.events(song), inputs.events(changed)
    for name in ("last", "candidates", "factors"):
        before, after = getattr(one, name)[: cut + 1], getattr(two, name)[: cut + 1]
        assert (before == after).all(), name


def test_transposed_songs_are_moved_along_the_scale():
    up = tuple(Note(Key(-3).pitch(note.pitch.midi + 3), note.duration) for note in TWICE.notes)
    in_e_flat = replace(TWICE, notes=up, key=Key.of("e", -1))
    for a, b in zip(INPUTS.events(TWICE).moved(3), INPUTS.events(in_e_flat), strict=True):
        assert (a == b).all()


def test_candidates_are_what_came_the_last_time():
    events = INPUTS.events(TWICE)
    names = [Pitch("cdefgab"[i]) for i in range(7)]
    code = {pitch.step: pitch.midi - INPUTS.lowest for pitch in names}
    by_pitch, by_interval = events.candidates.T
    assert by_pitch.tolist()[:4] == [NO_TOKEN] * 4
    assert by_pitch[5:9].tolist() == [code[step] for step in "cecc"]
    assert by_pitch[9] == code["c"]  # after e came c
    assert by_interval[8] == code["c"]  # after two tones up and back, the same note again
    assert by_interval[10] == NO_TOKEN  # no semitone up came before
