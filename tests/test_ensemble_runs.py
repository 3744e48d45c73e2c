"""Several networks in one run: trained one after another, resumed, and predicting as one."""

import numpy as np
import pytest

from melodyrnn.errors import ConfigError, RunError
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.training.trainer import Trainer
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train
from tests.processes import killed_training
from tests.test_tunes import tunes

SMALL = {"model": "viewpoints", "units": 8, "epochs": 2, "batch": 8}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tunes")
    for number, song in enumerate(tunes()):
        (folder / f"{number}.txt").write_text("meter: 2/4\n" + " ".join(to_tokens(song)))
    return folder


@pytest.fixture(scope="module")
def said():
    """What progress said, in order."""
    return []


@pytest.fixture(scope="module")
def result(folder, said, tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run"
    return train(
        folder,
        output=path,
        ensemble=2,
        seed=3,
        progress=lambda done, total, words="": said.append((done, total, words)),
        **SMALL,
    )


def test_each_network_has_its_files_and_its_seed(folder, result, tmp_path):
    path = result.run.path
    names = {file.name for file in result.files}
    assert {"weights.npz", "weights-2.npz", "history.csv", "history-2.csv"} <= names
    assert (path / "checkpoint" / "state-2.npz").is_file()
    for seed, name in ((6, "weights.npz"), (7, "weights-2.npz")):
        alone = train(folder, output=tmp_path / str(seed), seed=seed, **SMALL)
        assert (alone.run.path / "weights.npz").read_bytes() == (path / name).read_bytes()
    assert result.record.training.seed == 3
    assert result.record.epochs == 2 * SMALL["epochs"]
    assert result.parameters == 2 * alone.parameters


def test_progress_says_which_network(said, result):
    steps = [(done, total, words) for done, total, words in said if "network" in words]
    assert ["network 1 of 2" in words for _, _, words in steps] == sorted(
        ("network 1 of 2" in words for _, _, words in steps), reverse=True
    )
    assert steps[-1][2].endswith("network 2 of 2")
    assert steps[-1][0] == steps[-1][1]


def test_they_predict_by_the_mean_of_their_distributions(result):
    run = result.run
    together = run.predictor()
    dataset = Dataset.of(run.parts.held_out, 1, run.tokenizer)
    each = [
        member.with_contexts(dataset.contexts).distributions(dataset.sequences)
        for member in together.members
    ]
    found = together.with_contexts(dataset.contexts).distributions(dataset.sequences)
    for first, second, both in zip(*each, found, strict=True):
        np.testing.assert_allclose(both, (first + second) / 2, atol=1e-12)
        assert not np.allclose(first, second)
    assert evaluate(run).bits == pytest.approx(result.bits, abs=1e-6)
    assert len(generate(run, count=3, bars=2, ties=True).songs) == 3


def test_a_training_killed_in_its_second_network_goes_on_to_the_same_bytes(
    folder, result, tmp_path
):
    path = tmp_path / "killed"
    when = "self._member == 2 and self._trainer.epoch == 1"
    assert killed_training(folder, path, {**SMALL, "ensemble": 2, "seed": 3}, when) == 9
    with pytest.raises(RunError, match=r"has no weights-2\.npz yet; its training was cut off"):
        generate(path)
    resumed = train(folder, output=path, resume=True)
    for name in ("weights.npz", "weights-2.npz", "history.csv", "history-2.csv"):
        assert (path / name).read_bytes() == (result.run.path / name).read_bytes()
    assert resumed.record.metrics == result.record.metrics
    assert resumed.record.epochs == result.record.epochs


def test_a_training_interrupted_in_its_first_network_predicts_by_that_one(folder, tmp_path):
    def interrupt(done, total, words=""):
        if "epoch 2" in words:
            raise KeyboardInterrupt

    stopped = train(folder, output=tmp_path / "run", ensemble=2, progress=interrupt, **SMALL)
    assert stopped.interrupted
    assert not (tmp_path / "run" / "weights-2.npz").exists()
    assert evaluate(stopped.run).bits == pytest.approx(stopped.bits, abs=1e-6)
    whole = train(folder, output=tmp_path / "run", resume=True)
    assert not whole.interrupted
    assert len(whole.run.predictor().members) == 2


@pytest.mark.parametrize("model", ["lookback", "lstm"])
def test_every_network_can_be_several(folder, model, tmp_path):
    options = {"model": model, "units": 8, "epochs": 1, "steps": 8, "ensemble": 2}
    result = train(folder, output=tmp_path / "run", **options)
    assert (tmp_path / "run" / "model-2.keras").is_file()
    assert evaluate(result.run).bits == pytest.approx(result.bits, abs=1e-6)
    assert generate(result.run, length=8).songs


def test_each_network_of_several_is_fine_tuned(folder, result, tmp_path):
    tuned = train(
        folder, output=tmp_path / "tuned", from_run=result.run, epochs=1, learning_rate=1e-9
    )
    for name in ("weights.npz", "weights-2.npz"):
        with (
            np.load(result.run.path / name) as before,
            np.load(tmp_path / "tuned" / name) as after,
        ):
            np.testing.assert_allclose(after["kind"], before["kind"], atol=1e-5)
    assert tuned.record.model.ensemble == 2
    with pytest.raises(ConfigError, match="has 2, and its network is kept"):
        train(folder, output=tmp_path / "other", from_run=result.run, ensemble=3)


def test_several_may_begin_with_one_network(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "done", True)  # what each begins with is what it keeps
    base = train(folder, output=tmp_path / "base", **SMALL).run
    tuned = train(folder, output=tmp_path / "tuned", from_run=base, ensemble=3).run
    known, members = base.predictor().weights, tuned.predictor().members
    assert len(members) == tuned.record.model.ensemble == 3
    for member in members:
        assert all((member.weights[name] == known[name]).all() for name in known)


def test_a_song_is_learned_by_heart_by_several(folder, tmp_path):
    options = {"model": "mlp", "units": 8, "epochs": 5, "ensemble": 3}
    result = train(folder / "0.txt", output=tmp_path / "run", **options)
    assert len(result.run.predictor().members) == 3
    assert result.record.epochs == 15


def test_what_no_seed_changes_is_never_several(folder):
    with pytest.raises(ConfigError, match="ensemble has no effect with model ppm"):
        train(folder, model="ppm", ensemble=2)
