import re
import threading
import unicodedata
import warnings
from collections import Counter
from fractions import Fraction
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import resvg_py
from hypothesis import example, given, settings
from PIL import Image
from strategies import songs

from melodyrnn.errors import MelodyWarning, RenderError
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Note, Pitch, Song
from melodyrnn.render import fonts, sheet
from melodyrnn.render.engrave import A4, engrave
from melodyrnn.render.package_data import data_file
from melodyrnn.render.page import SVG

NABIYA = parse(
    "title: 나비야\ncomposer: 독일 민요\nmeter: 2/4\ntempo: 100\n"
    "g8 e8 e4 f8 d8 d4 c8 d8 e8 f8 g8 g8 g4"
)
LONG = parse("title: 긴 노래\n" + "c4 d8 e8 f4 g4 a4 b8 c'8 r4 d'4~ d'2 e2 " * 45)
KINDS = {
    "one note": "c4",
    "Korean": "title: 나비야\ncomposer: 독일 민요\ntempo: 90\nc4 d4 e4 f4",
    "long title": f"title: {'a very long title ' * 9}\ncomposer: {'somebody ' * 20}\nc4 d4",
    "title without blanks": f"title: {'나비야이리날아오너라' * 12}\nc4 d4",
    "flats": "key: C- major\nmeter: 6/8\ntempo: 72\nc-8 d- e- f- g- a- bn4. b-4.",
    "high": "title: 높은음\ntempo: 60\nc''''4 b'''4 a'''8 g''' f''' e''' c''''1",
    "low": "CC4 DDD4 CCC8 DDD EEE FFF CCC1",
    "wide": "tempo: 60\nCC4 c'''4 CC8 c''' CC c''' c1 c''''4 c c c",
    "triplets": "tempo: 9\ntrip{c8 d e} trip{f4 g a} b4~ b2 trip{c'8 d'~ d'} c'4~ c'1~ c'4",
    "pickup": "meter: 3/4\nkey: e minor\npickup: 4\nb4 e4 f#4 g4 a#2 b4",
}


def ink(png):
    """True where a PNG is darker than half grey; it must be opaque."""
    image = Image.open(BytesIO(png))
    if image.mode == "RGBA":
        assert image.getextrema()[3] == (255, 255)
    return np.asarray(image.convert("L")) < 128


def ids(page):
    return [e.get("id") for e in ET.fromstring(page).iter() if e.get("id")]


def note_ids(page):
    return [name for name in ids(page) if not name.startswith("glyph-")]


def all_kinds():
    return [pytest.param(parse(text), id=name) for name, text in KINDS.items()]


def test_each_note_has_its_id():
    assert note_ids(sheet.svg(NABIYA)[0]) == [f"n{n}" for n in range(13)]


def test_tied_heads_have_ids_of_their_own():
    page = sheet.svg(parse("c2 d4 e4~ e1 r1"))[0]
    assert note_ids(page) == ["n0", "n1", "n2", "n2-1", "n3"]


def test_an_svg_needs_no_font_no_style_and_no_network():
    page = sheet.svg(NABIYA)[0]
    root = ET.fromstring(page)
    kinds = {element.tag.removeprefix(f"{{{SVG}}}") for element in root.iter()}
    assert kinds <= {"svg", "title", "rect", "defs", "g", "use", "path", "polygon", "ellipse"}
    assert "font" not in page
    assert set(re.findall(r"https?://[^\"]*", page)) == {SVG, "http://www.w3.org/1999/xlink"}


def test_an_svg_says_its_title_to_who_cannot_see_it():
    root = ET.fromstring(sheet.svg(NABIYA)[0])
    assert root.find(f"{{{SVG}}}title").text == "나비야, 독일 민요"
    labels = [element.get("aria-label") for element in root.iter() if element.get("aria-label")]
    assert labels[:2] == ["나비야", "독일 민요"]
    assert "\xa0=\xa0100" in labels


def test_a_title_in_letters_apart_is_the_same_title():
    apart = Song(NABIYA.notes, title=unicodedata.normalize("NFD", "나비야"))
    assert sheet.svg(apart) == sheet.svg(Song(NABIYA.notes, title="나비야"))


def test_a_png_is_wide_white_and_cropped_to_the_music():
    page = ink(sheet.png(NABIYA)[0])
    assert page.shape[1] == sheet.PNG_WIDTH
    assert page.shape[0] < sheet.PNG_WIDTH / 2
    rows = np.flatnonzero(page.any(axis=1))
    assert page.shape[0] - rows[-1] < 120


def test_the_title_is_drawn_in_the_middle_and_the_composer_at_the_right():
    page = ink(sheet.png(NABIYA)[0])
    without = ink(sheet.png(Song(NABIYA.notes, meter=NABIYA.meter, tempo=100.0))[0])
    head = page[: page.shape[0] - without.shape[0] + 20]
    title, composer = _blocks(head)[:2]
    assert (title[0] + title[1]) / 2 == pytest.approx(sheet.PNG_WIDTH / 2, abs=8)
    assert title[1] - title[0] == pytest.approx(3 * 0.94 * 7 / 190 * sheet.PNG_WIDTH, rel=0.1)
    assert composer[1] == pytest.approx(185 / 190 * sheet.PNG_WIDTH, abs=8)


def _blocks(page):
    """(left, right) of each run of rows with ink."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], page.any(axis=1), [0]))))
    runs = zip(edges[::2], edges[1::2], strict=True)
    columns = [np.flatnonzero(page[top:bottom].any(axis=0)) for top, bottom in runs]
    return [(found[0], found[-1]) for found in columns]


@pytest.mark.parametrize("meter", ["4/4", "3/4", "2/2"])
def test_a_tempo_mark_stands_clear_of_the_time_signature(meter):
    page = ink(sheet.png(parse(f"tempo: 100\nmeter: {meter}\nf4 g a"))[0])
    top = np.flatnonzero(page.any(axis=1))[0]
    staff = np.flatnonzero(page.mean(axis=1) > 0.1)[0]  # this tune fills a fifth of the line
    stem = np.flatnonzero(page[top])[-1]
    below_head = page[top:staff, stem - 12 : stem + 1].any(axis=1)
    assert not below_head[-5:].any()


@pytest.mark.parametrize("song", all_kinds())
def test_nothing_is_cut_off(song):
    for page in map(ink, sheet.png(song)):
        assert page.any()
        edge = 12  # 1.4 mm
        assert not page[:edge].any()
        assert not page[-edge:].any()
        assert not page[:, :edge].any()
        assert not page[:, -edge:].any()


@settings(max_examples=25)
@given(songs(max_size=10))
@example(parse("r1~ r1~ r1 c1 d2 r1~ r1~ r1"))
def test_every_song_can_be_drawn_and_shows_each_note(song):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)  # a title in any script
        pages = sheet.svg(song)
    drawn = Counter(int(name[1:]) for page in pages for name in note_ids(page) if "-" not in name)
    in_a_row = {n for n in range(1, len(song)) if song[n].is_rest and song[n - 1].is_rest}
    assert drawn == Counter(set(range(len(song))) - in_a_row)  # they have the first one's signs


@pytest.mark.parametrize("song", all_kinds())
def test_the_pdf_shows_what_the_svg_shows(song):
    pdf = pypdfium2.PdfDocument(sheet.pdf(song))
    for page, engraved in zip(pdf, engrave(song, A4), strict=True):
        ours = np.asarray(page.render(scale=4).to_pil().convert("L")).astype(float)
        drawn = resvg_py.svg_to_bytes(
            svg_string=sheet._svg(song, engraved),
            width=ours.shape[1],
            dpi=96,
            background="#ffffff",
        )
        oracle = np.asarray(Image.open(BytesIO(bytes(drawn))).convert("L")).astype(float)
        oracle = oracle[: ours.shape[0], : ours.shape[1]]
        ours = ours[: oracle.shape[0], : oracle.shape[1]]
        blurred = [_blurred(255 - image) for image in (ours, oracle)]
        assert np.abs(blurred[0] - blurred[1]).max() < 32  # PDFium draws bold letters thinner
        assert blurred[0].sum() == pytest.approx(blurred[1].sum(), rel=0.04)


def _blurred(image):
    """Means over squares of 16 pixels: renderers smooth edges in their own ways."""
    high, wide = (size // 16 for size in image.shape)
    return image[: high * 16, : wide * 16].reshape(high, 16, wide, 16).mean(axis=(1, 3))


def test_a_pdf_is_a4_with_text_to_select_and_nothing_but_vectors():
    document = pypdfium2.PdfDocument(sheet.pdf(NABIYA))
    page = document[0]
    assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.01)
    text = page.get_textpage().get_text_bounded()
    assert "나비야" in text
    assert "독일 민요" in text
    assert {
        "Title": "나비야",
        "Author": "독일 민요",
    }.items() <= document.get_metadata_dict().items()
    kinds = {item.type for item in page.get_objects()}
    assert kinds == {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_TEXT}


def test_a_pdf_embeds_its_fonts():
    data = sheet.pdf(NABIYA)
    assert b"Helvetica" not in data
    assert data.count(b"/FontFile2") == 2


def test_the_music_stands_at_the_top_of_a_pdf_below_the_title():
    page = pypdfium2.PdfDocument(sheet.pdf(NABIYA))[0].render(scale=1).to_pil().convert("L")
    rows = np.flatnonzero((np.asarray(page) < 128).any(axis=1))
    assert rows[0] > 40
    assert rows[-1] < page.height / 3


def test_a_long_song_runs_over_pages():
    pages = sheet.svg(LONG)
    assert len(pages) == len(sheet.png(LONG)) == len(pypdfium2.PdfDocument(sheet.pdf(LONG))) > 1
    firsts = [name for page in pages for name in note_ids(page) if "-" not in name]
    assert firsts == [f"n{n}" for n in range(len(LONG.notes))]
    assert 'aria-label="긴 노래 \xb7 2"' in pages[1]


def bars_of_lines(text):
    """The number of bars in each line of a song's only page."""
    [page] = sheet.svg(parse(text))
    return [line.count('class="measure"') for line in page.split('class="system"')[1:]]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("meter: 4/4\n" + "c4 d e f " * 16, [4, 4, 4, 4]),
        ("meter: 4/4\n" + "c4 d e f " * 9, [4, 5]),  # the last bar finds room
        ("meter: 4/4\n" + "c4 d e f " * 11, [4, 4, 3]),
        ("meter: 4/4\npickup: 4\ng4 " + "c4 d e f " * 8, [5, 4]),
        ("meter: 2/4\n" + "c4 d4 " * 24, [8, 8, 8]),
        ("meter: 4/4\n" + "c4 d e f " * 5, [5]),
        ("meter: 4/4\n" + "c16 d e f g a b c' d' c' b a g f e d " * 8, [3, 3, 2]),  # too long
    ],
)
def test_a_line_holds_whole_phrases(text, lines):
    assert bars_of_lines(text) == lines


def test_colours_and_labels_mark_notes():
    page = sheet.svg(NABIYA, colors={1: "#c0392b"}, labels={2: "라"})[0]
    groups = {e.get("id"): e for e in ET.fromstring(page).iter() if e.get("id")}
    assert groups["n1"].get("color") == "#c0392b"
    assert [e.get("aria-label") for e in groups["n2"].iter() if e.get("aria-label")] == ["라"]


def test_chord_symbols_stand_above_their_notes():
    song = parse("key: F\nchords: 0 F, 2 Gm7/D, 3 N.C., 4 Bbmaj7\n\nf4 a c'2 b-1")
    [page] = sheet.svg(song)
    assert page.count('class="harm"') == 4
    text = pypdfium2.PdfDocument(sheet.pdf(song))[0].get_textpage().get_text_range()
    assert {"F", "Gm7/D", "N.C."} <= set(text.split())


def test_the_same_song_gives_the_same_bytes():
    assert sheet.svg(NABIYA) == sheet.svg(NABIYA)
    assert sheet.png(NABIYA) == sheet.png(NABIYA)
    assert sheet.pdf(NABIYA) == sheet.pdf(NABIYA)


def test_songs_can_be_drawn_at_the_same_time():
    others = [parse(text) for text in list(KINDS.values())[:5]]
    alone = [sheet.svg(song) for song in others]
    together = [None] * len(others)

    def draw(place):
        for _ in range(5):
            together[place] = sheet.svg(others[place])

    threads = [threading.Thread(target=draw, args=(place,)) for place in range(len(others))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_letters_that_no_font_has_are_boxes_and_one_warning():
    song = Song((Note(Pitch("c"), Fraction(1)),), title="\u05e9\u05dc 🎵", composer="Ğ")
    with pytest.warns(MelodyWarning) as caught:
        page = sheet.svg(song)[0]
    assert [str(warning.message) for warning in caught] == [
        "no font here can draw '\u05dc', '\u05e9', '🎵'; drawn as □"
    ]
    assert 'aria-label="\u05e9\u05dc 🎵"' in page
    assert [run.font.name for run in fonts.runs("가Ğ")] == ["NanumGothic", "DejaVuSans"]


def test_an_empty_song_is_refused():
    with pytest.raises(RenderError) as caught:
        sheet.svg(Song(()))
    assert str(caught.value) == "a song without notes cannot be drawn; give it one note or rest"


def test_a_missing_font_says_what_to_install():
    with pytest.raises(RenderError) as caught:
        data_file("koreanize_matplotlib", "fonts/NoSuchFont.ttf")
    assert str(caught.value) == (
        "koreanize_matplotlib/fonts/NoSuchFont.ttf: no such file; "
        "pip install --force-reinstall koreanize-matplotlib"
    )
