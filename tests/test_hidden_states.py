"""Hidden states: those from which a network predicts, as arrays."""

import numpy as np
import pytest
from click.testing import CliRunner
from random_runs import random_run, songs_named

from melodyrnn import ConfigError, Run, evaluate, hidden_states
from melodyrnn.cli import main
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.tunes import TuneTask
from tests.conftest import ROOT

BY_HEART = {
    "lstm": {"layers": 2},
    "gru-stateless": {},
    "mlp": {},
    "lookback": {"embedding": 4},
    "ensemble": {"model": "gru", "ensemble": 2},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    song, tunes = songs_named("nabiya"), songs_named("nabiya", "amazing_grace")
    made = {
        name: random_run(folder / name, SongTask(), song, {"model": name, "units": 6, **more})
        for name, more in BY_HEART.items()
    }
    for name in ("gru", "viewpoints"):
        settings = {"model": name, "units": 6}
        made[f"tunes-{name}"] = random_run(folder / f"tunes-{name}", TuneTask(), tunes, settings)
    return made


@pytest.mark.parametrize("name", ["lstm", "gru-stateless", "mlp", "lookback", "tunes-gru"])
def test_the_last_layer_gives_the_logits_of_the_run(runs, name):
    run = runs[name]
    found = hidden_states(run)
    dataset = Dataset.of(run.parts.train, found.window, run.tokenizer)
    predictor = run.predictor().with_contexts(dataset.contexts)
    kernel, bias = getattr(predictor, "network", predictor).output
    for song, ids, logits in zip(
        found.songs, dataset.sequences, predictor.logits(dataset.sequences), strict=True
    ):
        assert song.ids.tolist() == ids.tolist()
        assert song.tokens == tuple(run.vocabulary.symbols[each] for each in ids)
        assert len(song.layers) == run.record.model.depth
        np.testing.assert_allclose(song.layers[-1] @ kernel + bias, logits, atol=1e-5)


def test_a_network_of_viewpoints_has_the_state_of_each_note(runs):
    run = runs["tunes-viewpoints"]
    found = hidden_states(run)
    for song, parts in zip(found.songs, run.parts.train, strict=True):
        assert song.layers[0].shape == (len(parts.song) + 1, 6)
    assert set(found.embeddings) == {"last", "factors", "given"}


def test_an_ensemble_has_the_layers_and_vectors_of_all_its_networks(runs):
    found = hidden_states(runs["ensemble"])
    assert [layer.shape for layer in found.songs[0].layers] == [(50, 6), (50, 6)]
    assert set(found.embeddings) == {"tokens", "tokens_2"}


def test_the_command_writes_them_with_the_figures(runs, tmp_path):
    file, run = tmp_path / "out.npz", runs["lstm"]
    nabiya = str(ROOT / "songs" / "nabiya.txt")
    done = CliRunner().invoke(main, ["evaluate", str(run.path), nabiya, "--states", str(file)])
    assert done.exit_code == 0, done.output
    assert str(file) in done.output
    with np.load(file) as content:
        written = dict(content)
    made = hidden_states(run, nabiya).arrays()
    assert set(written) == set(made)
    assert {"window", "vocabulary", "songs", "embedding/tokens", "1/ids", "1/layer2"} <= set(made)
    for name, array in made.items():
        np.testing.assert_array_equal(written[name], array)
    assert written["1/layer1"].shape == (50, 6)
    assert len(written["embedding/tokens"]) == len(written["vocabulary"])


def test_a_model_that_counts_has_none(tmp_path):
    song, file = songs_named("nabiya"), tmp_path / "out.npz"
    record = SongTask().record(song, {"model": "ppm"})
    run = Run.begin(tmp_path / "ppm", record, song, fresh=False, overwrite=False)
    with pytest.raises(ConfigError, match="model ppm counts and has no hidden states"):
        evaluate(run, states=file)
    assert not file.exists()
