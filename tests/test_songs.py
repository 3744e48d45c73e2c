"""The tunes in songs/: complete, singable, and right against their bars."""

import re
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from melodyrnn.music.bars import bars
from melodyrnn.music.durations import is_dyadic, value_of
from melodyrnn.music.notation.reader import Reader
from melodyrnn.music.notation.text import format as write
from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import Song

FILES = sorted((Path(__file__).parents[1] / "songs").glob("*.txt"))
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in FILES}
SONGS = {name: parse(text, f"songs/{name}.txt") for name, text in TEXTS.items()}

NOTES = {
    "ah_vous_dirai_je": 42,
    "amazing_grace": 35,
    "arirang": 59,
    "au_clair_de_la_lune": 44,
    "auld_lang_syne": 56,
    "der_mond_ist_aufgegangen": 42,
    "doraji": 92,
    "frere_jacques": 32,
    "greensleeves": 72,
    "harvest_home": 130,
    "heidenroeslein": 57,
    "irish_washerwoman": 95,
    "korobeiniki": 37,
    "minuet_in_g": 126,
    "mo_li_hua": 67,
    "nabiya": 54,
    "o_haupt": 57,
    "o_tannenbaum": 49,
    "ode_to_joy": 62,
    "sakura": 50,
    "stille_nacht": 47,
    "wiegenlied": 54,
}
"""How many notes and rests each has: an edit that loses one shows."""


def test_none_is_missing_and_none_unchecked() -> None:
    assert {name: len(song) for name, song in SONGS.items()} == NOTES


@pytest.fixture(params=sorted(SONGS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def written_bar_lines(text: str) -> list[Fraction]:
    """Where the file writes ``|``, in quarter notes from the song's start."""
    reader, lines = Reader(), []
    for line in text.split("\n\n", 1)[1].splitlines():
        for piece in re.split(r"(\|)", line):
            reader.feed(piece)
            if piece == "|":
                lines.append(reader.duration)
    return lines


def test_each_bar_line_stands_where_a_bar_begins(name: str) -> None:
    assert written_bar_lines(TEXTS[name]) == [bar.offset for bar in bars(SONGS[name])][1:]


def test_the_last_bar_completes_the_pickup(name: str) -> None:
    song = SONGS[name]
    assert bars(song)[-1].length == song.meter.bar - song.pickup


def test_it_begins_and_ends_in_its_key(name: str) -> None:
    song = SONGS[name]
    pitches = [note.pitch for note in song.notes if note.pitch]
    for pitch in (pitches[0], pitches[-1]):
        assert pitch.alter == song.key.alter(pitch.step)


def test_it_can_be_sung(name: str) -> None:
    heights = [note.pitch.midi for note in SONGS[name].notes if note.pitch]
    assert min(heights) >= 55
    assert max(heights) <= 84
    assert max(heights) - min(heights) <= 21
    assert max(abs(a - b) for a, b in pairwise(heights)) <= 16  # a tenth


def test_it_names_itself_and_survives_its_canonical_text(name: str) -> None:
    song = SONGS[name]
    assert song.title
    assert parse(write(song)) == song
    assert re.fullmatch(r"[a-z_]+", name)


def test_between_them_they_use_the_whole_notation() -> None:
    songs = SONGS.values()
    heads = [head for song in songs for bar in bars(song) for head in bar.heads]
    assert any(head.tie for head in heads)
    assert any(head.value.tuplet == "trip" for head in heads)
    assert any(head.value.dots for head in heads)
    assert any(note.is_rest for song in songs for note in song.notes)
    assert any(song.pickup for song in songs)
    assert {"2/4", "3/4", "4/4", "6/8"} <= {str(song.meter) for song in songs}
    assert {-3, -2, -1, 0, 1, 2} <= {song.key.fifths for song in songs}
    assert {"major", "minor"} == {song.key.mode for song in songs}
    assert {"나비야", "아리랑", "도라지"} <= {song.title for song in songs}


def ceiling(tokens: list[str], window: int) -> tuple[int, int]:
    """(right, all) of the best prediction from each window of tokens alone."""
    after: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for start in range(len(tokens) - window):
        after[tuple(tokens[start : start + window])][tokens[start + window]] += 1
    return sum(max(c.values()) for c in after.values()), len(tokens) - window


class TestNabiya:
    song: Song = SONGS["nabiya"]
    tokens = to_tokens(SONGS["nabiya"])

    def test_title_meter_and_table(self) -> None:
        assert self.song.title == "나비야"
        assert str(self.song.meter) == "2/4"
        table = "c4 d4 e4 f4 g4 a4 b4 c8 d8 e8 f8 g8 a8 b8"
        assert " ".join(self.song.codes) == table

    def test_its_first_windows(self) -> None:
        indices = [self.song.codes.index(token) for token in self.tokens]
        assert len(indices) == 54
        assert [indices[start : start + 5] for start in range(10)] == [
            [11, 9, 2, 10, 8],
            [9, 2, 10, 8, 1],
            [2, 10, 8, 1, 7],
            [10, 8, 1, 7, 8],
            [8, 1, 7, 8, 9],
            [1, 7, 8, 9, 10],
            [7, 8, 9, 10, 11],
            [8, 9, 10, 11, 11],
            [9, 10, 11, 11, 4],
            [10, 11, 11, 4, 11],
        ]

    def test_the_memoryless_ceiling(self) -> None:
        assert [ceiling(self.tokens, window) for window in range(1, 9)] == [
            (30, 53),
            (39, 52),
            (44, 51),
            (46, 50),
            (48, 49),
            (47, 48),
            (46, 47),
            (46, 46),
        ]


def test_every_duration_is_one_a_musician_writes(name: str) -> None:
    for bar in bars(SONGS[name]):
        for head in bar.heads:
            assert value_of(head.value.duration) == head.value
            assert head.value.type <= 16
    assert is_dyadic(SONGS[name].duration)
