"""MIDI files in and out. The files are commented hex, so that a reader sees each byte."""

import io
import re
import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mido
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from strategies import songs

from melodyrnn.errors import ConfigError, MelodyError, MelodyWarning, MidiError, NotationError
from melodyrnn.formats.melody.assembly import LONGEST
from melodyrnn.formats.midi.chunks import read_events
from melodyrnn.formats.midi.read import parse_midi
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.formats.read import read_song
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song


def header(kind: int = 0, tracks: int = 1, division: str = "0060") -> bytes:
    """A file's header; a division of hex 60 is 96 ticks a quarter note."""
    return b"MThd" + bytes.fromhex(f"00000006 {kind:04x} {tracks:04x} {division}")


def track(lines: str) -> bytes:
    """A track's header and its bytes, in hex up to a # on each line."""
    data = bytes.fromhex("".join(re.sub("#.*", "", line) for line in lines.splitlines()))
    return b"MTrk" + len(data).to_bytes(4, "big") + data


END = "00 ff2f00"

C_D_E = track(f"""
    00 90 3c 50    # C4 on
    60 80 3c 00    # off after 96 ticks
    00 90 3e 50    # D4 on
    60 80 3e 00    # off
    00 90 40 50    # E4 on
    60 80 40 00    # off
    {END}
""")


def tokens(song: Song) -> list[tuple[int | None, Fraction]]:
    """(MIDI number or None, duration), adjacent rests as one."""
    seen: list[tuple[int | None, Fraction]] = []
    for note in song.notes:
        if note.pitch is None and seen and seen[-1][0] is None:
            seen[-1] = (None, seen[-1][1] + note.duration)
        else:
            seen.append((note.pitch.midi if note.pitch else None, note.duration))
    return seen


def quarters(*pitches: int | None) -> list[tuple[int | None, Fraction]]:
    return [(pitch, Fraction(1)) for pitch in pitches]


@pytest.fixture
def quiet():
    """For files about whose warnings another test speaks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        yield


# Reading: what is in a file


def test_type_0():
    song = parse_midi(header() + C_D_E, "x.mid")
    assert tokens(song) == quarters(60, 62, 64)
    assert (song.meter, song.key, song.tempo, song.title) == (Meter(4, 4), Key(), None, "")


def test_type_1_takes_marks_from_the_first_track():
    marks = track(f"""
        00 ff03 09 eb8298eb b984ec95 bc  # track name, UTF-8: 나비야
        00 ff51 03 09 89 68              # 625,000 microseconds a quarter note: tempo 96
        00 ff58 04 02 02 18 08           # time signature 2/4
        00 ff59 02 ff 01                 # key signature: 1 flat, minor
        {END}
    """)
    song = parse_midi(header(1, 2) + marks + C_D_E, "x.mid")
    assert tokens(song) == quarters(60, 62, 64)
    assert (song.title, song.tempo, song.meter) == ("나비야", 96, Meter(2, 4))
    assert song.key == Key(-1, "minor")


@pytest.mark.parametrize(("chosen", "pitches", "meter"), [(1, (60, 62, 64), 4), (2, (72,), 3)])
def test_type_2_tracks_have_marks_of_their_own(chosen, pitches, meter):
    other = track(f"""
        00 ff58 04 03 02 18 08    # time signature 3/4
        00 90 48 50  60 80 48 00  # C5, one quarter note
        {END}
    """)
    song = parse_midi(header(2, 2) + C_D_E + other, "x.mid", track=chosen)
    assert tokens(song) == quarters(*pitches)
    assert song.meter == Meter(meter, 4)


def test_running_status_and_velocity_0():
    short = track(f"""
        00 90 3c 50  # C4 on
        60 3c 00     # the same status: C4 with velocity 0, which is off
        00 3e 50     # D4 on
        00 ff05 01 61  # a lyric between, which does not end the running status
        60 3e 00
        {END}
    """)
    assert tokens(parse_midi(header() + short, "x.mid")) == quarters(60, 62)


def test_long_delta_times_and_a_rest():
    rest = track(f"""
        00 90 3c 50
        60 80 3c 00
        8300 90 3c 50  # C4 on after hex 83 00 = 384 ticks: a 4/4 bar of rest
        60 80 3c 00
        {END}
    """)
    assert tokens(parse_midi(header() + rest, "x.mid")) == [(60, 1), (None, 4), (60, 1)]


@pytest.mark.parametrize(
    ("division", "tempo", "ticks"),
    [
        ("e728", "07a120", "8374"),  # 25 frames of 40 ticks: 1,000 a second; tempo 120: 500
        ("e728", "0f4240", "8768"),  # the same at tempo 60: 1,000
        ("e804", "07a120", "30"),  # 24 frames of 4 ticks: 96 a second; 48
        ("e250", "07a120", "8930"),  # 30 frames of 80 ticks: 2,400 a second; 1,200
        ("e364", "07a120", "8b5b"),  # 29.97 frames of 100 ticks: 2,997 a second; 1,499 of 1,498.5
    ],
)
def test_smpte_division_goes_through_the_tempo(division, tempo, ticks):
    timed = track(f"""
        00 ff51 03 {tempo}
        00 90 3c 50  {ticks} 80 3c 00  # C4 for one quarter note
        00 90 3e 50  {ticks} 80 3e 00  # D4
        {END}
    """)
    song = parse_midi(header(0, 1, division) + timed, "x.mid")
    assert tokens(song) == quarters(60, 62)


def test_smpte_division_follows_tempo_changes(quiet):
    timed = track(f"""
        00 ff51 03 07a120             # tempo 120: 500 ticks a quarter note
        00 90 3c 50  8374 80 3c 00    # C4 for 500 ticks
        00 ff51 03 0f4240             # tempo 60
        00 90 3e 50  8768 80 3e 00    # D4 for 1,000 ticks
        {END}
    """)
    song = parse_midi(header(0, 1, "e728") + timed, "x.mid")
    assert tokens(song) == quarters(60, 62)
    assert song.tempo == 120


def test_meter_changes_stay_and_repeated_meters_vanish():
    meters = track(f"""
        00 ff58 04 02 02 18 08    # 2/4
        00 ff58 04 02 02 18 08    # 2/4 again
        00 90 3c 50  8140 80 3c 00  # C4, 192 ticks: a bar
        00 ff58 04 02 02 18 08    # 2/4 again
        00 90 3e 50  8140 80 3e 00  # D4, a bar
        00 ff58 04 04 02 18 08    # 4/4, replaced at once
        00 ff58 04 03 02 18 08    # 3/4
        00 90 40 50  8220 80 40 00  # E4, 288 ticks: a bar
        00 ff58 04 06 03 24 08    # 6/8, where the music ends
        {END}
    """)
    song = parse_midi(header() + meters, "x.mid")
    assert song.meter == Meter(2, 4)
    assert song.meter_changes == ((4, Meter(3, 4)),)


def test_odd_meta_events_are_passed_over():
    odd = track(f"""
        00 ff58 04 00 02 18 08  # a meter of 0 beats
        00 ff58 01 04           # a meter cut short
        00 ff58 04 04 20 18 08  # a meter of 2^32
        00 ff59 02 09 00        # a key of 9 sharps
        00 ff51 03 00 00 00     # no time at all a quarter note
        00 ff51 01 07           # a tempo cut short
        00 ff54 05 ff ff ff ff ff  # an SMPTE offset of no sense
        00 f0 03 43 12 f7       # a system exclusive message
        00 e0 00 20             # a pitch bend
        00 b0 7b 00             # all notes off
        00 90 3c 50  60 80 3c 00
        60 ff60 01 00           # an unknown meta event after a rest of 96 ticks
        00 90 3e 50  60 80 3e 00
        {END}
    """)
    song = parse_midi(header() + odd, "x.mid")
    assert tokens(song) == quarters(60, None, 62)
    assert (song.meter, song.key, song.tempo) == (Meter(), Key(), None)


def test_stray_note_offs_are_passed_over():
    stray = track(f"00 80 3c 00  00 90 3c 50  60 80 3c 00  00 80 3c 00  00 80 40 00 {END}")
    assert tokens(parse_midi(header() + stray, "x.mid")) == quarters(60)


def test_unclosed_notes_last_to_the_next_and_to_the_end():
    unclosed = track("""
        00 90 3c 50                # C4 on, never off
        60 90 3c 50  60 80 3c 00   # C4 again, a quarter note
        00 90 3e 50                # D4 on, never off
        8140 ff2f00                # the end, 192 ticks on
    """)
    with pytest.warns(MelodyWarning) as caught:
        song = parse_midi(header() + unclosed, "x.mid")
    assert tokens(song) == [(60, 1), (60, 1), (62, 2)]
    assert [str(w.message) for w in caught] == [
        "x.mid: unclosed notes: 2; each lasts to its pitch's next or the track's end"
    ]


def test_a_repeated_note_may_start_before_its_first_stops():
    legato = track(f"""
        00 90 3c 50  5e 90 3c 50  # C4, and C4 again two ticks early
        02 80 3c 00  5e 80 3c 00  # the first stops, the second
        {END}
    """)
    with pytest.warns(MelodyWarning, match="played, not written"):
        song = parse_midi(header() + legato, "x.mid")
    assert tokens(song) == quarters(60, 60)


def test_tempo_and_key_changes_are_said():
    changes = track(f"""
        00 ff51 03 098968  00 ff59 02 00 00  # tempo 96, C major
        00 90 3c 50  60 80 3c 00
        00 ff51 03 098968                    # tempo 96 again
        00 ff51 03 07a120  00 ff59 02 02 00  # tempo 120, D major
        00 90 3e 50  60 80 3e 00
        {END}
    """)
    with pytest.warns(MelodyWarning) as caught:
        song = parse_midi(header() + changes, "x.mid")
    assert (song.tempo, song.key) == (96, Key())
    assert [str(w.message) for w in caught] == [
        "x.mid: tempo changes are not kept; the song has the first tempo, 96",
        "x.mid: key changes are not kept; the song has the first key, C major",
    ]


def test_drums_are_no_melody():
    both = track(f"00 90 3c 50  00 99 60 50  60 80 3c 00  00 99 60 50 {END}")  # the drum unclosed
    assert tokens(parse_midi(header() + both, "x.mid")) == quarters(60)


def test_channels_of_a_single_track_are_voices():
    two = track(f"00 90 3c 50  00 92 48 50  60 80 3c 00  00 82 48 00 {END}")
    with pytest.warns(MelodyWarning) as caught:
        assert tokens(parse_midi(header() + two, "x.mid")) == quarters(72)
    assert [str(w.message) for w in caught] == [
        "x.mid: 2 tracks have notes; took 2 'channel 3' (most like a melody); track chooses another"
    ]
    assert tokens(parse_midi(header() + two, "x.mid", track="channel 1")) == quarters(60)


def test_tracks_are_chosen_by_number_or_name():
    def part(name: bytes, pitch: str) -> bytes:
        return track(
            f"00 ff03 {len(name):02x} {name.hex()} 00 90 {pitch} 50 60 80 {pitch} 00 {END}"
        )

    data = header(1, 3) + part(b"Bass", "30") + part(b"Violin", "4c") + part(b"Alto", "40")
    with pytest.warns(MelodyWarning, match="took 2 'Violin'"):
        assert tokens(parse_midi(data, "x.mid")) == quarters(76)
    assert tokens(parse_midi(data, "x.mid", track=3)) == quarters(64)
    assert tokens(parse_midi(data, "x.mid", track="bass")) == quarters(48)
    with pytest.raises(ConfigError) as caught:
        parse_midi(data, "x.mid", track="violn")
    assert str(caught.value) == (
        "x.mid: no track 'violn'; did you mean 'Violin'? "
        "tracks with notes are 1 'Bass', 2 'Violin', 3 'Alto'"
    )


@pytest.mark.parametrize(
    ("encoded", "title"),
    [
        ("나비야".encode(), "나비야"),
        ("나비야".encode("cp949"), "나비야"),
        ("茉莉花".encode("gb18030"), "茉莉花"),  # in CP949 a rare character, 쟌 and 빻
        ("Für Äpfel, déjà".encode("latin-1"), "Für Äpfel, déjà"),
        ("L\u2019été – “Air”".encode("cp1252"), "L\u2019été – “Air”"),
        ("荒城の月".encode("cp932"), "荒城の月"),
        ("나비야".encode("utf-16"), "나비야"),
        ("さくら".encode("utf-16-be"), "さくら"),
        ("Für".encode("utf-16-le"), "Für"),
        (b"  two\r\nlines\0", "two lines"),
    ],
)
def test_titles_in_any_encoding(encoded, title):
    named = track(f"00 ff03 {len(encoded):02x} {encoded.hex()} {END}")
    assert parse_midi(header(1, 2) + named + C_D_E, "x.mid").title == title


@pytest.mark.parametrize(
    "name", ["Conductor Track", "Tempo Track", "Track 1", "untitled", "Soft Karaoke", "sequence-2"]
)
def test_what_says_nothing_is_no_title(name):
    named = track(f"00 ff03 {len(name):02x} {name.encode().hex()} {END}")
    assert parse_midi(header(1, 2) + named + C_D_E, "x.mid").title == ""


@pytest.mark.parametrize(
    "name", ["1812", "Song 2", "Tracks of my tears", "Sequenza", "Master Peter"]
)
def test_what_is_a_title(name):
    named = track(f"00 ff03 {len(name):02x} {name.encode().hex()} {END}")
    assert parse_midi(header(1, 2) + named + C_D_E, "x.mid").title == name


def test_karaoke_says_its_title():
    text = b"@TFr\xe8re Jacques"
    named = track(f"00 ff03 05 576f726473  00 ff01 {len(text):02x} {text.hex()} {END}")
    assert parse_midi(header(1, 2) + named + C_D_E, "x.kar").title == "Frère Jacques"


def test_our_own_file_keeps_any_title():
    song = Song((Note(Pitch("c"), Fraction(1)),), title="Untitled")
    assert parse_midi(midi_bytes(song), "x.mid").title == "Untitled"


def test_a_track_of_several_does_not_name_the_song(quiet):
    piano = track(f"00 ff03 05 5069616e6f 00 90 50 50 60 80 50 00 {END}")
    assert parse_midi(header(1, 2) + piano + C_D_E, "x.mid").title == ""
    assert parse_midi(header(0, 1) + piano, "x.mid").title == "Piano"


def named(name: bytes, pitch: str, key: str = "") -> bytes:
    """A track of one note; ``key`` is a whole event."""
    return track(
        f"00 ff03 {len(name):02x} {name.hex()} {key} 00 90 {pitch} 50 60 80 {pitch} 00 {END}"
    )


@pytest.mark.parametrize(
    ("names", "title"),
    [
        ((b"Arirang", b"Melody", b"Bass"), "Arirang"),  # the first track has no notes
        ((b"", b"Arirang", b"Bass"), "Arirang"),
        ((b"", b"Melody", b"Bass"), ""),
        ((b"", b"Violin 1", b"Arirang"), ""),
    ],
)
def test_what_names_a_piece_and_what_a_part(quiet, names, title):
    first, second, third = names
    marks = track(f"00 ff03 {len(first):02x} {first.hex()} {END}") if first else track(END)
    data = header(1, 3) + marks + named(second, "48") + named(third, "30")
    assert parse_midi(data, "x.mid").title == title


def test_the_name_of_another_part_is_not_the_title(quiet):
    data = header(1, 2) + named(b"Bass", "30") + named(b"Arirang", "48")
    assert parse_midi(data, "x.mid").title == "Arirang"


def test_a_track_has_the_key_that_it_names_itself(quiet):
    in_c, in_d = "00 ff59 02 00 00", "00 ff59 02 02 00"
    marks = track(f"00 ff59 02 fd 00 {END}")  # E flat major
    data = header(1, 3) + marks + named(b"Trumpet", "48", in_d) + named(b"Piano", "30", in_c)
    assert parse_midi(data, "x.mid").key == Key(2)
    assert parse_midi(data, "x.mid", track="Piano").key == Key(0)
    data = header(1, 2) + marks + named(b"Trumpet", "48")
    assert parse_midi(data, "x.mid").key == Key(-3)


def test_a_mode_of_no_sense_keeps_the_flats():
    odd = track(f"00 ff59 02 ff ff  00 90 3c 50 60 80 3c 00 {END}")
    assert parse_midi(header() + odd, "x.mid").key == Key(-1)


def of_quarters(pitches: bytes, before: str = "") -> bytes:
    notes = " ".join(f"00 90 {pitch:02x} 50 60 80 {pitch:02x} 00" for pitch in pitches)
    return header() + track(f"{before} {notes} {END}")


E_MAJOR = bytes((64, 66, 68, 69, 71, 73, 75, 76, 75, 73, 71, 69, 68, 66, 64))


@pytest.mark.parametrize("before", ["", "00 ff59 02 09 00"], ids=["no key", "a key of 9 sharps"])
def test_where_no_key_is_named_the_notes_suggest_one(before):
    with pytest.warns(MelodyWarning) as caught:
        song = parse_midi(of_quarters(E_MAJOR, before), "x.mid")
    assert [str(w.message) for w in caught] == [
        "x.mid: no key is named; the notes suggest E major, or else C# minor"
    ]
    assert song.key == Key(4)
    assert [note.pitch for note in song.notes[:3]] == [Pitch("e"), Pitch("f", 1), Pitch("g", 1)]


def test_a_key_that_is_named_holds_whatever_the_notes_are():
    assert parse_midi(of_quarters(E_MAJOR, "00 ff59 02 00 00"), "x.mid").key == Key()


@pytest.mark.parametrize("pitches", [E_MAJOR[:7], bytes((66, 68, 70) * 4)], ids=["few", "alike"])
def test_too_few_notes_suggest_no_key(pitches):
    assert parse_midi(of_quarters(pitches), "x.mid").key == Key()


def test_a_short_first_bar_is_a_pickup():
    pickup = track(f"""
        00 ff58 04 01 02 18 08     # 1/4
        00 90 3c 50  60 80 3c 00   # C4, that bar
        00 ff58 04 03 02 18 08     # 3/4
        00 90 3e 50  8220 80 3e 00
        {END}
    """)
    song = parse_midi(header() + pickup, "x.mid")
    assert (song.meter, song.pickup, song.meter_changes) == (Meter(3, 4), 1, ())


def metered(*meters: tuple[int, Meter]) -> Song:
    """Twenty quarter notes under meters, each at its tick of 96 a quarter note."""
    file = mido.MidiFile(ticks_per_beat=96)
    events = [
        (tick, mido.MetaMessage("time_signature", numerator=meter.beats, denominator=meter.unit))
        for tick, meter in meters
    ]
    for tick in range(0, 1920, 96):
        events += [
            (tick + 96 * off, mido.Message("note_off" if off else "note_on", note=60))
            for off in (0, 1)
        ]
    events.sort(key=lambda event: event[0])
    ticks = [tick for tick, _ in events]
    gaps = [after - before for before, after in pairwise([0, *ticks])]
    timed = [message.copy(time=gap) for (_, message), gap in zip(events, gaps, strict=True)]
    file.tracks.append(mido.MidiTrack(timed))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return parse_midi(buffer.getvalue(), "x.mid")


@pytest.mark.parametrize(
    ("meters", "expected"),
    [
        # One quarter at the start that holds for all: no meter is known.
        ([(0, "1/4")], ("4/4", 0, [])),
        ([(0, "4/4"), (0, "1/4")], ("4/4", 0, [])),
        ([(0, "1/4"), (0, "3/4")], ("3/4", 0, [])),
        ([(0, "1/4"), (768, "3/4")], ("4/4", 0, [(8, "3/4")])),
        # Its one bar is a pickup.
        ([(0, "1/4"), (96, "4/4")], ("4/4", 1, [])),
        ([(0, "4/4"), (0, "1/4"), (96, "4/4")], ("4/4", 1, [])),
        ([(0, "3/4"), (288, "4/4")], ("4/4", 3, [])),
        ([(0, "2/4"), (192, "4/4"), (1344, "2/4")], ("4/4", 2, [(14, "2/4")])),
        # One bar of another meter is none of a pickup.
        ([(0, "4/4"), (384, "5/4"), (864, "4/4")], ("4/4", 0, [(4, "5/4"), (9, "4/4")])),
        ([(0, "2/4"), (192, "3/4"), (768, "2/4")], ("2/4", 0, [(2, "3/4"), (8, "2/4")])),
    ],
)
def test_what_other_programs_meters_mean(meters, expected):
    def meter(text: str) -> Meter:
        return Meter(*map(int, text.split("/")))

    song = metered(*((tick, meter(text)) for tick, text in meters))
    changes = [(int(at), str(new)) for at, new in song.meter_changes]
    assert (str(song.meter), song.pickup, changes) == expected


@pytest.mark.parametrize("tempo", [62, 93.5, 124, 130, 144, 170.1])
def test_a_tempo_whose_microseconds_are_cut_off_is_the_same(tempo):
    micros = int(60e6 / tempo).to_bytes(3, "big").hex()
    notes = C_D_E[8:].hex()
    song = parse_midi(header() + track(f"00 ff5103 {micros} {notes}"), "x.mid")
    assert song.tempo == tempo


@pytest.mark.parametrize(
    ("end", "rest"),
    [("60 ff2f00", [(None, 1)]), ("30 ff2f00", []), ("8360 ff2f00", [])],
    ids=["fills the bar", "within the bar", "a bar and more"],
)
def test_silence_before_the_end_is_a_rest_where_it_fills_the_bar(end, rest):
    data = header() + track(f"00 90 3c 50  60 80 3c 00  00 90 3e 50  8140 80 3e 00  {end}")
    assert tokens(parse_midi(data, "x.mid")) == [(60, 1), (62, 2), *rest]


def test_riff_files():
    midi = header() + C_D_E
    size = len(midi).to_bytes(4, "little")
    riff = b"RIFF" + (len(midi) + 24).to_bytes(4, "little") + b"RMID"
    info = b"LIST" + bytes.fromhex("03000000 414243 00")  # a chunk of 3 bytes and its padding
    assert tokens(parse_midi(riff + info + b"data" + size + midi, "x.rmi")) == quarters(60, 62, 64)


def test_unknown_chunks_and_what_follows_the_last_track_are_skipped():
    alien = b"XFIH" + bytes.fromhex("00000002 ffff")
    data = header(0, 1) + alien + C_D_E + b"trailing junk"
    assert tokens(parse_midi(data, "x.mid")) == quarters(60, 62, 64)


def test_reading_a_file(tmp_path):
    path = tmp_path / "나비야.mid"
    path.write_bytes(header() + C_D_E)
    assert tokens(read_song(path)) == quarters(60, 62, 64)
    with pytest.raises(MelodyError, match=r"no such file; did you mean '.*나비야\.mid'\?"):
        read_song(tmp_path / "나비.mid")


# Reading: what is put right, and said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\0" * 128 + header() + C_D_E, "bytes before the header are skipped: 128"),
        (header(1, 2) + C_D_E, "tracks that the header announces: 2; read the 1 there are"),
        (header(1, 0) + C_D_E, "tracks that the header announces: 0; read the 1 there are"),
        (
            header().replace(b"\6", b"\0") + C_D_E,
            "byte 4: a header of 0 bytes is read as one of 6",
        ),
        (
            header() + C_D_E.replace(b"\0\x1c", b"\0\0", 1),
            "the length of track 1 is wrong: 0 bytes; read the 28 there are",
        ),
        (
            header() + C_D_E.replace(b"\0\x1c", b"\0\x15", 1),
            "the length of track 1 is wrong: 21 bytes; read the 28 there are",
        ),
        (
            header() + C_D_E.replace(b"\0\x1c", b"\1\x1c", 1),
            "the length of track 1 is wrong: 284 bytes; read the 28 there are",
        ),
        (
            header(1, 2) + C_D_E.replace(b"\0\x1c", b"\0\x20", 1) + track(END),
            "the length of track 1 is wrong: 32 bytes; read the 28 there are",
        ),
        (header() + b"\0\0" + C_D_E, "bytes before track 1 that are no chunk: 2"),
        (
            header() + track("00 b0 07 ff 00 e0 80 90") + C_D_E,
            "tracks that the header announces: 1; read the 2 there are",
        ),
    ],
)
def test_what_other_programs_read_is_read(data, said):
    with pytest.warns(MelodyWarning) as caught:
        assert tokens(parse_midi(data, "x.mid")) == quarters(60, 62, 64)
    assert str(caught[0].message) == f"x.mid: {said}"


def test_data_bytes_over_127_outside_notes_are_read_as_127():
    lines = f"00 b0 07 ff  00 e0 80 90  00 90 3c 50  60 80 3c 00  {END}"
    with pytest.warns(MelodyWarning) as caught:
        assert tokens(parse_midi(header() + track(lines), "x.mid")) == quarters(60)
    assert [str(warning.message) for warning in caught] == [
        "x.mid: data bytes over 127 outside notes: 3, at byte 25 first; read as 127"
    ]


def test_a_track_without_its_last_event_may_be_followed_by_anything():
    data = header() + track("00 90 3c 50  60 80 3c 00") + b"\0\0trailing"
    assert tokens(parse_midi(data, "x.mid")) == quarters(60)


# Reading: what is wrong with a file


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a MIDI file: it is empty; export it again as MIDI"),
        (
            b"title: x",
            "not a MIDI file: it starts with 'titl', not 'MThd'; export it again as MIDI",
        ),
        (b"MThd", "byte 4: it stops in its header; the file is cut short; get a whole copy"),
        (
            b"MThd" + bytes.fromhex("00000002 0000 00000000 0000"),
            "byte 4: a header of 2 bytes; the file is corrupt; export it again",
        ),
        (header(7) + C_D_E, "byte 8: type 7 is unknown; types are 0, 1 and 2"),
        (
            header(0, 1, "0000") + C_D_E,
            "byte 12: 0 ticks a quarter note; the file is corrupt; export it again",
        ),
        (
            header(0, 1, "8005") + C_D_E,
            "byte 12: 128 SMPTE frames a second of 5 ticks; "
            "frames are 24, 25, 29 or 30, of at least 1 tick",
        ),
        (
            header() + C_D_E[:-6],
            "byte 44: it stops in track 1; the file is cut short; get a whole copy",
        ),
        (
            header(1, 2),
            "byte 14: it stops after 0 of 2 tracks; the file is cut short; get a whole copy",
        ),
        (
            header() + track("00 3c 50"),
            "byte 23: data byte 0x3c where a message must start; "
            "the file is corrupt; export it again",
        ),
        (
            header() + track("00 90 3c 90 00"),
            "byte 25: data byte 0x90, at most 0x7f is possible; "
            "the file is corrupt; export it again",
        ),
        (
            header() + track("00 90 3c"),
            "byte 24: an event runs over the end of its track; "
            "the file is corrupt; export it again",
        ),
        (
            header() + track("ff ff ff ff 7f 90 3c 50"),
            "byte 26: a length or time of more than 4 bytes; the file is corrupt; export it again",
        ),
        (
            header() + track("00 f4 00"),
            "byte 23: unknown status 0xf4; the file is corrupt; export it again",
        ),
        (header() + track(END), "no notes; choose a file with a melody"),
        (
            header() + track(f"00 99 24 50 60 89 24 00 {END}"),
            "only drums; choose a file with a melody",
        ),
        (header(1, 0), "no notes; choose a file with a melody"),
    ],
)
def test_errors_name_the_place_and_the_remedy(data, message):
    with pytest.raises(MidiError) as caught:
        parse_midi(data, "x.mid")
    assert str(caught.value) == f"x.mid: {message}"


def test_absurdly_long_files():
    hours = track(f"ffffff7f 90 3c 50  60 80 3c 00 {END}")  # 2^28 - 1 ticks of rest
    with pytest.raises(MidiError) as caught:
        parse_midi(header() + hours, "x.mid")
    assert str(caught.value) == (
        "x.mid: the melody lasts 2796204 quarter notes, more than 100000; "
        "cut it, or choose another track with track"
    )
    silence = track("00 90 3c 50  60 80 3c 00  ffffff7f ff2f00")
    assert tokens(parse_midi(header() + silence, "x.mid")) == quarters(60)


def test_notes_of_no_length():
    data = header() + track(f"00 90 3c 50  00 80 3c 00  00 90 3e 50  60 80 3e 00 {END}")
    with pytest.warns(MelodyWarning, match=r"^x\.mid: notes of no length: 1; left out$"):
        assert tokens(parse_midi(data, "x.mid")) == quarters(62)


def song_or_error(data: bytes) -> Song | MelodyError:
    """What a file gives; anything but a MelodyError is a test's failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        try:
            return parse_midi(data, "x.mid")
        except MelodyError as error:
            return error


@given(st.binary(max_size=200))
@example(b"RIFF\0\0\0\0RMIDdata")
@example(b"RIFF\0\0\0\0RMID\0\0\0\0\xff\xff\xff\xff")
def test_garbage_is_an_error_or_a_song(data):
    assert isinstance(song_or_error(data), MidiError)
    in_track = header() + b"MTrk\0\0\0" + bytes([len(data)]) + data
    assert isinstance(song_or_error(in_track), Song | MidiError)


@settings(max_examples=300)
@given(
    songs(max_size=6),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 40),
)
def test_mutated_files_are_errors_or_songs(song, changes, cut):
    data = bytearray(midi_bytes(song))
    for place, byte in changes:
        data[place % len(data)] = byte
    read = song_or_error(bytes(data[: len(data) - cut]))
    if isinstance(read, Song):
        assert any(note.pitch for note in read.notes)
    else:
        assert str(read).startswith("x.mid: ")


# Writing, and there and back


@settings(max_examples=200)
@given(songs())
@example(Song((Note(Pitch("c"), Fraction(1)),), pickup=Fraction(1, 3)))
@example(Song((Note(Pitch("c"), Fraction(7, 192)), Note(None, Fraction(40)))))
@example(
    Song(
        (Note(Pitch("c"), Fraction(4)),),
        meter=Meter(2, 4),
        meter_changes=((Fraction(2), Meter(3, 4)),),  # looks like a pickup, is none
    )
)
def test_song_to_midi_to_song(song):
    assume(any(note.pitch for note in song.notes))
    read = parse_midi(midi_bytes(song), "x.mid")
    assert tokens(read) == tokens(song)
    assert (song.tempo is None) == (read.tempo is None)
    if song.tempo and read.tempo:
        assert round(60e6 / read.tempo) == round(60e6 / song.tempo)
    said = replace(song, notes=(), codes=(), tempo=None)
    assert replace(read, notes=(), tempo=None) == said


@pytest.mark.parametrize("tempo", [5, 60, 88.5, 96, 100, 130, 132.75, 199, 1000])
def test_tempo_comes_back_as_the_number_it_was(tempo):
    song = Song((Note(Pitch("c"), Fraction(1)),), tempo=tempo)
    assert parse_midi(midi_bytes(song), "x.mid").tempo == tempo


def test_spelling_comes_from_the_key():
    song = parse("key: E minor\n\nd#4 e f# g", "x.txt")
    assert parse_midi(midi_bytes(song), "x.mid").notes == song.notes


def test_what_is_written():
    song = parse("title: 나비야\nmeter: 3/4\nkey: B- major\ntempo: 96\n\nb-4 | r4 d'8 d' b-4", "x")
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(replace(song, pickup=Fraction(1)), program=73)))
    file.charset = "utf-8"
    assert (file.type, file.ticks_per_beat) == (1, 960)
    marks, notes = ([str(m) for m in part if m.type != "text"] for part in file.tracks)
    assert [line.split("(")[1].split(",")[0] for line in marks][1:] == [
        "'time_signature'",
        "'key_signature'",
        "'set_tempo'",
        "'time_signature'",
        "'end_of_track'",
    ]
    assert [(m.numerator, m.denominator, m.time) for m in file.tracks[0] if "time_s" in m.type] == [
        (1, 4, 0),
        (3, 4, 960),
    ]
    assert notes == [
        "program_change channel=0 program=73 time=0",
        "note_on channel=0 note=70 velocity=80 time=0",
        "note_off channel=0 note=70 velocity=0 time=960",
        "note_on channel=0 note=74 velocity=80 time=960",
        "note_off channel=0 note=74 velocity=0 time=480",
        "note_on channel=0 note=74 velocity=80 time=0",
        "note_off channel=0 note=74 velocity=0 time=480",
        "note_on channel=0 note=70 velocity=80 time=0",
        "note_off channel=0 note=70 velocity=0 time=960",
        "MetaMessage('end_of_track', time=0)",
    ]


def test_tempo_asked_for():
    song = Song((Note(Pitch("c"), Fraction(1)),), tempo=96)
    assert parse_midi(midi_bytes(song, tempo=72), "x.mid").tempo == 72
    with pytest.raises(NotationError, match="quarter notes per minute, 5 to 1000"):
        midi_bytes(song, tempo=2000)


def test_what_cannot_be_written():
    short = Song((Note(Pitch("c"), Fraction(1)),))
    with pytest.raises(ConfigError, match=r"^unknown program 128; General MIDI programs are 0"):
        midi_bytes(short, program=128)
    long = Song((Note(None, Fraction(LONGEST + 1)),))
    with pytest.raises(MidiError, match=r"^the song lasts 100001 quarter notes; at most 100000"):
        midi_bytes(long)


@settings(max_examples=50)
@given(songs(max_size=8))
def test_events_are_those_that_mido_reads(song):
    data = midi_bytes(song)
    ours = [
        [(event.tick, event.kind, event.number, tuple(event.data)) for event in events]
        for events in read_events(data, "x.mid").tracks
    ]
    theirs = []
    for part in mido.MidiFile(file=io.BytesIO(data)).tracks:
        tick, events = 0, []
        for message in part:
            tick += message.time
            if message.is_meta:
                head = message.bytes()
                length = 3 + sum(byte > 0x7F for byte in head[2:4] if head[2] > 0x7F)
                events.append((tick, 0xFF, head[1], tuple(head[length:])))
            else:
                status, *rest = message.bytes()
                events.append((tick, status & 0xF0, status & 0xF, tuple(rest)))
        theirs.append(events)
    assert ours == theirs
