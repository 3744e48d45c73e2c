"""Which melody is taken out of several voices."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.formats.melody.choice import choose
from melodyrnn.formats.melody.timed_note import TimedNote, Voice
from melodyrnn.formats.melody.voices import melody, skyline
from melodyrnn.music.song import Pitch


def sounding(*notes: tuple[str | float, str | float, int]) -> tuple[TimedNote, ...]:
    """Notes from (onset, end, MIDI number), in quarter notes."""
    return tuple(TimedNote(Fraction(on), Fraction(end), pitch) for on, end, pitch in notes)


LOW = Voice("Cello", sounding((0, 1, 40), (1, 2, 43)))
HIGH = Voice("Violin", sounding((0, 2, 76)))
MIXED = Voice("Piano", sounding((0, 2, 48), (0, 1, 72), (1, 2, 71)))
MELODY = sounding(*((n, n + 1, pitch) for n, pitch in enumerate((72, 71, 69, 71, 72, 74, 72, 71))))


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ([(0, 1, 60), (1, 2, 62)], [(0, 1, 60), (1, 2, 62)]),
        ([(0, 4, 48), (0, 1, 72)], [(0, 1, 72)]),  # of a chord the highest, however short
        ([(0, 4, 48), (1, 2, 72)], [(0, 1, 48), (1, 2, 72)]),  # cut, and does not come back
        ([(0, 2, 72), (1, 2, 48)], [(0, 2, 72)]),  # all under a higher one
        ([(0, 2, 72), (1, 4, 48)], [(0, 2, 72), (2, 4, 48)]),  # waits: two thirds remain
        ([(0, 2, 72), (1, "5/2", 48)], [(0, 2, 72)]),  # a third would remain
        ([(0, 2, 60), (1, 2, 60)], [(0, 1, 60), (1, 2, 60)]),  # the same pitch struck again
        ([(0, 1, 60), (0, 2, 60)], [(0, 2, 60)]),  # doubled: the longer
        ([(0, 3, 72), (1, 5, 48), (3, 4, 74)], [(0, 3, 72), (3, 4, 74)]),  # waited in vain
        ([(0, "9/8", 72), (1, 2, 48)], [(0, 1, 72), (1, 2, 48)]),  # legato downwards
        ([(0, "9/8", 48), (1, 2, 72)], [(0, 1, 48), (1, 2, 72)]),  # legato upwards
        ([(0, 1, 48), ("1/32", 1, 64), ("1/16", 1, 72)], [("1/16", 1, 72)]),  # a broken chord
        ([(0, 1, 72), ("1/32", 1, 64), ("1/16", 4, 48)], [(0, 1, 72)]),  # broken downwards
    ],
)
def test_skyline(notes, line):
    assert skyline(sounding(*notes)) == list(sounding(*line))


spans = st.tuples(st.integers(0, 60), st.integers(1, 24), st.integers(40, 80))
tangles = st.lists(spans, max_size=20).map(
    lambda notes: sounding(*((Fraction(on, 4), Fraction(on + n, 4), p) for on, n, p in notes))
)


@given(tangles)
def test_skyline_is_one_voice_of_parts_of_the_notes(notes):
    line = skyline(notes)
    assert all(note.onset < note.end for note in line)
    assert all(earlier.end <= later.onset for earlier, later in pairwise(line))
    for part in line:
        assert any(
            note.pitch == part.pitch and note.onset <= part.onset and part.end <= note.end
            for note in notes
        )
    assert skyline(line) == line
    assert bool(line) == bool(notes)


@given(tangles)
def test_the_highest_note_of_all_is_in_the_skyline(notes):
    if notes:
        highest = max(note.midi for note in notes)
        assert highest in {note.midi for note in skyline(notes)}


def test_spelled_pitches():
    notes = (TimedNote(Fraction(0), Fraction(1), Pitch("d", 1)),)
    assert skyline([*notes, TimedNote(Fraction(0), Fraction(2), Pitch("c"))]) == list(notes)


@pytest.mark.parametrize(
    ("track", "name"),
    [
        (None, "Violin"),
        (1, "Cello"),
        ("3", "Piano"),
        ("cello", "Cello"),
        (" Piano ", "Piano"),
    ],
)
def test_choose(track, name):
    voices = [LOW, HIGH, MIXED]
    assert voices[choose(voices, track, "x.mid").taken].name == name


@pytest.mark.parametrize("track", [0, 4, -1, "", "flute", "1.5", "²"])
def test_unknown_tracks(track):
    with pytest.raises(ConfigError) as caught:
        choose([LOW, HIGH, Voice("", LOW.notes)], track, "x.mid")
    assert str(caught.value) == (
        f"x.mid: no track '{track}'; tracks with notes are 1 'Cello', 2 'Violin', 3"
    )


def test_the_nearest_name_is_suggested():
    with pytest.raises(ConfigError, match=r"^x: no track 'viola'; did you mean 'Violin'\? tracks"):
        choose([LOW, HIGH], "viola", "x")


@pytest.mark.parametrize(
    ("voices", "track", "message"),
    [
        (
            [LOW, HIGH],
            None,
            "x.mid: 2 tracks have notes; took 2 'Violin' (most like a melody); "
            "track chooses another",
        ),
        (
            [LOW, Voice("Piano", (*MELODY, *sounding((6, 8, 48))))],
            None,
            "x.mid: 2 tracks have notes; took 2 'Piano' (most like a melody), "
            "the highest note where notes overlap; track chooses another",
        ),
        ([MIXED], None, "x.mid: its notes overlap; took the highest note where notes overlap"),
        (
            [LOW, MIXED],
            2,
            "x.mid: track 2 'Piano'; took the highest note where notes overlap",
        ),
    ],
)
def test_what_was_decided_is_said_in_one_line(voices, track, message):
    with pytest.warns(MelodyWarning) as caught:
        melody(voices, track, "x.mid")
    assert [str(warning.message) for warning in caught] == [message]


@pytest.mark.parametrize(
    ("voices", "track"),
    [
        ([LOW], None),
        ([LOW, HIGH], "Cello"),
        ([Voice("", sounding((0, "9/8", 72), (1, 2, 48)))], None),
    ],
    ids=["one voice", "a voice asked for", "legato"],
)
def test_nothing_is_said_of_one_voice(voices, track):
    melody(voices, track, "x.mid")  # a warning would be an error here
