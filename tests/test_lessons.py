"""The lessons: what they are called, what they take, what they find. A few are carried out."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import read_song, run_lesson
from melodyrnn.cli import main
from melodyrnn.errors import ConfigError, RunError
from melodyrnn.lessons import catalogue, cells, sentence, translation
from melodyrnn.lessons.catalogue import NAMES, all_lessons
from melodyrnn.lessons.lesson import SHAPES, Finding, LearningCurve, Lesson, Table
from melodyrnn.lessons.lesson_folder import FILE
from melodyrnn.lessons.shared import nabiya_song, next_symbol
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.ngrams.ngram import ceiling
from melodyrnn.models.registry import CELLS
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.system.progress import silent

ROOT = Path(__file__).parent.parent


def call(*arguments):
    """The command in this process: its exit status, and what it printed on either stream."""
    return CliRunner().invoke(main, ["lesson", *map(str, arguments)])


def error_of(*arguments):
    done = call(*arguments)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    return done.stderr.removeprefix("error: ").rstrip()


@pytest.fixture
def course(monkeypatch, tmp_path):
    """Two lessons that take no time, in place of all: one holds, the other does not."""
    monkeypatch.chdir(tmp_path)

    def run(lesson, progress):
        progress(1, 1, "loss 0.000")
        return Finding(
            holds=lesson.fit.epochs > 100,
            sentence=f"{lesson.fit.epochs} epochs",
            figures={"epochs": lesson.fit.epochs},
            tables=[Table("Each step", ["input", "predicted"], [["나", "비"], ["[a]", "b"]])],
            pictures=[HeatMap("looks", "Looks", ["a"], ["b", "c"], [[0.25, 0.75]])],
            curves=[LearningCurve("loss", [1.0, 0.5])],
        )

    def made(name, **options):
        return Lesson(
            name=name, shape="many to one", about="nothing", claim="much", run=run, **options
        )

    table = {"long": made("long"), "short": made("short", uses=("cell", "seed"))}
    table["short"] = table["short"].with_settings({"cell": "rnn"})
    monkeypatch.setattr(catalogue, "NAMES", tuple(table))
    monkeypatch.setattr(catalogue, "_module", lambda name: type("M", (), {"LESSON": table[name]}))
    return tmp_path


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_each_lesson_says_what_it_is(lesson):
    assert NAMES.count(lesson.name) == 1
    assert lesson.shape in SHAPES
    assert lesson.about
    assert lesson.claim
    assert len(lesson.about) <= 80
    assert lesson.settings.items() >= {"seed": 0}.items()
    assert json.loads(json.dumps(lesson.to_json()))["lesson"] == lesson.name


def test_the_list():
    done = call()
    assert done.exit_code == 0
    assert all(name in done.output for name in NAMES)
    assert max(map(len, done.output.splitlines())) <= 80
    listed = json.loads(call("--json").output)
    assert listed == json.loads(call("list", "--json").output)
    assert [each["lesson"] for each in listed] == list(NAMES)
    assert {each["shape"] for each in listed} <= SHAPES.keys()


def test_the_list_comes_at_once():
    code = (
        "import sys\nfrom melodyrnn.lessons.catalogue import all_lessons\nall_lessons()\n"
        "print('tensorflow' in sys.modules, 'music21' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["hihelo"],
            "unknown lesson 'hihelo'; did you mean 'hihello'?; 'melodyrnn lesson' lists them all",
        ),
        (["42"], "unknown lesson '42'; 'melodyrnn lesson' lists them all"),
        (
            ["hihello", "--epochs", 0],
            "--epochs 0 is out of range; it must be a whole number at least 1",
        ),
        (
            ["hihello", "--learning-rate", "-1"],
            "--learning-rate -1.0 is out of range; it must be a number greater than 0 and at "
            "most 10",
        ),
        (
            ["sentence", "--units", 0],
            "--units 0 is out of range; it must be a whole number at least 1 and at most 8192",
        ),
        (
            ["--all", "--units", 0],
            "--units 0 is out of range; it must be a whole number at least 1 and at most 8192",
        ),
        (
            ["anatomy", "--epochs", 3],
            "--epochs has no effect on lesson anatomy; it takes --cell, --units, --seed",
        ),
        (
            ["nabiya-mlp", "--cell", "gru"],
            "--cell has no effect on lesson nabiya-mlp; it takes --units, --layers, --batch, "
            "--window, --epochs, --learning-rate, --seed, --early-stop",
        ),
        (
            ["nabiya-lstm", "--window", 54],
            "나비야 has 54 notes and a window of 54 needs at least 55; use --window 53 or less",
        ),
        (
            ["sentence", "--window", 286],
            "the sequence has 286 symbols and a window of 286 needs at least 287; use --window 285 "
            "or less",
        ),
        (
            ["anatomy", "--window", 3],
            "--window has no effect on lesson anatomy; it takes --cell, --units, --seed",
        ),
    ],
)
def test_messages(arguments, message):
    assert error_of(*arguments) == message


def test_an_unknown_cell_is_a_wrong_option():
    done = call("hihello", "--cell", "gur")
    assert done.exit_code == 2
    assert "'gur' is not one of" in done.stderr
    with pytest.raises(ConfigError, match=r"^cell 'gur' is unknown; did you mean 'gru'\?"):
        run_lesson("hihello", cell="gur")


def test_all_and_a_name_exclude_each_other():
    done = call("hihello", "--all")
    assert done.exit_code == 2
    assert "--all runs all lessons; leave out 'hihello'" in done.stderr


def test_a_lesson_shows_its_result_leaves_files_and_checks_its_claim(course):
    done = call("long")
    assert done.exit_code == 0
    for words in ("long, many to one: nothing", "Each step", "나", "[a]", "much", "500 epochs"):
        assert words in done.stdout
    assert "the claim holds" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    folder = course / "runs" / "lesson-long"
    assert f"{folder.relative_to(course)}/" in done.stdout
    assert {"history.csv", FILE} <= {path.name for path in folder.iterdir()}
    kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    assert kept["settings"]["epochs"] == kept["epochs"] == 500
    history = (folder / "history.csv").read_text(encoding="utf-8")
    assert history == "network,epoch,loss\nloss,1,1.0\nloss,2,0.5\n"


def test_a_claim_that_fails_exits_1(course):
    done = call("long", "--epochs", 50)
    assert done.exit_code == 1
    assert "the claim does not hold" in done.stdout
    found = call("long", "--epochs", 50, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["holds"] is False


def test_json_of_a_lesson(course):
    done = call("short", "--json", "--seed", 3)
    found = json.loads(done.stdout)
    assert {"lesson", "shape", "claim", "holds", "epochs", "seconds", "files"} <= found.keys()
    assert found["settings"] == {"cell": "rnn", "seed": 3}
    assert done.stderr == ""


def test_all_lessons_take_what_they_can(course):
    done = call("--all", "--json", "--epochs", 50)
    assert done.exit_code == 1
    long, short = json.loads(done.stdout)
    assert (long["epochs"], long["holds"]) == (50, False)
    assert (short["epochs"], short["holds"]) == (500, True)
    words = call("--all")
    assert words.exit_code == 0
    assert words.stdout.count("the claim holds") == 2
    assert call("--all", "--quiet").stdout.split()


def test_the_same_run_leaves_the_same_bytes(course):
    for folder in ("one", "two"):
        assert call("long", "--output", folder).exit_code == 0
    for file in ("history.csv", FILE):
        assert (course / "one" / file).read_bytes() == (course / "two" / file).read_bytes()


def test_a_folder_is_kept_unless_asked(course):
    assert call("long", "-o", "x").exit_code == 0
    taken = "x: already exists; --overwrite replaces it, or choose another --output"
    assert error_of("long", "-o", "x") == taken
    (course / "x" / "thesis.txt").write_text("years of work")
    assert call("long", "-o", "x", "--overwrite").exit_code == 0
    assert (course / "x" / "thesis.txt").read_text() == "years of work"
    assert {path.name for path in course.iterdir()} == {"x"}
    (course / "y").mkdir()
    (course / "y" / "thesis.txt").touch()
    with pytest.raises(RunError, match="y: stands there and is no folder of a lesson; choose"):
        run_lesson("long", output=course / "y", overwrite=True)
    assert call("long").exit_code == call("long").exit_code == 0
    assert (course / "runs" / "lesson-long-2").is_dir()
    call("--all", "-o", "all")
    assert sorted(path.name for path in (course / "all").iterdir()) == ["long", "short"]


def test_the_page_names_each_lesson():
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []
    shown = re.findall(r"^    \$ melodyrnn lesson ([\w-]+)", page, re.M)
    assert set(shown) <= set(NAMES)
    assert all((ROOT / "docs" / path).exists() for path in re.findall(r"\]\(([\w.]+)\)", page))


# What the lessons rest on, and those that are quick.


def test_the_song_of_the_lessons_is_the_song_of_the_collection(nabiya):
    assert read_song(nabiya) == nabiya_song.SONG


def test_a_window_may_be_of_any_length(tmp_path):
    settings = {"units": 4, "layers": 1, "epochs": 1, "output": tmp_path / "run"}
    found = run_lesson("nabiya-mlp", window=8, **settings).to_json()
    assert found["settings"]["window"] == 8
    assert found["one_step"]["all"] == found["ceiling"]["right"] == 54 - 8
    assert found["played"][:8] == nabiya_song.NOTES[:8]
    assert len(found["played"]) == 54


def predictions_of(whole_song, window):
    right = sum(a == b for a, b in zip(whole_song, nabiya_song.NOTES[window:], strict=True))
    measures = SimpleNamespace(window=window, whole_song=f"{right}/{len(whole_song)}")
    return nabiya_song.SongPredictions(measures, [], whole_song, [])


def test_how_far_the_whole_song_goes():
    played = list(nabiya_song.NOTES[6:])
    assert predictions_of(played, 6).free_running == "48/48, without an error"
    played[3] = "b8"
    assert predictions_of(played, 6).free_running == "47/48, first error at note 10"


@pytest.mark.parametrize(
    ("successors", "why"),
    [
        ({}, "no window has two successors"),
        ({"ab": "cd"}, "'ab' has two successors"),
        ({"ab": "cd", "ba": "cd"}, "'ab' and 'ba' have two successors"),
        ({"a": "cd", "b": "cd", "c": "de"}, "3 windows have two successors or more"),
    ],
)
def test_what_keeps_windows_from_all_characters(successors, why):
    assert sentence.Windows(None, None, None, successors).why == why


def test_the_sentence_is_the_courses():
    text = sentence.CHARACTERS.encode(sentence.SENTENCE)
    assert (len(text), len(sentence.CHARACTERS)) == (286, 31)
    window = sentence.LESSON.model.window
    assert ceiling([text], window) == (274, 276)


def test_the_floors():
    assert next_symbol.lowest_loss(5) == pytest.approx(0.4327, abs=1e-4)
    assert next_symbol.lowest_loss(3) == pytest.approx(0.2395, abs=1e-4)


def test_each_cell_has_its_equations():
    assert cells.EQUATIONS.keys() == CELLS.keys()
    assert max(cells.difference_from_equations(cell, 5, seed=3) for cell in CELLS) < 1e-5


def test_what_is_to_be_copied_is_no_longer_seen():
    batch = cells.copy_task(1, 7)
    targets = batch.y[batch.mask].reshape(7, cells.COPIED)
    assert targets.tolist() == batch.x[:, : cells.COPIED].tolist()
    assert (batch.x[:, -cells.COPIED :] == cells.GO).all()


@pytest.mark.parametrize("cell", ["rnn", "coupled"])
def test_anatomy(cell):
    found = run_lesson("anatomy", cell=cell).to_json()
    assert found["holds"] is True
    assert found["outputs"] == [3, 5, 2]
    assert found["state"] == [3, 2]
    assert np.shape(found["values"]) == (3, 5, 2)
    assert found["cells"].keys() == CELLS.keys()
    assert "files" not in found


def test_hihello(tmp_path, monkeypatch):
    monkeypatch.setattr(next_symbol, "SEEDS", 2)
    result = run_lesson("hihello", output=tmp_path / "run")
    found = result.to_json()
    assert (found["lesson"], found["shape"], found["holds"]) == ("hihello", "many to many", True)
    assert found["prediction"] == "ihello"
    assert found["loss"] < 0.01
    assert min(found["without_output_layer"]["losses"]) >= found["without_output_layer"]["floor"]
    assert len(found["without_output_layer"]["losses"]) == 2
    assert [row[3] for row in result.finding.tables[0].rows] == [
        f"{letter} 100%" for letter in "ihello"
    ]


def test_sentiment_pads_to_no_effect(tmp_path):
    found = run_lesson("sentiment", output=tmp_path / "run").to_json()
    assert found["holds"] is True
    assert found["changed_by_padding"] <= 1e-6


def test_tagging_needs_both_ways(tmp_path):
    found = run_lesson("tagging", seed=1, output=tmp_path / "run").to_json()
    assert found["holds"] is True
    assert found["tags"] != found["one_way_tags"]
    assert found["one_way"]["right"] < found["right"] == found["all"]


def test_where_an_answer_looks_that_does_not_end():
    pairs = translation.SentencePairs([[1, 2], [2]], [[2, 1], [2]], 3)
    config = SequenceConfig(cell="rnn", units=4, attention="dot")
    translator = translation.FittedTranslator(pairs, config, FitConfig(epochs=1), silent)
    assert np.allclose(translator.looks([1, 2], [1]).sum(-1), [1, 1])
    assert translator.looks([1, 2], [1, 1, 1]).shape == (3, 2)
    answers = translator.answers([[1, 2], [2]])
    assert all(0 not in row and pairs.ends[1] not in row for row in answers)
