"""The page that a training leaves: curves, what it plays, what it expects; small, and escaped."""

import json
import re

import pytest

from melodyrnn.music.notation.text import parse
from melodyrnn.render.pages.comparison_data import Ceiling, TrainingCurve
from melodyrnn.render.pages.training import training_page
from melodyrnn.render.pages.training_data import Example, Likely, Shown, SongBits, TrainingReport
from melodyrnn.tasks.shown import MOST_IN_EXAMPLES, MOST_NOTES
from melodyrnn.workflows.train import train

MOST = 600_000


def read(result):
    assert result.run.path / "report.html" in result.files
    return (result.run.path / "report.html").read_text(encoding="utf-8")


def players(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["players"]


@pytest.fixture(scope="module")
def by_heart(request, tmp_path_factory):
    songs = request.config.rootpath / "songs" / "nabiya.txt"
    folder = tmp_path_factory.mktemp("by-heart")
    return train(songs, model="ngram", output=folder / "run")


def test_of_a_song_it_shows_what_is_played_and_which_notes_are_wrong(by_heart):
    page = read(by_heart)
    song, played = players(page)
    right = by_heart.measures.whole_song.right
    assert song["wrong"] == {}
    assert len(played["wrong"]) == 50 - right > 0
    for place, token in played["wrong"].items():
        assert song["tokens"][int(place)] == token != played["tokens"][int(place)]
    first = min(map(int, played["wrong"])) + 1
    assert f"It plays {right} of 50 notes correctly; the first wrong one is note {first}." in page
    for figure in (f"{by_heart.measures.one_step.right} of 50", "46 of 50"):
        assert f"<dd>{figure}</dd>" in page
    assert 'lang="ko">나비야' in page
    assert len(page.encode()) < MOST


def test_of_each_note_it_says_what_was_expected(by_heart):
    song = players(read(by_heart))[0]
    logits = by_heart.measures.played[0].logits
    assert song["expected"][:4] == [None] * 4
    came = 0
    for place, likely in enumerate(song["expected"][4:], 4):
        assert 5 <= len(likely) <= 6
        shares = [share for _, share, _ in likely[:5]]
        assert shares == sorted(shares, reverse=True)
        [true] = [token for token, _, is_true in likely if is_true]
        assert true == song["tokens"][place]
        came += true == likely[0][0]
    assert came == by_heart.measures.one_step.right
    assert len(logits) == 50


def test_a_result_shows_itself_in_a_notebook(by_heart):
    html = by_heart._repr_html_()
    assert html.startswith('<div class="melodyrnn">')
    assert f"<dd>{by_heart.measures.one_step.right} of 50</dd>" in html
    assert "@import" not in html
    assert len(html) < 40_000


def test_of_many_songs_it_shows_how_those_held_out_are_predicted(request, tmp_path):
    folder = request.config.rootpath / "songs"
    result = train(folder, model="ppm", held_out=0.3, output=tmp_path / "run")
    page = read(result)
    rows = re.findall(r"<td>(\d+)</td><td>([\d.]+)<span", page)
    assert len(rows) == result.metrics["songs"]["held_out"]
    bits = [float(each) for _, each in rows]
    assert bits == sorted(bits)
    total = sum(int(notes) * each for (notes, _), each in zip(rows, bits, strict=True))
    assert total / sum(int(notes) for notes, _ in rows) == pytest.approx(result.bits, abs=0.01)
    best, worst = players(page)
    for player in (best, worst):
        assert all(sum(true for *_, true in said) == 1 for said in player["expected"])
    assert f"{result.bits:.3f}" in page
    assert all(f"{each.bits:.3f}" in page for each in result.baselines)
    assert len(page.encode()) < MOST


def report_of(**changes):
    parts = {
        "title": "나비야",
        "model": "lstm",
        "facts": ["seed 0"],
        "sentence": "So.",
        "unit": "note",
        "bits": {"lstm": 0.1},
        "figures": {"one step": "50 of 50"},
        "curves": [TrainingCurve("lstm", 0, [1, 2, 3], [2, 1, 0.5], [0, 0.5, 0.9], best=2)],
    }
    return TrainingReport(**parts | changes)


def test_the_best_epoch_is_seen_on_each_curve():
    page = training_page(report_of(shown=Shown(ceiling=Ceiling(4, 46, 50))))
    assert page.count('class="dot s0"') == 2
    assert "The dashed line is the ceiling." in page


def test_a_loss_that_is_no_number_is_left_out():
    curve = TrainingCurve("lstm", 0, [1, 2, 3], [2, float("inf"), float("nan")], [])
    assert "nan" not in re.sub(
        "<style>.*?</style>|<dl.*?</dl>", "", training_page(report_of(curves=[curve])), flags=re.S
    )


def test_the_largest_page_keeps_its_bound():
    song = parse(" ".join(("c8 c'16 d#16 f#4 a'8 e-8 " * 50).split()[:MOST_NOTES]))
    short = parse(" ".join(("c8 c'16 d#16 f#4 a'8 e-8 " * 50).split()[:MOST_IN_EXAMPLES]))
    said = [Likely("c#'16", 0.123, False)] * 5 + [Likely("e-8", 0.001, True)]
    example = Example("Long", song, [said] * MOST_NOTES)
    shown = Shown(
        "Long",
        example,
        Example("Long", song, wrong=dict.fromkeys(range(4, MOST_NOTES), "c#'16")),
        songs=[SongBits("a", 10, 1.0)] * 1000,
        examples=[Example("Short", short, [said] * MOST_IN_EXAMPLES)] * 2,
    )
    page = training_page(report_of(shown=shown))
    assert len(page.encode()) < MOST
    assert "984 between them" in page


def test_text_is_never_markup():
    trap = "</script><script>alert('나비')</script>"
    shown = Shown(text=f"{trap}\n{trap}", given="</sc", songs=[SongBits(trap, 1, 1.0)])
    page = training_page(report_of(title=trap, sentence=trap, facts=[trap], shown=shown))
    assert "<script>alert" not in page
    assert "<br>" in page
    assert "<script" not in page
