"""How songs are played: louder and softer, with swing; nothing of it reaches what is read."""

import io
import warnings
from dataclasses import replace
from fractions import Fraction

import mido
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import songs

from melodyrnn import ConfigError, read_song
from melodyrnn.cli import main
from melodyrnn.formats.midi.read import parse_midi
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.music.notation.text import parse
from melodyrnn.music.playing import Playing, gain, velocities
from melodyrnn.music.swing import Swing, swing_of
from melodyrnn.render.audio import PEAK, wav

TUNE = parse("2/4\ng8 e8 e4 f8 d8 d4 c8 d8 e8 f8 g8 g8 g4")
FLAT = "4/4\n" + "c4 c4 c4 c4 " * 8


def sounding(song):
    return [(note.pitch and note.pitch.midi, note.duration) for note in song]


def strokes(data):
    """(tick, velocity) of each note of a MIDI file."""
    tick, found = 0, []
    for message in mido.MidiFile(file=io.BytesIO(data)).tracks[1]:
        tick += message.time
        if message.type == "note_on":
            found.append((tick, message.velocity))
    return found


def test_the_first_beat_is_loudest_and_the_third_louder_than_the_second():
    first, second, third, fourth, *_ = velocities(parse(FLAT), Playing())
    assert first > third > max(second, fourth)


def test_a_phrase_grows_louder_and_softer_again():
    last_beats = velocities(parse(FLAT), Playing())[3::4]
    assert last_beats[0] < last_beats[1]
    assert last_beats[2] > last_beats[3]
    assert last_beats[:4] == last_beats[4:]  # the next phrase does so anew


def test_what_is_higher_is_louder():
    low, high = velocities(parse("1/4\nc4 c'4"), Playing())
    assert 20 * np.log10(gain(high) / gain(low)) > 1


def test_a_syncopation_has_the_accent_of_the_beat_that_it_covers():
    _, covering, *_ = velocities(parse("4/4\nc8 c4 c8 c2"), Playing())
    _, beside, *_ = velocities(parse("4/4\nc8 c8 c4 c2"), Playing())
    assert covering > beside


@pytest.mark.parametrize(
    "text", [FLAT, "6/8\nc8 d8 e8 f4. g8 a8 b8", "7/8\nc8 d8 e8 f4 g4", "r1 c4"]
)
def test_the_mean_loudness_is_the_velocity_asked_for(text):
    song = parse(text)
    loud = [
        velocity
        for note, velocity in zip(song, velocities(song, Playing(velocity=70)), strict=True)
        if note.pitch
    ]
    assert np.exp(np.log(loud).mean()) == pytest.approx(70, abs=0.7)
    assert set(velocities(song, Playing(velocity=70, dynamics=0))) == {70}


def test_gentle_is_a_few_decibels():
    song = parse(FLAT)
    levels = 40 * np.log10(velocities(song, Playing()))
    assert 3 < np.ptp(levels) < 8
    assert np.ptp(40 * np.log10(velocities(song, Playing(dynamics=2)))) == pytest.approx(
        2 * np.ptp(levels), abs=0.8
    )


@settings(max_examples=30, deadline=None)
@given(song=songs(), velocity=st.integers(1, 127), dynamics=st.floats(0, 3))
def test_velocities_are_those_of_midi(song, velocity, dynamics):
    found = velocities(song, Playing(velocity, dynamics))
    assert len(found) == len(song)
    assert all(1 <= each <= 127 for each in found)


# Swing


def test_the_first_of_two_eighths_is_longer_and_quarters_stay():
    played = [tick for tick, _ in strokes(midi_bytes(TUNE, playing=Playing(swing=60)))]
    assert played[:5] == [0, 576, 960, 1920, 1920 + 576]


def test_sixteenths_share_their_eighth():
    swing = swing_of(parse("2/4\nc16 c16 c16 c16 c4"), 60)
    moments = [swing.played(Fraction(n, 4)) for n in range(5)]
    assert moments == [0, Fraction(3, 10), Fraction(6, 10), Fraction(8, 10), 1]


@pytest.mark.parametrize(
    ("text", "straight"),
    [
        ("4/4\nc8 d8 trip{e8 f8 g8} c8 d8 c4", {1}),
        ("4/4\nc8 | d8 e8 f8 g8 a8 b8 c'4", set()),
        ("2/4\nc8 d8 c4 5/8 c8 c8 c8 c8 c8", {2, 3, 4}),
    ],
)
def test_triplets_and_bars_of_eighths_are_left_as_they_are(text, straight):
    assert swing_of(parse(text), 60).straight == straight


@pytest.mark.parametrize("text", ["6/8\nc8 d8 e8 f4.", "3/8\nc8 d8 e8", "trip{e8 f8 g8}"])
def test_where_no_beat_has_two_eighths_nothing_swings(text):
    assert swing_of(parse(text), 67) is None
    assert midi_bytes(parse(text), playing=Playing(dynamics=0, swing=67)) == midi_bytes(parse(text))


@settings(max_examples=40, deadline=None)
@given(
    song=songs().filter(lambda song: any(note.pitch for note in song)),
    swing=st.sampled_from([50, 54.5, 60, 200 / 3, 75]),
)
def test_what_is_played_reads_back_as_it_was_written(song, swing):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = parse_midi(midi_bytes(song), "x.mid")
        played = parse_midi(midi_bytes(song, playing=Playing(swing=swing)), "x.mid")
    assert played == plain


@given(first=st.fractions("0.51", "0.75", max_denominator=1000), place=st.integers(-64, 640))
def test_written_is_the_way_back_even_from_the_nearest_tick(first, place):
    swing, moment = Swing(first, Fraction(1, 2)), Fraction(place, 64)
    tick = Fraction(round(swing.played(moment) * 960), 960)
    assert swing.written(tick) == moment


@pytest.mark.parametrize("text", ["swing: 1/2", "swing: 9/1", "swing: 3/5 but", "swing: 3/0"])
def test_a_text_that_is_no_swing_changes_nothing(text):
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(TUNE)))
    file.tracks[0].insert(0, mido.MetaMessage("text", text=text))
    changed = io.BytesIO()
    file.save(file=changed)
    assert parse_midi(changed.getvalue(), "x.mid") == parse_midi(midi_bytes(TUNE), "x.mid")


# Sound


def decoded(data):
    return np.frombuffer(data[44:], "<i2") / 32768


def test_sound_has_the_dynamics_too():
    song = replace(parse("4/4\nc4 c4 c4 c4"), tempo=60.0)
    first, second = (
        np.abs(decoded(wav(song, playing=Playing(dynamics=2)))[n * 44100 :][:22050]).max()
        for n in (0, 1)
    )
    loud = velocities(song, Playing(dynamics=2))
    assert second / first == pytest.approx(gain(loud[1]) / gain(loud[0]), rel=0.05)


def test_softer_playing_is_softer_and_louder_never_clips():
    peaks = [np.abs(decoded(wav(TUNE, playing=Playing(velocity=v)))).max() for v in (40, 80, 127)]
    assert peaks == pytest.approx([PEAK / 4, PEAK, PEAK], abs=1e-3)


def test_sound_swings():
    straight, swung = (
        decoded(wav(replace(TUNE, tempo=60.0), instrument="woodblock", playing=playing))
        for playing in (Playing(), Playing(swing=75))
    )
    assert np.abs(straight[22050 : 22050 + 4000]).max() > 0.1
    assert np.abs(swung[22050 : 22050 + 4000]).max() < 0.02
    assert np.abs(swung[33075 : 33075 + 4000]).max() > 0.1


# Options


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--velocity", "0"), "--velocity 0 is out of range; choose 1 to 127"),
        (("--dynamics", "-1"), "--dynamics -1 is out of range; choose 0 to 3"),
        (("--swing", "80"), "--swing 80 is out of range; choose 50 to 75"),
        (("--swing", "nan"), "--swing nan is out of range; choose 50 to 75"),
    ],
)
def test_what_cannot_be_played_is_refused(tmp_path, option, words):
    song = tmp_path / "x.txt"
    song.write_text("c4 d4", encoding="utf-8")
    result = CliRunner().invoke(main, ["render", str(song), "-o", str(tmp_path / "x.mid"), *option])
    assert result.exit_code == 1
    assert words in result.output
    assert not (tmp_path / "x.mid").exists()


def test_a_python_caller_reads_the_argument():
    with pytest.raises(ConfigError, match=r"^swing 80 is out of range"):
        Playing(swing=80)


def test_render_plays_as_asked(tmp_path):
    song, made = tmp_path / "x.txt", tmp_path / "x.mid"
    song.write_text("2/4\nc8 d8 e8 f8", encoding="utf-8")
    asked = ["--velocity", "100", "--dynamics", "0", "--swing", "75"]
    assert CliRunner().invoke(main, ["render", str(song), "-o", str(made), *asked]).exit_code == 0
    assert strokes(made.read_bytes()) == [(0, 100), (720, 100), (960, 100), (1680, 100)]
    assert sounding(read_song(made)) == sounding(read_song(song))
