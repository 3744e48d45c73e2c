"""What is reported of long work while it runs."""

import ast
import sys
import types

import pytest

from melodyrnn import show_progress
from melodyrnn.system import attended
from melodyrnn.system.attended import if_attended
from melodyrnn.system.progress import Pace, Progress, silent
from melodyrnn.system.sentences import Sentence, listed
from tests.conftest import ROOT


def test_the_time_left_is_at_the_pace_of_the_work_in_hand():
    clock = iter([0.0, 10.0, 20.0, 30.0, 90.0])
    pace = Pace(lambda: next(clock))
    assert pace.line(100, 300, "steps") == "100/300 steps"
    assert pace.line(200, 300, "steps") == "200/300 steps ≤0:10"
    assert pace.line(300, 300, "steps") == "300/300 steps ≤0:00"
    assert pace.line(0, 20, "songs") == "0/20 songs"
    assert pace.line(10, 20, "songs") == "10/20 songs ≤1:00"


def test_all_work_says_what_it_counts():
    wordless = []
    for path in (ROOT / "melodyrnn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) == 2:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                wordless += [f"{path}:{node.lineno}"] * (name in ("progress", "_progress"))
    # Those of a training's program are no callback, and give the words.
    assert [place for place in wordless if "trainer.py" not in place] == []


def test_what_is_said_beside_the_unit_follows_it():
    words = listed("songs", "", Sentence("network {n}", n=2))
    assert words == "songs, network 2"
    assert Pace(lambda: 0.0).line(1, 4, words) == "1/4 songs, network 2"


@attended.verb("counting")
def count(until: int, *, progress: Progress = if_attended) -> Progress:
    for number in range(until + 1):
        progress(number, until, "sheep")
    return progress


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(attended, "_SECONDS_BEFORE", 0.0)
    monkeypatch.setattr(attended, "_SECONDS_BETWEEN", 0.0)


def test_a_program_that_asks_for_nothing_shows_nothing(impatient, capsys):
    assert count(3) is silent
    assert capsys.readouterr() == ("", "")


def test_a_callback_of_ones_own_is_called(impatient):
    heard = []
    count(2, progress=lambda *said: heard.append(said))
    assert heard == [(0, 2, "sheep"), (1, 2, "sheep"), (2, 2, "sheep")]


def test_a_program_can_ask_for_it(impatient, capsys):
    count(2, progress=show_progress)
    bar, half, full = "░" * 24, "█" * 12 + "░" * 12, "█" * 24
    assert [line.rsplit(" ≤")[0] for line in capsys.readouterr().err.splitlines()] == [
        f"counting {bar} 0/2 sheep",
        f"counting {half} 1/2 sheep",
        f"counting {full} 2/2 sheep",
    ]


def test_whoever_sits_at_a_prompt_sees_a_line_that_goes(impatient, capsys, monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    count(1)
    shown = capsys.readouterr().err
    assert shown.count("\r\x1b[K") == 3
    assert shown.endswith("\r\x1b[K")
    assert all(len(line) <= 79 for line in shown.split("\r\x1b[K"))


def test_the_line_goes_where_the_work_fails_too(impatient, capsys, monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with pytest.raises(ZeroDivisionError):
        attended.verb("failing")(lambda *, progress: progress(1, 2) or 1 / 0)()
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_a_notebook_has_it_below_the_cell(impatient, monkeypatch):
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(data["text/plain"])

    def display(data, raw, display_id):
        shown.append(data["text/plain"])
        return Handle()

    shell = types.SimpleNamespace(kernel=None)
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    count(1)
    assert [text[:8] for text in shown] == ["counting", "counting", ""]


def test_what_is_soon_done_is_not_shown(capsys):
    count(3, progress=show_progress)
    assert capsys.readouterr().err == ""
