"""Run folders of the version before: refused in one line, which says what to do."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from melodyrnn import compare, evaluate, generate, open_run, train
from melodyrnn.cli import main
from melodyrnn.errors import RunError

SONG = "c8 d8 e8 f8 g8 a8 c8 d8\n"
RECORD = {
    "format": 3,
    "model": {
        "model": "ngram",
        "input": "index",
        "window": 4,
        "units": 128,
        "layers": None,
        "embedding": 32,
        "tokens": "joint",
        "dropout": 0.0,
        "order": None,
        "escape": "c",
        "exclusion": True,
        "update_exclusion": False,
        "blending": "interpolated",
        "memory": "ltm",
        "bias": 2.0,
        "mean": "geometric",
    },
    "training": {
        "epochs": 2000,
        "learning_rate": 0.001,
        "batch": None,
        "seed": 0,
        "early_stop": True,
    },
    "vocabulary": ["c8", "d8", "e8", "f8", "g8", "a8"],
    "songs": [{"name": "song", "sha256": hashlib.sha256(SONG.encode()).hexdigest(), "text": SONG}],
    "validation": [],
    "held_out": [],
    "features": None,
    "source": "songs",
    "status": "finished",
    "epochs": 0,
    "best_epoch": 0,
    "seconds": 0.0,
    "metrics": {
        "one_step": {"right": 4, "all": 4},
        "whole_song": {"right": 4, "all": 4},
        "bits_per_note": 0.5,
        "ceiling": {"right": 4, "all": 4},
        "held_out": None,
    },
    "versions": {},
}
"""As that version wrote run.json."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder to work in, with a song and the old run of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_text(SONG, "utf-8")
    (tmp_path / "old").mkdir()
    write(tmp_path / "old" / "run.json")
    return tmp_path


def write(file):
    file.write_text(json.dumps(RECORD, ensure_ascii=False, indent=2) + "\n", "utf-8")


def refusal(file):
    return f"{file}: it is not a run of this version of melodyrnn; train again"


def line(*arguments):
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    *progress, error = done.stderr.splitlines()
    assert all(said.endswith(" …") for said in progress)
    assert error.startswith("error: ")
    return error.removeprefix("error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "old"),
        ("evaluate", "old", "song.txt"),
        ("evaluate", "old", "--generated", "song.txt"),
        ("generate", "old"),
        ("train", "song.txt", "--model", "ngram", "-o", "old", "--resume"),
    ],
    ids=" ".join,
)
def test_a_command_refuses_it_in_one_line(folder, arguments):
    before = (folder / "old" / "run.json").read_bytes()
    assert line(*arguments) == refusal("old/run.json")
    assert [file.name for file in (folder / "old").iterdir()] == ["run.json"]
    assert (folder / "old" / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    "use",
    [
        open_run,
        generate,
        evaluate,
        lambda run: train("song.txt", model="ngram", output=run, resume=True),
    ],
    ids=["open_run", "generate", "evaluate", "train"],
)
def test_from_python_it_is_a_run_error(folder, use):
    with pytest.raises(RunError) as caught:
        use("old")
    assert str(caught.value) == refusal("old/run.json")


def test_it_can_be_replaced(folder):
    train("song.txt", model="ngram", output="old", overwrite=True)
    assert open_run("old").record.model.model == "ngram"


@pytest.mark.usefixtures("no_workers")
def test_a_comparison_with_an_old_run_in_it_refuses_it(folder):
    first = compare("song.txt", models=["ngram"], output="out", jobs=1)
    (run,) = (folder / "out" / "runs").iterdir()
    write(run / "run.json")
    (run / "trial.json").unlink()  # so that the comparison goes on with the run itself
    arguments = ("compare", "song.txt", "--models", "ngram", "-o", "out", "--jobs", 1)
    assert line(*arguments) == refusal(f"out/runs/{run.name}/run.json")
    assert line("evaluate", f"out/runs/{run.name}") == refusal(f"out/runs/{run.name}/run.json")
    again = compare("song.txt", models=["ngram"], output="out", jobs=1, overwrite=True)
    assert again.to_json()["models"][0]["model"] == "ngram"
    assert again.report == first.report
