"""Songs as symbols, joint and factored."""

from fractions import Fraction

import pytest
from hypothesis import given
from strategies import notes, songs

from melodyrnn.errors import NotationError
from melodyrnn.music.notation.text import parse, token
from melodyrnn.music.note_tokens import attributes, from_tokens, sort_key, to_tokens
from melodyrnn.music.song import Key, Meter, Note, Song


def test_a_token_is_a_notes_symbol() -> None:
    song = parse("g8 e e4 | r2 c1~c4")
    assert to_tokens(song) == ["g8", "e8", "e4", "r2", "c1~c4"]


@given(songs())
def test_tokens_give_the_notes_back(song: Song) -> None:
    assert from_tokens(to_tokens(song)).notes == song.notes


def test_headers_come_from_another_song() -> None:
    like = parse("title: x\nmeter: 6/8\nkey: e minor\ntempo: 90\npickup: 8\ncodes: b4\nb4")
    song = from_tokens(["e8", "g4"], like)
    assert (song.meter, song.key, song.tempo) == (Meter(6, 8), Key(1, "minor"), 90)
    assert song.pickup == Fraction(1, 2)
    assert (song.title, song.codes) == ("", ())


def test_a_token_that_is_no_note_is_named() -> None:
    with pytest.raises(NotationError) as caught:
        from_tokens(["e8", "x8"])
    assert str(caught.value) == "unknown pitch 'x8'; pitches are a to g"


def test_attributes_are_pitch_and_duration_and_a_rest_lies_below_all_pitches() -> None:
    assert attributes(["g8", "r4.", "c4"]) == [(67, 0.5), (59, 1.5), (60, 1)]
    assert attributes(["r4"]) == [(59, 1)]
    assert attributes([]) == []


def test_tokens_sort_by_duration_then_pitch_then_spelling() -> None:
    codes = ["c4", "g8", "d-4", "r8", "c#4", "C8", "trip{c8}", "r4", "c8"]
    assert sorted(codes, key=sort_key) == [
        "trip{c8}",
        "r8",
        "C8",
        "c8",
        "g8",
        "r4",
        "c4",
        "c#4",
        "d-4",
    ]


@given(notes(), notes())
def test_different_notes_have_different_tokens_and_places(one: Note, other: Note) -> None:
    assert (token(one) == token(other)) == (one == other)
    assert (sort_key(token(one)) == sort_key(token(other))) == (one == other)
