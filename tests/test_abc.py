"""ABC out and in: the text itself, songs that come back, tunes as people write them."""

import re
import unicodedata
import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import songs
from test_musicxml import SONGS, as_a_score_says_it, has_notes, read

from melodyrnn.errors import MelodyError, MelodyWarning, ScoreError
from melodyrnn.formats.abc.escapes import read_text
from melodyrnn.formats.abc.fields import beside_key, read_key, read_meter, read_tempo
from melodyrnn.formats.abc.parts import read_order
from melodyrnn.formats.abc.sounding import Sounding, read_sounding
from melodyrnn.formats.abc.write import abc
from melodyrnn.formats.registry import readers
from melodyrnn.formats.repeats import Repeats, expand
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.notation.text import parse
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.song import Key, Meter, Note, Song


def as_abc_says_it(song):
    """ABC has no sign for a pickup: a first bar is one if it is short, others follow, and no
    other meter cut it short.
    """
    song = as_a_score_says_it(song)
    cut = song.pickup in dict(song.meter_changes)
    return replace(song, pickup=Fraction(0)) if len(list(bar_spans(song))) == 1 or cut else song


@settings(max_examples=100)
@given(songs(max_size=8).filter(has_notes))
def test_a_song_comes_back_from_abc(song):
    back, song = read(abc(song), "song.abc"), as_abc_says_it(song)
    if song.tempo is not None:
        assert back.tempo == pytest.approx(song.tempo, rel=1e-5)
    assert replace(back, tempo=None) == replace(song, tempo=None)


def read_bytes(data):
    return readers()[".abc"].read_song(data, "t.abc", None, None)


def tune(music, header="M:4/4\nL:1/4\nK:C"):
    return f"X:1\nT:t\n{header}\n{music}\n"


def tokens(text):
    return " ".join(token(note) for note in read(text, "t.abc").notes)


SONG = """\
title: 나비 100% & \\o/
composer: 윤석중
meter: 3/4
key: D major
tempo: 90
pickup: 4

a4 | d8 f#8 trip{a8 a8 a8} f8 f#8 | f#4~f#16 c8. d'4~ | 2/4 d'8 r8 fn8 f8 | AA-2
"""
WRITTEN = """\
%abc-2.1
X:1
T:나비 100\\% \\& \\\\o/
C:윤석중
M:3/4
L:1/8
Q:1/4=90
K:D
A2 | DF (3AAA =F^F | F2- F/2=C3/2 d2- | [M:2/4] d z =FF | _A,,4 |]
"""


def test_a_tune_is_written_as_musicians_write_it():
    song = parse(SONG)
    assert abc(song) == WRITTEN
    assert read(WRITTEN, "t.abc") == song


def test_compound_time_counts_dotted_quarters_and_beams_them():
    song = parse("meter: 6/8\nkey: F minor\ntempo: 120\n\nf8 g8 a-8 b-8 a-8 g8 f2 r4")
    assert abc(song).splitlines()[-3:] == ["Q:3/8=80", "K:Fm", "FGA BAG | F3- F z2 |]"]


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_music21_reads_our_tunes_the_same_way(path):
    """The oracle: pitches and onsets of music21's own ABC reader."""
    from music21.abcFormat import ABCHandler
    from music21.abcFormat.translate import abcToStreamScore

    song = parse(path.read_text(encoding="utf-8"))
    handler = ABCHandler()
    handler.process(abc(song))
    score = abcToStreamScore(handler).parts[0].flatten().stripTies()
    ours = [
        (offset, note.pitch.midi, note.duration)
        for note, offset in zip(song.notes, song.offsets, strict=True)
        if note.pitch
    ]
    assert [(n.offset, n.pitch.midi, n.quarterLength) for n in score.notes] == ours


def test_music21_s_corpus_reads_as_music21_reads_it():
    """A measured property of a corpus that others publish numbers on: 213 songs, 27 pitches."""
    import music21

    path = Path(music21.__file__).parent / "corpus" / "essenFolksong" / "kinder0.abc"
    tunes = re.split(r"(?m)^(?=X:)", path.read_text(encoding="utf-8"))[1:]
    notes = [
        note.pitch.midi for text in tunes for note in read(text, "kinder0.abc").notes if note.pitch
    ]
    assert (len(tunes), len(notes), len(set(notes))) == (213, 8393, 27)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("C,, C, C c c' c''", "CC4 C4 c4 c'4 c''4 c'''4"),
        ("C2 C/ C// C3/2 C/4 z2 x", "c2 c8 c16 c4. c16 r2."),
        ("^C C =C c ^^D __E | C", "c#4 c#4 c4 c'4 d##4 e--4 c4"),
        ("^F4- | F F", "f#1~f#4 f4"),
        ("C>D E<F C>>D", "c4. d8 e8 f4. c4.. d16"),
        ("C>D/E/", "c4 d8 e8"),
        ("C>|D/E", "c4 d8 e4"),
        ("C/>D>E", "c8 d4. e8"),
        ("C>D>E", "c4. d8 e4"),
        ("C>[DF]", "c4. f8"),
        ("C-C D- D2", "c2 d2."),
        ('"^slow"C !trill!D .E ~F (C D) uG y2', "c4 d4 e4 f4 c4 d4 g4"),
        ("C [M:3/4] D E F | [L:1/8] G", "c4 d4 e4 f4 g8"),
        ("C \\\nD `E", "c4 d4 e4"),
    ],
)
def test_signs_of_abc(music, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        assert tokens(tune(music)) == expected


def test_tuplets_and_rests_of_several_bars():
    song = read(tune("(3CDE (3:2:4C/D/EF z | Z2 | (4CDEF"), "t.abc")
    third = Fraction(2, 3)
    assert [note.duration for note in song.notes] == [
        *[third] * 3, *[third / 2] * 2, *[third] * 2, 9, *[Fraction(3, 4)] * 4
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("|: C4 | D4 :| E4 |]", "cdcde"),
        ("C4 | D4 :| E4 | F4 :|", "cdcdefef"),
        ("|: C4 |1 D4 :|2 E4 || F4 |]", "cdcef"),
        ("|: C4 | [1 D4 :| [2 E4 |] F4", "cdcef"),
        ("|: C4 |1,3 D4 :|2 E4 :|", "cdcecd"),
        ("|: C4 :: D4 :|", "ccdd"),
        ("|: C4 ::| D4 |", "cccd"),
        ("C4 | D4 !fine! | E4 !D.C.! |]", "cdecd"),
        ("C4 | !segno! D4 | !coda! E4 | F4 !D.S.! | !coda! G4 |]", "cdefdeg"),
        ("|: C4 |\n| D4 ||\n|: E4 :|", "cdee"),
        ("C4 | D4 || E4 :|", "cdee"),
        ("|: C4 || D4 :|", "cdcd"),
        ("C4 || [1 D4 :| [2 E4 |]", "cdce"),
        ("|: C4 :| D4 |] E4 :|", "ccdee"),
        ("C4 | D4 [|]:| E4", "cdcde"),
        ("C4 [|] D4 :|", "cdcd"),
        ("|: C4 |\\\n1 D4 :|\\\n2 E4 |]", "cdce"),
        ("|: C4 | 1 D4 :| 2 E4 |]", "cdce"),
        ("C4 ||\\\n:D4 :|", "cdd"),
    ],
)
def test_repeats_are_played(music, expected):
    assert tokens(tune(music)).replace("1", "").replace(" ", "") == expected


def test_a_part_that_its_pickup_completes_stays_in_its_bars():
    song = read(tune("|: G | C D E F | C3 :| G | C4 |]"), "t.abc")
    assert song.pickup == 1
    assert song.meter_changes == ()


def test_no_bar_is_played_without_end():
    assert len(expand([Repeats(backward=10_000)])) == 16


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("G", Key(1)),
        ("Bb", Key(-2)),
        ("F#m", Key(3, "minor")),
        ("C minor", Key(-3, "minor")),
        ("Ddor", Key(0, "minor")),
        ("A Mixolydian", Key(2)),
        ("HP", Key(2)),
        ("", Key()),
        ("none", Key()),
        ("G clef=bass", Key(1)),
        ("EM", Key(1, "minor")),
        ("F#MIX", Key(5)),
        ("dmin", Key(-1, "minor")),
        ("G m=d", Key(1)),
        ("Hp", Key(2)),
    ],
)
def test_keys(field, key):
    assert read_key(field) == (key, {})
    assert beside_key(field) in ("", "clef=bass", "m=d")


@pytest.mark.parametrize(
    ("field", "key", "extra"),
    [
        ("Dmix=f", Key(1), {"f": 0}),
        ("Dphr^f", Key(-2, "minor"), {"f": 1}),
        ("D=f_b^g", Key(2), {"f": 0, "b": -1, "g": 1}),
        ("D exp _b _e ^f", Key(-1, "minor"), {"f": 1, "e": -1}),
        ("A exp ^f ^c ^g", Key(3), {}),
        ("^f", Key(), {"f": 1}),
    ],
)
def test_accidentals_of_keys(field, key, extra):
    assert read_key(field) == (key, extra)
    assert beside_key(field) == ""


@pytest.mark.parametrize(
    ("field", "semitones"),
    [
        ("treble-8", -12),
        ("clef=treble+8", 12),
        ('clef="bass-8"', -12),
        ("bass", 0),
        ("clef=G2 middle=d stafflines=1", 0),
        ("octave=-1", -12),
        ("transpose=-2", -2),
        ("treble-8 octave=2 transpose=3", 15),
        ("sound=AB", 2),
        ("sound=_B", -2),
        ("shift=cF", -7),
        ("score=cF", 0),
    ],
)
def test_how_far_a_voice_sounds_from_where_it_is_written(field, semitones):
    sounding, unread = read_sounding(field, Sounding())
    assert (sounding.semitones, unread) == (semitones, [])


def test_what_a_field_does_not_say_stays():
    before = Sounding(clef=-12, transpose=-2)
    assert read_sounding("octave=1 foo octave=x", before) == (
        Sounding(clef=-12, octave=12, transpose=-2),
        ["foo", "octave=x"],
    )
    assert read_sounding("bass", before)[0].semitones == -2


def test_a_transposed_voice_is_in_the_key_that_sounds():
    song = read(tune("d ^c d2", "M:4/4\nL:1/4\nK:D transpose=-2"), "t.abc")
    assert song.key == Key(0)
    assert " ".join(map(token, song.notes)) == "c'4 b4 c'2"


def test_fields():
    assert read_key("D ^c =f")[1] == {"c": 1, "f": 0}
    assert read_key("clef=bass") is None
    assert (read_meter("C|"), read_meter("(2+3)/8"), read_meter("none")) == (
        Meter(2, 2),
        Meter(5, 8),
        None,
    )
    half = Fraction(1, 2)
    assert read_tempo("3/8=60", half) == 90
    assert read_tempo('"Allegro" 1/4=120', half) == 120
    assert read_tempo("240", half) == 120
    assert read_tempo('"Allegro"', half) is None


def test_a_key_holds_until_the_next():
    with pytest.warns(MelodyWarning, match="key changes are not kept; .* the first key, C major$"):
        assert tokens(tune("F [K:D] F [K:clef=bass] F [K:F] B")) == "f4 f#4 f#4 b-4"


@pytest.mark.parametrize(
    ("field", "order"),
    [
        ("ABAC", "ABAC"),
        ("A(AB)2.C3", "AABABCCC"),
        ("((AB)3.(CD)3)2", "ABABABCDCDCDABABABCDCDCD"),
        ("A A. B", "AAB"),
        ("A1B0", "AB"),
    ],
)
def test_orders_of_parts(field, order):
    assert read_order(field) == list(order)


@pytest.mark.parametrize("field", ["", "A(B", "A)B", "A-B", "((((A99)99)99)99)99", "()2"])
def test_no_order_of_parts(field):
    assert read_order(field) is None


@pytest.mark.parametrize(
    ("order", "music", "expected"),
    [
        ("ABA", "P:A\nC4|\nP:B\n|:D4:|", "cddc"),
        ("BA", "F4|\nP:A\nC4|\nP:B\nD4|", "fdc"),
        ("A2B", "[P:A]C4|[P:B]D4|", "ccd"),
        ("AB", "C4|D4:|", "cdcd"),
    ],
)
def test_parts_are_played_in_the_order_that_the_header_says(order, music, expected):
    text = tune(music, f"P:{order}\nM:4/4\nL:1/4\nK:C")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        assert tokens(text).replace("1", "").replace(" ", "") == expected


def test_a_tie_goes_on_into_each_ending():
    assert tokens(tune("|: C4- |1 C2 D2 :|2 C2 E2 |]")) == "c1. d2 c1. e2"
    assert tokens(tune("|: C4 |1 D4- :|2 D4 |]")) == "c1 d1 c1 d1"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("pitch", "c#4 c#4 c'#4 d4"),
        ("octave", "c#4 c#4 c'4 d4"),
        ("not", "c#4 c4 c'4 d4"),
        ("never", "c#4 c#4 c'#4 d4"),
    ],
)
def test_how_far_accidentals_hold(how, expected):
    for sign in ("%%", "I:"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MelodyWarning)
            header = f"{sign}propagate-accidentals {how}\nM:4/4\nL:1/4\nK:C"
            assert tokens(tune("^C C c D", header)) == expected


def test_what_stands_before_the_first_voice_holds_for_all():
    text = tune("L:1/4\nM:3/4\nV:1\nc d e|f3|]\nV:2 octave=1\nG, A, B,|c,3|]", "K:G treble-8")
    with pytest.warns(MelodyWarning, match="took 1 "):
        song = read(text, "t.abc")
    assert (song.meter, " ".join(map(token, song.notes))) == (Meter(3, 4), "c4 d4 e4 f#2.")
    second = readers()[".abc"].read_song(text.encode(), "t.abc", "2", None)
    assert " ".join(map(token, second.notes)) == "G4 A4 B4 c2."


def test_lines_that_are_no_music():
    text = (
        "X:1\nT:One\n+:two\n%%begintext\nK:bad egg face\n\nM:9/8\n%%endtext\nM:4/4\nL:1/4\n"
        "K:C\nCD\n% a comment\n%%beginsvg\n\n<svg>\n%%endsvg\nEF|\n%%begintext\nG4|\n"
    )
    with pytest.warns(MelodyWarning) as caught:
        song = read(text, "t.abc")
    assert (song.title, " ".join(map(token, song.notes))) == ("One two", "c4 d4 e4 f4 g1")
    assert [str(warning.message) for warning in caught] == [
        "t.abc: words of fields that are not understood: 1, '%%begintext' in line 19 first"
    ]


@pytest.mark.parametrize(
    ("title", "encoding", "declared"),
    [
        ("Über", "iso-8859-1", "%%abc-charset iso-8859-1\n"),
        ("Żywiec", "iso-8859-2", "I:abc-charset iso-8859-2\n"),
        ("Über", "utf-8", "%%abc-charset utf-8\n"),
        ("Über", "utf-8-sig", ""),
        ("Über", "utf-16", ""),
    ],
)
def test_texts_in_declared_encodings(title, encoding, declared):
    text = f"%abc-2.1\n{declared}X:1\nT:{title}\nK:C\nCDEF|\n"
    assert read_bytes(text.encode(encoding)).title == title


@pytest.mark.parametrize(
    ("title", "encoding", "declared", "said"),
    [
        ("Où est l\u2019été", "cp1252", "", "it is not utf-8 text; read as cp1252"),
        ("나비야", "cp949", "", "it is not utf-8 text; read as cp949"),
        ("Über", "cp1252", "%%abc-charset utf-8\n", "it is not utf-8 text; read as cp1252"),
        ("Über", "cp1252", "%%abc-charset rot13\n", "it is not rot13 text; read as cp1252"),
    ],
)
def test_texts_in_other_encodings(title, encoding, declared, said):
    text = f"{declared}X:1\nT:{title}\nK:C\nCDEF|\n"
    with pytest.warns(MelodyWarning) as caught:
        assert read_bytes(text.encode(encoding)).title == title
    assert str(caught[0].message) == f"t.abc: {said}"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (r"\'e\`a\^o\~n\"u\cc\vs\Ho\uG", "éàôñüçšőĞ"),
        (r"\AA\aa\AE\oe\ss\/o\th", "ÅåÆœßøþ"),
        (r"&eacute; &#233; &#xe9; &amp; &foo;", "é é é & &foo;"),
        (r"\u00e9 \u266d \ud83c\udfb5", "é ♭ 🎵"),
        (r"100\% \&eacute; \\o/ \q", r"100% &eacute; \o/ \q"),
    ],
)
def test_escapes(field, text):
    assert unicodedata.normalize("NFC", read_text(field)) == text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("K:Cfoo", "words of fields that are not understood: 1, 'foo of K:' in line 6 first"),
        ("K:G#", "words of fields that are not understood: 1, 'G# of K:' in line 6 first"),
        ("%%foo 1", "words of fields that are not understood: 1, '%%foo 1' in line 6 first"),
        (
            "%%MIDI transpose 2",
            "words of fields that are not understood: 1, '%%MIDI transpose 2' in line 6 first",
        ),
        ("V:1 foo", "words of fields that are not understood: 1, 'foo of V:' in line 6 first"),
        ("w:la la", "lines of words are left out: 1"),
        ("C>D/", "broken rhythms between notes of unequal lengths are left out: 1"),
    ],
)
def test_what_is_not_understood_or_kept_is_said_once(lines, said):
    with pytest.warns(MelodyWarning) as caught:
        read(tune(f"{lines}\nC D E F|"), "t.abc")
    assert [str(warning.message) for warning in caught] == [f"t.abc: {said}"]


def test_an_order_that_is_none_is_said():
    with pytest.warns(MelodyWarning, match="understood: 1, 'A-B of P:' in line 3 first"):
        read(tune("C", "P:A-B\nK:C"), "t.abc")
    with pytest.warns(MelodyWarning, match="P:AC plays parts that no P: begins"):
        read(tune("P:A\nC", "P:AC\nK:C"), "t.abc")


def test_what_is_only_for_the_eye_or_for_the_sound_is_not_said():
    looks = "%%scale 0.7\n%%titlefont Times 20\n%%MIDI program 73\n%%score (1 2)\nI:linebreak $"
    assert tokens(tune('V:1 clef=treble name="A" stem=up\nC D', looks + "\nL:1/4\nK:C")) == "c4 d4"


def test_headings_are_read_with_their_escapes():
    song = read("X:1\nT:Caf\\'e 50\\% % no title\nT:Other\nC:A\nC:B\nK:C\nC\n\nfree text", "t.abc")
    assert (song.title, song.composer) == ("Café 50%", "A, B")
    assert len(song.notes) == 1


def test_voices_chords_and_graces_are_said():
    text = tune('V:1 name="Low"\nC,,2 | D,,2\nV:2 name="High"\n{d}[ce]2 | [c-e-]1[ce]1')
    with pytest.warns(MelodyWarning) as caught:
        song = read(text, "t.abc")
    assert [token(note) for note in song.notes] == ["e'2", "e'2"]
    assert [str(warning.message) for warning in caught] == [
        "t.abc: 2 tracks have notes; took 2 'High' (most like a melody), the highest note where "
        "notes overlap; track chooses another",
        "t.abc: grace notes are left out: 1",
    ]


def test_of_several_tunes_the_first_is_taken():
    with pytest.warns(MelodyWarning, match=r"^t.abc: 2 tunes in it; took the first$"):
        song = read(tune("C") + "\n" + tune("D").replace("T:t", "T:u"), "t.abc")
    assert (song.title, len(song.notes)) == ("t", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "hello world",
            "t.abc: not ABC: no 'K:' line; a tune begins with X:, T:, M:, L: and K:",
        ),
        ("X:1\nK:C\n", "t.abc: no notes with a pitch; choose a score with a melody"),
        (
            "X:1\nK:C\nC c''''''",
            "t.abc:3:3: a pitch with MIDI number 144; pitches are 0 (C-1) to 127 (G9)",
        ),
        (
            "X:1\nK:C octave=5\nc''",
            "t.abc:3: a pitch with MIDI number 156; pitches are 0 (C-1) to 127 (G9)",
        ),
        ("X:1\nK:C\nc0 d", "t.abc:3:1: a length of 'c0' units; lengths are greater than 0"),
        (
            "X:1\nM:4/4\nL:1/4\nK:C\nCDEF|C2/11D18/11 C2|",
            "t.abc: bar 2: a note of 2/11 quarter notes cannot be written; durations are "
            "multiples of 1/20160; grid 16 quantises to 16ths",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text, message):
    with pytest.raises(ScoreError) as raised:
        read(text, "t.abc")
    assert str(raised.value) == message


def test_unknown_signs_are_left_out():
    with pytest.warns(MelodyWarning) as caught:
        read(tune("C ? D #"), "t.abc")
    assert str(caught[0].message) == "t.abc: unknown signs are left out: 2, '?' in line 6 first"


def test_a_number_that_no_ending_has_is_unknown():
    with pytest.warns(MelodyWarning, match="left out: 4, '4' in line 6 first"):
        assert tokens(tune("C4 | 4 D4 |\n5 E4 | 62 | F4 |")) == "c1 d1 e1 f1"


def test_digits_that_no_length_has_are_said_to_be_left_out():
    with pytest.warns(MelodyWarning, match="left out: 3, '9' in line 6 first"):
        song = read(tune("C9999999 D"), "t.abc")
    assert song.notes[0].duration == 9999


@settings(max_examples=200)
@given(st.text(alphabet="CDcz[]|:(3)-<>{}^_=/,'\"!&12 \nMKLVQ%\\나", max_size=60))
def test_any_text_is_a_song_or_a_message(music):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        try:
            message = f"t.abc:{len(read(tune(music), 't.abc'))}"
        except MelodyError as error:
            message = str(error)
    assert message.startswith("t.abc:")
    assert "\n" not in message


def test_rests_alone_are_written():
    assert abc(Song((Note(None, Fraction(4)),))).endswith("K:C\nz8 |]\n")
