"""The exported page in a real browser, from the disk: it plays the tune of the command line."""

import json
import os
import shlex
import time
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from browsing import look, needs_chromium, requested, said, wait_until
from click.testing import CliRunner
from random_runs import random_run, write_random_weights

import melodyrnn
from melodyrnn import ConfigError, ExportResult, Run, export_run, parse, read_song
from melodyrnn.cli import main
from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.export.bundle import bundle
from melodyrnn.formats.abc.write import abc
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.music.bars import bars
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.text import TextTask

PAGE = Path(melodyrnn.__file__).parent / "export" / "page"
TITLE = "나비야, <folk> & 노래"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="module")
def folk(folder):
    return export_run("folk", folder / "folk.html", title=TITLE)


@pytest.fixture(scope="module")
def by_heart(folder, nabiya):
    """A run on one song whose notes, drawn from random weights, fall across bar lines."""
    songs = Split((Named("nabiya", read_song(nabiya)),), (), ())
    return random_run(folder / "by-heart", SongTask(), songs, {"model": "lstm", "units": 8})


def opened(browser, path):
    look(browser, 1280, "light")
    browser.get(path.as_uri())
    wait_until(browser, "document.querySelector('#command').textContent", 60)
    return browser


@pytest.fixture
def quiet(browser):
    yield browser
    assert said(browser) == []
    assert requested(browser) == []


@pytest.fixture
def page(quiet, folk):
    look(quiet, 1280, "light")
    return quiet if quiet.current_url == folk.file.as_uri() else opened(quiet, folk.file)


def ask(browser, **settings):
    """Fill the controls, press the button, and wait for the takes: the notes of each as text."""
    browser.execute_script(
        """
        document.getElementById("form").reset();
        for (const [name, value] of Object.entries(arguments[0])) {
          const control = document.getElementById(name);
          if (value === true) control.checked = true;
          else if (control) control.value = value;
        }
        document.getElementById("form").requestSubmit();
        """,
        {"bars": "", **settings},
    )
    wait_until(browser, "document.querySelector('#takes').ariaBusy === 'false'", 60)
    return browser.execute_script(
        "return [...document.querySelectorAll('.files code')].map((each) => each.textContent)"
    )


def press(browser, selector):
    element = browser.find_element("css selector", selector)
    browser.execute_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
    )
    element.click()


def text_of(browser, selector):
    return browser.find_element("css selector", selector).text


def saved(browser, folder, number):
    """The bytes of the file that the button of that number saves."""
    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    before = set(folder.iterdir())
    press(browser, f".files button:nth-of-type({number})")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        new = [f for f in set(folder.iterdir()) - before if f.suffix != ".crdownload"]
        if new and new[0].stat().st_size:
            return new[0]
        time.sleep(0.02)
    raise AssertionError("nothing was saved")


@needs_chromium
@pytest.mark.parametrize(
    "settings",
    [
        {"seed": "3", "bars": 4, "key": "G major", "end": True},
        {"seed": "123456789012345678", "bars": 4, "meter": "6/8", "ties": True, "topP": "0.8"},
        {"primer": "g8 e8 e4 f'8", "bars": 4, "temperature": "0.7", "count": 2},
    ],
)
def test_the_tune_is_that_of_the_command_which_the_page_shows(page, settings):
    tunes = ask(page, **settings)
    program, *words = shlex.split(text_of(page, "#command"))
    assert program == "melodyrnn"
    made = CliRunner().invoke(main, [*words, "--json"])
    songs = json.loads(made.stdout)["songs"]
    assert tunes == [" ".join(song["tokens"]) for song in songs]
    shown = [each.text for each in page.find_elements("css selector", ".player .result")]
    for facts, song in zip(shown, songs, strict=True):
        assert facts.startswith(f"{song['meter']} · ")
        assert f" · {len(song['tokens'])} notes, " in facts


@needs_chromium
def test_it_is_heard_and_the_mark_moves(page):
    from selenium.webdriver.common.keys import Keys

    ask(page, bars=4)
    press(page, ".play")
    wait_until(page, "document.querySelector('audio').currentTime > 0.8")
    wait_until(page, "Number(document.querySelector('.sounding')?.dataset.n) > 0")
    assert text_of(page, ".now").startswith("note ")
    page.execute_script("document.getElementById('tempo').value = 60")
    page.execute_script("document.getElementById('tempo').dispatchEvent(new Event('change'))")
    score = page.find_element("css selector", ".score")
    score.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    first = page.execute_script("return document.querySelector('.files code').textContent")
    words = f"note 2 of {len(first.split())}: {first.split()[1]}"
    assert score.get_attribute("aria-valuetext") == words
    assert page.find_elements("css selector", ".sounding .mark")
    score.send_keys(" ")
    wait_until(page, "!document.querySelector('audio').paused")
    ask(page, bars=4, seed="1")
    assert page.execute_script("return document.querySelectorAll('.player').length") == 1


@needs_chromium
def test_an_error_stands_where_it_was_made(page):
    ask(page, bars=4)
    ask(page, primer="g8 x4 e8", bars=4)
    assert "cannot read 'x4'" in text_of(page, "#error")
    selected = page.execute_script(
        "const { id, selectionStart, selectionEnd } = document.activeElement;"
        "return [id, selectionStart, selectionEnd]"
    )
    assert selected == ["primer", 3, 5]
    primer = page.find_element("css selector", "#primer")
    assert primer.get_attribute("aria-invalid") == "true"
    press(page, "summary")
    press(page, "#keys button:nth-child(2)")  # C sharp
    assert not page.find_elements("css selector", "#error")
    assert primer.get_attribute("value") == "g8 x4 e8 c#8"
    ask(page, bars=999)
    assert "bars 999 is out of range" in text_of(page, ".field:has(#bars) .error")


@needs_chromium
def test_it_speaks_korean_and_fits_any_screen(page):
    assert text_of(page, "h1") == TITLE
    assert page.title == TITLE
    assert page.execute_script("return document.fonts.size") >= 1  # letters that may be missing
    ask(page, bars=4)
    assert "bits per note" in text_of(page, ".result")
    page.execute_script(
        "document.querySelectorAll('details').forEach((each) => (each.open = true));"
        "const menu = document.getElementById('language');"
        "menu.value = 'ko'; menu.dispatchEvent(new Event('change'))"
    )
    assert text_of(page, "#make") == "가락 만들기"
    assert "비트" in text_of(page, ".result")
    assert page.execute_script("return document.documentElement.lang") == "ko"
    colours = set()
    for width, scheme in [(1280, "light"), (360, "dark")]:
        look(page, width, scheme)
        wait_until(
            page,
            "document.querySelector('.score svg').clientWidth > 0.8 * "
            "document.querySelector('#takes').clientWidth",
        )
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
        paper = "return getComputedStyle(document.body).backgroundColor"
        colours.add(page.execute_script(paper))
    assert len(colours) == 2


@needs_chromium
def test_notes_across_bar_lines_are_tied_and_files_read_back(quiet, folder, by_heart):
    result = export_run(by_heart, folder / "by-heart.html")
    page = opened(quiet, result.file)
    assert ask(page, seed="2", length=40)
    [made] = melodyrnn.generate(by_heart, seed=2, length=40).songs
    song = made.song
    heads = [head for bar in bars(song) for head in bar.heads]
    crossing = [bar for bar in bars(song) if bar.heads[-1].tie]
    assert len(crossing) >= 3
    ties = page.find_elements("css selector", ".score .abcjs-tie:not(.abcjs-start-edge)")
    assert len(ties) == sum(head.tie for head in heads)
    drawn = page.find_elements("css selector", ".score [data-n]")
    assert [int(each.get_attribute("data-n")) for each in drawn] == [each.note for each in heads]
    midi = saved(page, folder, 1)
    assert midi.read_bytes() == midi_bytes(song)
    assert [(n.pitch and n.pitch.midi, n.duration) for n in read_song(midi)] == [
        (n.pitch and n.pitch.midi, n.duration) for n in song
    ]
    assert read_song(midi).title == song.title == "After 나비야"
    assert saved(page, folder, 2).read_text("utf-8") == abc(song)


WRITTEN = [
    "title: 100% \\ & 나비\ncomposer: who\nmeter: 6/8\nkey: E- major\ntempo: 95.5\npickup: 8\n"
    "b-8 | e'-4. trip{d'8 c' b-} f#8 | g--8. a##16 b-8~ b-4. | r4. r8 r8 b-8",
    "meter: 5/8\nkey: F# minor\n5:4{c16 d e f g} 7:4{c32 d e f g a b} | c2~c8~c32 r1 g4.. "
    "quad{c8 d e f}",
    "meter: 3/4\ntempo: 61.3\npickup: 4+8\nC4. | CC2. c'''4 r2 | r2. | 9:8{c8 d e f g a b c' d'}",
    "meter: 2/2\nkey: C- major\ntrip{c4~ c8 d4. e4} trip{c16 d8} | c1~ c2~ c8~ c8 d4 f4~ f1",
]


@needs_chromium
def test_what_the_page_writes_is_what_the_package_writes(quiet, folder, request):
    """ABC, which the engraver reads, and MIDI."""
    entry = folder / "entry.js"
    beside = Path(os.path.relpath(PAGE, folder)).as_posix()
    entry.write_text(
        f'import {{ abc }} from "{beside}/abc.js";\n'
        f'import {{ midiBytes }} from "{beside}/midi.js";\n'
        "Object.assign(window, { abc, midiBytes });\n"
    )
    html = folder / "written.html"
    html.write_text(
        f"<!DOCTYPE html><link rel='icon' href='data:,'><script>{bundle(entry)}</script>",
        encoding="utf-8",
    )
    quiet.get(html.as_uri())
    songs = [parse(text) for text in WRITTEN]
    songs += [read_song(path) for path in sorted((request.config.rootpath / "songs").glob("*.txt"))]
    for song in songs:
        written = quiet.execute_script(
            "return [abc(arguments[0]), [...midiBytes(arguments[0])]]", document_of(song)
        )
        assert written == [abc(song), list(midi_bytes(song))]


def document_of(song):
    """As the engine has it."""

    def pitch_of(pitch):
        return pitch and {"step": pitch.step, "alter": pitch.alter, "octave": pitch.octave}

    return {
        "title": song.title,
        "composer": song.composer,
        "meter": str(song.meter),
        "key": str(song.key),
        "tempo": song.tempo,
        "pickup": float(song.pickup),
        "notes": [
            {
                "midi": note.pitch and note.pitch.midi,
                "pitch": pitch_of(note.pitch),
                "onset": float(onset),
                "duration": float(note.duration),
            }
            for note, onset in zip(song, song.offsets, strict=True)
        ],
    }


@needs_chromium
def test_a_run_on_text_writes_text(quiet, folder):
    book = folder / "book.txt"
    book.write_text("나비야 나비야 이리 날아 오너라 " * 30, encoding="utf-8")
    record, parts = TextTask().plan(read_texts([book]), {"model": "lstm", "units": 8})
    run = Run.begin(folder / "book", record, parts, fresh=False, overwrite=False)
    write_random_weights(run)
    page = opened(quiet, export_run(run, folder / "book.html").file)
    ask(page, primer="나비", length=30, seed="4")
    [text] = melodyrnn.generate(run, primer="나비", length=30, seed=4).texts
    assert text_of(page, ".written") == text.text.strip()
    assert not page.find_elements("css selector", "#bars, .score")


def test_it_is_small_whole_and_bound_to_its_scripts(folk):
    assert isinstance(folk, ExportResult)
    assert folk.compressed < 3_000_000
    assert folk.to_json() == {
        "file": str(folk.file),
        "kind": "page",
        "bytes": folk.file.stat().st_size,
        "compressed": folk.compressed,
    }
    html = folk.file.read_text("utf-8")
    assert "default-src 'none'; script-src 'sha256-" in unescape(html[:2000])
    assert "Permission is hereby granted" in html
    assert '<h1><span lang="ko">나비야, &lt;folk&gt; &amp; 노래</span></h1>' in html
    assert str(folk.file.parent) not in html


def test_the_engraver_is_as_it_was_published():
    notice = (PAGE.parent / "vendor" / "README.md").read_text("utf-8")
    script = (PAGE.parent / "vendor" / "abcjs" / "abcjs-basic-min.js").read_bytes()
    assert sha256(script).hexdigest() in notice


def test_what_it_cannot_carry_is_refused_with_the_reason(folder, song):
    counted = melodyrnn.train(song, model="ngram", output=folder / "counted").run
    page = folder / "counted.html"
    with pytest.raises(ConfigError, match="model ngram is the songs that it counts"):
        export_run(counted, page)
    assert not page.exists()
    with pytest.raises(ConfigError, match=r"to page\.htm: no such kind of export; did you mean"):
        export_run(counted, "page.htm")
    refused = CliRunner().invoke(main, ["export", "folk", "--to", "music"])
    assert refused.exit_code == 1
    assert "--to music: no such kind of export; kinds are page (.html)" in refused.stderr
