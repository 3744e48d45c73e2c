"""Durations, songs and their layout in bars."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import durations, songs

from melodyrnn.errors import NotationError
from melodyrnn.music.bars import bars, note_places, tuplets
from melodyrnn.music.durations import (
    COMMON_TUPLETS,
    GRID,
    Value,
    can_write,
    is_dyadic,
    spell,
    tuplet_ratio,
)
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import SHARPS, Key, Meter, Note, Pitch, Song


class TestDurations:
    @given(durations(40))
    def test_spelled_values_add_up(self, duration: Fraction) -> None:
        assert sum(value.duration for value in spell(duration)) == duration

    def test_no_duration_of_two_bars_needs_more_than_five_values(self) -> None:
        assert max(len(spell(Fraction(ticks, 192))) for ticks in range(1, 8 * 192 + 1)) == 5

    @given(st.integers(1, 8 * GRID).map(lambda ticks: Fraction(ticks, GRID)))
    def test_whatever_tuplets_are_tied_few_values_do(self, duration: Fraction) -> None:
        assert len(spell(duration)) <= 9

    @pytest.mark.parametrize(
        ("quarters", "written"),
        [
            ("4", ["1"]),
            ("3", ["2."]),
            ("7/4", ["4.."]),
            ("1/3", ["trip 8"]),
            ("2/3", ["trip 4"]),
            ("5", ["1", "4"]),
            ("5/2", ["2", "8"]),
            ("5/4", ["4", "16"]),
            ("5/6", ["8", "trip 8"]),
            ("1/5", ["5:4 16"]),
            ("3/14", ["7:4 16."]),
            ("2/9", ["9:8 16"]),
            ("7/5", ["4", "5:4 8"]),
            ("1/20160", ["315:4 1024"]),
            ("21", ["1", "1", "1", "1", "1", "4"]),
        ],
    )
    def test_spellings(self, quarters: str, written: list[str]) -> None:
        values = spell(Fraction(quarters))
        assert [f"{value.tuplet} {value}".strip() for value in values] == written

    def test_a_very_long_duration_is_spelled_at_once(self) -> None:
        assert len(spell(Fraction(400_001))) == 100_001

    def test_values(self) -> None:
        assert Value(8, 1).duration == Fraction(3, 4)
        assert Value(8, 0, "trip").duration == Fraction(1, 3)
        assert Value(8, 0, "quad").duration == Fraction(3, 8)
        assert str(Value(4, 2)) == "4.."
        assert can_write(Fraction(1, GRID))
        assert Value(16, 0, "11:8").duration == Fraction(2, 11)
        assert not can_write(Fraction(2, 11))
        assert not can_write(Fraction(0))
        assert set(COMMON_TUPLETS) == {"", "trip", "quad"}
        assert tuplet_ratio("13:12") == (13, 12)

    @pytest.mark.parametrize("word", ["tripe", "5", "5:", "0:4", "5:0"])
    def test_no_tuplet(self, word: str) -> None:
        with pytest.raises(ValueError, match=f"no tuplet: {word!r}"):
            tuplet_ratio(word)


class TestPitchesKeysAndMeters:
    @given(st.integers(0, 127), st.integers(-7, 7), st.sampled_from(["major", "minor"]))
    def test_a_key_spells_every_pitch(self, midi: int, fifths: int, mode: str) -> None:
        assert Key(fifths, mode).pitch(midi).midi == midi

    @given(st.integers(-7, 7), st.sampled_from(["major", "minor"]))
    def test_a_key_spells_its_scale_by_its_signature(self, fifths: int, mode: str) -> None:
        key = Key(fifths, mode)
        for step in SHARPS:
            pitch = Pitch(step, key.alter(step), 4)
            assert key.pitch(pitch.midi) == pitch
        step, alter = key.tonic
        assert Key.of(step, alter, mode) == key
        assert key.alter(step) == alter

    def test_key_names(self) -> None:
        names = {Key(0): "C major", Key(-2): "B- major", Key(3, "minor"): "F# minor"}
        assert {key: str(key) for key in names} == names
        assert Key(1, "minor").pitch(63) == Pitch("d", 1, 4)
        assert Key(-3).pitch(66) == Pitch("g", -1, 4)

    @pytest.mark.parametrize(
        ("meter", "bar", "beat"),
        [
            (Meter(), "4", "1"),
            (Meter(3, 4), "3", "1"),
            (Meter(6, 8), "3", "3/2"),
            (Meter(9, 8), "9/2", "3/2"),
            (Meter(3, 8), "3/2", "1/2"),
            (Meter(6, 4), "6", "1"),
            (Meter(2, 2), "4", "2"),
        ],
    )
    def test_meters(self, meter: Meter, bar: str, beat: str) -> None:
        assert (meter.bar, meter.beat) == (Fraction(bar), Fraction(beat))

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: Pitch("h"), "unknown pitch 'h'; pitches are a to g"),
            (lambda: Pitch("c", 3), "an alteration of 3 semitones; at most 2 can be written"),
            (
                lambda: Pitch("a", 0, 9),
                "a pitch with MIDI number 129; pitches are 0 (C-1) to 127 (G9)",
            ),
            (
                lambda: Meter(0, 4),
                "unknown meter '0/4'; write it as beats/unit, the unit 1, 2, 4 … 64",
            ),
            (lambda: Key(0, "dorian"), "unknown mode 'dorian'; keys are major or minor"),
            (lambda: Key(-9), "a key with 9 flats; keys have up to 7 sharps or flats"),
            (
                lambda: Note(None, Fraction(1, 11)),
                "a duration of 1/11 quarter notes cannot be written; "
                "durations are multiples of 1/20160, greater than 0",
            ),
            (
                lambda: Song((), pickup=Fraction(4)),
                "a pickup of 4 quarter notes; it is shorter than a bar of 4/4",
            ),
            (
                lambda: Song((), tempo=1001),
                "a tempo of 1001; it is in quarter notes per minute, 5 to 1000",
            ),
            (
                lambda: Song((), meter_changes=((Fraction(0), Meter()),)),
                "meter changes at 0 quarter notes; they stand in order, after the song's start, "
                "at multiples of 1/20160",
            ),
        ],
    )
    def test_messages(self, make: object, message: str) -> None:
        with pytest.raises(NotationError) as caught:
            make()  # type: ignore[operator]
        assert str(caught.value) == message


class TestSongs:
    def test_lengths(self) -> None:
        song = parse("tempo: 60\nc4 d8 e8 f2")
        assert len(song) == 4
        assert song.duration == 4
        assert song.seconds == 4
        assert song.offsets == (0, 1, Fraction(3, 2), 2)
        assert parse("c4").seconds == 0.5

    def test_a_meter_change_after_the_last_note_changes_nothing(self) -> None:
        notes = parse("c4 d4").notes
        late = ((Fraction(1), Meter(3, 4)), (Fraction(2), Meter(2, 4)))
        assert Song(notes, meter_changes=late).meter_changes == late[:1]


class TestBars:
    @given(songs(codes=False))
    @settings(max_examples=200)
    def test_bars_hold_the_song_and_nothing_else(self, song: Song) -> None:
        laid = bars(song)
        assert sum(bar.length for bar in laid) == song.duration
        assert [bar.number for bar in laid] == list(
            range(0 if song.pickup else 1, len(laid) + (0 if song.pickup else 1))
        )
        changes = {offset for offset, _ in song.meter_changes}
        for bar, after in pairwise(laid):
            assert bar.offset + bar.length == after.offset
            full = bar.meter.bar if bar.number else song.pickup
            assert bar.length == full or after.offset in changes
        for bar in laid:
            offset = bar.offset
            for head in bar.heads:
                assert head.offset == offset
                offset += head.value.duration
            assert offset == bar.offset + bar.length
        assert changes <= {bar.offset for bar in laid}

    @given(songs(codes=False))
    def test_a_note_is_in_the_bar_of_its_first_head(self, song: Song) -> None:
        first = {}
        for bar in bars(song):
            for head in bar.heads:
                first.setdefault(head.note, (bar.number, bar.meter, head.offset - bar.first_beat))
        assert [tuple(place) for place in note_places(song)] == list(first.values())

    @given(songs(codes=False))
    @settings(max_examples=200)
    def test_the_heads_of_a_note_are_tied_and_add_up_to_it(self, song: Song) -> None:
        heads = [head for bar in bars(song) for head in bar.heads]
        assert [head.note for head in heads] == sorted(head.note for head in heads)
        for index, note in enumerate(song.notes):
            mine = [head for head in heads if head.note == index]
            assert sum(head.value.duration for head in mine) == note.duration
            assert {head.pitch for head in mine} == {note.pitch}
            sounds = not note.is_rest
            assert [head.tie for head in mine] == [sounds] * (len(mine) - 1) + [False]
            assert [head.tied for head in mine] == [False] + [sounds] * (len(mine) - 1)

    @given(songs(codes=False))
    @settings(max_examples=100)
    def test_tuplet_groups_keep_the_heads_and_hold_one_kind(self, song: Song) -> None:
        for bar in bars(song):
            groups = tuplets(bar.heads)
            assert tuple(head for group in groups for head in group) == bar.heads
            for group in groups:
                assert len({head.value.tuplet for head in group}) == 1
                if not group[0].value.tuplet:
                    assert len(group) == 1

    def test_six_triplet_eighths_are_two_groups(self) -> None:
        (bar,) = bars(parse("2/4 trip{c8 d e f g a}"))
        assert [len(group) for group in tuplets(bar.heads)] == [3, 3]
        assert all(is_dyadic(sum(h.value.duration for h in g)) for g in tuplets(bar.heads))

    def test_a_note_across_the_bar_line_is_two_tied_heads(self) -> None:
        first, second = bars(parse("2/4 c4. d4 e8~ | e2"))[:2]
        assert [str(head.value) for head in first.heads] == ["4.", "8"]
        assert first.heads[-1].tie
        assert second.heads[0].tied
        assert second.heads[0].pitch == first.heads[-1].pitch

    def test_what_one_value_cannot_write_is_split_at_the_beat(self) -> None:
        (bar,) = bars(parse("4/4 c8. d4~d16 e2"))
        assert [str(head.value) for head in bar.heads] == ["8.", "16", "4", "2"]

    @pytest.mark.parametrize(
        ("music", "written"),
        [
            ("6/8 c2 d4", ["4.", "8", "4"]),
            ("6/8 c4 d4 e4", ["4", "8", "8", "4"]),
            ("6/8 r2 c4", ["4.", "8", "4"]),
            ("6/8 c2. d4. e4.", ["2.", "4.", "4."]),
            ("9/8 c8 d2. e4", ["8", "4", "4.", "8", "4"]),
            ("12/8 c1.", ["1."]),
            ("6/8 trip{c4 d4 e4}", ["4", "4", "4"]),
            ("3/4 c8 d2 e8", ["8", "2", "8"]),
            ("3/8 c8 d4", ["8", "4"]),
        ],
    )
    def test_a_beat_of_three_is_seen(self, music: str, written: list[str]) -> None:
        heads = [head for bar in bars(parse(music)) for head in bar.heads]
        assert [str(head.value) for head in heads] == written

    def test_the_beats_of_a_pickup_are_counted_from_its_end(self) -> None:
        pickup, _ = bars(parse("meter: 6/8\npickup: 4.+8\nc8 d4. | e2."))
        assert [str(head.value) for head in pickup.heads] == ["8", "4."]

    def test_a_pickup_bar_is_number_0(self) -> None:
        laid = bars(parse("meter: 3/4\npickup: 4\nc4 | d2. | e2"))
        assert [(bar.number, bar.length) for bar in laid] == [(0, 1), (1, 3), (2, 2)]
