"""Scores in: parts, ties, repeats, transposition; and what is refused, word for word."""

import io
import subprocess
import sys
import zipfile
from fractions import Fraction
from xml.sax.saxutils import escape

import pytest

from melodyrnn.errors import ConfigError, MelodyWarning, ScoreError
from melodyrnn.files import package_folder
from melodyrnn.formats.humdrum.read import read_humdrum
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.voices import TimedNote
from melodyrnn.formats.musicxml.read import LARGEST_FILE, read_compressed, read_musicxml
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.formats.read import read_song
from melodyrnn.formats.registry import readers
from melodyrnn.music.notation.text import parse
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.song import Key, Meter


def read(text, name="s.musicxml", **options):
    data = text if isinstance(text, bytes) else text.encode()
    suffix = name[name.rindex(".") :]
    options = {"track": None, "grid": None} | options
    return readers()[suffix].read_song(data, name, **options)


def note(name, quarters=1, inside="", before=""):
    """A note element such as ``note("F#4", 2)``; ``before`` stands first in it."""
    step, octave = name[0], name[-1]
    alter = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>"}.get(name[1], "")
    pitch = f"<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
    return f"<note>{before}{pitch}<duration>{quarters * 60}</duration>{inside}</note>"


def measure(content, number=1, attributes="", left="", right=""):
    left = left and f'<barline location="left">{left}</barline>'
    right = right and f'<barline location="right">{right}</barline>'
    return f'<measure number="{number}">{left}{attributes}{content}{right}</measure>'


SIGNATURE = "<time><beats>4</beats><beat-type>4</beat-type></time>"


def attributes(more="", time=SIGNATURE):
    return f"<attributes><divisions>60</divisions>{time}{more}</attributes>"


def score(*parts, head=""):
    """A document of parts, each a name and its measures."""
    listed = "".join(
        f'<score-part id="P{n}"><part-name>{escape(name)}</part-name></score-part>'
        for n, (name, _) in enumerate(parts)
    )
    body = "".join(f'<part id="P{n}">{"".join(bars)}</part>' for n, (_, bars) in enumerate(parts))
    return f"<score-partwise>{head}<part-list>{listed}</part-list>{body}</score-partwise>"


def one(*bars, head=""):
    return score(("", bars), head=head)


def tokens(song):
    return " ".join(map(token, song.notes))


def whole(name, number=1, **signs):
    first = attributes() if number == 1 else ""
    return measure(note(name, 4), number, first, **signs)


@pytest.mark.parametrize(
    ("head", "title", "composer"),
    [
        ("<work><work-title> 나비야 </work-title></work>", "나비야", ""),
        ("<movement-title>A</movement-title>", "A", ""),
        ("<work><work-title/></work><movement-title>B</movement-title>", "B", ""),
        (
            '<identification><creator type="lyricist">L</creator>'
            '<creator type="composer">C</creator></identification>',
            "",
            "C",
        ),
        (
            "<credit><credit-type>title</credit-type><credit-words>T</credit-words></credit>"
            "<credit><credit-type>composer</credit-type><credit-words>K</credit-words></credit>",
            "T",
            "K",
        ),
        (
            '<credit><credit-words justify="center" valign="top">T</credit-words></credit>'
            '<credit><credit-words justify="center" valign="bottom">(c)</credit-words></credit>',
            "T",
            "",
        ),
    ],
)
def test_headings(head, title, composer):
    song = read(one(whole("C4"), head=head))
    assert (song.title, song.composer) == (title, composer)


def test_ties_make_one_note_and_lone_ends_of_ties_none():
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    bars = [
        measure(note("C4", 4, start), 1, attributes()),
        measure(note("C4", 2, stop + start) + note("D4", 2, stop), 2),
    ]
    assert tokens(read(one(*bars))) == "c1. d2"


def test_chords_and_voices_give_the_highest_note():
    chord = note("C4", 2) + note("E4", 2, before="<chord/>")
    below = "<backup><duration>240</duration></backup>" + note("C3", 4, "<voice>2</voice>")
    text = one(measure(chord + note("D4", 2) + below, 1, attributes()))
    with pytest.warns(MelodyWarning) as caught:
        assert tokens(read(text)) == "e2 d2"
    assert [str(w.message) for w in caught] == [
        "s.musicxml: its notes overlap; took the highest note where notes overlap"
    ]


def test_of_several_parts_the_melody_or_the_one_asked_for():
    text = score(("Alt", [whole("C4")]), ("Sopran", [whole("C5")]), ("", [whole("C2")]))
    with pytest.warns(MelodyWarning) as caught:
        assert tokens(read(text)) == "c'1"
    assert str(caught[0].message) == (
        "s.musicxml: 3 tracks have notes; took 2 'Sopran' (by its name); track chooses another"
    )
    assert tokens(read(text, track="alt")) == "c1"
    assert tokens(read(text, track="3")) == "CC1"
    with pytest.raises(ConfigError, match="no track 'Sopan'; did you mean 'Sopran'"):
        read(text, track="Sopan")


def test_graces_cues_and_drums_are_left_out():
    grace = note("A4").replace("<duration>60</duration>", "").replace("<note>", "<note><grace/>")
    cue = note("B5", 1, before="<cue/>")
    unpitched = (
        "<note><unpitched><display-step>E</display-step><display-octave>4</display-octave>"
        "</unpitched><duration>60</duration></note>"
    )
    text = one(measure(grace + note("C4", 2) + cue + unpitched, 1, attributes()))
    with pytest.warns(MelodyWarning, match=r"^s.musicxml: grace notes are left out: 1$"):
        assert tokens(read(text)) == "c2 r2"


def test_words_and_what_is_no_chord_are_said_to_be_left_out():
    lyric = "<lyric><syllabic>single</syllabic><text>{}</text></lyric>"
    sung = note("C4", 2, lyric.format("na") + lyric.format("la"))
    chord = "<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
    function = "<harmony><function>V</function><kind>major</kind></harmony>"
    bar = measure(chord + sung + function + note("D4", 2, lyric.format("bi")), 1, attributes())
    with pytest.warns(MelodyWarning) as caught:
        song = read(one(bar))
    assert song.chords == ((0, "C"),)
    assert [str(w.message) for w in caught] == [
        "s.musicxml: sung words are left out: 2 syllables",
        "s.musicxml: words in place of chord symbols are left out: 1, '?' first",
    ]
    kern = "**kern\t**text\n*M2/4\t*\n4c\tna-\n4d\t-bi\n*-\t*-\n"
    with pytest.warns(MelodyWarning, match=r"^s.krn: sung words are left out: 2 syllables$"):
        read(kern, "s.krn")


@pytest.mark.parametrize(
    ("key", "numerals", "chords"),
    [
        ("*C:", "I ii7b V7c IM7 vi Nb r 4IV", "C Dm7/F G7/D Cmaj7 Am Db/F N.C. F"),
        ("*C:", "V/V V7/ii viioD7/V vii7 V7/-VII", "D A7 F#dim7 Bm7 F7"),
        ("*a:", "i iio7 V7 viio7 VI III+ -VIIb", "Am Bm7b5 E7 G#dim7 F Caug G/B"),
        ("*e-:", "iv V VI", "Abm Bb Cb"),
    ],
)
def test_roman_numerals_of_a_known_key_are_chords(key, numerals, chords):
    rows = "".join(f"4c\t{numeral}\n" for numeral in numerals.split())
    song = read(f"**kern\t**harm\n*M4/4\t*\n{key}\t*\n{rows}*-\t*-\n", "s.krn")
    assert song.chords == tuple(enumerate(chords.split()))


def test_roman_numerals_without_a_key_or_a_name_are_said_to_be_left_out():
    bar = "4c\tI\n4d\tGn\n*\t*?:\n4e\tV\n*\t*G:\n4f\tV\n"
    with pytest.warns(MelodyWarning, match="chord symbols are left out: 2, 'Gn' first"):
        song = read(f"**kern\t**harm\n*C:\t*\n{bar}*-\t*-\n", "s.krn")
    assert song.chords == ((0, "C"), (3, "D"))
    with pytest.warns(MelodyWarning, match="chord symbols are left out: 1, 'I' first"):
        assert not read("**kern\t**harm\n*k[]\t*\n4c\tI\n*-\t*-\n", "s.krn").chords


def test_a_transposing_instrument_is_read_as_it_sounds():
    clarinet = attributes(
        "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>",
        f"<key><fifths>2</fifths></key>{SIGNATURE}",
    )
    song = read(one(measure(note("F#4", 4), 1, clarinet)))
    assert (tokens(song), song.key) == ("e1", Key(0))


FORWARD, BACKWARD = '<repeat direction="forward"/>', '<repeat direction="backward"/>'


def ending(number, kind):
    return f'<ending number="{number}" type="{kind}"/>'


def test_repeats_and_endings_are_played():
    bars = [
        whole("C4", left=FORWARD),
        whole("D4", 2, left=ending(1, "start"), right=ending(1, "stop") + BACKWARD),
        whole("E4", 3, left=ending(2, "start"), right=ending(2, "stop")),
        whole("F4", 4),
    ]
    assert tokens(read(one(*bars))) == "c1 d1 c1 e1 f1"


def test_notes_for_one_time_of_a_repeat_are_played_then():
    first, second = (
        note(name, 2).replace("<note>", f'<note time-only="{times}">')
        for name, times in (("D4", "1"), ("E4", "2,3"))
    )
    back = "<backup><duration>120</duration></backup>"
    bar = measure(note("C4", 2) + first + back + second, 1, attributes(), right=BACKWARD)
    assert tokens(read(one(bar))) == "c2 d2 c2 e2"


def middle(repeat):
    return f'<barline location="middle">{repeat}</barline>'


def test_repeats_in_the_middle_of_a_bar_are_played_in_all_parts():
    bars = [
        measure(note("C4", 4), 1, attributes()),
        measure(note("D4", 2) + middle(BACKWARD) + middle(FORWARD) + note("E4", 2), 2),
        measure(note("F4", 2) + note("G4", 2), 3, right=BACKWARD),
    ]
    assert tokens(read(one(*bars))) == "c1 d2 c1 d2 e2 f2 g2 e2 f2 g2"
    back = "<backup><duration>240</duration></backup>"
    below = [
        measure(note("C3", 4), 1, attributes()),
        measure(note("D3", 3) + note("E3", 1) + back + note("A2", 1), 2),  # over the repeat
        measure(note("F3", 4), 3),
    ]
    with pytest.warns(MelodyWarning):
        lower = read(score(("Melody", bars), ("Bass", below)), track="Bass")
    assert tokens(lower) == "C1 D2 C1 D2. E4 F1 D4 E4 F1"


def repeated(length, kind="start"):
    repeat = f'<measure-repeat type="{kind}">{length}</measure-repeat>'
    return f"<attributes><measure-style>{repeat}</measure-style></attributes>"


def test_measures_that_are_printed_as_repeats_are_played():
    silent = '<note><rest measure="yes"/><duration>240</duration></note>'
    bars = [
        measure(note("C4", 4), 1, attributes()),
        measure(note("D4", 4), 2),
        measure(silent, 3, repeated(2)),
        measure("", 4),
        measure(note("E4", 4), 5),  # written out all the same
        measure(silent, 6, repeated("", "stop")),
        measure(silent, 7, repeated(1)),
        measure(note("F4", 4), 8, repeated("", "stop")),
    ]
    assert tokens(read(one(*bars))) == "c1 d1 c1 d1 e1 r1~r1 f1"
    many = note("C4", 4).replace("240", "1") * 9000
    endless = [measure(many, 1, attributes()), measure("", 2, repeated(1)), *[measure("")] * 40]
    with pytest.raises(ScoreError, match="notes"):
        read(one(*endless))


def test_da_capo_al_fine_is_played():
    def words(text):
        return f"<direction><direction-type><words>{text}</words></direction-type></direction>"

    bars = [
        whole("C4", right=BACKWARD),
        measure(note("D4", 4) + words("Fine"), 2),
        measure(note("E4", 4) + words("D.C. al Fine"), 3),
    ]
    assert tokens(read(one(*bars))) == "c1 c1 d1 e1 c1 d1"


def test_short_bars_keep_the_bar_lines_where_they_are():
    bars = [
        measure(note("G4"), 0, attributes()),
        measure(note("C4", 3), 1, right=BACKWARD),  # completed by the pickup
        measure(note("G4"), 2),
        measure(note("D4", 2), 3),  # completed by nothing
        measure(note("E4", 4), 4),
        measure(note("F4", 4), 5),
    ]
    song = read(one(*bars))
    assert song.pickup == 1
    assert song.meter_changes == ((Fraction(11), Meter(4, 4)),)


def test_marks_change_once():
    tempi = '<direction><sound tempo="{}"/></direction>'
    bars = [
        measure(
            tempi.format(90) + note("C4", 4),
            1,
            attributes(time=f"<key><fifths>0</fifths></key>{SIGNATURE}"),
        ),
        measure(
            tempi.format(60) + note("C4", 3),
            2,
            "<attributes><key><fifths>1</fifths></key>"
            "<time><beats>3</beats><beat-type>4</beat-type></time></attributes>",
        ),
    ]
    with pytest.warns(MelodyWarning) as caught:
        song = read(one(*bars))
    assert (song.tempo, song.key, song.meter_changes) == (90, Key(), ((4, Meter(3, 4)),))
    assert [str(w.message) for w in caught] == [
        "s.musicxml: key changes are not kept; the song has the first key, C major",
        "s.musicxml: tempo changes are not kept; the song has the first tempo, 90",
    ]


def test_what_a_song_cannot_hold():
    slow = '<direction><sound tempo="2"/></direction>'
    quarter_tone = note("Ab4", 4).replace("-1", "0.5")
    with pytest.warns(MelodyWarning) as caught:
        song = read(one(measure(slow + quarter_tone, 1, attributes())))
    assert [str(w.message) for w in caught] == [
        "s.musicxml: quarter tones and triple accidentals are respelled: 1",
        "s.musicxml: a tempo of 2 quarter notes per minute is not kept",
    ]
    assert song.notes[0].pitch.midi in (69, 70)


def tuplet(actual):
    """A quarter of five notes in a tuplet of ``actual`` 16ths, its last note longer."""
    times = (
        f"<time-modification><actual-notes>{actual}</actual-notes>"
        "<normal-notes>4</normal-notes></time-modification>"
    )
    lengths = [60 // actual] * 4 + [60 - 4 * (60 // actual)]
    five = "".join(
        note(name, 1, f"<type>16th</type>{times}").replace(">60<", f">{length}<")
        for name, length in zip(("C4", "D4", "E4", "F4", "G4"), lengths, strict=True)
    )
    return one(whole("C4"), measure(five + note("A4", 3), 2))


def quintuplet():
    return tuplet(5)


def test_a_quintuplet_is_read_exactly():
    assert [str(n.duration) for n in read(quintuplet()).notes[1:7]] == ["1/5"] * 5 + ["3"]


def test_a_grid_rounds_a_quintuplet():
    with pytest.warns(MelodyWarning, match="moved to 16ths"):
        song = read(quintuplet(), grid=Grid.parse("16"))
    assert song.duration == 8
    assert {note.duration.denominator for note in song.notes} <= {1, 2, 4}


# ---- what is no score


DOCTYPE = (
    '<?xml version="1.0"?>\n<!DOCTYPE score-partwise PUBLIC '
    '"-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n + 1} "{f"&lol{n or str()};" * 10}">' for n in range(9))
    + "]>\n<score-partwise>&lol9;</score-partwise>"
)


def test_a_plain_doctype_is_fine():
    assert tokens(read(DOCTYPE + one(whole("C4")))) == "c1"


REFUSED = {
    "empty": ("", "s.musicxml: an empty file; export the score again"),
    "a page": (
        "<html/>",
        "s.musicxml: not MusicXML: its root is <html>, not <score-partwise>",
    ),
    "an empty timewise one": (
        "<score-timewise/>",
        "s.musicxml: no notes with a pitch; choose a score with a melody",
    ),
    "no parts": (
        "<score-partwise/>",
        "s.musicxml: no notes with a pitch; choose a score with a melody",
    ),
    "truncated": (
        "<score-partwise>\n  <part>\n</score-partwise>",
        "s.musicxml:3:3: not whole XML (mismatched tag); export the score again",
    ),
    "a bomb": (
        BOMB,
        "s.musicxml:2: declares the entity 'lol', which no score needs; "
        "delete its <!ENTITY> declarations",
    ),
    "a foreign file": (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><score-partwise>&x;'
        "</score-partwise>",
        "s.musicxml:1: declares the entity 'x', which no score needs; "
        "delete its <!ENTITY> declarations",
    ),
    "an unknown encoding": (
        '<?xml version="1.0" encoding="klingon"?><score-partwise/>',
        "s.musicxml: not whole XML (unknown encoding: klingon); export the score again",
    ),
    "endless": (
        one(whole("C4")).replace("<duration>240<", "<duration>99999999999<"),
        "s.musicxml: the melody lasts 1666666667 quarter notes, more than 100000; cut it",
    ),
    "too high": (
        one(whole("C4")).replace("<octave>4<", "<octave>44<"),
        "s.musicxml: bar 1: a pitch with MIDI number 540; pitches are 0 (C-1) to 127 (G9)",
    ),
    "no number": (
        one(whole("C4")).replace("<duration>240<", "<duration>long<"),
        "s.musicxml: bar 1: <duration> is 'long', not a number; export it again",
    ),
    "a number like a bomb": (
        one(whole("C4")).replace("<duration>240<", "<duration>1e999999999<"),
        "s.musicxml: bar 1: <duration> is 1e999999999, and lies from 0 to 1,000,000,000,000; "
        "export the score again",
    ),
    "no divisions": (
        one(whole("C4")).replace("<divisions>60<", "<divisions>0<"),
        "s.musicxml: bar 1: <divisions> is not greater than 0; export it again",
    ),
    "too many staves": (
        one(measure(note("C4", 4, "<staff>65</staff>"), 1, attributes())),
        "s.musicxml: bar 1: <staff> is 65; a part has 1 to 64 staves",
    ),
    "no step": (
        one(whole("C4")).replace("<step>C<", "<step>H<"),
        "s.musicxml: bar 1: <step> is 'H'; steps are A to G",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_musicxml(case):
    text, message = REFUSED[case]
    with pytest.raises(ScoreError) as raised:
        read(text)
    assert str(raised.value) == message


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("s.musicxml", archive(a_xml="x"), "s.musicxml: compressed; name it .mxl"),
        (
            "s.mxl",
            one(whole("C4")).encode(),
            "s.mxl: not a compressed score; plain MusicXML; name it .musicxml",
        ),
        ("s.mxl", archive(a_txt="x"), "s.mxl: no score in this archive; export it again"),
        (
            "s.mxl",
            archive(a_xml=one(whole("C4")))[:200],
            "s.mxl: damaged, its archive cannot be unpacked; export it again",
        ),
        (
            "s.mxl",
            archive(a_xml=" " * (LARGEST_FILE + 1)),
            "s.mxl: unpacks to more than 20 MB, too large for a melody",
        ),
    ],
    ids=["renamed", "plain", "no score", "cut", "a bomb"],
)
def test_what_is_no_archive(name, data, message):
    with pytest.raises(ScoreError) as raised:
        read(data, name)
    assert str(raised.value) == message


# ---- Humdrum

CHORALE = """\
!!!COM: Bach, Johann Sebastian
!!!OTL@@DE: Christ lag
**kern\t**kern
*Ibass\t*Isoprn
*k[f#]\t*k[f#]
*e:\t*e:
*M3/4\t*M3/4
*MM90\t*MM90
4E\t4b
=1\t=1
2.E\t4a#
.\t[2b
=2\t=2
2.EE\t2b]
.\t4e
==\t==
*-\t*-
!!!EED: nobody
"""


def test_humdrum():
    with pytest.warns(
        MelodyWarning, match=r"2 tracks have notes; took .* \((most like a melody|by its name)\)"
    ):
        song = read(CHORALE, "s.krn")
    assert tokens(song) == "b4 a#4 b1 e4"
    assert (song.title, song.composer) == ("Christ lag", "Bach, Johann Sebastian")
    assert (song.meter, song.key, song.tempo, song.pickup) == (
        Meter(3, 4),
        Key(1, "minor"),
        90,
        1,
    )


def test_of_several_humdrum_pieces_the_first():
    piece = "!!!OTL: {}\n**kern\n*M2/4\n=1\n4{}\n4c\n==\n*-\n"
    with pytest.warns(MelodyWarning, match=r"^s.krn: 2 tunes in it; took the first$"):
        song = read(piece.format("one", "c") + piece.format("two", "d"), "s.krn")
    assert (song.title, tokens(song)) == ("one", "c4 c4")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4c\n4d\n", "s.krn: not Humdrum: no '**kern' column; choose a file with one"),
        ("**kern\n4r\n*-\n", "s.krn: no notes with a pitch; choose a score with a melody"),
        (
            "**kern\n4c\t4d\n*-\n",
            "s.krn: line 2: 2 columns, 1 spines; export it again",
        ),
        (
            "\t".join(["**kern"] * 257) + "\n",
            "s.krn: line 1: more than 256 **kern spines, too many for a melody",
        ),
        (
            "**kern\n4c\nzz\n*-\n",
            "s.krn: line 3: 'zz' is no note; notes are such as 4.ee-, rests as 4r",
        ),
    ],
)
def test_what_is_no_humdrum(text, message):
    with pytest.raises(ScoreError) as raised:
        read(text, "s.krn")
    assert str(raised.value) == message


# ---- beside music21

READERS = {".mxl": read_compressed, ".xml": read_musicxml, ".krn": read_humdrum}


def as_music21_reads(path):
    """Onset and MIDI number of all heads of each part, as they sound; repeats are not played."""
    from music21 import converter, harmony

    score = converter.parse(path, forceSource=True).toSoundingPitch()
    for part in score.parts:
        notes = [element for element in part.flatten().notes if not element.duration.isGrace]
        yield sorted(
            (Fraction(element.offset), pitch.midi)
            for element in notes
            if not isinstance(element, harmony.Harmony)
            for pitch in element.pitches
        )


@pytest.mark.parametrize(
    "name",
    [
        *[
            "bach/bwv66.6.mxl",
            "trecento/PMFC_24_11-Credo Ciconia 11.xml",
            "palestrina/Agnus_17.krn",
        ],
        "schoenberg/opus19/movement2.mxl",
        "demos/voices_with_chords.xml",
    ],
)
def test_music21_reads_the_same_notes(name):
    path = package_folder("music21") / "corpus" / name
    piece = READERS[path.suffix](path.read_bytes(), name)
    assert not any(part.expanded for part in piece.parts)
    heads = [[TimedNote(h.onset, h.onset, h.pitch) for h in part.heads] for part in piece.parts]
    ours = [sorted((note.onset, note.midi) for note in part) for part in heads]
    assert ours == list(as_music21_reads(path))


def test_scores_need_no_music21(melodyrnn, tmp_path):
    (tmp_path / "t.abc").write_text("X:1\nK:C\nCDEF|")
    (tmp_path / "t.krn").write_text("**kern\n4c\n*-")
    (tmp_path / "t.musicxml").write_text(one(whole("C4")))
    code = (
        "import sys; from melodyrnn.formats.read import read_song; "
        "[read_song('t.' + kind) for kind in ('abc', 'krn', 'musicxml')]; "
        "sys.exit('music21' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_musicxml_of_ours_through_the_archive(tmp_path):
    song = parse("title: 아리랑\nmeter: 9/8\npickup: 8\n\ng8 | a4. c'4. trip{d'8 c' a} g8 r8")
    path = tmp_path / "a.mxl"
    path.write_bytes(archive(score_musicxml=musicxml(song)))
    assert read_song(path) == song
