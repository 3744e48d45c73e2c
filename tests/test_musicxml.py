"""MusicXML out: what bars say comes back, and engravers take it without complaint."""

import base64
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from strategies import common_durations, notes, songs

from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.formats.registry import readers
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Meter, Note, Pitch, Song
from melodyrnn.render import engrave

SONGS = sorted((Path(__file__).parent.parent / "songs").glob("*.txt"))


def read(text, name="song.musicxml"):
    """The song in the text of a file of that name."""
    return readers()[Path(name).suffix].read_song(text.encode(), name, None, None)


def as_a_score_says_it(song):
    """What bars can say of a song: all but the bounds between adjacent rests, a meter change
    that moves no bar line, and how long a pickup would have been that was cut short. (A first
    bar that its own meter cuts short is a pickup.)
    """
    notes = []
    for note in song.notes:
        if note.is_rest and notes and notes[-1].is_rest:
            notes[-1] = Note(None, notes[-1].duration + note.duration)
        else:
            notes.append(note)
    spans = list(bar_spans(song))
    _, _, first_end = spans[0]
    again = first_end < song.meter.bar and dict(song.meter_changes).get(first_end) == song.meter
    pickup = first_end if song.pickup or again else Fraction(0)
    changes, (line, meter) = [], (pickup, song.meter)
    for offset, new in song.meter_changes:
        if new != meter or (offset - line) % meter.bar:
            changes.append((offset, new))
            line, meter = offset, new
    return replace(song, notes=tuple(notes), pickup=pickup, meter_changes=tuple(changes), codes=())


def has_notes(song):
    return any(not note.is_rest for note in song.notes)


@settings(max_examples=40)
@given(songs(max_size=8).filter(has_notes))
def test_a_song_comes_back_from_musicxml(song):
    assert replace(read(musicxml(song)), codes=()) == as_a_score_says_it(song)


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_every_bar_of_our_tunes_adds_up(path):
    song = parse(path.read_text(encoding="utf-8"))
    root = ET.fromstring(musicxml(song))
    divisions = int(root.findtext(".//divisions"))
    lengths = [
        Fraction(sum(int(note.findtext("duration")) for note in measure.iter("note")), divisions)
        for measure in root.iter("measure")
    ]
    full = song.meter.bar
    first = song.pickup or full
    assert lengths[0] == first
    if not song.meter_changes:
        assert set(lengths[1:-1]) == {full}
        # What a pickup has, the last bar lacks.
        assert lengths[-1] in (full, full - song.pickup)
    assert root.find("part")[-1].findtext("barline/bar-style") == "light-heavy"


@settings(max_examples=40)
@given(songs(max_size=8))
def test_each_note_has_its_id_and_its_value(song):
    root = ET.fromstring(musicxml(song))
    notes = list(root.iter("note"))
    ids = [note.get("id") for note in notes]
    assert len(set(ids)) == len(ids)
    assert {f"n{index}" for index in range(len(song.notes))} >= {
        name for name in ids if "-" not in name
    }
    divisions = int(root.findtext(".//divisions"))
    lengths = dict.fromkeys(range(len(song.notes)), Fraction(0))
    for note in notes:
        index = int(note.get("id").split("-")[0][1:])
        lengths[index] += Fraction(int(note.findtext("duration")), divisions)
    assert list(lengths.values()) == [note.duration for note in song.notes]
    beams = [beam.text for beam in root.iter("beam") if beam.get("number") == "1"]
    assert beams.count("begin") == beams.count("end")
    tuplets = [tuplet.get("type") for tuplet in root.iter("tuplet")]
    assert tuplets.count("start") == tuplets.count("stop")


def engraved_log(documents, capfd):
    """What verovio writes to its log while it engraves the documents."""
    import verovio

    verovio.enableLog(verovio.LOG_WARNING)
    try:
        toolkit = verovio.toolkit()
        for document in documents:
            assert toolkit.loadData(document)
            assert "<svg" in toolkit.renderToSVG(1)
    finally:
        verovio.enableLog(verovio.LOG_OFF)
    return capfd.readouterr().err


def test_verovio_engraves_our_tunes_without_a_warning(capfd):
    documents = [musicxml(parse(path.read_text(encoding="utf-8"))) for path in SONGS]
    assert engraved_log(documents, capfd) == ""
    assert "ABC import" in engraved_log(["X:1\nQ:1/4=60\nK:C\nC"], capfd)  # it would be seen


def pieces(text):
    """Notes from ``name:parts``, of 1/192 of a quarter; r is a rest."""
    named = {"r": None, "f": Pitch("f", 0, 4), "e": Pitch("e", 0, 8)}
    split = (each.split(":") for each in text.split())
    return tuple(Note(named[name], Fraction(int(parts), 192)) for name, parts in split)


LONG_BAR = Song(
    notes=pieces("r:391 f:346 r:1536 r:714 e:238 r:624 r:656 r:123"),
    meter=Meter(2, 2),
    meter_changes=((Fraction(4, 3), Meter(14, 2)),),
)
"""Of 42 notes and rests, for which a line has too little room."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(song=songs(notes(duration=common_durations()), max_size=8))
@example(song=LONG_BAR)
def test_verovio_engraves_any_song_without_a_warning(capfd, monkeypatch, song):
    """Of durations that people write: of a note of 1/20160 it says that a tie leads nowhere."""
    assume(song.notes)
    import verovio

    logs, draw = [], engrave._verovio

    def logged(*arguments, **options):
        drawn = draw(*arguments, **options)
        logs.append(capfd.readouterr().err)
        return drawn

    with monkeypatch.context() as patched:
        verovio.enableLog(verovio.LOG_WARNING)
        patched.setattr(verovio, "enableLog", lambda level: None)
        patched.setattr(engrave, "_verovio", logged)
        for paper in (replace(engrave.A4, lead_sheet=False), engrave.A4):
            engrave.engrave(replace(song, title="", composer=""), paper)
            assert logs[-1] == ""  # what is drawn first may be drawn again
    verovio.enableLog(verovio.LOG_OFF)
    assert song is not LONG_BAR or "compressed" in logs[0]


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_verovio_plays_our_tunes_as_they_are(path):
    import verovio

    from melodyrnn.formats.midi.read import parse_midi

    song = parse(path.read_text(encoding="utf-8"))
    toolkit = verovio.toolkit()
    toolkit.loadData(musicxml(song))
    data = base64.b64decode(toolkit.renderToMIDI())
    with pytest.warns(MelodyWarning, match="lengths rounded"):  # it stops notes a little early
        played = parse_midi(data, "verovio.mid")

    def onsets(song):
        return [(o, n.pitch.midi) for n, o in zip(song.notes, song.offsets, strict=True) if n.pitch]

    assert onsets(played) == onsets(song)


def test_accidentals_are_shown_where_key_and_bar_say_otherwise():
    song = parse("key: G major\n\nf#4 fn4 f4 f#4 | fn2 c#2~ | c#4 c#4 c4 f4")
    shown = [note.findtext("accidental") for note in ET.fromstring(musicxml(song)).iter("note")]
    assert shown == [
        *[None, "natural", None, "sharp"],
        *["natural", "sharp"],
        *[None, "sharp", "natural", "natural"],
    ]


def test_the_table_of_codes_comes_back():
    song = parse(SONGS[[path.stem for path in SONGS].index("nabiya")].read_text(encoding="utf-8"))
    assert len(song.codes) == 14
    assert read(musicxml(song)) == song
