"""The pages say what their commands print: the quick ones are run. texts.py sees a difference."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from click import Context, Group

from melodyrnn.cli import main

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("texts", ROOT / "benchmarks" / "texts.py")
texts = sys.modules["texts"] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(texts)

every_page = pytest.mark.parametrize(
    "page", texts.PAGES, ids=lambda page: str(page.relative_to(ROOT))
)


@every_page
def test_quick_commands_print_what_the_page_says(page):
    quick = texts.chosen(list(texts.passages(page)), lambda passage: passage.mark.quick)
    outcomes = list(texts.run_page(quick, longest=0))
    for outcome in outcomes:
        texts.report(outcome)
    assert {outcome.state for outcome in outcomes} <= {"same"}


def test_there_are_quick_commands_and_all_others_have_their_mark():
    every = [passage for page in texts.PAGES for passage in texts.passages(page)]
    quick = [passage.name for passage in every if passage.mark.quick]
    assert len(quick) >= 10
    assert len(every) >= 60
    assert "melodyrnn inspect songs/nabiya.txt | tail -3" in quick
    assert not [passage.place for passage in every if passage.has_no_source()]


@every_page
def test_its_commands_and_options_exist(page):
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for command, rest in re.findall(r"^ *(?:\$ )?melodyrnn (\w+)(.*)$", text, re.M):
        found = main.get_command(Context(main), command)
        if isinstance(found, Group) and rest.split():
            found = found.get_command(Context(found), rest.split()[0])
        options = {option for each in found.params for option in each.opts}
        assert set(re.findall(r"\s\[?(--?[a-z][\w-]*)", rest.split("|")[0])) <= options


def test_the_korean_readme_shows_what_the_english_one_shows():
    english, korean = (
        {each.name: each.shown for each in texts.passages(ROOT / page)}
        for page in ("README.md", "docs/ko/README.md")
    )
    assert len(korean) >= 5
    assert korean == {name: english.get(name) for name in korean}


def page_of(folder, text):
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def states(page, longest=60.0):
    return [each.state for each in texts.run_page(list(texts.passages(page)), longest)]


def run_main(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["texts.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        texts.main()
    return ended.value.code


PLANTED = """# A page

Two lines:

    $ printf 'one\\ntwo\\n'
    one
    three

and more of it.
"""


def test_a_planted_difference_is_shown_and_mended(tmp_path, monkeypatch, capsys):
    page = page_of(tmp_path, PLANTED)
    assert run_main(monkeypatch, page)
    shown = capsys.readouterr().out
    assert "page.md:5" in shown
    assert "-three\n+two\n" in shown
    assert shown.endswith("1 differs\n")
    assert page.read_text(encoding="utf-8") == PLANTED
    run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8") == PLANTED.replace("three", "two")
    assert not run_main(monkeypatch, page)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("in 6.6 s", "in 41.2 s"),
        ("a    1  2.5 s", "a  1  13.0 s"),
        ("5 ms, 1,105 MB", "1.5 ms, 9 MB"),
        ("a\n…\nd", "a\nb\nc\nd"),
        ('"loss": […], "claim": "with…"', '"loss": [\n1,\n2\n], "claim": "with an end"'),
    ],
)
def test_what_depends_on_the_machine_or_is_left_out_is_no_difference(shown, printed):
    assert texts.agree(shown.split("\n"), printed.split("\n"))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("0.069 bits", "0.068 bits"), ("200 epochs", "180 epochs"), ("a\n…\nd", "a\nb\nc"), ("", "a")],
)
def test_what_is_measured_has_to_agree(shown, printed):
    assert not texts.agree(shown.split("\n"), printed.split("\n"))


def test_of_trained_networks_decimals_may_be_near_and_counts_may_not_be():
    page = ["200 epochs, 50/50, 0.069"]
    assert texts.agree(page, ["180 epochs, 50/50, 0.051"], within=0.02)
    assert not texts.agree(page, ["180 epochs, 50/50, 0.048"], within=0.02)
    assert not texts.agree(page, ["200 epochs, 49/50, 0.069"], within=0.02)


def test_commands_of_a_page_share_a_folder_and_a_fence_is_a_block_too(tmp_path):
    page = page_of(
        tmp_path,
        "    $ echo 5 > five\n    $ cat \\\n        five\n    5\n\n```\n$ cat five\n5\n```\n\n"
        "    $ ls songs/nabiya.txt\n    songs/nabiya.txt\n",
    )
    assert states(page) == ["same"] * 4


def test_an_error_is_what_a_command_prints_where_it_fails(tmp_path):
    say = "echo working >&2; echo 'error: no' >&2; exit 1"
    page = page_of(tmp_path, f"    $ {say}\n    error: no\n    $ {say}\n")
    assert states(page) == ["same", "fails"]


def test_long_ones_and_what_needs_them_are_not_run(tmp_path):
    page = page_of(
        tmp_path,
        "<!-- texts: 2 minutes -->\n\n    $ echo a > a.txt\n\nThen:\n\n    $ cat a.txt\n    a\n\n"
        "    $ echo b\n    b\n\n<!-- texts: 1 hour, not run: too dear -->\n\n    $ echo c\n    c\n",
    )
    outcomes = list(texts.run_page(list(texts.passages(page)), 60))
    assert [each.state for each in outcomes] == ["not run", "not run", "same", "not run"]
    assert [each.why for each in outcomes] == ["takes 2 minutes", "needs line 3", "", "too dear"]
    assert states(page, longest=120) == ["same", "same", "same", "not run"]


def test_what_a_chosen_command_needs_is_chosen_too(tmp_path):
    page = page_of(
        tmp_path,
        "    $ melodyrnn train songs/nabiya.txt\n    $ melodyrnn train kinder\n"
        "    $ melodyrnn generate runs/kinder-lstm --count 2 --output new\n    $ evaluate new\n",
    )
    names = [each.name for each in texts.chosen(list(texts.passages(page)), lambda p: p.line == 3)]
    assert names == [
        "melodyrnn train kinder",
        "melodyrnn generate runs/kinder-lstm --count 2 --output new",
        "evaluate new",
    ]


TABLE = """    $ echo '{"rows": [{"model": "lstm", "bits": 1.9404, "folds": [2.5, 3]}]}' > a.json

<!-- texts: from a.json, rows by model, bits per note = bits, fold 2 = folds.1 -->

| model | fold 2 | bits per note |
| --- | --- | --- |
| lstm | 3.0 | 1.940 |
"""


def test_a_table_has_the_figures_of_its_file(tmp_path, monkeypatch):
    page = page_of(tmp_path, TABLE)
    assert states(page) == ["same", "same"]
    page.write_text(TABLE.replace("1.940 |", "1.93 |"), encoding="utf-8")
    assert states(page) == ["same", "differs"]
    run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8") == TABLE.replace("1.940 |", "1.94 |")


def test_a_table_of_figures_says_where_they_come_from(tmp_path):
    table = "| model | bits |\n| --- | --- |\n| lstm | 1.94 |\n"
    assert states(page_of(tmp_path, table)) == ["no command"]
    mark = "<!-- texts: 3 hours, not run: many commands -->\n\n"
    assert states(page_of(tmp_path, mark + table)) == ["not run"]
    assert states(page_of(tmp_path, table.replace("1.94", "good"))) == []


@pytest.mark.parametrize("mark", ["rows by name", "lines by model", "bits per note = bits.mean"])
def test_a_file_without_the_figures_fails_and_nothing_is_written(tmp_path, monkeypatch, mark):
    text = TABLE.replace("rows by model, bits per note = bits", mark)
    assert text != TABLE
    page = page_of(tmp_path, text)
    assert run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8") == text
    assert states(page) == ["same", "fails"]


def test_what_a_failing_command_prints_is_not_written(tmp_path, monkeypatch):
    text = "    $ echo half; exit 1\n    whole\n"
    page = page_of(tmp_path, text)
    assert run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8") == text


def test_seconds_stay_where_nothing_else_changes(tmp_path, monkeypatch):
    page = page_of(tmp_path, "    $ printf 'a 7.5 s\\n\\nb 7.5 s\\n'\n    a 1.5 s\n\n    c 1.5 s\n")
    run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8").endswith("\n    a 1.5 s\n\n    b 7.5 s\n")


def test_near_is_the_same_and_written_anew(tmp_path, monkeypatch):
    page = page_of(tmp_path, "<!-- texts: decimals within 0.1 -->\n\n    $ echo 0.03\n    0.06\n")
    assert states(page) == ["same"]
    run_main(monkeypatch, page, "--write")
    assert page.read_text(encoding="utf-8").endswith("\n    0.03\n")


def test_lines_left_out_stay_so_when_they_are_written(tmp_path, monkeypatch, capsys):
    page = page_of(tmp_path, "    $ seq 5\n    0\n    …\n    4\n\n    $ seq 2\n    1…\n    3\n")
    assert run_main(monkeypatch, page, "--write")
    assert "page.md:6: not written, for it has a …" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith(
        "    $ seq 5\n    1\n    …\n    4\n    5\n\n"
    )


def test_a_mark_that_says_nothing_is_an_error(tmp_path):
    page = page_of(tmp_path, "<!-- texts: some time -->\n\n    $ true\n")
    with pytest.raises(SystemExit, match=r"page\.md:1: 'some time' says nothing to texts\.py"):
        list(texts.passages(page))
