"""Scores to play from: large staves, whole silences, beats that can be seen, lines of octaves."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from strategies import songs

from melodyrnn.formats.musicxml.octave_lines import octave_lines
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.formats.registry import reader
from melodyrnn.music.engraved_bars import engraved_bars, silent_runs
from melodyrnn.music.notation.text import parse
from melodyrnn.render import engrave as engraving
from melodyrnn.render.engrave import A4, LARGER, STAFF, UNIT, Paper, engrave
from melodyrnn.render.sheet import pdf, svg

TREBLE = (64, 77)


def written(text):
    """The bars as they are engraved: a token a sign."""
    return [
        " ".join(
            f"{'r' if head.pitch is None else head.pitch.step}{head.value}{'~' * head.tie}"
            for head in bar.heads
        )
        for bar in engraved_bars(parse(text))
    ]


def read_back(document):
    return reader(".musicxml").read_song(document.encode(), "x.musicxml", None, None)


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("4/4\nc8 d4 e4 f4 g8", ["c8 d4 e8~ e8 f4 g8"]),  # the middle shows
        ("4/4\nc4 d2 e4", ["c4 d2 e4"]),  # what begins on a beat need not
        ("4/4\nc4. d4. e4", ["c4. d8~ d4 e4"]),
        ("2/4\nc8 d4 e8", ["c8 d4 e8"]),
        ("3/4\nc16 d4 e8. f4", ["c16 d8.~ d16 e8. f4"]),
        ("12/8\nc4. d4 e4. f8 g4.", ["c4. d4 e8~ e4 f8 g4."]),
        ("4/4\ntrip{c4 d4 e4} f2", ["c4 d4 e4 f2"]),
    ],
)
def test_notes_are_tied_where_they_would_hide_a_beat(text, bars):
    assert written(text) == bars


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("4/4\nr8 r8 r4 c2", ["r2 c2"]),
        ("4/4\nc4 r8 r8 r4 c4", ["c4 r4 r4 c4"]),
        ("4/4\nc4 r2.", ["c4 r4 r2"]),
        ("4/4\nc8 r4 r8 r4 r4", ["c8 r8 r4 r2"]),
        ("3/4\nc4 r2", ["c4 r4 r4"]),
        ("2/4\nc16 r8. r8 c8", ["c16 r16 r8 r8 c8"]),
        ("6/8\nc8 r4 r4 d8", ["c8 r8 r8 r4 d8"]),
        ("4/4\nr8. c16 c4 c2", ["r8. c16 c4 c2"]),
        ("6/8\nr8 r8 r8 d4.", ["r4. d4."]),
        ("4/4\ntrip{c8 d8 r8} r4 r2", ["c8 d8 r8 r4 r2"]),
    ],
)
def test_rests_in_a_row_are_one_silence_that_shows_the_beats(text, bars):
    assert written(text) == bars


@settings(max_examples=40, deadline=None)
@given(song=songs())
def test_what_is_engraved_sounds_as_the_song(song):
    lengths: dict[int, Fraction] = {}
    for bar in engraved_bars(song):
        place = bar.offset
        for head in bar.heads:
            assert head.offset == place
            assert head.pitch == song[head.note].pitch
            place += head.value.duration
            lengths[head.note] = lengths.get(head.note, Fraction(0)) + head.value.duration
        assert place == bar.end
    assert all(lengths[n] == note.duration for n, note in enumerate(song) if note.pitch)


def test_a_file_keeps_each_rest():
    song = parse("4/4\nr8 r8 r4 c2")
    assert musicxml(song).count("<rest") == 3
    assert musicxml(song, engraved=True).count("<rest") == 1


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("4/4\nc1 | r1 | r1 | r1 | c1", {1: 3}),
        ("4/4\nc1 | r1 | c1", {}),
        ("4/4\nr2 r2 | r1 | c2 r2 | r1 | r1", {0: 2, 3: 2}),
        ("pickup: 4\n3/4\nr4 | r2. | r2. | c2.", {1: 2}),
        ("3/4\nr2. | r2. | 4/4 r1 | r1 | c1", {0: 2, 2: 2}),  # a new meter is to be seen
        ("chords: 4 C\n4/4\nr1 | r1 | r1 | r1", {2: 2}),  # as chord symbols are
        ("4/4\nc1 | r1 | r2", {}),  # what is not full is no bar of rest
    ],
)
def test_silent_bars_in_a_row_are_one_rest(text, runs):
    song = parse(text)
    assert silent_runs(engraved_bars(song), song) == runs


def test_a_rest_of_many_bars_is_drawn_as_one_with_their_number():
    text = "4/4\nc1 | r1 | r1 | r1 | r1 | c1 | c8 d8 e8 f8 g2"
    song = parse(text)
    drawn = svg(song)[0]
    assert (drawn.count('class="measure"'), drawn.count('class="multiRest"')) == (4, 1)
    assert re.findall(r' id="(n[\d-]+)"', drawn)[:3] == ["n0", "n1", "n5"]
    assert 'class="multiRest"' not in svg(song, labels={0: "first"})[0]
    assert "multiple-rest" not in musicxml(song)
    assert "<multiple-rest>4</multiple-rest>" in musicxml(song, engraved=True)
    assert read_back(musicxml(song, engraved=True)).duration == song.duration


# Lines of octaves


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("c4 g''4 a''4 c4", [(1, 2, "down")]),
        ("c4 a'4 g''4 r4 b''4 c4", [(1, 4, "down")]),
        ("c4 g''4 r4", []),  # one note alone is read by its ledger lines
        ("c4 c''4 d''4 e''4", []),  # three of them are
        ("c'4 DD4 CC4 c'4", [(1, 2, "up")]),
    ],
)
def test_far_passages_are_under_a_line(text, lines):
    assert [tuple(line) for line in octave_lines(parse(text), *TREBLE)] == lines


def test_a_line_is_drawn_and_the_notes_below_it_stand_an_octave_nearer():
    text = "4/4\n" + "c4 d4 e4 f4 " * 4 + "g''4 a''4 b''4 g''4"
    drawn = svg(parse(text))[0]
    assert 'class="octave"' in drawn
    assert "stroke-dasharray" in drawn
    assert 'class="octave"' not in svg(parse(text.replace("''", "'")))[0]


def test_a_line_is_dashed_in_a_pdf_too():
    text = "4/4\n" + "c4 d4 e4 f4 " * 4 + "g''4 a''4 b''4 g''4"
    engraved = engrave(parse(text), A4)[0].root
    assert any(element.get("stroke-dasharray") for element in engraved.iter())
    assert pdf(parse(text)).startswith(b"%PDF")


def test_an_octave_line_is_read_as_what_sounds():
    song = parse("4/4\nc4 g''4 a''4 c4 c1 c1 c1 c1 c1")
    assert "octave-shift" in musicxml(song, engraved=True)
    assert read_back(musicxml(song, engraved=True)) == song


# Size


@pytest.fixture
def staves(monkeypatch):
    """The height of the staves that were drawn, each time."""
    found = []
    verovio = engraving._verovio

    def watched(document, layout, **more):
        found.append(layout.unit * STAFF)
        return verovio(document, layout, **more)

    monkeypatch.setattr(engraving, "_verovio", watched)
    return found


def staff_height(page):
    """Millimetres between the outer lines of the first staff."""
    staff = next(e for e in page.root.iter() if e.get("class") == "staff")
    lines = [re.findall(r"-?[\d.]+", e.get("d", "")) for e in staff if e.tag.endswith("path")]
    heights = [float(line[1]) for line in lines[:5]]
    return (max(heights) - min(heights)) / 100


def test_a_short_song_has_large_staves():
    (page,) = engrave(parse("4/4\n" + "c4 d4 e4 f4 " * 8), A4)
    assert staff_height(page) == pytest.approx(LARGER[0] * STAFF, abs=0.1)


def test_a_song_of_several_pages_has_those_of_a_song_book(staves):
    pages = engrave(parse("4/4\n" + "c8 d8 e8 f8 g8 a8 b8 c'8 " * 120), A4)
    assert len(pages) > 1
    assert set(staves) == {UNIT * STAFF}


def test_a_page_that_is_looked_at_stays_as_it_is(staves):
    engrave(parse("4/4\n" + "c4 d4 e4 f4 " * 8), Paper(190, 6000, 2, cropped=True))
    assert set(staves) == {UNIT * STAFF}
