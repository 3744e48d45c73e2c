"""The longest run shared: as by trying all, whatever the key and the note values."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn import Note, Pitch, Song, parse
from melodyrnn.data.copies import Copied, Copies
from melodyrnn.data.gather import Named
from melodyrnn.music.durations import GRID
from melodyrnn.music.relative_steps import numbered_steps, relative
from melodyrnn.sequences.originality import Originals
from tests.strategies import notes, pitches, songs

PITCHES = [Pitch("c"), Pitch("d"), Pitch("e"), None]
texts = st.text("abc", max_size=12)


@pytest.mark.parametrize("gone_through", [0, 1])
@given(others=st.lists(texts, max_size=5), text=texts)
def test_the_longest_run_is_as_by_trying_all(gone_through, others, text):
    runs = [text[i:j] for i in range(len(text)) for j in range(i, len(text) + 1)]
    shared = [run for run in runs if any(run in other for other in others)]
    length = max(map(len, shared), default=0)
    originals = Originals.of(others)
    originals.few = gone_through
    copied = originals.longest(text)
    assert copied.length == length
    if length:
        run = text[copied.start : copied.start + length]
        assert others[copied.other][copied.place :].startswith(run)
        assert copied.place == others[copied.other].find(run)
        assert not any(run in other for other in others[: copied.other])
        first = next(i for i in range(len(text)) if text[i : i + length] in shared)
        assert copied.start == first


@given(others=st.lists(texts, max_size=5), text=texts, least=st.integers(1, 4))
def test_runs_are_all_those_that_are_part_of_no_longer_one(others, text, least):
    places = [(i, j) for i in range(len(text)) for j in range(i + least, len(text) + 1)]
    held = [(i, j) for i, j in places if any(text[i:j] in other for other in others)]
    whole = [
        (i, j) for i, j in held if not any(a <= i and j <= b and (a, b) != (i, j) for a, b in held)
    ]
    runs = Originals.of(others).runs(text, least)
    assert [(run.start, run.start + run.length) for run in runs] == whole
    for run in runs:
        copied = text[run.start : run.start + run.length]
        assert run.place == others[run.other].find(copied)
        assert not any(copied in other for other in others[: run.other])


@given(st.lists(texts, max_size=5), st.text("abcd", max_size=12), st.integers(0, 4))
def test_what_would_copy_too_much_is_known_before_it_comes(others, text, most):
    originals = Originals.of(others)
    trail = originals.begin()
    for length in range(len(text) + 1):
        ends = [text[start:length] for start in range(length + 1)]
        assert trail.length == max(len(e) for e in ends if not e or any(e in o for o in others))
        more = {
            symbol
            for symbol in "abcd"
            for end in ends
            if len(end) >= most and any(end + symbol in other for other in others)
        }
        assert originals.beyond(trail, most) == more
        if length < len(text):
            trail = originals.advance(trail, text[length])


@given(st.lists(songs(changes=False), min_size=1, max_size=5))
def test_steps_of_many_songs_at_once_are_those_of_each(many):
    steps, numbered, firsts = numbered_steps(many)
    for song, numbers, first in zip(many, numbered, firsts, strict=True):
        assert [steps[number] for number in numbers] == relative(song)[first + 1 :]
        assert not any(note.pitch for note in song.notes[:first])
        assert first == len(song) or song.notes[first].pitch


def named(*texts):
    return [Named(f"song {number}", parse(text)) for number, text in enumerate(texts, 1)]


def test_a_transposed_copy_in_other_note_values_is_found_and_its_place():
    songs = named("c4 d4 e4 f4", "c4 c4 g4 a8 g8 f2 e4")
    copied = Copies(songs).longest(parse("b2 c#8 g#8 a#16 g#16 f#4 g4"))
    assert copied == Copied(5, "song 2", start=1, place=1)
    assert copied.to_json() == {"notes": 5, "song": "song 2", "start": 1, "place": 1}


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("c4 d4 e4", 3),
        ("c4 d4 e2", 2),  # another duration
        ("e4 d4 c4", 1),  # the same backwards: no step is shared, and a single note always is
        ("r4 r4", 0),
        ("r1 r4 d4 e4 f#4", 3),  # rests before the first note are silence, no copy
        ("c4 r4 d4", 1),
    ],
)
def test_notes_in_a_row(text, notes):
    assert Copies(named("r8 c4 d4 e4")).longest(parse(text)).notes == notes


def test_every_passage_of_a_song_is_found_and_named():
    songs = named("c4 d4 e4 f4 g4", "c4 a8 c8 a4")
    found = Copies(songs).passages(parse("d4 e4 f#4 g4 d4 b8 d8 b4 e4"), 4)
    assert [(each.start, each.notes, each.song) for each in found] == [
        (0, 4, "song 1"), (4, 4, "song 2")
    ]  # fmt: skip
    assert Copies(songs).passages(parse("r4 r4"), 2) == []


def test_a_rest_inside_a_run_counts():
    copied = Copies(named("g4 r4 f4 e4")).longest(parse("c4 a8 r8 g8 f#8"))
    assert copied == Copied(4, "song 1", start=1, place=0)


@given(songs(notes(pitches(12, 115))), st.integers(-12, 12), st.integers(1, 3))
def test_a_copy_is_whole_in_any_key_and_note_values(song, semitones, times):
    moved = [
        Note(note.pitch and song.key.pitch(note.pitch.midi + semitones), note.duration * times)
        for note in song.notes
    ]
    sounding = [i for i, note in enumerate(song.notes) if note.pitch]
    whole = len(song) - sounding[0] if sounding else 0
    assert Copies([Named("it", song)]).longest(Song(tuple(moved))).notes == whole


few = st.sampled_from([Note(pitch, d) for d in (Fraction(1), Fraction(2)) for pitch in PITCHES])
tunes = st.lists(few, min_size=1, max_size=8).map(lambda notes: Song(tuple(notes)))


def is_copy(a, b):
    """Whether notes are the same but for one transposition and one stretching."""
    if len(a) != len(b):
        return False
    kinds = all((x.pitch is None) == (y.pitch is None) for x, y in zip(a, b, strict=True))
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x.pitch and y.pitch]
    return (
        kinds
        and len({x.pitch.midi - y.pitch.midi for x, y in pairs}) <= 1
        and len({x.duration / y.duration for x, y in zip(a, b, strict=True)}) == 1
    )


def parts(song):
    places = range(len(song))
    return [song.notes[i : j + 1] for i in places for j in places[i:]]


@given(st.lists(tunes, min_size=1, max_size=3), tunes)
def test_notes_in_a_row_are_as_by_trying_all(others, song):
    copied = Copies([Named(str(i), other) for i, other in enumerate(others)]).longest(song)
    held = [part for other in others for part in parts(other)]
    begun = [part for part in parts(song) if part[0].pitch]  # not by a rest
    copies = [len(part) for part in begun if any(is_copy(part, other) for other in held)]
    assert copied.notes >= max(copies, default=0)
    if copied.notes > 1:
        other = others[int(copied.song)].notes[copied.place : copied.place + copied.notes]
        run = song.notes[copied.start : copied.start + copied.notes]
        assert is_copy(run, other)


@given(st.lists(tunes, min_size=1, max_size=3), st.lists(few, max_size=8), st.integers(1, 5))
def test_a_song_that_avoids_what_is_forbidden_never_copies_more(others, wanted, most):
    copies = Copies([Named(str(i), other) for i, other in enumerate(others)])
    kept, tracker = [], copies.tracker()
    for note in wanted:
        pitch = note.pitch.midi if note.pitch else None
        length = int(note.duration * GRID)
        longer = copies.longest(Song((*kept, note))).notes > most
        if longer:
            assert (pitch, length) in tracker.forbidden(most)
        else:
            assert (pitch, length) not in tracker.forbidden(most)
            kept.append(note)
            tracker = tracker.after(pitch, length)
            assert tracker.notes <= copies.longest(Song(tuple(kept))).notes <= most
