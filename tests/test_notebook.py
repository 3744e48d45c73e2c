import base64
import io
import re
import wave

import pytest

from melodyrnn.music import notebook_hook
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song

SONG = parse("title: 나비야\nmeter: 2/4\ntempo: 100\ng8 e8 e4 | f8 d8 d4")


def test_a_song_shows_its_score():
    html = SONG._repr_html_()
    assert html.count("<svg ") == 1
    assert 'aria-label="나비야"' in html
    assert [f'id="n{n}"' in html for n in range(7)] == [True] * 6 + [False]


def test_a_song_brings_its_player_and_its_sound():
    [sound] = re.findall(
        r'<audio controls src="data:audio/wav;base64,([^"]+)">', SONG._repr_html_()
    )
    with wave.open(io.BytesIO(base64.b64decode(sound))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 22050)
        assert SONG.seconds < file.getnframes() / 22050 < SONG.seconds + 3


def test_nothing_is_fetched():
    html = re.sub(r'xmlns(:xlink)?="[^"]*"', "", SONG._repr_html_())
    assert not re.search(
        r"https?:|//|@import|url\(|<script|<link", re.sub(r"base64,[^\"]*", "", html)
    )
    sources = re.findall(r'(?:src|href)="([^"]{5})', html)
    assert {source[0] for source in sources if not source.startswith("data:")} == {"#"}


def test_all_pages_are_shown():
    assert parse("c4 d8 e8 f4 g4 a4 b8 c'8 r4 d'4~ d'2 e2 " * 45)._repr_html_().count("<svg ") == 2


def test_a_very_long_song_says_how_it_can_be_played():
    html = parse("tempo: 5\n" + "c1 " * 7)._repr_html_()
    assert "<svg " in html
    assert "too long to be played here; write it with write_song(song, 'song.wav')" in html


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
