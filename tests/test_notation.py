"""Text -> Song -> text, the words of every message, and music21's TinyNotation as the oracle."""

import subprocess
import sys
import time
from fractions import Fraction
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from strategies import notes, songs, titles, token_texts

from melodyrnn.errors import MelodyError, NotationError
from melodyrnn.music.notation.text import format as write
from melodyrnn.music.notation.text import parse, parse_token, parse_tokens, token
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song


def brief(text: str) -> list[tuple[int | None, Fraction]]:
    """(MIDI number, quarter notes) of each note."""
    return [(note.pitch and note.pitch.midi, note.duration) for note in parse_tokens(text)]


class TestReading:
    @pytest.mark.parametrize(
        ("text", "pitch"),
        [
            ("c4", Pitch("c", 0, 4)),
            ("c'4", Pitch("c", 0, 5)),
            ("b''-4", Pitch("b", -1, 6)),
            ("C4", Pitch("c", 0, 3)),
            ("CC#4", Pitch("c", 1, 2)),
            ("FFFF--4", Pitch("f", -2, 0)),
            ("f##4", Pitch("f", 2, 4)),
            ("en4", Pitch("e", 0, 4)),
        ],
    )
    def test_pitches(self, text: str, pitch: Pitch) -> None:
        assert parse_token(text).pitch == pitch

    def test_middle_c_is_midi_60(self) -> None:
        assert brief("c4 r4") == [(60, 1), (None, 1)]

    @pytest.mark.parametrize(
        ("text", "quarters"),
        [
            ("c1", 4),
            ("c4.", Fraction(3, 2)),
            ("c4..", Fraction(7, 4)),
            ("c.4", Fraction(3, 2)),
            ("c64", Fraction(1, 16)),
            ("trip{c8}", Fraction(1, 3)),
            ("quad{c8}", Fraction(3, 8)),
            ("5:4{c16}", Fraction(1, 5)),
            ("7:6{c8.}", Fraction(9, 14)),
            ("3:2{c8}", Fraction(1, 3)),
            ("trip{c8~}5:4{c16}", Fraction(8, 15)),
            ("c1~c4", 5),
            ("c2~ c8", Fraction(5, 2)),
            ("trip{c8~} c4", Fraction(4, 3)),
            ("trip{c8}~ c4", Fraction(4, 3)),
            ("r1~ r4", 5),
        ],
    )
    def test_durations(self, text: str, quarters: Fraction) -> None:
        assert [note.duration for note in parse_tokens(text)] == [quarters]

    def test_a_duration_left_out_is_the_last_one_given_and_a_quarter_at_first(self) -> None:
        assert [d for _, d in brief("c d8. e trip{f16 g a} b")] == [
            1,
            Fraction(3, 4),
            Fraction(3, 4),
            *[Fraction(1, 6)] * 3,
            Fraction(1, 4),
        ]

    def test_ties_and_tuplets_run_over_lines_and_bar_lines(self) -> None:
        assert brief("c4~ |\n\n% a comment\nc4 trip{d8\ne f}") == [
            (60, 2),
            *[(p, Fraction(1, 3)) for p in (62, 64, 65)],
        ]

    def test_headers(self) -> None:
        song = parse(
            "% by ear\ntitle: 나비야: 노래 \n Composer :trad.\nmeter: 3/4\nkey: e minor\n"
            "tempo: 92.5\npickup: 4+16\ncodes: e4 g4\n\ne4 g4"
        )
        assert song == Song(
            notes=parse_tokens("e4 g4"),
            title="나비야: 노래",
            composer="trad.",
            meter=Meter(3, 4),
            key=Key(1, "minor"),
            tempo=92.5,
            pickup=Fraction(5, 4),
            codes=("e4", "g4"),
        )

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("G", Key(1)),
            ("g major", Key(1)),
            ("e minor", Key(1, "minor")),
            ("Em", Key(1, "minor")),
            ("Bb", Key(-2)),
            ("B♭ major", Key(-2)),
            ("B- major", Key(-2)),
            ("F# minor", Key(3, "minor")),
            ("f#min", Key(3, "minor")),
        ],
    )
    def test_keys(self, text: str, key: Key) -> None:
        assert parse(f"key: {text}\nc4").key == key

    def test_a_meter_in_the_music_is_the_songs_before_the_first_note_and_a_change_after_it(
        self,
    ) -> None:
        song = parse("3/4 c4 d e | 2/4 f g")
        assert song.meter == Meter(3, 4)
        assert song.meter_changes == ((Fraction(3), Meter(2, 4)),)

    def test_a_meter_may_change_while_a_note_sounds(self) -> None:
        song = parse("2/4 c2~ 3/4 c4 d2")
        assert song.notes == parse_tokens("c2. d2")
        assert song.meter_changes == ((Fraction(2), Meter(3, 4)),)

    @pytest.mark.parametrize(
        "text",
        [
            "\ufeffc'4 d-8",
            "c\u20194\r\nd\u266d8\r\n",
            "c\u20324\rd\u22128",
            "\uff43\uff07\uff14\u3000\uff44\uff0d\uff18",
            "tinyNotation: c'4 d-8",
            "4/4 c'4 | d-8 |",
        ],
    )
    def test_what_keyboards_and_word_processors_make_of_it(self, text: str) -> None:
        assert parse(text).notes == parse_tokens("c'4 d-8")

    def test_titles_are_nfc_and_one_line(self) -> None:
        decomposed = normalize("NFD", "나비야")
        assert len(decomposed) == 6
        assert parse(f"title: {decomposed}\nc4").title == "나비야"
        assert Song((), title=" a\n b\x00\ud800 ").title == "a b"

    def test_tokens_are_kept_in_their_canonical_form(self) -> None:
        assert parse("codes: c8~c8 d'n4\nc4").codes == ("c4", "d'4")


class TestMessages:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("c4\n  h4", "2:3: unknown pitch 'h4'; pitches are a to g"),
            ("c4 d3", "1:4: unknown duration '3'; durations are 1, 2, 4, 8, 16, 32, 64"),
            ("c.", "1:1: a dot without a number, '.'; write the value, such as '4.'"),
            ("c4.....", "1:1: 5 dots in '4.....'; a note has at most 4"),
            ("c4d4", "1:1: cannot read 'd' after 'c4'; put a blank between notes"),
            ("c###4", "1:1: unknown accidental '###' in c###; use # ## - -- n"),
            ("C'4", "1:1: C' goes down by its capital and up by its prime; write c for octave 4"),
            ("c#'4", "1:1: an accidental before the octave, c#'; write c'#"),
            ("c''''''4", "1:1: a pitch with MIDI number 132; pitches are 0 (C-1) to 127 (G9)"),
            ("r#4", "1:1: a rest with '#', 'r#'; write 'r' and its duration"),
            (
                "c4~ d4",
                "1:5: a tie to another pitch, 'd4'; '~' joins notes of the same pitch",
            ),
            (
                "c4~ r4",
                "1:5: a tie to another pitch, 'r4'; '~' joins notes of the same pitch",
            ),
            ("d4 c4~ |", "1:4: a tie to nothing; after '~' comes the same pitch"),
            (
                "c4 ~ c4",
                "1:4: '~': a tie directly follows the note that it ties, as in 'c4~ c4'",
            ),
            ("trip{c8 d8", "1:1: 'trip{' is not closed; write '}' after its notes"),
            ("c8}", "1:3: '}' closes nothing; tuplets open with 'trip{' or 'quad{'"),
            ("trip{ }", "1:7: 'trip{}' holds no note"),
            ("trpi{c8}", "1:1: unknown tuplet 'trpi{'; did you mean 'trip'?"),
            ("x{c8}", "1:1: unknown tuplet 'x{'; tuplets are trip{…}, quad{…}, 5:4{…}"),
            ("5:0{c8}", "1:1: unknown tuplet '5:0{'; tuplets are trip{…}, quad{…}, 5:4{…}"),
            ("5:4{c8", "1:1: '5:4{' is not closed; write '}' after its notes"),
            ("trip{quad{c8}}", "1:6: 'quad{' inside 'trip{…}'; tuplets do not nest"),
            ("trip{c8 3/4 d8}", "1:9: a meter '3/4' inside 'trip{…}'"),
            ("5/3 c4", "1:1: unknown meter '5/3'; write it as beats/unit, the unit 1, 2, 4 … 64"),
            ("c4 :|", "1:4: ':|': repeats are not written; write the repeated notes out"),
            ("<c e>", "1:1: '<c': chords are not written; a melody is one voice"),
            ("c4 % low", "1:4: '%': a comment is a line of its own"),
            (
                "c4 $",
                "1:4: unknown token '$'; tokens are notes 'g8', rests 'r4', 'trip{…}', "
                "'quad{…}', meters '3/4' and bar lines '|'",
            ),
            (
                "c512",
                "1:1: a duration of 1/128 quarter notes cannot be written; "
                "durations are multiples of 1/20160, greater than 0",
            ),
            (
                "11:8{c8}",
                "1:6: a duration of 4/11 quarter notes cannot be written; "
                "durations are multiples of 1/20160, greater than 0",
            ),
            (
                "chords: 0 C, 4 H7\nc4",
                "1:9: unknown chord '4 H7'; write places in quarter notes and names, such as "
                "'0 C, 4 Am7, 13/2 G'",
            ),
            ("titel: x\nc4", "1:1: unknown header 'titel'; did you mean 'title'?"),
            (
                "제목: x\nc4",
                "1:1: unknown header '제목'; "
                "headers are title, composer, meter, key, tempo, pickup, codes, chords",
            ),
            ("key: G\nkey: C\nc4", "2:1: 'key:' again; it stands in line 1 already"),
            ("c4\nkey: C", "2:1: 'key:' after the music began; headers stand above it"),
            ("meter: 5\nc4", "1:8: unknown meter '5'; write it as beats/unit, such as '3/4'"),
            ("key: e\nc4", "1:6: key 'e' may be either; write 'E' or 'e minor'"),
            ("key: H\nc4", "1:6: unknown key 'H'; write it as 'G', 'B- major' or 'F# minor'"),
            ("key: G#\nc4", "1:6: a key with 8 sharps; keys have up to 7 sharps or flats"),
            (
                "tempo: slow\nc4",
                "1:8: unknown tempo 'slow'; it is in quarter notes per minute, such as 120",
            ),
            (
                "tempo: nan\nc4",
                "1:8: a tempo of nan; it is in quarter notes per minute, 5 to 1000",
            ),
            (
                "pickup: half\nc4",
                "1:9: unknown pickup 'half'; write the note values before the first full bar, "
                "such as '8' or '4+16'",
            ),
            (
                "pickup: 2\n2/4 c4",
                "1:9: a pickup of 2 quarter notes; it is shorter than a bar of 2/4",
            ),
            (
                "meter: 3/4\n4/4 c4",
                "1:8: the music begins in 4/4, not in 3/4; write one of them",
            ),
            ("codes: c4 d\nc4", "1:11: 'd' states no duration; write 'd4'"),
            ("codes: c4 d4 c4\nc4", "1:14: the token 'c4' is listed twice"),
            ("codes: c8~c8 c4\nc4", "1:14: the token 'c4' is listed twice, as 'c8~c8'"),
            (
                "codes: c4\nc4 | d4",
                "2:6: the note 'd4' is not among the song's codes; add it to 'codes:'",
            ),
        ],
    )
    def test_each_names_the_value_the_place_and_the_remedy(self, text: str, message: str) -> None:
        with pytest.raises(NotationError) as caught:
            parse(text, "x.txt")
        assert str(caught.value) == f"x.txt:{message}"

    @pytest.mark.parametrize("text", ["", " \n\n", "% nothing\n", "title: x\n", "| |"])
    def test_a_text_without_notes(self, text: str) -> None:
        with pytest.raises(NotationError) as caught:
            parse(text, "x.txt")
        assert str(caught.value) == "x.txt: no notes; write some, such as 'c4 d4 e4'"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("c4 d4", "'c4 d4' is not one symbol; symbols hold no blanks or bars"),
            ("", "'' is 0 notes; a symbol is exactly one"),
            ("3/4", "'3/4' is 0 notes; a symbol is exactly one"),
            ("c1~c4}", "'}' closes nothing; tuplets open with 'trip{' or 'quad{'"),
            ("c", "'c' states no duration; write 'c4'"),
            ("c4~", "a tie to nothing; after '~' comes the same pitch"),
        ],
    )
    def test_a_symbol_is_exactly_one_note(self, text: str, message: str) -> None:
        with pytest.raises(NotationError) as caught:
            parse_token(text)
        assert str(caught.value) == message

    def test_what_no_text_can_write(self) -> None:
        with pytest.raises(NotationError, match="a song without notes cannot be written"):
            write(Song(()))
        tune = parse_tokens("c4 d4")
        with pytest.raises(NotationError, match="'d4' is not among the song's codes"):
            write(Song(tune, codes=("c4",)))
        with pytest.raises(NotationError, match="the token 'c8~c8' of its codes is written 'c4'"):
            write(Song(tune, codes=("c8~c8", "d4")))

    @pytest.mark.parametrize(
        "nonsense",
        ["x", "c", "'", " ", "\n", "\x00", "~", "1", "c#", "trip{", "c4~ ", "|", "{}", "가", "a:"],
    )
    def test_much_nonsense_fails_soon(self, nonsense: str) -> None:
        start = time.perf_counter()
        with pytest.raises(MelodyError) as caught:
            parse(nonsense * (300_000 // len(nonsense)))
        assert time.perf_counter() - start < 5
        assert len(str(caught.value)) < 300


class TestWriting:
    def test_four_bars_a_line_and_only_the_headers_that_say_something(self) -> None:
        song = parse("title: 곡\n3/4 " + "c4 trip{d8 e f} g4 " * 5)
        assert write(song) == (
            "title: 곡\nmeter: 3/4\nkey: C major\n\n"
            + " | ".join(["c4 trip{d8 e8 f8} g4"] * 4)
            + " |\nc4 trip{d8 e8 f8} g4\n"
        )

    def test_a_note_stays_whole_so_that_the_text_reads_as_the_tokens_do(self) -> None:
        text = write(parse("meter: 2/4\npickup: 4\nc4 | d4 e2 f4 | g2~ | g8 r8 r4"))
        assert text == ("meter: 2/4\nkey: C major\npickup: 4\n\nc4 | d4 e2 f4 | g2~ | g8 r8 r4\n")

    def test_a_new_meter_begins_a_bar_even_within_a_note_or_a_rest(self) -> None:
        song = parse("2/4 c2~ 3/4 c4 r2~ 2/4 r2")
        assert write(song).endswith("\n\nc2~ | 3/4 c4 r2~ | 2/4 r2\n")

    def test_lines_stay_short_where_every_note_sounds_across_a_bar_line(self) -> None:
        song = parse("2/4 c8 " + "d2 e2 " * 100)
        assert max(map(len, write(song).splitlines())) <= 160
        assert parse(write(song)) == song

    @pytest.mark.parametrize(
        ("note", "symbol"),
        [
            (Note(Pitch("g"), Fraction(1, 2)), "g8"),
            (Note(Pitch("f", 1), Fraction(3, 2)), "f#4."),
            (Note(Pitch("f", 1, 5), Fraction(1)), "f'#4"),
            (Note(Pitch("b", -1, 2), Fraction(1)), "BB-4"),
            (Note(None, Fraction(2)), "r2"),
            (Note(Pitch("c"), Fraction(1, 3)), "trip{c8}"),
            (Note(Pitch("c"), Fraction(5)), "c1~c4"),
            (Note(Pitch("c"), Fraction(5, 3)), "c4~trip{c4}"),
            (Note(None, Fraction(9, 4)), "r2~r16"),
        ],
    )
    def test_symbols(self, note: Note, symbol: str) -> None:
        assert token(note) == symbol


class TestIdentities:
    @given(songs())
    @settings(max_examples=300)
    @example(Song(parse_tokens("c4"), title="| c4", composer="% 나"))
    @example(Song(parse_tokens("c4"), title="title: title:"))
    def test_a_song_survives_its_text(self, song: Song) -> None:
        text = write(song)
        assert parse(text) == song
        assert write(parse(text)) == text

    @given(notes())
    @settings(max_examples=300)
    def test_a_note_survives_its_symbol(self, note: Note) -> None:
        symbol = token(note)
        assert parse_token(symbol) == note
        assert not any(c.isspace() for c in symbol)

    @given(titles)
    def test_a_title_is_normal_at_once(self, title: str) -> None:
        once = Song((), title=title).title
        assert Song((), title=once).title == once

    @given(songs(codes=False))
    @settings(max_examples=60)
    def test_blanks_and_line_breaks_only_separate(self, song: Song) -> None:
        text = write(song)
        head, music = text.split("\n\n")
        squeezed = "\n".join(music.replace("|", " ").split())
        assert parse(f"{head}\n{squeezed}\n") == song


@given(token_texts())
@settings(max_examples=150)
def test_tokens_mean_what_they_mean_in_tinynotation(text: str) -> None:
    from music21 import tinyNotation

    part = tinyNotation.Converter(text, makeNotation=False, raiseExceptions=True).parse().stream
    theirs = [
        (
            None if sound.isRest else sound.pitch.name.replace("-", "b") + str(sound.pitch.octave),
            None if sound.isRest else sound.pitch.midi,
            Fraction(sound.quarterLength).limit_denominator(3 * 2**12),
        )
        for sound in part.stripTies().notesAndRests
    ]
    ours = [
        (None, None, note.duration)
        if note.pitch is None
        else (
            note.pitch.step.upper()
            + ("#" * note.pitch.alter + "b" * -note.pitch.alter)
            + str(note.pitch.octave),
            note.pitch.midi,
            note.duration,
        )
        for note in parse_tokens(text)
    ]
    assert ours == theirs


def test_the_packages_that_read_text_are_light() -> None:
    code = (
        "import sys, melodyrnn.music.notation.text, melodyrnn.music.note_tokens; "
        "print([m for m in ('numpy', 'music21', 'mido', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
