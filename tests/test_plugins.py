"""A package of two files that adds a model, a cell and a format, and what is said without it."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from melodyrnn import evaluate, plugins, train
from melodyrnn.cli import main
from melodyrnn.errors import ConfigError, PluginError, RunError
from melodyrnn.models import registry
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.recurrent import cells
from melodyrnn.models.recurrent.cells import Cell
from melodyrnn.models.registry import CELLS, MODELS

ROOT = Path(__file__).parent.parent

ROWS = """\
from melodyrnn.formats.format import Format
from melodyrnn.models.model import NgramModel
from melodyrnn.models.recurrent.cells import Cell

row = NgramModel(
    about="every note as likely as it is in the songs",
    title="the unigram model",
    predictor="unigram.predictor:Unigram",
)


def step(math, z, state, u):
    h = math.tanh(z + state[0] @ u)
    return h, (h,)


cell = Cell("", "a cell without gates", "network without gates", step, gates=1)
solfa = Format(
    "sol-fa", (".solfa",), read="unigram.predictor:read", write="unigram.predictor:write"
)
"""

PREDICTOR = '''\
"""The frequency of each token, and the names of a singer."""

import numpy as np

from melodyrnn import parse
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


NAMES = dict(zip("do re mi fa sol la ti".split(), "cdefgab"))


def read(data, name):
    return parse(" ".join(f"{NAMES[word]}4" for word in data.decode().split()), name)


def write(song):
    letters = {letter: name for name, letter in NAMES.items()}
    return " ".join(letters[note.pitch.step] for note in song)
'''

ENTRY_POINTS = """\
[melodyrnn.models]
unigram = unigram.row:row
by-a-function = unigram.predictor:make
broken = unigram.nowhere:row
strange = unigram.row:cell
lstm = unigram.row:row

[melodyrnn.cells]
ungated = unigram.row:cell

[melodyrnn.formats]
solfa = unigram.row:solfa
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder of packages in which one is installed."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "unigram").mkdir()
    (folder / "unigram" / "row.py").write_text(ROWS, "utf-8")
    (folder / "unigram" / "predictor.py").write_text(PREDICTOR, "utf-8")
    metadata = folder / "melody_unigram-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: melody-unigram\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    return folder


@contextmanager
def beside(site):
    """The package beside this process's own, whose tables are put back as they were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        for table in (cells.CELLS, MODELS):
            patch.setattr(table, "_loaded_rows", {})
        plugins.found.cache_clear()
        try:
            yield
        finally:
            plugins.found.cache_clear()


@pytest.fixture
def installed(site):
    with beside(site):
        yield


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


def call_here(*arguments):
    """The same in this process, whose options know no names of the package."""
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def run(site, nabiya, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    done = call("train", nabiya, "--model", "unigram", "--output", "run", site=site, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture(scope="module")
def cell_run(site, nabiya, run):
    """A run of the network of the package's cell, beside that of its model."""
    settings = {"units": 4, "epochs": 2, "early_stop": False, "output": run.parent / "cell"}
    with beside(site):
        return train(nabiya, model="ungated", **settings).run.path


def test_the_help_lists_them_and_says_what_is_broken(site, tmp_path):
    shown = " ".join(call("train", "--help", site=site, cwd=tmp_path).stdout.split())
    assert "unigram every note as likely as it is in the songs" in shown
    assert "by-a-function Made by a function, without a row" in shown
    assert "ungated a cell without gates, state carried all along" in shown
    assert "ungated-stateless ungated that forgets at each window" in shown
    assert "broken model 'broken' comes from the package" in shown
    without = call("train", "--help", cwd=tmp_path).stdout
    assert "unigram" not in without
    assert "ungated" not in without
    written = [call("render", "--help", site=each, cwd=tmp_path).stdout for each in (site, None)]
    assert [".solfa" in shown for shown in written] == [True, False]


@pytest.mark.usefixtures("installed")
def test_it_is_used_like_any_other(site, run, nabiya):
    made = call("generate", run, "--length", 5, "--json", site=site, cwd=run.parent)
    assert len(json.loads(made.stdout)["songs"][0]["tokens"]) == 4 + 5
    done = call("evaluate", run, nabiya, "--json", site=site, cwd=run.parent)
    assert json.loads(done.stdout)["bits_per_note"] > 0
    joined = call_here("evaluate", run, nabiya, "--with-short-term")
    assert joined.stdout.startswith("unigram with a short-term model")


@pytest.mark.usefixtures("installed")
def test_its_cell_is_used_like_any_other(cell_run, nabiya):
    made = call_here("generate", cell_run, "--length", 5, "--json")
    assert len(json.loads(made.stdout)["songs"][0]["tokens"]) == 4 + 5
    done = call_here("evaluate", cell_run, nabiya, "--json")
    assert json.loads(done.stdout)["model"] == "ungated"


def test_its_format_is_read_and_written(site, tmp_path):
    (tmp_path / "scale.solfa").write_text("do re mi fa sol la ti do re mi", "utf-8")
    for source, target in (("scale.solfa", "scale.abc"), ("scale.abc", "again.solfa")):
        done = call("render", source, "-o", target, site=site, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{target}\n", "")
    assert (tmp_path / "again.solfa").read_text("utf-8") == "do re mi fa sol la ti do re mi"
    done = call("inspect", "scale.solfa", "--json", site=site, cwd=tmp_path)
    assert json.loads(done.stdout)["tokens"][:3] == ["c4", "d4", "e4"]


def test_a_comparison_names_both_in_its_sentence(site, nabiya, tmp_path):
    settings = ["--units", 4, "--epochs", 2, "--seeds", 1, "--jobs", 1, "--output", "compared"]
    models = ["--models", "unigram,ungated"]
    done = call("compare", nabiya, *models, *settings, "--json", site=site, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {each["model"]: len(each["runs"]) for each in found["models"]} == {
        "unigram": 1,
        "ungated": 1,
    }
    sentence = found["sentence"].lower()
    assert "the unigram model" in sentence
    assert "the network without gates" in sentence


@pytest.mark.parametrize("name", ["unigram", "ungated"])
def test_a_run_says_what_is_missing_once_the_package_is_gone(run, cell_run, nabiya, name):
    gone = {"unigram": run, "ungated": cell_run}[name]
    resumed = ["train", nabiya, "--model", name, "--output", gone, "--resume"]
    for arguments in (["generate", gone], ["evaluate", gone, nabiya]):
        done = call_here(*arguments)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.removeprefix(f"measuring {gone} …\n") == (  # where that takes a while
            f"error: {gone / 'run.json'}: model '{name}' comes from a package that is not "
            "installed; install that package, or use another model\n"
        )
    done = call_here(*resumed)
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit)  # no traceback
    with pytest.raises(RunError, match=f"model '{name}' comes from a package that is not"):
        evaluate(gone, nabiya)


def test_a_song_of_its_format_says_what_there_is_once_the_package_is_gone(tmp_path):
    (tmp_path / "scale.solfa").write_text("do re mi", "utf-8")
    done = call("inspect", "scale.solfa", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: scale.solfa: unknown kind of file '.solfa'; songs end in")


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
