"""The page of a comparison in a real browser: seen, played, decoded, and silent on the network."""

from functools import cache
from itertools import combinations

import pytest
from browsing import look, needs_chromium, requested, said, wait_until
from reports import report_of

from melodyrnn.music.notation.text import parse
from melodyrnn.render.pages.comparison import report
from melodyrnn.render.pages.comparison_data import HeldOut, HeldOutRow, Pair, Report, TrainingCurve
from melodyrnn.render.pages.takes import Take, Takes, takes_page
from melodyrnn.render.pages.training import training_page
from melodyrnn.render.pages.training_data import Example, Likely, Shown, SongBits, TrainingReport

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def compared(tmp_path_factory, request):
    nabiya = request.config.rootpath / "songs" / "nabiya.txt"
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report(report_of(nabiya.read_text(encoding="utf-8"))), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, compared):
    look(browser, 1280, "light")
    browser.get(compared.as_uri())
    wait_until(browser, "document.querySelectorAll('.player').length === 5")
    yield browser
    assert said(browser) == []
    assert requested(browser) == []


def sticking_out(browser):
    """What reaches beyond the page, and stands in nothing that scrolls."""
    return browser.execute_script(
        "const width = document.documentElement.clientWidth;"
        "const over = [...document.body.querySelectorAll('*')].filter(each => {"
        "  const box = each.getBoundingClientRect();"
        "  return box.width && box.right > width + 1 && !each.closest('.scroll > *');"
        "});"
        "if (document.documentElement.scrollWidth > width) over.push(document.documentElement);"
        "return over.map(each => each.outerHTML.slice(0, 80));"
    )


def players(browser):
    return browser.find_elements("css selector", ".player")


def play(browser, number):
    button = players(browser)[number].find_element("css selector", ".play")
    browser.execute_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button
    )
    button.click()


@pytest.mark.parametrize("width", [1280, 360])
def test_scores_are_seen_and_nothing_sticks_out(page, width):
    look(page, width, "light")
    assert len(players(page)) == 5
    for player in players(page):
        assert player.find_element("css selector", ".score").rect["width"] > width * 0.7
        heads = page.execute_script(
            "return [...arguments[0].querySelectorAll('[data-n]')]"
            ".filter(head => head.getBoundingClientRect().width > 0)"
            ".map(head => Number(head.dataset.n))",
            player,
        )
        assert set(heads) == set(range(54))
    assert sticking_out(page) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_tables_of_several_songs_fit(browser, tmp_path, width):
    models = ["lstm-stateless", "lookback", "ppm --memory both+"]
    held_out = HeldOut(
        18,
        637,
        [HeldOutRow(model, 4.5, 4.1, 4.9) for model in models],
        [Pair(a, b, -0.25, -0.5, -0.125, True, 0.012) for a, b in combinations(models, 2)],
        window=4,
    )
    curves = [TrainingCurve(m, 0, [1, 2], [3, 2], [0.1, 0.2], [(2, 4.5)]) for m in models[:2]]
    path = tmp_path / "several.html"
    page = Report("A sentence.", "kinder: 213 songs", curves=curves, held_out=held_out)
    path.write_text(report(page), encoding="utf-8")
    look(browser, width, "light")
    browser.get(path.as_uri())
    assert sticking_out(browser) == []
    assert "18 songs that no model had in training" in browser.page_source
    assert said(browser) == []


def test_a_click_plays_and_the_mark_follows(page):
    play(page, 0)
    wait_until(page, "document.querySelector('audio').currentTime > 0.8")
    marked = page.execute_script("return document.querySelector('.sounding').dataset.n")
    seconds = page.execute_script("return document.querySelector('audio').currentTime")
    starts = page.execute_script(
        "return JSON.parse(document.getElementById('data').textContent).players[0].starts"
    )
    sounding = max(n for n, start in enumerate(starts) if start <= seconds)
    assert sounding - 1 <= int(marked) <= sounding  # a frame may lie between the two questions
    assert int(marked) >= 2
    wait_until(page, f"document.querySelector('.sounding').dataset.n > {marked}")


def test_only_one_version_sounds(page):
    play(page, 0)
    wait_until(page, "document.querySelectorAll('audio')[0].currentTime > 0.1")
    play(page, 4)
    wait_until(page, "document.querySelectorAll('audio')[4].currentTime > 0.1")
    assert page.execute_script("return document.querySelectorAll('audio')[0].paused")


def test_a_note_pressed_is_played_from(page):
    head = page.execute_script(
        "return [...document.querySelectorAll('.player:first-of-type [data-n=\"20\"]')]"
        ".find(head => head.getBoundingClientRect().width > 0)"
    )
    from selenium.webdriver import ActionChains

    page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", head)
    ActionChains(page).move_to_element(head).click().perform()
    wait_until(page, "!document.querySelector('audio').paused")
    starts = page.execute_script(
        "return JSON.parse(document.getElementById('data').textContent).players[0].starts"
    )
    seconds = page.execute_script("return document.querySelector('audio').currentTime")
    assert starts[20] - 0.05 <= seconds < starts[20] + 3


def test_the_keyboard_is_enough(page):
    from selenium.webdriver.common.keys import Keys

    score = players(page)[3].find_element("css selector", ".score")
    score.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * 7)
    assert score.get_attribute("aria-valuenow") == "8"
    assert score.get_attribute("aria-valuetext") == "note 8 of 54: e8, wrong: the song has d8"
    score.send_keys(" ")
    wait_until(page, "document.querySelectorAll('audio')[3].currentTime > 2.6")
    score.send_keys(" ")
    wait_until(page, "document.querySelectorAll('audio')[3].paused")


def test_what_is_heard_is_the_song(page):
    """The WAV that the page builds: its length, and the pitch of its first note, by Fourier."""
    import numpy as np

    page.execute_script(
        "const original = URL.createObjectURL;"
        "URL.createObjectURL = blob => original.call(URL, window.captured = blob)"
    )
    play(page, 0)
    sound = page.execute_async_script(
        "const done = arguments[0];"
        "window.captured.arrayBuffer().then(bytes => done([...new Int16Array(bytes, 44)]))"
    )
    sound = np.array(sound) / 32768
    assert 16 <= len(sound) / 22050 < 17  # 32 quarters at 120 a minute
    assert 0.1 < np.abs(sound).max() < 1
    first = sound[: 22050 // 4]
    strength = np.abs(np.fft.rfft(first * np.hanning(len(first)), 8 * len(first)))
    fundamental = 392.0  # g4
    around = np.fft.rfftfreq(8 * len(first), 1 / 22050)
    near = (around > fundamental * 0.9) & (around < fundamental * 1.1)
    assert around[near][strength[near].argmax()] == pytest.approx(fundamental, rel=0.01)


def test_dark_and_light_differ_and_both_have_contrast(page):
    colours = {}
    for scheme in ("light", "dark"):
        look(page, 1280, scheme)
        colours[scheme] = page.execute_script(
            "const of = (e, what) => getComputedStyle(e)[what].match(/[\\d.]+/g).map(Number);"
            "return [of(document.body, 'color'), of(document.body, 'backgroundColor')]"
        )
    assert colours["light"] != colours["dark"]
    for ink, paper in colours.values():
        assert contrast(ink, paper) > 7


def contrast(a, b):
    """The ratio of luminances, 1 to 21 (WCAG 2.1)."""

    def luminance(colour):
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in (part / 255 for part in colour[:3])
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


SONG = parse("title: 나비야\nmeter: 2/4\ng8 e8 e4 f8 d8 d4 c8 d8 e8 f8 g8 g8 g4")


@cache
def training():
    """The page of a training that has all its parts."""
    said = [Likely("e8", 0.6, False), Likely("d#'16", 0.25, False), Likely("d8", 0.15, True)]
    song = Example("The song", SONG, [None, None, *[said] * (len(SONG) - 2)])
    played = Example("As the model plays it", SONG, wrong={5: "e8"}, primer=2, right=10, all=11)
    shown = Shown(
        "나비야",
        song,
        played,
        songs=[SongBits("A song with a long name" * 3, 54, 2.5)],
        examples=[song],
        text="나비야 나비야\n이리 날아 오너라 " * 20,
        given="나비야",
    )
    curve = TrainingCurve("lstm", 0, [1, 2, 3], [2, 1, 0.5], [], [(2, 3.5), (3, 3.25)], best=3)
    bits = {"viewpoints": 2.5, "ppm --memory both+": 4.25}
    figures = {"one step": "50 of 50", "bits per note": "0.012"}
    return training_page(
        TrainingReport("나비야", "lstm", ["seed 0"], "So.", "note", bits, figures, [curve], shown)
    )


@cache
def takes():
    """Two takes in tempi of their own."""
    slow = parse("tempo: 30\nkey: A major\na4 c'#4 e'4 a'2")
    return takes_page(Takes("새 노래", ["seed 3"], [Take(SONG, 3, ["5 of 13"]), Take(slow, 0, [])]))


@cache
def notebook():
    """A notebook that shows one song twice, and another."""
    shown = SONG._repr_html_()
    return f"<!DOCTYPE html><html><body>{shown}{shown}{SONG.transpose(2)._repr_html_()}"


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("made", [training, takes, notebook])
def test_each_page_fits_and_plays(browser, tmp_path, made, width):
    path = tmp_path / "page.html"
    path.write_text(made(), encoding="utf-8")
    look(browser, width, "dark")
    browser.get(path.as_uri())
    assert sticking_out(browser) == []
    last = len(players(browser)) - 1
    play(browser, last)
    wait_until(browser, f"document.querySelectorAll('audio')[{last}].currentTime > 0.1")
    wait_until(browser, "document.querySelectorAll('.sounding').length > 0")
    assert said(browser) == []
    assert requested(browser) == []


def test_what_was_expected_is_seen_at_the_note_pointed_at(browser, tmp_path):
    from selenium.webdriver import ActionChains

    path = tmp_path / "page.html"
    path.write_text(training(), encoding="utf-8")
    look(browser, 1280, "light")
    browser.get(path.as_uri())
    panel = players(browser)[0].find_element("css selector", ".expects")
    assert panel.text.split() == ["note", "3", "e8", "0.60", "d#'16", "0.25", "d8", "✓", "0.15"]
    for note, words in ((7, "note 8"), (0, "note 1: given to the model")):
        head = browser.execute_script(
            f"return document.querySelector('.wide [data-n=\"{note}\"] use')"
        )
        ActionChains(browser).move_to_element(head).perform()
        assert panel.text.startswith(words)
    assert said(browser) == []
