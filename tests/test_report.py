"""The page of a comparison as HTML: whole, safe, and in need of nothing from outside."""

import json
import re
from html.parser import HTMLParser

import pytest
from reports import WRONG, report_of

from melodyrnn.render.pages.comparison import report
from melodyrnn.render.pages.comparison_data import TrainingCurve
from melodyrnn.render.pages.words import font_face

VOID = {"meta", "link", "input", "br", "img"}


@pytest.fixture(scope="module")
def page(request):
    nabiya = request.config.rootpath / "songs" / "nabiya.txt"
    return report(report_of(nabiya.read_text(encoding="utf-8")))


class Checker(HTMLParser):
    """Sees that elements nest, and keeps what a test asks about."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.addresses, self.headings = [], [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        names = ("href", "src", "xlink:href", "action", "data", "poster", "srcset")
        self.addresses += [attributes[name] for name in names if attributes.get(name)]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def checked(page):
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def test_ids_are_unique_and_every_link_arrives(checked):
    assert len(set(checked.ids)) == len(checked.ids)
    inside = {address[1:] for address in checked.addresses if address.startswith("#")}
    assert inside <= set(checked.ids)


def test_nothing_is_asked_of_the_network(page, checked):
    outside = [a for a in checked.addresses if not a.startswith(("#", "data:"))]
    assert outside == []
    assert not re.findall(r"url\((?!['\"]?(?:data:|#))", page)
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_headings_go_down_one_level_at_a_time(checked):
    assert checked.headings[0] == 1
    assert checked.headings.count(1) == 1
    pairs = zip(checked.headings, checked.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in pairs)


def test_each_version_is_there_with_its_wrong_notes_and_what_should_have_been(page):
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
    assert len(data["players"]) == 1 + 4  # the song, and two tests of two models
    expected = {str(index): code for index, code in WRONG.items()}
    assert [player["wrong"] for player in data["players"]] == [{}, {}, {}, expected, expected]
    for player in data["players"]:
        assert len(player["starts"]) == len(player["tokens"]) == 54
        assert {str(midi) for midi in player["pitches"]} <= data["samples"].keys()
    assert data["players"][0]["starts"][:4] == [0, 0.25, 0.5, 1]  # 120 quarters a minute


def test_every_section_has_what_it_says(page):
    for words in ("The LSTM passes the ceiling &amp; the MLP", "나비야", "Songs held out"):
        assert words in page
    assert report(report_of("g8 e8 e4 f8 " * 14, held_out=None, windows=None)).count("<h2") == 5


def test_a_page_of_several_songs_has_nothing_to_play():
    changes = {"song": None, "ceiling": None, "rows": [], "versions": [], "ambiguities": []}
    curve = TrainingCurve("lstm", 0, [1, 2], [2, 1], [0.1, 0.2], [(1, 4.5), (2, 4.25)])
    page = report(
        report_of(
            "g8 e8 e4 f8 " * 14,
            **changes,
            sentence="So.",
            windows=None,
            title="91 songs",
            curves=[curve],
        )
    )
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert "<h1>91 songs</h1>" in page
    assert page.index('id="held-out"') < page.index('id="curves"') < page.index('id="words"')
    assert "200 notes and the ends of the songs" in page
    assert "validation set: bits per note" in page
    for word in ("<script", "The music", "ceiling", "whole song", 'href="#music"'):
        assert word not in re.sub("<style>.*?</style>", "", page, flags=re.S)


def test_each_model_has_axes_of_its_own():
    short = TrainingCurve("lstm", 0, [1, 192], [0.5, 0.05], [0.1, 1.0])
    long = TrainingCurve("mlp", 0, [1, 1860], [20, 2], [0.1, 0.9])
    page = report(report_of("g8 e8 e4 f8 " * 14, curves=[short, long], windows=None))
    figures = re.findall(r'<figure class="curve">.*?</figure>', page, re.S)
    ticks = [re.findall(r">([\d,.]+)</text>", figure) for figure in figures]
    assert ticks == [
        ["0", "50", "100", "150", "0.01", "0.1", "1", "0", "50", "100", "150"],
        ["0", "500", "1,000", "1,500", "1", "10", "100", "0", "500", "1,000", "1,500"],
    ]


def test_text_is_never_markup(request):
    trap = "</script><script>alert('나비')</script>"
    nabiya = (request.config.rootpath / "songs" / "nabiya.txt").read_text(encoding="utf-8")
    page = report(report_of(nabiya.replace("나비야", trap), sentence=trap))
    assert trap not in page
    assert "<script>alert" not in page
    assert page.count("<script") == 2


def test_the_same_report_is_the_same_page(request, page):
    nabiya = request.config.rootpath / "songs" / "nabiya.txt"
    assert report(report_of(nabiya.read_text(encoding="utf-8"))) == page
    assert len(page) < 2_000_000


def test_letters_of_every_font_are_embedded_without_a_word(caplog):
    face = font_face(["나비야, שלום"], "x")
    assert face.count("@font-face") == 2
    assert not caplog.records
