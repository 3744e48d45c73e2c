"""Notes in fives, sevens and nines, in every format."""

import io
import warnings
from fractions import Fraction
from itertools import pairwise, product
from math import log2

import mido
import pytest

from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.abc.read import parse_abc
from melodyrnn.formats.abc.write import abc
from melodyrnn.formats.humdrum.read import parse_humdrum
from melodyrnn.formats.midi.read import parse_midi
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.formats.musicxml.read import parse_musicxml
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.music.durations import COMMON_WRITTEN, WRITTEN
from melodyrnn.music.notation import text as notation
from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import spelling_bits

TEXT = """\
meter: 6/8
key: C major

5:4{c16. d16. e16. f16. g16.} 7:4{a16. b16. c'16. b16. a16. g16. f16.} |
4/4 5:4{c8 d8 e8 f8 g8} 7:4{c16 d16 e16 f16 g16 a16 b16} 9:8{c32 d32 e32 f32 g32 f32 e32 d32 c32} |
trip{c8 d8 e8~} 5:4{e16 f16 g16 a16 b16} c2
"""
SONG = parse(TEXT)


def test_the_text_is_canonical():
    assert parse(notation.format(SONG)) == SONG
    assert notation.format(SONG).split() == TEXT.split()


def test_abc_music_xml_and_midi_give_back_the_song():
    assert parse_abc(abc(SONG).encode(), "x.abc", track=None, grid=None) == SONG
    document = musicxml(SONG).encode()
    assert parse_musicxml(document, "x.musicxml", track=None, grid=None) == SONG
    read = parse_midi(midi_bytes(SONG), "x.mid")
    assert [note.duration for note in read] == [note.duration for note in SONG]
    assert read.meter_changes == SONG.meter_changes


def test_abc_names_the_ratio_where_it_depends_on_the_meter():
    written = abc(parse("5:4{c16 d e f g} 7:4{c16 d e f g a b} trip{c8 d e} c4"))
    assert written.splitlines()[-1] == (
        "(5:4:5C/2D/2E/2F/2G/2 (7:4:7C/2D/2E/2F/2G/2A/2B/2 (3CDE C2 |]"
    )


@pytest.mark.parametrize(
    ("text", "ticks"), [("c4 trip{d8 e f}", 960), ("5:4{c16}", 960), ("7:4{c16}", 20160)]
)
def test_midi_counts_finer_only_where_it_must(text, ticks):
    assert int.from_bytes(midi_bytes(parse(text))[12:14], "big") == ticks


def test_kern():
    spine = ["**kern", "*M4/4", "20c", "20d", "20e", "20f", "20g", "28c", "28d", "28e", "28f"]
    spine += ["28g", "28a", "28b", "2c", "*-"]
    song = parse_humdrum("\n".join(spine).encode(), "x.krn", track=None, grid=None)
    lengths = [Fraction(1, 5)] * 5 + [Fraction(1, 7)] * 7 + [Fraction(2)]
    assert [note.duration for note in song] == lengths


def note(duration, kind="", tuplet="", more=""):
    return (
        f"<note>{more}<pitch><step>C</step><octave>5</octave></pitch>"
        f"<duration>{duration}</duration><voice>1</voice>{kind and f'<type>{kind}</type>'}{tuplet}"
        "</note>"
    )


def in_time(actual, normal):
    return (
        f"<time-modification><actual-notes>{actual}</actual-notes>"
        f"<normal-notes>{normal}</normal-notes></time-modification>"
    )


def score(*notes, divisions=100):
    return (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name/></score-part>'
        '</part-list><part id="P1"><measure number="1"><attributes>'
        f"<divisions>{divisions}</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
        f"</attributes>{''.join(notes)}</measure></part></score-partwise>"
    )


def read(document):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)  # of the highest note where two sound
        song = parse_musicxml(document.encode(), "x.musicxml", track=None, grid=None)
    return [str(each.duration) for each in song]


@pytest.mark.parametrize("lengths", [(33, 33, 34), (33, 33, 33), (34, 33, 33)])
def test_a_rounded_triplet_is_exact(lengths):
    triplet = [note(length, "eighth", in_time(3, 2)) for length in lengths]
    assert read(score(*triplet, note(300))) == ["1/3"] * 3 + ["3"]


def test_a_rounded_septuplet_is_exact_beside_a_second_voice():
    seven = [note(n, "16th", in_time(7, 4)) for n in (14, 15, 14, 14, 15, 14, 14)]
    back = "<backup><duration>100</duration></backup>"
    lower = note(100).replace("<octave>5", "<octave>4")
    assert read(score(*seven, back, lower, note(300))) == ["1/7"] * 7 + ["3"]


def test_what_is_no_tuplet_stays():
    assert read(score(note(50, "eighth", in_time(3, 2)), note(350))) == ["1/2", "7/2"]


def test_the_bits_of_a_common_token_do_not_depend_on_the_others():
    assert COMMON_WRITTEN == 40
    assert spelling_bits("c4", 129) == log2(129) + log2(80)
    longer = log2(129) + 2 * log2(80) + log2(2 * WRITTEN)
    assert spelling_bits("5:4{c16}", 129) == pytest.approx(longer)


def midi(onsets, ticks=480):
    """A file without our own marks, its notes legato."""
    file = mido.MidiFile(ticks_per_beat=ticks)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("key_signature", key="C"))
    for number, (onset, end) in enumerate(pairwise(onsets)):
        track.append(mido.Message("note_on", note=60 + number % 12, velocity=64, time=0))
        track.append(mido.Message("note_off", note=60 + number % 12, time=end - onset))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("actual", "ticks"), [*product((5, 7, 9), (96, 384, 480, 960)), (5, 120), (7, 120)]
)
def test_a_program_s_tuplets_are_exact(actual, ticks):
    beats = [0, 1, 2, *(2 + Fraction(n, actual) for n in range(1, actual)), 3, Fraction(7, 2), 4]
    song = parse_midi(midi([round(beat * ticks) for beat in beats], ticks), "x.mid")
    assert [each.duration for each in song] == [later - beat for beat, later in pairwise(beats)]
