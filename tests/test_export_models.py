"""What a run is exported as plays what the run plays, in the hands of other programs."""

import json
import sys
import zipfile

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner
from random_runs import random_run, songs_named

from melodyrnn import ConfigError, Run, export_run
from melodyrnn.cli import main
from melodyrnn.export.step_interface import AFTER, COLUMNS
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.recurrent.equations import simple
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.tunes import TuneTask
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from play_json import probabilities_of

BY_HEART = {
    "lstm": {"layers": 2},
    "gru": {},
    "rnn": {"input": "embedding", "embedding": 3},
    "gru-stateless": {},
    "mlp": {},
    "lookback": {"embedding": 4},
    "peephole": {},
    "peephole-full": {},
    "coupled": {},
    "attention": {},
    "ensemble": {"model": "lstm", "ensemble": 2},
}
OF_TUNES = {
    "tunes": {"model": "lstm", "embedding": 4},
    "factored": {"model": "gru", "tokenization": "factored", "embedding": 4},
    "factored-lookback": {"model": "lookback", "tokenization": "factored", "embedding": 4},
    "viewpoints": {"model": "viewpoints"},
}
NOT_STOCK = ("peephole", "peephole-full", "coupled", "attention", "viewpoints")
STOCK = [name for name in (*BY_HEART, *OF_TUNES) if name not in NOT_STOCK]
UNITS = 8


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    song, tunes = songs_named("nabiya"), songs_named("nabiya", "amazing_grace", "greensleeves")
    by_heart = {
        name: random_run(folder / name, SongTask(), song, {"model": name, "units": UNITS, **more})
        for name, more in BY_HEART.items()
    }
    return by_heart | {
        name: random_run(folder / name, TuneTask(), tunes, {"units": UNITS, **more})
        for name, more in OF_TUNES.items()
    }


def expected(run):
    """Of its last song what goes in at each step, by its name, and the log-probabilities."""
    config = run.record.model
    dataset = Dataset.of(run.parts.train[-1:], config.window, run.tokenizer)
    predictor = run.predictor().with_contexts(dataset.contexts)
    (logits,) = predictor.logits(dataset.sequences)
    if config.spec.viewpoints:
        return seen_of(predictor.observer, dataset), logits
    columns = dataset.inputs(config)[0].reshape(len(dataset.sequences[0]), -1)
    steps = [
        {
            name: columns[None, start : start + config.window, place]
            for place, name in zip(range(columns.shape[1]), COLUMNS, strict=False)
        }
        for start in range(len(logits))
    ]
    return steps, log_softmax(logits)


def seen_of(observer, dataset):
    observed, steps = observer.begin(dataset.contexts), []
    for token in dataset.sequences[0][:-1]:
        observed = observer.append(observed, np.array([token]))
        given = observer.given(observed)._asdict()
        steps.append({**observed.seen._asdict(), **given, "lowest": observed.fixed.lowest})
    return steps


def played(step, steps, states):
    """The log-probabilities of each step; ``states`` name -> width."""
    state = {name: np.zeros((1, width), np.float32) for name, width in states.items()}
    found = []
    for seen in steps:
        after = step({**seen, **state})
        found.append(np.asarray(after.get("logits", after.get("probabilities")))[0])
        state = {name: np.asarray(after[name + AFTER]) for name in state}
    return np.array(found)


def onnx_played(file, steps):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    inputs = {each.name: each.shape for each in session.get_inputs()}
    states = {name: shape[1] for name, shape in inputs.items() if name not in steps[0]}
    names = [each.name for each in session.get_outputs()]

    def step(given):
        """Of two songs at once, which are the same."""
        whole = {n: a.astype(np.int64) if a.dtype.kind == "i" else a for n, a in given.items()}
        found = session.run(None, {n: np.repeat(a, 2, 0) for n, a in whole.items()})
        assert all(np.array_equal(*each) for each in found)
        return {name: each[:1] for name, each in zip(names, found, strict=True)}

    return played(step, steps, states)


@pytest.mark.parametrize("name", [*BY_HEART, *OF_TUNES])
def test_onnx_predicts_what_the_run_does_along_a_whole_song(runs, tmp_path, name):
    steps, logs = expected(runs[name])
    file = export_run(runs[name], tmp_path / "model.onnx").file
    found = log_softmax(onnx_played(file, steps))
    np.testing.assert_allclose(np.exp(found), np.exp(logs), atol=1e-5)
    likely = logs > np.log(1e-4)
    np.testing.assert_allclose(found[likely], logs[likely], atol=1e-4)


@pytest.mark.parametrize("name", STOCK)
def test_plain_keras_predicts_what_the_run_does(runs, tmp_path, name):
    from melodyrnn.models.backend import keras, tf

    result = export_run(runs[name], tmp_path / "model.keras")
    with zipfile.ZipFile(result.file) as archive:
        described = archive.read("config.json").decode()
        facts = json.loads(archive.read("metadata.json"))
    assert "melodyrnn" not in described
    assert '"registered_name": null' in described
    assert facts["vocabulary"] == runs[name].vocabulary.to_json()
    model = keras.saving.load_model(result.file, safe_mode=True)
    steps, logs = expected(runs[name])
    states = {n: each.shape[1] for n, each in model.input.items() if n not in steps[0]}
    compiled = tf.function(model)
    found = played(
        lambda given: compiled({n: tf.constant(each) for n, each in given.items()}), steps, states
    )
    found = np.log(found) if name == "ensemble" else log_softmax(found)
    np.testing.assert_allclose(np.exp(found), np.exp(logs), atol=1e-5)


@pytest.mark.parametrize(
    "name", ["lstm", "gru", "rnn", "gru-stateless", "mlp", "ensemble", "tunes", "factored"]
)
def test_numpy_alone_plays_the_json_document(runs, tmp_path, name):
    file = export_run(runs[name], tmp_path / "model.json").file
    document = json.loads(file.read_text(encoding="utf-8"))
    run = runs[name]
    (ids,) = Dataset.of(run.parts.train[-1:], run.record.model.window, run.tokenizer).sequences
    found = probabilities_of(document, ids)[:-1]
    np.testing.assert_allclose(found, np.exp(expected(run)[1]), atol=1e-5)
    assert document["settings"] == run.record.model.to_json()
    assert document["vocabulary"] == run.vocabulary.to_json()


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("peephole", "keras", "Keras has no layer of the cell peephole"),
        ("attention", "keras", "--to onnx"),
        ("viewpoints", "keras", "no stock layer of Keras points to a recalled note"),
        ("lstm", "keras", "--title has no effect on .keras; leave it out"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_with_the_reason(runs, tmp_path, name, kind, words):
    file = tmp_path / f"model.{kind}"
    with pytest.raises(ConfigError) as refused:
        export_run(runs[name], file, **({"title": "x"} if "title" in words else {}))
    assert words.removeprefix("--") in str(refused.value)
    assert not file.exists()


def test_models_that_count_are_refused_by_every_kind(tmp_path):
    song = songs_named("nabiya")
    record = SongTask().record(song, {"model": "ppm"})
    run = Run.begin(tmp_path / "ppm", record, song, fresh=False, overwrite=False)
    for kind in ("html", "keras", "onnx", "json"):
        with pytest.raises(ConfigError, match="model ppm is the songs that it counts"):
            export_run(run, tmp_path / f"model.{kind}")


def test_a_cell_of_another_package_is_exported_by_its_one_equation(tmp_path):
    CELLS.add(Cell("plain", "the same", "plain cell", simple, gates=1))
    try:
        settings = {"model": "plain", "units": UNITS}
        run = random_run(tmp_path / "run", SongTask(), songs_named("nabiya"), settings)
        steps, logs = expected(run)
        file = export_run(run, tmp_path / "model.onnx").file
        np.testing.assert_allclose(log_softmax(onnx_played(file, steps)), logs, atol=1e-5)
        for kind, words in (("json", "equation is written in Python"), ("keras", "no layer")):
            with pytest.raises(ConfigError, match=words):
                export_run(run, tmp_path / f"model.{kind}")
    finally:
        CELLS.remove("plain")


def test_a_cell_that_asks_for_what_no_graph_has_is_refused_with_the_reason(tmp_path):
    def odd(math, z, state, u):
        h = math.tanh(z + state[0] @ u) if hasattr(z, "dtype") else math.erf(z)
        return h, (h,)

    CELLS.add(Cell("odd", "the same", "odd cell", odd, gates=1))
    try:
        settings = {"model": "odd", "units": UNITS}
        run = random_run(tmp_path / "run", SongTask(), songs_named("nabiya"), settings)
        with pytest.raises(ConfigError, match=r"cell odd asks for more than a graph has: .*'erf'"):
            export_run(run, tmp_path / "model.onnx")
    finally:
        CELLS.remove("odd")


def test_without_the_package_onnx_the_extra_is_named(runs, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ConfigError, match=r"pip install 'melodyrnn\[onnx\]'"):
        export_run(runs["lstm"], tmp_path / "model.onnx")


def test_a_kind_names_a_file_beside_you_and_gives_the_same_bytes(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("onnx", "json"):
        made = CliRunner().invoke(main, ["export", str(runs["mlp"].path), "--to", kind, "--quiet"])
        assert made.output == f"mlp.{kind}\n"
        before = (tmp_path / f"mlp.{kind}").read_bytes()
        assert export_run(runs["mlp"], f"mlp.{kind}").file.read_bytes() == before
