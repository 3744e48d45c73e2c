"""Models and cells that another package adds by entry points, and what is said once it is gone."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from melodyrnn import plugins
from melodyrnn.errors import ConfigError, PluginError
from melodyrnn.models import registry
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.recurrent import cells
from melodyrnn.models.recurrent.cells import Cell
from melodyrnn.models.registry import CELLS, MODELS

ROOT = Path(__file__).parent.parent

ROW = """\
from melodyrnn.models.model import NgramModel

row = NgramModel(
    about="every note as likely as it is in the songs",
    title="the unigram model",
    predictor="unigram.predictor:Unigram",
)
cell = None
"""

PREDICTOR = '''\
"""The frequency of each token."""

import numpy as np

from melodyrnn.models.predictor import Predictor


class Unigram(Predictor):
    normalised = True

    def __init__(self, sequences, window, codes):
        self.window, counts = window, 1 + np.bincount(np.concatenate(sequences), minlength=codes)
        self.row = np.log(counts / counts.sum())

    @property
    def parameters(self):
        return len(self.row)

    def step(self, rows, state):
        return np.tile(self.row, (len(rows), 1)), state

    def logits(self, sequences):
        return [np.tile(self.row, (len(s) - self.window, 1)) for s in sequences]


def make(sequences, window, codes):
    """Made by a function, without a row.

    More of it.
    """
    return Unigram(sequences, window, codes)
'''

ENTRY_POINTS = """\
[melodyrnn.models]
unigram = unigram.row:row
by-a-function = unigram.predictor:make
broken = unigram.nowhere:row
strange = unigram.row:cell
lstm = unigram.row:row
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder of packages in which one is installed."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "unigram").mkdir()
    (folder / "unigram" / "row.py").write_text(ROW, "utf-8")
    (folder / "unigram" / "predictor.py").write_text(PREDICTOR, "utf-8")
    metadata = folder / "melody_unigram-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: melody-unigram\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    return folder


@pytest.fixture
def installed(site, monkeypatch):
    """The package beside this process's own, whose tables are put back as they were."""
    monkeypatch.syspath_prepend(site)
    for table in (cells.CELLS, MODELS):
        monkeypatch.setattr(table, "_loaded_rows", {})
    plugins.found.cache_clear()
    yield
    plugins.found.cache_clear()


def call(*arguments, site=None, cwd):
    """The command line in a process of its own, with or without the package."""
    path = os.pathsep.join(map(str, [*([site] if site else []), ROOT]))
    return subprocess.run(
        [sys.executable, "-m", "melodyrnn", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


@pytest.fixture(scope="module")
def run(site, nabiya, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    done = call("train", nabiya, "--model", "unigram", "--output", "run", site=site, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_the_help_lists_them_and_says_what_is_broken(site, tmp_path):
    shown = " ".join(call("train", "--help", site=site, cwd=tmp_path).stdout.split())
    assert "unigram every note as likely as it is in the songs" in shown
    assert "by-a-function Made by a function, without a row" in shown
    assert "broken model 'broken' comes from the package" in shown
    assert "unigram" not in call("train", "--help", cwd=tmp_path).stdout


def test_it_is_used_like_any_other(site, run, nabiya):
    made = call("generate", run, "--length", 5, "--json", site=site, cwd=run.parent)
    assert len(json.loads(made.stdout)["songs"][0]["tokens"]) == 4 + 5
    done = call("evaluate", run, nabiya, "--json", site=site, cwd=run.parent)
    assert json.loads(done.stdout)["bits_per_note"] > 0
    joined = call("evaluate", run, nabiya, "--with-short-term", site=site, cwd=run.parent)
    assert joined.stdout.startswith("unigram with a short-term model")


def test_a_comparison_names_it_in_its_sentence(site, nabiya, tmp_path):
    models = ["--models", "unigram,repeat", "--output", "compared"]
    done = call("compare", nabiya, *models, "--json", site=site, cwd=tmp_path)
    found = json.loads(done.stdout)
    assert {each["model"]: len(each["runs"]) for each in found["models"]} == {
        "unigram": 1,
        "repeat": 1,
    }
    assert "the unigram model" in found["sentence"].lower()


def test_a_run_says_what_is_missing_once_the_package_is_gone(run, nabiya):
    for arguments in (["generate", run], ["evaluate", run, nabiya]):
        done = call(*arguments, cwd=run.parent)
        assert done.returncode == 1
        assert done.stderr == (
            f"error: {run / 'run.json'}: model 'unigram' comes from a package that is not "
            "installed; install that package, or use another model\n"
        )


def test_a_near_name_is_suggested(site, nabiya, tmp_path):
    done = call("train", nabiya, "--model", "unigrm", site=site, cwd=tmp_path)
    assert "unigram" in done.stderr
    assert done.returncode == 2


@pytest.mark.usefixtures("installed")
class TestTables:
    def test_names_of_this_package_stay_its_own(self):
        assert MODELS["lstm"].cell == "lstm"
        assert list(MODELS).count("lstm") == 1
        assert len(MODELS) == len(list(MODELS))

    def test_a_row_has_the_name_of_its_entry_point(self):
        assert MODELS["unigram"].name == "unigram"
        assert MODELS["unigram"].title == "the unigram model"
        assert MODELS["by-a-function"].title == "by-a-function"
        assert not MODELS["unigram"].learns_by_gradient

    def test_what_is_broken_is_said_where_it_is_asked_for(self):
        with pytest.raises(
            PluginError, match=r"which cannot be loaded .ModuleNotFoundError: .*repair"
        ):
            _ = ModelConfig("broken").spec
        with pytest.raises(PluginError, match="neither a Model nor a function"):
            _ = ModelConfig("strange").spec
        assert "broken" not in MODELS.having(lambda model: True)
        assert MODELS.get("nothing") is None

    def test_of_an_unknown_name_the_nearest_is_suggested(self):
        with pytest.raises(ConfigError, match=r"'unigrams' is unknown; did you mean 'unigram'\?"):
            ModelConfig("unigrams")


def ungated(math, z, state, u):
    h = math.tanh(z + state[0] @ u)
    return h, (h,)


UNGATED = Cell("another name", "a cell without gates", "network without gates", ungated, gates=1)


def test_a_cell_brings_two_models(monkeypatch):
    point = EntryPoint("ungated", f"{__name__}:UNGATED", "melodyrnn.cells")
    groups = {"melodyrnn.cells": {"ungated": point}, "melodyrnn.models": {}}
    for module in (cells, registry):
        monkeypatch.setattr(module, "found", groups.__getitem__)
    for table in (cells.CELLS, MODELS):
        monkeypatch.setattr(table, "_loaded_rows", {})
    assert list(CELLS)[-1] == "ungated"
    assert list(MODELS)[-2:] == ["ungated", "ungated-stateless"]
    assert MODELS.abouts()["ungated"] == "a cell without gates, state carried all along"
    assert MODELS["ungated"].stateful
    assert MODELS["ungated-stateless"].title == "the network without gates that forgets"
    assert MODELS["ungated-stateless"].cell == "ungated"


def test_a_folder_without_the_group_is_not_asked_for_more(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nowhere")])
    assert not plugins._is_named("melodyrnn.models")
    (tmp_path / "other.dist-info").mkdir()
    (tmp_path / "other.dist-info" / "entry_points.txt").write_text("[melodyrnn.models]\n")
    assert plugins._is_named("melodyrnn.models")


def test_the_place_of_a_maker_is_checked():
    with pytest.raises(ConfigError, match=r"not like 'package\.module:name'"):
        plugins.imported("package.module")
