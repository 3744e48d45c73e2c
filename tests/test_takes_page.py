"""generate --page: new songs and texts as scores with players, and what is known of each."""

import json
import re

import pytest

from melodyrnn.errors import FileError, MelodyError
from melodyrnn.render.pages.takes import Takes, WrittenText, takes_page
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train


@pytest.fixture(scope="module")
def run(request, tmp_path_factory):
    song = request.config.rootpath / "songs" / "nabiya.txt"
    return train(song, model="ngram", output=tmp_path_factory.mktemp("takes") / "run").run


def players(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["players"]


def test_each_take_is_seen_and_heard_and_what_is_known_of_it_is_said(run, tmp_path):
    path = tmp_path / "takes.html"
    asked = {"count": 4, "best": 2, "seed": 3, "length": 12, "temperature": 1.5}
    result = generate(run, page=path, output=tmp_path / "new.mid", **asked)
    assert result.page == path
    assert result.files[-1] == path
    assert result.to_json()["page"] == str(path)
    page = path.read_text(encoding="utf-8")
    for song, player, number in zip(result.songs, players(page), (1, 2), strict=True):
        assert player["tokens"] == list(song.tokens)
        assert f'<span lang="ko">After 나비야, take {song.take}</span>' in page
        assert f"{song.copied_words} · score {song.score}" in page
        assert f"new-{number}.mid" in page
    for word in ("<h1>run</h1>", "ngram · seed 3 · temperature 1.5", "2 new songs", "given to the"):
        assert word in page
    generate(run, page=path, **asked)
    assert "new-1.mid" not in path.read_text(encoding="utf-8")


def test_a_title_stands_above_and_nothing_is_asked_without_a_page(run, tmp_path):
    assert generate(run, length=4).page is None
    assert "page" not in generate(run, length=4).to_json()
    path = tmp_path / "takes.htm"
    generate(run, length=4, title="새 <노래>", page=path)
    page = path.read_text(encoding="utf-8")
    assert '<h1><span lang="ko">새 &lt;노래&gt;</span></h1>' in page
    assert "<노래>" not in page


def test_a_text_is_shown_line_by_line_and_escaped():
    trap = "<script>alert('나비')</script>"
    page = takes_page(Takes("texts", [], texts=[WrittenText("나\n비", f"야\n{trap}", ["a.txt"])]))
    assert "<blockquote><b>나</b><br><b>비</b>야<br>&lt;script&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("page", "asked", "problem"),
    [
        ("takes.pdf", {}, "page takes.pdf is no name of a page; give one such as takes.html"),
        ("a.html", {"count": 101}, "page shows at most 100 songs; give best 100"),
    ],
)
def test_what_no_page_shows_is_refused_before_anything_is_drawn(run, page, asked, problem):
    with pytest.raises(MelodyError, match=problem):
        generate(run, page=page, **asked)


def test_a_folder_is_no_page(run, tmp_path):
    (tmp_path / "a.html").mkdir()
    with pytest.raises(FileError, match=r"a\.html"):
        generate(run, page=tmp_path / "a.html")


def test_the_command_names_the_page(run, tmp_path, melodyrnn):
    path = tmp_path / "takes.html"
    asked = ["generate", run.path, "--length", "4", "--page", path]
    assert str(path) in melodyrnn(*asked).stdout
    assert melodyrnn(*asked, "--quiet").stdout.split() == [str(path)]
