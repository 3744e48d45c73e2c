from dataclasses import replace
from fractions import Fraction
from hypothesis import given, settings
from melodyrnn.music.abc import abc
from melodyrnn.music.bars import bar_spans
from strategies import songs
from test_musicxml import read, as_a_score_says_it, has_notes
import pytest

def as_abc_says_it(song):
    """ABC has no sign for a pickup: a first bar is one if it is short, others follow, and no
    meter change cut it short.
    """
    song = as_a_score_says_it(song)
    spans = list(bar_spans(song))
    cut = song.pickup in dict(song.meter_changes)
    return replace(song, pickup=Fraction(0)) if len(spans) == 1 or cut else song

@settings(max_examples=100)
@given(songs(max_size=8).filter(has_notes))
def test_a_song_comes_back_from_abc(song):
    back, song = read(abc(song), "song.abc"), as_abc_says_it(song)
    if song.tempo is not None:
        assert back.tempo == pytest.approx(song.tempo, rel=1e-5)
    assert replace(back, tempo=None) == replace(song, tempo=None)
