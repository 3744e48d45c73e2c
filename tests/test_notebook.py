"""A song in a notebook: small, whole, playable, and in need of nothing from outside."""

import json
import re

import numpy as np
import pytest

from melodyrnn import compare, generate, predict
from melodyrnn.formats.read import read_song
from melodyrnn.music import notebook_hook
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song
from melodyrnn.render.pages import sound

SONG = parse("title: 나비야\nmeter: 2/4\ntempo: 100\ng8 e8 e4 | f8 d8 d4")
MOST = 150_000


@pytest.fixture(scope="module")
def html():
    return SONG._repr_html_()


def played(html):
    [data] = re.findall(r"startPlayers\(root, (\{.*\})\);", html)
    return json.loads(data)


def test_a_song_shows_its_score_under_its_title(html):
    assert html.count('class="engraving') == 1
    assert '<h3><span lang="ko">나비야</span></h3>' in html
    assert "@font-face" in html  # its letters, for machines that have none
    assert [f'data-n="{n}"' in html for n in range(7)] == [True] * 6 + [False]


def test_a_song_brings_its_player_and_its_sounds(html):
    data = played(html)
    assert data["players"][0]["pitches"] == [67, 64, 64, 65, 62, 62]
    assert data["players"][0]["starts"] == [0, 0.3, 0.6, 1.2, 1.5, 1.8]
    assert data["samples"].keys() == {"62", "64", "65", "67"}


@pytest.mark.parametrize("name", ["nabiya", "minuet_in_g"])
def test_a_song_costs_little(name, request):
    html = read_song(request.config.rootpath / "songs" / f"{name}.txt")._repr_html_()
    assert len(html.encode()) < MOST
    assert played(html)["samples"]


def test_of_a_long_song_the_beginning_is_shown_and_all_is_played():
    html = parse("c4 d8 e8 f4 g4 a4 b8 c'8 r4 d'4~ d'2 e2 " * 30)._repr_html_()
    assert len(html.encode()) < MOST
    shown = max(map(int, re.findall(r'data-n="(\d+)"', html)))
    assert 200 < shown < 329
    assert "the beginning of 330 notes; write them all with write_song(song" in html
    assert len(played(html)["players"][0]["starts"]) == 330


def test_a_very_long_song_says_how_it_can_be_played(monkeypatch):
    monkeypatch.setattr("melodyrnn.render.pages.notebook.MOST_NOTES", 100)
    html = SONG._repr_html_()
    assert "data-n" in html
    assert "<script" not in html
    assert "too long to be played here; write it with write_song(song, 'song.wav')" in html


def test_nothing_is_fetched(html):
    html = re.sub(r'xmlns(:xlink)?="[^"]*"|"http://www.w3.org/2000/svg"', "", html)
    html = re.sub(r"// .*$|base64,[\w+/=]*|\"[\w+/]{99,}=*\"|url\(data:font", "", html, flags=re.M)
    assert not re.search(r"https?:|//|@import|url\(|<link|src=[^u]", html)
    sources = re.findall(r'href="([^"]{5})', html)
    assert {source[0] for source in sources} == {"#"}


def test_text_is_never_markup():
    trap = "</style><script>alert(1)</script>"
    assert trap not in parse(f"title: {trap}\nc4")._repr_html_()


def test_a_song_that_cannot_be_drawn_says_why():
    html = Song((), title="<b>")._repr_html_()
    assert html.startswith("<pre>&lt;Song &lt;b&gt;, 0 notes, 4/4, C major&gt;")
    assert "a song without notes cannot be drawn; give it one note or rest</pre>" in html


def test_where_nobody_draws_the_plain_form_is_shown(monkeypatch):
    monkeypatch.setattr(notebook_hook, "_DRAWERS", [])
    assert SONG._repr_html_() is None


def test_ipython_finds_it():
    formatters = pytest.importorskip("IPython.core.formatters")
    assert "<audio " in formatters.HTMLFormatter()(SONG)


def expanded(data):
    """As the script does it."""
    curved = (np.frombuffer(data, np.uint8).astype(float) - 128) / 127
    return np.sign(curved) * ((1 + sound.MU) ** np.abs(curved) - 1) / sound.MU


def test_small_sounds_are_near_the_large_ones():
    plain = np.sin(np.linspace(0, 100, 5000)) * np.linspace(1, 0, 5000)
    assert np.abs(expanded(sound._compressed(plain)) - plain).max() < 0.025
    assert np.sqrt(np.mean((expanded(sound._compressed(plain)) - plain) ** 2)) < 0.01


@pytest.mark.parametrize("most", [4_000, 30_000, 80_000])
def test_sounds_keep_within_their_bytes_and_reach_all_notes(most):
    song = parse("c8 e8 g#4 c'4 f'2 c''4")
    found = sound.sound([song], None, None, most)
    assert sum(map(len, found["samples"].values())) <= most
    pitches = [int(midi) for midi in found["samples"]]
    reach = max(sound.REACHES)
    for note in song:
        assert min(abs(midi - note.pitch.midi) for midi in pitches) <= reach


def test_a_prediction_shows_bars():
    html = predict("folk", "g8 b8 d'8", count=3)._repr_html_()
    assert html.count('<span class="bar">') == 3
    assert 'style="width:100.00%"' in html
    assert "nan" not in html


def test_takes_show_their_scores_and_what_they_copy():
    made = generate("folk", bars=2, count=4, seed=1)
    html = made._repr_html_()
    assert html.count("<audio ") == 3
    assert html.count(" notes in a row, from note") == 3
    assert "… and 1 more" in html


@pytest.mark.usefixtures("no_workers")
def test_a_comparison_shows_its_sentence_and_tables(tmp_path):
    found = compare(
        "songs", models="ngram", seeds=1, held_out=0.3, jobs=1, output=tmp_path / "compare"
    )
    html = found._repr_html_()
    assert found.sentence in html
    assert 'class="held-out"' in html
    assert 'class="pairs"' in html
    assert "</style><" not in html.replace("</style>\n", "")
