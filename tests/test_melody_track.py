"""Which track of a MIDI file is the melody: small files of several tracks, made here."""

import io
import json
import re
import warnings
from typing import NamedTuple

import mido
import pytest
from click.testing import CliRunner

from melodyrnn import evaluate, generate, inspect, open_run
from melodyrnn.cli import main
from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.formats.melody.track_names import ACCOMPANIES, SAYS_NOTHING, names_part, rank
from melodyrnn.formats.midi.chunks import read_events
from melodyrnn.formats.midi.drums import drum_channels
from melodyrnn.formats.midi.read import parse_midi

QUARTER = 480  # ticks
TUNE = [(67, 1), (64, 1), (64, 2), (65, 1), (62, 1), (62, 2), (60, 1), (62, 1), (64, 1), (65, 1)]
TUNE += [(67, 1), (67, 1), (67, 2), (67, 1), (64, 1), (64, 2), (65, 1), (62, 1), (62, 2)]
TUNE += [(60, 1), (64, 1), (67, 1), (67, 1), (60, 4)]
BARS = 8
ROOTS = (48, 43, 48, 43, 48, 43, 48, 48)  # of each bar


class Part(NamedTuple):
    """A track."""

    name: str
    notes: list[tuple[float, float, int]]  # (onset, length, MIDI number), in quarter notes
    channel: int = 0
    before: tuple[mido.Message, ...] = ()


def tune(shift=0):
    place, notes = 0, []
    for pitch, length in TUNE:
        notes.append((place, length, pitch + shift))
        place += length
    return notes


def bass():
    return [
        (4 * bar + 2 * half, 2, root - 12 + 7 * half)
        for bar, root in enumerate(ROOTS)
        for half in (0, 1)
    ]


def chords(beats=1):
    return [
        (4 * bar + beat, beats, root + step)
        for bar, root in enumerate(ROOTS)
        for beat in range(0, 4, beats)
        for step in (7, 12, 16)
    ]


def arpeggio(above=12):
    pattern = (0, 7, 12, 16, 12, 7, 12, 16)
    return [
        (4 * bar + eighth / 2, 0.5, root + above + step)
        for bar, root in enumerate(ROOTS)
        for eighth, step in enumerate(pattern)
    ]


def strings():
    return [(4 * bar, 4, root + 36) for bar, root in enumerate(ROOTS)]


def descant():
    return [(4 * bar + 2 + n / 2, 0.5, 91 - n) for bar in (3, 7) for n in range(4)]


def drums():
    return [(beat / 2, 0.25, 42 if beat % 2 else 36) for beat in range(2 * 4 * BARS)]


def data(*parts, kind=1, song="A song"):
    file = mido.MidiFile(type=kind, ticks_per_beat=QUARTER, charset="utf-8")
    if kind == 1:
        title = mido.MetaMessage("track_name", name=song)
        file.tracks.append(mido.MidiTrack([title, mido.MetaMessage("key_signature", key="C")]))
    for part in parts:
        strokes = [(0, message) for message in part.before]
        for onset, length, pitch in part.notes:
            on, off = round(onset * QUARTER), round((onset + length) * QUARTER)
            strokes.append((on, mido.Message("note_on", note=pitch, channel=part.channel)))
            strokes.append((off, mido.Message("note_off", note=pitch, channel=part.channel)))
        track, before = mido.MidiTrack(), 0
        if part.name:
            track.append(mido.MetaMessage("track_name", name=part.name))
        for tick, message in sorted(strokes, key=lambda stroke: (stroke[0], stroke[1].type)):
            track.append(message.copy(time=tick - before))
            before = tick
        file.tracks.append(track)
    if kind == 0:
        file.tracks = [mido.merge_tracks(file.tracks)]
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def read(content, **options):
    """The MIDI numbers of the melody, and what was said in reading."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MelodyWarning)
        song = parse_midi(content, "x.mid", **options)
    said = [str(w.message) for w in caught if "no key is named" not in str(w.message)]
    return [note.pitch.midi for note in song if note.pitch], said


def heard(*parts, **options):
    """The MIDI numbers of the melody."""
    return read(data(*parts, **options))[0]


def pitches(notes):
    return [pitch for *_, pitch in notes]


TO_GS_DRUMS = mido.Message("sysex", data=bytes.fromhex("41 10 42 12 40 1a 15 01 10"))  # channel 11
TO_XG_DRUMS = mido.Message("sysex", data=bytes.fromhex("43 10 4c 08 0a 07 01"))


def bank(number, channel):
    return mido.Message("control_change", control=0, value=number, channel=channel)


def program(number, channel):
    return mido.Message("program_change", program=number, channel=channel)


FILES = {
    "named among higher tracks": [Part("Strings", strings(), 1), Part("Melody", tune(-12))],
    "named in Korean": [
        Part("현악기", descant(), 1),
        Part("멜로디", tune(-12)),
        Part("반주", bass()),
    ],
    "named in Japanese": [Part("メロディー", tune(-12)), Part("ピアノ", arpeggio(24), 1)],
    "named in French": [Part("Flûte", tune(7), 1), Part("Chant", tune()), Part("Basse", bass(), 2)],
    "named in Spanish": [Part("Guitarra", arpeggio(24), 1), Part("Voz principal", tune(-5))],
    "backing vocals are not the vocals": [
        *(Part("Backing Vocals", tune(4), 1), Part("Lead Vocal", tune()), Part("Bass", bass(), 2)),
    ],
    "a bass and chords": [Part("", bass(), 2), Part("", tune()), Part("", chords(), 1)],
    "an arpeggio as high": [Part("", arpeggio(24), 1), Part("", tune()), Part("", bass(), 2)],
    "a high descant": [Part("", descant(), 1), Part("", tune()), Part("", bass(), 2)],
    "strings above": [Part("", strings(), 3), Part("", tune()), Part("", chords(2), 1)],
    "strings above that alone are unnamed": [Part("", tune(-12)), Part("Strings", strings(), 3)],
    "drums of GS on channel 11": [Part("", drums(), 10, (TO_GS_DRUMS,)), Part("", tune(-24))],
    "drums of XG on channel 11": [Part("", drums(), 10, (TO_XG_DRUMS,)), Part("", tune(-24))],
    "drums of XG by their bank": [Part("", drums(), 3, (bank(127, 3),)), Part("", tune(-24))],
    "drums of GM2 by their bank": [Part("", drums(), 3, (bank(120, 3),)), Part("", tune(-24))],
    "in thirds over a bass": [
        Part("", sorted(tune() + tune(-4))),
        Part("", bass(), 1),
    ],
}
"""What it stands for -> its tracks; one of them has the tune."""


@pytest.mark.parametrize("parts", FILES.values(), ids=FILES)
def test_the_melody_is_found(parts):
    found = heard(*parts)
    assert [pitch - found[0] for pitch in found] == [pitch - 67 for pitch, _ in TUNE]


@pytest.mark.parametrize("parts", FILES.values(), ids=FILES)
def test_the_order_of_the_tracks_does_not_matter(parts):
    assert heard(*reversed(parts)) == heard(*parts)


LATE = [(onset + 0.5, length, pitch + 12) for onset, length, pitch in tune()]


def with_words(notes, *texts, kind="lyrics"):
    """A track of syllables, one at each of the notes, after ``texts``."""
    words = mido.MidiTrack([mido.MetaMessage("text", text=text) for text in texts])
    before = 0
    for onset, *_ in notes:
        tick = round(onset * QUARTER)
        words.append(mido.MetaMessage(kind, text="la", time=tick - before))
        before = tick
    content = mido.MidiFile(file=io.BytesIO(data(Part("", LATE), Part("", tune(-3), 1))))
    content.tracks.append(words)
    buffer = io.BytesIO()
    content.save(file=buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (with_words(tune(-3)), tune(-3)),
        (with_words(tune(-3), "@KMIDI KARAOKE FILE", kind="text"), tune(-3)),
        (with_words(tune(-3), kind="text"), LATE),  # no words, but remarks
        (with_words(tune(-3)[:6]), LATE),  # too few
        (with_words(LATE), LATE),
    ],
    ids=["lyrics", "karaoke", "remarks", "few", "of the higher one"],
)
def test_words_say_what_is_sung(content, expected):
    assert read(content)[0] == pitches(expected)


def test_channels_of_the_one_track_are_voices():
    parts = [Part("", arpeggio(), 0), Part("", tune(), 1), Part("", bass(), 2)]
    assert heard(*parts, kind=0) == pitches(tune())


def both_in_one_track(*before):
    """A track of two channels, and another track."""
    whole = mido.MidiFile(file=io.BytesIO(data(Part("Duo", bass(), 2), Part("Duo", tune(), 3))))
    merged = mido.merge_tracks(whole.tracks[1:])
    first = mido.MidiTrack([*before, *merged])
    other = mido.MidiFile(file=io.BytesIO(data(Part("Pad", chords(), 4)))).tracks[1]
    file = mido.MidiFile(type=1, ticks_per_beat=QUARTER, tracks=[first, other])
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def test_channels_of_one_track_of_several_are_voices():
    found, said = read(both_in_one_track())
    assert found == pitches(tune())
    assert said == [
        "x.mid: 3 tracks have notes; took 2 'Duo channel 4' (most like a melody); "
        "track chooses another"
    ]


def test_of_a_track_asked_for_the_channel_most_like_a_melody_is_taken():
    assert read(both_in_one_track(), track="duo")[0] == pitches(tune())
    assert read(both_in_one_track(), track="Duo channel 3")[0] == pitches(bass())


def test_channels_of_one_sound_are_one_voice():
    """As the strings of a guitar are, which some programs give a channel each."""
    _, (said,) = read(both_in_one_track(program(25, 2), program(25, 3)))
    assert said.startswith("x.mid: 2 tracks have notes; took 1 'Duo' (most like a melody)")


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        ("Vocal|Bass", bass()),
        ("Bass|Strings", bass()),
        ("7|Strings", strings()),
        ("Vocal|auto", tune()),
        ("auto", tune()),
        ("AUTO", tune()),
        ("Strings|auto", strings()),
    ],
)
def test_the_first_of_several_tracks_that_the_file_has_is_taken(track, expected):
    parts = [Part("Strings", strings(), 3), Part("", tune()), Part("Bass", bass(), 2)]
    assert read(data(*parts), track=track)[0] == pitches(expected)


def test_none_of_several_tracks_is_there():
    with pytest.raises(ConfigError, match=r"no track .Vocal\|Lead.; tracks with notes are 1"):
        read(data(Part("Bass", bass())), track="Vocal|Lead")


def test_a_track_may_be_called_by_a_name_with_a_bar():
    assert read(data(Part("A|B", bass()), Part("A", tune())), track="A|B")[0] == pitches(bass())


@pytest.mark.parametrize(
    ("before", "drums"),
    [
        ((), {9}),
        ((TO_GS_DRUMS,), {9, 10}),
        ((TO_XG_DRUMS,), {9, 10}),
        ((bank(127, 3),), {3, 9}),
        ((bank(120, 3), bank(121, 9)), {3}),
        ((bank(0, 3), bank(8, 9)), {9}),
        # In GS, bank 127 is the older MT-32's, and part 0 is channel 10, here made melodic.
        (
            (
                mido.Message("sysex", data=bytes.fromhex("41 10 42 12 40 10 15 00 1b")),
                bank(127, 3),
            ),
            set(),
        ),
        ((mido.Message("sysex", data=(0x41,)), mido.Message("sysex", data=(0x43, 0x10))), {9}),
    ],
)
def test_what_says_that_a_channel_plays_drums(before, drums):
    assert drum_channels(read_events(data(Part("", tune(), 3, before)), "x.mid")) == drums


def test_what_is_said_after_the_first_note_changes_nothing():
    late = data(Part("", tune(), 10), Part("", [(4, 1, 60)], 11), Part("", [], 0, (TO_GS_DRUMS,)))
    assert drum_channels(read_events(late, "x.mid")) == {9, 10}  # at the same moment
    track = mido.MidiFile(file=io.BytesIO(late))
    track.tracks[-1][0].time = 960
    buffer = io.BytesIO()
    track.save(file=buffer)
    assert drum_channels(read_events(buffer.getvalue(), "x.mid")) == {9}


def test_a_melody_of_a_handful_of_notes_is_said_to_be_one():
    _, said = read(data(Part("Melody", tune()[:5]), Part("Piano", chords(), 1)))
    assert said == [
        "x.mid: 2 tracks have notes; took 1 'Melody' (by its name); track chooses another",
        "x.mid: the melody has only 5 notes in 32 quarter notes; track chooses another",
    ]
    _, said = read(data(Part("", [(10 * n, 1, 60 + n) for n in range(5)])))
    assert said == [
        "x.mid: the melody has only 5 notes in 41 quarter notes",
        "x.mid: quarter notes of silence are left out: 16",
    ]


def test_a_melody_that_hardly_sounds_is_said_to_be_one():
    vocal, piano = [(n, 1, 60 + n % 5) for n in range(9)], [(n, 1, 48) for n in range(80)]
    _, said = read(data(Part("Vocal", vocal), Part("Piano", piano, 1)))
    assert said[1] == "x.mid: the melody sounds for only 11% of the piece; track chooses another"


@pytest.fixture
def band(tmp_path):
    """A file of three tracks."""
    path = tmp_path / "band.mid"
    path.write_bytes(data(Part("[Strings]", strings(), 3), Part("Tune", tune()), Part("", bass())))
    return path


def test_inspect_lists_the_tracks_and_says_which_was_taken_and_why(band):
    shown = CliRunner().invoke(main, ["inspect", str(band)]).output
    assert "3 tracks; took 2 'Tune', by its name" in shown
    assert re.search(r"^1 +\[Strings\] +8 +100% +0% ", shown, re.MULTILINE)
    shown = CliRunner().invoke(main, ["inspect", str(band), "--track", "3"]).output
    assert "3 tracks; took 3, as asked for" in shown


def test_inspect_lists_the_tracks_as_json(band):
    shown = CliRunner().invoke(main, ["inspect", str(band), "--json"])
    document = json.loads(shown.stdout)
    assert document["took"] == {"track": 2, "why": "by its name"}
    first, second, third = document["tracks"]
    assert (first["name"], first["notes"], first["coverage"]) == ("[Strings]", 8, 1)
    assert (second["name"], second["name_says"], second["overlap"]) == ("Tune", "melody", 0)
    assert third["height"] == pytest.approx(37.625)
    assert second["score"] > first["score"] > third["score"]


def test_inspect_of_one_track_and_of_text_lists_none(band, tmp_path):
    band.write_bytes(data(Part("Tune", tune())))
    shown = CliRunner().invoke(main, ["inspect", str(band)]).output
    assert "tracks" not in shown
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        assert inspect(band).to_json()["took"] == {"track": 1, "why": "the only one"}
    text = tmp_path / "song.txt"
    text.write_text("c4 d e f g2")
    assert inspect(text).to_json()["tracks"] == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Melody", "MELODY", "melody1", "MELODY_2", "Lead Melody", "Guide Melody"], 4),
        (["Melodie", "Hauptmelodie", "Melodía", "mélodie", "melodia", "Мелодия", "μελωδία"], 4),
        (["ทำนอง", "לחן", "멜로디", "주멜로디", "メロディ", "メロディー", "主旋律"], 4),
        (["Vocals", "LeadVocal", "Voice 1", "Gesang", "Singstimme", "Chant", "Voix"], 3),
        (
            [
                "Voz",
                "Canto",
                "voce",
                "zang",
                "sång",
                "śpiew",
                "Głos",
                "Вокал",
                "보컬",
                "노래",
                "人声",
                "歌",
            ],
            3,
        ),
        (["Lead", "Solo", "Tune", "Lead Guitar", "リード", "솔로"], 2),
        (["Soprano", "Sopran", "Cantus", "소프라노"], 1),
        (["", "Piano", "Violin 1", "Voice Oohs", "Vocal harmony", "2nd voice", "코러스"], None),
        (["Track 1", "Amazing Grace", "harmonica", "Bassoon", "Songbird"], SAYS_NOTHING),
        (["Bass", "BASS", "Bass Solo", "Backing Vocals", "Strings", "Chords", "반주"], ACCOMPANIES),
        (["伴奏", "ベース", "Begleitung", "Acompañamiento", "Basse", "Schlagzeug"], ACCOMPANIES),
    ],
)
def test_what_names_say(names, expected):
    for name in names:
        if expected is None:
            assert rank(name) <= SAYS_NOTHING, name
        else:
            assert rank(name) == expected, name


def test_names_of_parts_are_no_titles():
    assert all(map(names_part, ["Melody", "Piano", "Violin 1", "Bass", "피아노", "Track 1"]))
    assert not any(map(names_part, ["", "나비야", "Amazing Grace", "Frère Jacques"]))


@pytest.fixture(scope="module")
def run_on_the_bass(tmp_path_factory):
    """A run that was trained on the bass of a file, by its name."""
    folder = tmp_path_factory.mktemp("bass")
    path = folder / "band.mid"
    path.write_bytes(data(Part("Tune", tune()), Part("Bass", bass(), 2)))
    songs = ["train", str(path), "--track", "bass", "--grid", "8", "--output", str(folder / "run")]
    CliRunner().invoke(main, [*songs, "--model", "ngram", "--window", "2"])
    return folder / "run"


def test_a_run_remembers_how_its_files_were_read(run_on_the_bass):
    record = open_run(run_on_the_bass).record
    assert (record.track, record.grid) == ("bass", "8")
    assert "files were read with --track bass --grid 8" in (
        CliRunner().invoke(main, ["inspect", str(run_on_the_bass)]).output
    )


@pytest.mark.parametrize(
    ("asked", "expected"), [({}, bass()), ({"track": "auto"}, tune()), ({"track": "1"}, tune())]
)
def test_songs_to_evaluate_are_read_so_too(run_on_the_bass, tmp_path, asked, expected):
    path = tmp_path / "other.mid"
    path.write_bytes(data(Part("Tune", tune()), Part("Bass", bass(), 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        (song,) = evaluate(run_on_the_bass, path, **asked).items
    assert song.length == len(expected)


def test_a_file_without_that_track_is_read_as_others_are(run_on_the_bass, tmp_path):
    path = tmp_path / "other.mid"
    path.write_bytes(data(Part("", tune()), Part("Low", bass(), 2)))
    with pytest.warns(MelodyWarning, match="took 1 .most like a melody."):
        (song,) = evaluate(run_on_the_bass, path).items
    assert song.length == len(tune())


@pytest.mark.parametrize(("asked", "expected"), [({}, bass()), ({"track": "tune"}, tune())])
def test_a_primer_is_read_so_too(run_on_the_bass, tmp_path, asked, expected):
    path = tmp_path / "other.mid"
    path.write_bytes(data(Part("Tune", tune()), Part("Bass", bass(), 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        (made,) = generate(run_on_the_bass, primer=path, length=1, **asked).songs
    assert made.primer == len(expected)
