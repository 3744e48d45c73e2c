"""Played timing becomes written timing; written timing stays."""

import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from operator import eq
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.formats.melody.beat_patterns import probabilities
from melodyrnn.formats.melody.grid import FINEST, Grid
from melodyrnn.formats.melody.lateness import lateness
from melodyrnn.formats.melody.pattern_tree import pattern_tree
from melodyrnn.formats.melody.placing import places
from melodyrnn.formats.melody.quantise import quantise
from melodyrnn.formats.melody.timed_note import TimedNote
from melodyrnn.music.durations import GRID, can_write

TICK = Fraction(1, 480)


def line(*notes: tuple[int, int]) -> list[TimedNote]:
    """Notes from (onset, end) in ticks of 480 a quarter note, on rising pitches."""
    return [TimedNote(on * TICK, end * TICK, 60 + i) for i, (on, end) in enumerate(notes)]


def rounded(notes: list[TimedNote], grid: str = "auto") -> list[tuple[str, str]]:
    """Onsets and lengths after quantising, as text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        result = quantise(notes, "x.mid", Grid.parse(grid), TICK)
    return [(str(note.onset), str(note.length)) for note in result]


def test_notation_stays_as_it_is_and_nothing_is_said():
    notes = line(
        (0, 360), (360, 480), (480, 640), (640, 800), (800, 960), (960, 1020), (1080, 1440)
    )
    assert quantise(notes, "x.mid", None, TICK) == notes


def test_rounding_to_ticks_is_no_playing():
    third = [(0, 341), (341, 683), (683, 1024), (1024, 2047)]  # of 1024 ticks a quarter note
    notes = [TimedNote(Fraction(on, 1024), Fraction(end, 1024), 60) for on, end in third]
    result = quantise(notes, "x.mid", None, Fraction(1, 1024))
    assert [str(note.length) for note in result] == ["1/3", "1/3", "1/3", "1"]


@pytest.mark.parametrize("gate", [475, 456, 450, 420, 400, 360])
def test_notes_let_go_early_last_until_the_next(gate):
    notes = line(*((480 * i, 480 * i + gate) for i in range(9)))
    assert rounded(notes)[:8] == [(str(i), "1") for i in range(8)]


def test_short_notes_on_exact_onsets_stay_short():
    onsets = [0, 60, 120, 180, 240, 320, 400, 480]  # 32nds, then 16th triplets
    ends = [at - 5 for at in [*onsets[1:], 960]]
    notes = line(*zip(onsets, ends, strict=True))
    lengths = ["1/8"] * 4 + ["1/6"] * 3 + ["1"]
    assert [length for _, length in rounded(notes)] == lengths


def test_a_rest_stays_a_rest():
    notes = line((3, 440), (484, 700), (958, 1390), (1925, 2800))
    assert rounded(notes) == [("0", "1"), ("1", "1/2"), ("2", "1"), ("4", "2")]


def test_triplets_are_found_beat_by_beat():
    played = [(0, 150), (170, 300), (312, 470), (485, 590), (600, 700), (722, 830), (850, 940)]
    assert rounded(line(*played)) == [
        *[("0", "1/3"), ("1/3", "1/3"), ("2/3", "1/3")],
        *[("1", "1/4"), ("5/4", "1/4"), ("3/2", "1/4"), ("7/4", "1/4")],
    ]


@pytest.mark.parametrize(
    ("grid", "onsets"),
    [
        ("4", ["0", "1"]),
        ("8", ["0", "1/2", "1"]),
        ("8t", ["0", "1/3", "1"]),
        ("16", ["0", "1/4", "1"]),
        ("32", ["0", "3/8", "1"]),
        ("32t", ["0", "1/3", "1"]),
    ],
)
def test_grids(grid, onsets):
    notes = line((0, 490), (490, 960)) if grid == "4" else line((0, 170), (170, 480), (480, 960))
    assert [onset for onset, _ in rounded(notes, grid)] == onsets


def test_two_notes_in_one_slot_take_two_if_the_next_is_free():
    assert rounded(line((90, 152), (156, 420), (480, 960)), "16")[:2] == [
        ("1/4", "1/4"),
        ("1/2", "1/2"),
    ]


def test_ornaments_give_way_to_the_note_they_adorn():
    notes = line((0, 20), (22, 470), (480, 900), (940, 955), (960, 1440))
    with pytest.warns(MelodyWarning, match="; 2 left out, too short for the grid;"):
        result = quantise(notes, "x.mid", None, TICK)
    assert [note.pitch for note in result] == [61, 62, 64]
    assert rounded(notes) == [("0", "1"), ("1", "1"), ("2", "1")]


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (
            line((4, 440), (493, 930), (958, 1440)),
            "x.mid: played, not written, timing: 3 of 3 notes moved to 32nds and 16th triplets, "
            "by up to 0.027 quarter notes; 3 of 3 lengths rounded; grid chooses another grid",
        ),
        (
            line((0, 450), (480, 930), (960, 1440)),
            "x.mid: played, not written, timing: 2 of 3 lengths rounded; grid chooses another grid",
        ),
    ],
)
def test_what_was_moved_is_said(notes, message):
    with pytest.warns(MelodyWarning) as caught:
        quantise(notes, "x.mid", None, TICK)
    assert [str(warning.message) for warning in caught] == [message]


def test_grid_names():
    assert Grid.parse("auto") is None
    assert Grid.parse("16") == Grid(16, triplets=False)
    assert Grid.parse("8t") == Grid(8, triplets=True)
    assert str(Grid()) == "16ths and 8th triplets"
    assert str(Grid.parse("4")) == "quarters"


@pytest.mark.parametrize("text", ["", "t", "12", "16tt", "-8", "16.0", "¹⁶", "quarter"])
def test_unknown_grids(text):
    with pytest.raises(ConfigError) as caught:
        Grid.parse(text)
    assert str(caught.value) == (
        f"unknown grid {text!r}; grids are auto, 4, 4t, 8, 8t, 16, 16t, 32, 32t (t: with triplets)"
    )
    with pytest.raises(ConfigError, match="unknown grid '12'"):
        Grid(12)


# A melody on 16ths: notes are of one value with at most a dot; a rest is longer than a third of
# the note before it, since a shorter silence is how notes are played.
LENGTHS = [Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12, 16)]
steps = st.tuples(st.sampled_from(LENGTHS), st.one_of(st.just(0), st.integers(1, 8)))


def written(melody: list[tuple[Fraction, int]]) -> list[TimedNote]:
    place, notes = Fraction(0), []
    for index, (length, rest) in enumerate(melody):
        notes.append(TimedNote(place, place + length, 60 + index % 12))
        pause = Fraction(rest, 4)
        place += length + (pause if 3 * pause > length else 0)
    return notes


def played(notes: list[TimedNote], random: Random, jitter: Fraction) -> list[TimedNote]:
    """Each note early or late by up to ``jitter``, sounding for 80 to 100 % of its length."""
    performance = []
    for note in notes:
        late = round(random.uniform(-1, 1) * float(jitter / TICK)) * TICK
        onset = max(Fraction(0), note.onset + late)
        sounds = round(random.uniform(0.8, 1) * float(note.length / TICK)) * TICK
        performance.append(TimedNote(onset, onset + sounds, note.pitch))
    for index, note in enumerate(performance[1:]):  # what the skyline does to an overlap
        end = min(performance[index].end, note.onset)
        performance[index] = TimedNote(performance[index].onset, end, performance[index].pitch)
    return performance


@settings(max_examples=200, deadline=None)
@given(
    st.lists(steps, min_size=4, max_size=30),
    st.integers(0, 2**32).map(Random),
    st.sampled_from(["auto", "16"]),
)
def test_a_performance_comes_back_as_what_was_written(melody, random, grid):
    notes = written(melody)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        result = quantise(played(notes, random, Fraction(1, 60)), "x.mid", Grid.parse(grid), TICK)
    # A melody at random may be a 16th late as well.
    late = result[0].onset - notes[0].onset
    assert [replace(note, onset=note.onset - late, end=note.end - late) for note in result] == notes


ticks = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 900)), min_size=1, max_size=30)


@given(ticks, st.sampled_from(["auto", "4", "4t", "8", "8t", "16", "16t", "32", "32t"]))
def test_anything_becomes_one_voice_of_writable_notes(gaps, grid):
    place, notes = 0, []
    for gap, length in gaps:
        notes.append((place + gap, place + gap + length))
        place += gap + length
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        result = quantise(line(*notes), "x.mid", Grid.parse(grid), TICK)
    assert result
    end = Fraction(0)
    for note in result:
        assert note.onset >= end
        assert GRID % note.onset.denominator == 0
        assert can_write(note.length)
        end = note.end


@pytest.mark.parametrize("late", [30, 45, 86, 100])
def test_what_all_notes_are_late_by_is_taken_off(late):
    written = [0, 240, 480, 960, 1080, 1200, 1440, 1920, 2160, 2400, 2880]
    notes = line(*((on + late, end + late) for on, end in pairwise(written)))
    said = (
        f"x.mid: played, not written, timing: all notes {late / 480:.2g} quarter notes late; grid "
    )
    with pytest.warns(MelodyWarning, match=said):
        result = quantise(notes, "x.mid", None, TICK)
    assert [note.onset / TICK for note in result] == written[:-1]


def test_a_few_notes_are_not_late_together():
    assert lateness([Fraction(n) + Fraction(1, 8) for n in range(7)]) == 0


def test_nothing_is_moved_before_the_start():
    # Half a beat late, and so half a beat early.
    onsets = [Fraction(n, 2) for n in (0, 1, 2, 3)] + [n + Fraction(7, 12) for n in range(2, 40)]
    late = lateness(onsets)
    assert onsets[0] - late >= -Fraction(1, 8)


def test_beats_that_are_exact_stay_where_one_is_not():
    # 32nds, a quintuplet, and a beat that somebody played.
    beats = [*range(6), *(6 + Fraction(n, 8) for n in range(8))]
    beats += [7 + Fraction(n, 5) for n in range(5)] + [8, 9, 10, 11]
    played = [Fraction(12 * 480 + off, 480) for off in (3, 131, 244, 371)]
    onsets = [*map(Fraction, beats), *played, *map(Fraction, (13, 14, 15, 16))]
    notes = [TimedNote(on, end, 60) for on, end in pairwise(onsets)]
    with pytest.warns(MelodyWarning, match="4 of 30 notes moved to 32nds"):
        result = quantise(notes, "x.mid", None, TICK)
    straight = [12 + Fraction(n, 4) for n in range(4)]
    assert [note.onset for note in result] == [*beats, *straight, 13, 14, 15]


@pytest.mark.parametrize(
    "division",
    [(0, Fraction(1, 3), Fraction(2, 3)), (0, Fraction(1, 4), Fraction(1, 2)), (0, Fraction(3, 4))],
)
def test_beats_are_divided_as_the_others_of_their_melody_are(division):
    random = Random(2)
    written = [beat + place for beat in range(24) for place in division]
    played = [Fraction(max(0, round(480 * random.gauss(float(at), 0.04))), 480) for at in written]
    found = places(sorted(played), FINEST, [None] * len(written))
    assert sum(map(eq, found, written)) >= 0.95 * len(written)


def test_a_crowd_of_notes_takes_no_longer_than_its_number_explains():
    random = Random(3)
    onsets = sorted(Fraction(random.randrange(9600), 480) for _ in range(2000))
    found = places(onsets, FINEST, [None] * 2000)
    assert found == sorted(found)
    assert max(abs(at - on) for at, on in zip(found, onsets, strict=True)) < Fraction(1, 4)


def test_quarter_triplets_over_two_beats():
    onsets = [Fraction(2 * n, 3) + Fraction(n % 2, 40) for n in range(12)]
    notes = [TimedNote(at, at + Fraction(1, 2), 60) for at in onsets]
    with pytest.warns(MelodyWarning, match="quarters and quarter triplets"):
        read = quantise(notes, "x.mid", Grid(4))
    assert [note.onset for note in read] == [Fraction(2 * n, 3) for n in range(12)]
    assert {note.length for note in read[:-1]} == {Fraction(2, 3)}


@pytest.mark.parametrize(("straight", "triplet"), [(3, 4), (6, 8), (12, 0)])
def test_the_tree_of_patterns_has_each_of_them(straight, triplet):
    def whole(branch):
        yield from [branch] * branch.is_whole
        for place, longer in branch.longer.items():
            assert longer.division == (*branch.division, place)
            yield from whole(longer)

    tree = pattern_tree(straight, triplet)
    assert {each.division: each.usual for each in whole(tree)} == probabilities(straight, triplet)
