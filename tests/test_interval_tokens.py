"""Notes that sound, and the moves between them."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.music.bars import bars
from melodyrnn.music.interval_tokens import LENGTHS, RATIOS, Move, melody, moves, nearest, sounding
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Key, Meter, Note, Song
from tests.strategies import songs

TEXT = "meter: 3/4\nkey: G major\n\ng8 a8 b4 r4 | d'2. | r4 c'4 b4"


def test_a_rest_lengthens_the_note_before_it():
    assert [(note.midi, note.length) for note in sounding(parse(TEXT))] == [
        (67, Fraction(1, 2)),
        (69, Fraction(1, 2)),
        (71, 2),
        (74, 4),
        (72, 1),
        (71, 1),
    ]


def test_only_a_note_on_a_bar_line_begins_a_bar():
    # The third bar begins with a rest.
    assert [note.begins_bar for note in sounding(parse(TEXT))] == [1, 0, 0, 1, 0, 0]


def test_a_pickup_begins_no_bar():
    song = replace(parse("meter: 3/4\n\ng4 | c'2 d'4 | e'2."), pickup=Fraction(1))
    assert [note.begins_bar for note in sounding(song)] == [0, 1, 0, 1]


def test_moves_are_written_in_semitones_and_ratios():
    assert list(map(str, moves(parse(TEXT)))) == ["+2*1", "+2*4", "+3*2", "-2*1/4", "-1*1"]


@given(songs())
def test_bars_begin_where_the_layout_of_bars_has_a_new_note_first(song):
    expected = {
        head.offset
        for bar in bars(song)
        for head in bar.heads
        if bar.number and head.offset == bar.offset and head.pitch and not head.tied
    }
    assert {note.onset for note in sounding(song) if note.begins_bar} == expected


@given(songs(), st.integers(-7, 7), st.sampled_from([Meter(3, 4), Meter(6, 8), Meter(2, 2)]))
def test_moves_hide_the_key_and_the_meter(song, fifths, meter):
    written = Song(song.notes, key=Key(fifths), meter=meter, title="A reel")
    assert moves(written) == moves(song)


@given(st.integers(1, 4), st.integers(-12, 12))
def test_moves_hide_the_pitch_and_the_note_values(factor, semitones):
    song = parse("g4 a8 b8 d'2 r4 b4 g2")
    other = Song(
        tuple(
            Note(note.pitch and Key().pitch(note.pitch.midi + semitones), note.duration / 2**factor)
            for note in song.notes
        )
    )
    assert moves(other) == moves(song)


def test_a_wide_interval_counts_as_an_octave_and_a_ratio_as_the_nearest():
    assert moves(parse("C4 c'4 c'32")) == (
        Move(12, Fraction(1)),
        Move(0, Fraction(1, 8)),
    )
    assert nearest(Fraction(5), RATIOS) == 6
    assert nearest(Fraction(1), LENGTHS) == 1


@given(st.lists(st.builds(Move, st.integers(-12, 12), st.sampled_from(RATIOS)), max_size=80))
def test_any_moves_make_notes_that_can_be_written(line):
    notes = melody(line)
    assert len(notes) == len(line) + 1
    assert all(note.duration in LENGTHS for note in notes)
    assert all(31 <= note.pitch.midi <= 103 for note in notes)


def test_a_melody_leads_back_to_its_moves():
    song = parse("g8 a8 b4 d'2 b4 g2")
    assert Song(tuple(melody(moves(song)))).notes == song.notes
