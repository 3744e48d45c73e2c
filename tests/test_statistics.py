"""Figures of songs: the golden values of docs/measures.md, and what must hold of any song."""

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import log2
from pathlib import Path

import pytest
from hypothesis import given

from melodyrnn import Key, Meter, Note, Song, parse
from melodyrnn.music.statistics import (
    FIGURES,
    durations,
    entropy,
    full_bars,
    intervals,
    pitches,
    repetition,
    scale_consistency,
    self_similarity,
    shares,
)
from tests.strategies import notes, songs
from tests.strategies import pitches as any_pitches

DOCS = (Path(__file__).parent.parent / "docs" / "measures.md").read_text(encoding="utf-8")
EXAMPLE = "c4 d4 e4 c4 | c4 d4 e4 c4 | e4 f4 g2 | e4 f4 g2"
GOLDEN = {
    "notes": 14,
    "pitch_range": 7,
    "pitch_class_entropy": 2.236,
    "scale_consistency": 1,
    "interval_size": 2.231,
    "interval_entropy": 2.200,
    "duration_entropy": 0.592,
    "full_bars": 1,
    "repetition": 0,
    "self_similarity": 0.667,
}


def test_golden_values():
    song = parse(EXAMPLE)
    values = {name: figure.of(song) for name, figure in FIGURES.items()}
    assert values == pytest.approx(GOLDEN, abs=5e-4)


def test_the_docs_have_every_figure_and_its_golden_value():
    assert EXAMPLE in DOCS
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([\d.]+) \|$", DOCS, re.M))
    assert {name: float(value) for name, value in rows.items()} == GOLDEN


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("c4 d4 e4 f4 g1", 1),
        ("c4 d4 e4 f4 g2", 0.5),  # the last is too short
        ("c2 d1 e2", 0),  # one note lies over the bar line between the two
        ("c4 d4 e4 r2 f4 g4 a4", 1),  # a rest may: it is written as two
        ("meter: 3/4\nc4 d4 e4 f2 g4", 1),
        ("c4 | d4 e4 f4 g4 | a4 b4 c'4", 1),  # the last bar and the pickup make one
        ("c4 | d4 e4 f4 g4 | a4 b4", 0.5),
        ("r1", 1),
    ],
)
def test_bars_that_add_up(text, share):
    assert full_bars(parse(text)) == share


def test_the_pickup_is_no_bar():
    song = parse("c4 d4 e4 f4 g4")
    assert full_bars(song) == 0.5
    assert full_bars(replace(song, pickup=Fraction(1))) == 1
    assert full_bars(replace(song, pickup=Fraction(3, 2))) == 0


def test_a_best_scale_is_any_of_the_twelve():
    assert scale_consistency(parse("d4 e4 f#4 g4 a4 b4 c'#4 d'4")) == 1
    assert scale_consistency(parse("c4 c#4 d4 d#4")) == 0.75  # all but c# in B flat major
    assert scale_consistency(parse("r4")) is None


def test_repetition_is_of_five_notes_in_whatever_key():
    phrase, moved = "c4 e4 d4 f4 g4", "e4 g#4 f#4 a4 b4"
    assert repetition(parse(phrase)) == 0
    assert repetition(parse(f"{phrase} {moved}")) == pytest.approx(1 / 6)
    assert repetition(parse("c4 " * 14)) == pytest.approx(1 - 1 / 10)
    assert repetition(parse("c4 d4 e4 f4")) is None


def test_self_similarity_is_with_the_likest_earlier_bar():
    assert self_similarity(parse("c1 c1 c1")) == 1
    assert self_similarity(parse("c1 d1")) == 0
    assert self_similarity(parse("c4 d4 e4 f4 c2 e2")) == 0.5  # the first and the third quarter
    assert self_similarity(parse("c1 d1 c1")) == 0.5
    assert self_similarity(parse("c4 c4 c4 c4 c1")) == 1  # it is the pitch that counts
    assert self_similarity(parse("c1 d2")) is None


def test_shares_are_the_most_frequent_first():
    assert list(shares("abcbcb").items()) == [("b", 1 / 2), ("c", 1 / 3), ("a", 1 / 6)]
    assert shares([]) == {}


@given(songs(notes(any_pitches(12, 115))))
def test_figures_of_any_song(song):
    values = {name: figure.of(song) for name, figure in FIGURES.items()}
    sounding = len(pitches(song))
    assert values["notes"] == sounding
    for name in ("scale_consistency", "full_bars", "repetition", "self_similarity"):
        assert values[name] is None or 0 <= values[name] <= 1
    for name in ("pitch_class_entropy", "interval_entropy", "duration_entropy"):
        assert values[name] is None or 0 <= values[name] <= log2(sounding) + 1e-9
    assert (values["pitch_range"] is None) == (not sounding)
    assert len(durations(song)) == sounding
    assert sum(intervals(song)) == (pitches(song)[-1] - pitches(song)[0] if sounding else 0)


@given(songs(notes(any_pitches(12, 115))))
def test_no_figure_knows_the_key(song):
    moved = [
        Note(note.pitch and Key().pitch(note.pitch.midi + 5), note.duration) for note in song.notes
    ]
    there = replace(song, notes=tuple(moved), codes=())
    for figure in FIGURES.values():
        assert figure.of(song) == pytest.approx(figure.of(there))


@given(songs(changes=False))
def test_entropy_is_that_of_the_definition(song):
    counts = Counter(pitches(song))
    total = sum(counts.values())
    if total:
        expected = -sum(n / total * log2(n / total) for n in counts.values())
        assert entropy(pitches(song)) == pytest.approx(expected)
    else:
        assert entropy(pitches(song)) is None


def test_self_similarity_of_a_long_song_takes_a_moment():
    bars = tuple(Note(Key().pitch(60 + n % 12), Fraction(1)) for n in range(4000))
    assert self_similarity(Song(bars, meter=Meter(4, 4))) == pytest.approx(997 / 999)
