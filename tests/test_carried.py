"""The run that the package carries."""

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn.cli import main
from melodyrnn.data.gather import Named
from melodyrnn.data.split import split
from melodyrnn.errors import RunError
from melodyrnn.music.song import Key, Note
from melodyrnn.runs import carried
from melodyrnn.runs.run import open_run
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train
from tests.test_fine_tuning import tunes

ROOT = Path(__file__).parent.parent
FOLK = carried.FOLDER / "folk"


def test_it_is_small_and_holds_what_making_songs_needs():
    files = [file for file in FOLK.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 3_000_000
    names = {str(file.relative_to(FOLK)) for file in files}
    parts = {f"tunes/{part}" for part in ("train", "validation", "held_out")}
    kept = {"run.json", "weights.npz", "whole_songs.npz", "history.csv", "README.md"}
    assert names == {*kept, *parts}
    with np.load(FOLK / "weights.npz") as weights:
        assert {str(weights[name].dtype) for name in weights} == {"float16"}
    # What is usual among people is found once, in training, and not again for each tune.
    assert "usage" in open_run("folk").record.metrics
    # Nothing of a collection that may not be used commercially.
    songs = [named.name for part in open_run("folk").parts for named in part]
    assert len(songs) == 4248
    assert not [name for name in songs if name.startswith(("kinder", "erk", "han", "fink"))]


def test_it_goes_into_the_package():
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = document["tool"]["setuptools"]["package-data"]["melodyrnn.runs"]
    runs = carried.FOLDER.parent
    found = {file for pattern in patterns for file in runs.glob(f"{pattern}/*") if file.is_file()}
    assert found == {file for file in FOLK.rglob("*") if file.is_file()}


def test_a_folder_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_run("folk").path == FOLK
    (tmp_path / "folk").mkdir()
    with pytest.raises(RunError, match="folk: no run folder"):
        open_run("folk")
    with pytest.raises(RunError, match="runs/folk: no such run folder"):
        open_run("runs/folk")


def test_it_makes_songs_without_tensorflow(tmp_path):
    script = (
        "import sys, melodyrnn\n"
        "made = melodyrnn.generate('folk', bars=16, key='G major', seed=3).songs[0]\n"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules\n"
        "print(' '.join(made.tokens))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = generate("folk", bars=16, key="G major", seed=3).songs
    assert done.stdout.split() == list(made.tokens)
    assert str(made.song.key) == "G major"
    assert made.song.duration == made.song.pickup + 16 * made.song.meter.bar
    assert made.copied.notes > 0


def test_it_says_what_it_is():
    done = CliRunner().invoke(main, ["inspect", "folk"])
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "folk")
    document = json.loads(CliRunner().invoke(main, ["inspect", "folk", "--json"]).stdout)
    assert (document["task"], document["from"]) == ("tunes", None)
    refused = CliRunner().invoke(main, ["inspect", "folk", "--window", "3"])
    assert "--window has no effect with a run; leave it out" in refused.stderr


def test_it_is_fine_tuned_and_what_it_knows_is_left_out(tmp_path):
    folk = open_run("folk")
    known = max(folk.parts.validation, key=lambda named: len(named.song)).song
    slow = [Note(n.pitch and Key().pitch(n.pitch.midi - 3), Fraction(2)) for n in known.notes]
    planted = replace(known, notes=tuple(slow), meter_changes=(), title="planted")
    songs = next(  # with which it is held out
        songs
        for songs in ([planted, *tunes(seed, 9)] for seed in range(20))
        if planted in [each.song for each in split([*map(Named.in_hand, songs)], 0.5).held_out]
    )
    result = train(songs, from_run="folk", output=tmp_path / "run", epochs=1, held_out=0.5)
    assert result.metrics["in_pretraining"] == ["planted"]
    assert result.record.base.name == "folk"
    assert result.record.base.songs == len(folk.parts.train) + len(folk.parts.validation)


@pytest.mark.parametrize("option", [["--text", "--from", "folk"], ["--from", "nowhere"]])
def test_what_does_not_go_is_said_in_one_line(option, tmp_path):
    (tmp_path / "a.txt").write_text("c4 d4 e4 f4 g4", encoding="utf-8")
    done = CliRunner().invoke(main, ["train", str(tmp_path / "a.txt"), *option])
    assert done.exit_code == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
    assert ("--from" in done.stderr) or ("nowhere: no such run folder" in done.stderr)
