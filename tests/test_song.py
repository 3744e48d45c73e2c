"""A Song in the hands of a Python programmer: a sequence, transposed, shown in few words."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import keys, songs

from melodyrnn.errors import NotationError
from melodyrnn.music.chord_symbols import read_chord
from melodyrnn.music.notation.text import format as write
from melodyrnn.music.notation.text import parse
from melodyrnn.music.silence import after_silence
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song

NABIYA = parse("title: 나비야\nmeter: 2/4\n\ng8 e8 e4 | f8 d8 d4")


def midi(song: Song) -> list[int | None]:
    return [note.pitch and note.pitch.midi for note in song]


def test_a_song_is_the_sequence_of_its_notes() -> None:
    assert isinstance(NABIYA, Sequence)
    assert len(NABIYA) == 6
    assert NABIYA[0] == Note(Pitch("g"), Fraction(1, 2))
    assert NABIYA[-1] == NABIYA.notes[5]
    assert NABIYA[1:3] == NABIYA.notes[1:3]
    assert NABIYA[::-1] == tuple(reversed(NABIYA))
    assert list(NABIYA) == list(NABIYA.notes)
    assert NABIYA[3] in NABIYA
    assert Note(None, Fraction(1)) not in NABIYA
    assert NABIYA.index(NABIYA[4]) == 4
    assert NABIYA.count(NABIYA[0]) == 1
    with pytest.raises(IndexError):
        NABIYA[6]


def test_songs_are_equal_and_hashed_as_before() -> None:
    again = parse(write(NABIYA))
    assert again == NABIYA
    assert hash(again) == hash(NABIYA)
    assert replace(NABIYA, title="") != NABIYA
    assert NABIYA.notes != NABIYA


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (NABIYA, "<Song 나비야, 6 notes, 2/4, C major>"),
        (parse("key: B- minor\nb-4"), "<Song, 1 note, 4/4, B- minor>"),
        (Note(Pitch("b", -1, 4), Fraction(3, 2)), "<Note Bb4, 3/2>"),
        (Note(None, Fraction(1)), "<Note rest, 1>"),
        (Pitch("c", 2, -1), "<Pitch C##-1>"),
        (Key.of("f", 1, "minor"), "<Key F# minor>"),
        (Meter(6, 8), "<Meter 6/8>"),
    ],
)
def test_everything_is_shown_in_few_words(shown: object, words: str) -> None:
    assert repr(shown) == words


@pytest.mark.parametrize(
    ("before", "semitones", "after"),
    [
        ("key: C major\nc4 e g b-", 2, "key: D major\nd4 f# a c'"),
        ("key: A minor\ne4 g# a", 1, "key: B- minor\nf4 a b-"),
        ("key: A minor\ne4 g# a", -2, "key: G minor\nd4 f# g"),
        ("key: G major\nf#4 g", 12, "key: G major\nf'#4 g'"),
        ("key: C major\nb4 c'", 6, "key: F# major\ne'#4 f'#"),
        ("key: F major\ne4 f", 1, "key: G- major\nf4 g-"),
        ("key: F major\nb-4 f", -11, "key: G- major\nc-4 G-"),
        ("key: C# major\ne#4 f#", -12, "key: C# major\nE#4 F#"),
        ("key: C major\nf##4 r8 e--", 1, "key: D- major\ng#4 r8 f--"),
    ],
)
def test_pitches_are_spelled_in_the_new_key(before: str, semitones: int, after: str) -> None:
    assert write(parse(before).transpose(semitones)) == write(parse(after))


@given(songs(), st.integers(-60, 60))
def test_pitches_move_exactly_and_nothing_else_does(song: Song, semitones: int) -> None:
    pitches = [pitch for pitch in midi(song) if pitch is not None]
    assume(all(0 <= pitch + semitones <= 127 for pitch in pitches))
    moved = song.transpose(semitones)
    assert midi(moved) == [pitch if pitch is None else pitch + semitones for pitch in midi(song)]
    assert [note.duration for note in moved] == [note.duration for note in song]
    assert moved.key.mode == song.key.mode
    assert moved.key.alter("c") in (-1, 0, 1)
    assert [offset for offset, _ in moved.chords] == [offset for offset, _ in song.chords]
    kept = replace(moved, notes=song.notes, key=song.key, codes=song.codes, chords=song.chords)
    assert kept == song


@given(songs(), st.integers(-60, 60))
def test_there_and_back_is_where_it_began(song: Song, semitones: int) -> None:
    pitches = [pitch for pitch in midi(song) if pitch is not None]
    assume(all(0 <= pitch + semitones <= 127 for pitch in pitches))
    back = song.transpose(semitones).transpose(-semitones)
    assert midi(back) == midi(song)
    assert [note.duration for note in back] == [note.duration for note in song]
    if abs(song.key.fifths) < 6 and all(abs(n.pitch.alter) < 2 for n in song if n.pitch):
        assert back.key == song.key


@given(keys, st.integers(-24, 24))
def test_a_scale_stays_a_scale(key: Key, semitones: int) -> None:
    """What is in the key's signature is in that of the new key, too: no accidental is needed."""
    song = Song(tuple(Note(Pitch(s, key.alter(s)), Fraction(1)) for s in "cdefgab"), key=key)
    moved = song.transpose(semitones)
    assert all(note.pitch.alter == moved.key.alter(note.pitch.step) for note in moved if note.pitch)


@given(songs())
def test_no_semitone_is_the_song_itself(song: Song) -> None:
    assert song.transpose(0) == song


def test_the_vocabulary_of_the_old_key_is_dropped() -> None:
    song = parse("codes: c4 d4\nc4 d4")
    assert song.transpose(2).codes == ()
    assert song.transpose(0).codes == ("c4", "d4")


def test_no_pitch_leaves_the_range_of_midi() -> None:
    with pytest.raises(NotationError, match="a pitch with MIDI number 128; pitches are 0"):
        parse("c4").transpose(68)
    with pytest.raises(TypeError):
        parse("c4").transpose(0.5)  # type: ignore[arg-type]


CHORDS = "chords: 0 G, 2 Am7/C, 7/2 D7(b9), 4 N.C.\n"


def test_chord_symbols_stand_at_their_places() -> None:
    song = parse(f"key: G major\n{CHORDS}\ng2 a2 b1")
    assert song.chords == (
        *((Fraction(0), "G"), (Fraction(2), "Am7/C")),
        *((Fraction(7, 2), "D7(b9)"), (Fraction(4), "N.C.")),
    )
    assert CHORDS in write(song)
    assert song != replace(song, chords=())
    assert song.notes == replace(song, chords=()).notes


@pytest.mark.parametrize(
    ("semitones", "names"),
    [
        (0, "G Am7/C D7(b9) N.C."),
        (3, "Bb Cm7/Eb F7(b9) N.C."),
        (-3, "E F#m7/A B7(b9) N.C."),
        (40, "B C#m7/E F#7(b9) N.C."),
    ],
)
def test_roots_and_basses_of_chords_move_with_the_song(semitones: int, names: str) -> None:
    low = parse(f"key: G major\n{CHORDS}\nGGG2 AAA2 BBB1").transpose(semitones)
    assert " ".join(name for _, name in low.chords) == names


def test_chords_after_the_last_note_are_dropped() -> None:
    assert Song(NABIYA.notes, chords=((Fraction(0), "C"), (Fraction(4), "F"))).chords == (
        (Fraction(0), "C"),
    )


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        (
            ((Fraction(1), "C"), (Fraction(0), "F")),
            "chords at 1, 0 quarter notes; they stand in order",
        ),
        (((Fraction(1, 11), "C"),), "chords at 1/11 quarter notes"),
        (((Fraction(-1), "C"),), "chords at -1 quarter notes"),
        (((Fraction(0), "Coda"),), "unknown chord 'Coda'; chords are such as Am7 or Bb/D"),
        (((Fraction(0), "B♭"),), "unknown chord 'B♭'"),
    ],
)
def test_what_is_no_chord_symbol(chords: tuple[tuple[Fraction, str], ...], message: str) -> None:
    with pytest.raises(NotationError, match=message):
        Song(NABIYA.notes, chords=chords)


@pytest.mark.parametrize(
    "text",
    [
        *["Am", "F#m7b5", "Bbmaj7/D", "C6/9", "E7(b9)", "Dm(maj7)", "Gsus4", "A-7", "Co7", "N.C."],
        *["Cadd9", "D+", "EbΔ7", "F#ø", "Abb", "G7alt"],
    ],
)
def test_chords_are_read(text: str) -> None:
    assert str(read_chord(text)) == text


@pytest.mark.parametrize(
    "text", ["", "Coda", "Fine", "D.C.", "Segno", "H7", "am", "C/", "Chorus", "C" + "1" * 99]
)
def test_words_are_no_chords(text: str) -> None:
    assert read_chord(text) is None


def test_silence_before_a_song_takes_its_chords_along() -> None:
    song = parse("chords: 0 C, 2 F, 4 G\n\nr2 r4 c4 d1")
    assert after_silence(song).chords == ((Fraction(0), "F"), (Fraction(1), "G"))
