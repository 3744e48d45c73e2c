"""Several networks in one run: trained one after another or side by side, resumed, and predicting
as one.
"""

import json

import numpy as np
import pytest

from melodyrnn.errors import ConfigError, MelodyWarning, RunError
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.runs import shared_ensemble
from melodyrnn.runs.shared_ensemble import SharedEnsemble
from melodyrnn.system import sharing
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.training.trainer import Trainer
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train
from tests import engines
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


PLACES = {"here": {"jobs": 2}, "away": {"cluster": "tcp://127.0.0.1:9"}}
FILES = ["weights.npz", "weights-2.npz", "history.csv", "history-2.csv", "whole_songs.npz"]


@pytest.fixture
def in_process(monkeypatch):
    """Processes and a cluster that are this process."""
    for cluster, name in ((False, "InProcess"), (True, "Away")):
        monkeypatch.setitem(sharing.ENGINES, cluster, f"tests.engines:{name}")


def begin(folder, path, **options):
    return train(folder, output=path, **{"ensemble": 2, "seed": 3, **SMALL, **options})


def content(path):
    """Of a run folder, without the seconds that it took."""
    record = json.loads((path / "run.json").read_text())
    return [(path / name).read_bytes() for name in FILES], record | {"seconds": 0}


@pytest.mark.parametrize("place", PLACES)
def test_they_learn_the_same_wherever_they_are_trained(folder, result, in_process, place, tmp_path):
    told = []

    def tell(done, total, words=""):
        told.append((done, total, words))

    found = begin(folder, tmp_path / "run", progress=tell, **PLACES[place])
    assert content(found.run.path) == content(result.run.path)
    assert [file.name for file in found.files] == [file.name for file in result.files]
    workers = {"here": "2 processes", "away": "2 workers"}[place]
    assert (1, 2, f"networks, {workers}") in told
    assert (2, 2, f"networks, {workers}") in told


@pytest.mark.parametrize("place", PLACES)
def test_one_whose_process_is_killed_is_named_and_the_other_is_kept(
    folder, result, in_process, place, tmp_path, monkeypatch
):
    path, tried = tmp_path / "run", []

    def loses(task):
        tried.append(task.member)
        return task.member == 1

    monkeypatch.setattr(engines.InProcess, "loses", staticmethod(loses))
    with pytest.raises(RunError, match=r"training of network 1 of 2 was killed 4 times.*resume"):
        begin(folder, path, **PLACES[place])
    assert sorted(tried) == [1, 1, 1, 1, 2]
    assert (path / "checkpoint" / "state-2.npz").is_file()
    monkeypatch.setattr(engines.InProcess, "loses", staticmethod(lambda task: False))
    monkeypatch.setattr(Trainer, "advance", only_of_the_first(Trainer.advance))
    resumed = train(folder, output=path, resume=True, **PLACES[place])
    assert content(resumed.run.path) == content(result.run.path)


def only_of_the_first(advance):
    """Of networks whose seeds are 6 and 7, only the first has anything left to learn."""

    def advanced(self, until=None):
        assert self.program.config.seed == 6
        return advance(self, until)

    return advanced


def test_ctrl_c_keeps_those_that_are_done(folder, in_process, tmp_path, monkeypatch):
    path, done = tmp_path / "run", []

    def second(task):
        return len(done) == 1 or done.append(task)

    monkeypatch.setattr(engines.InProcess, "interrupts", staticmethod(second))
    stopped = begin(folder, path, jobs=2)
    assert stopped.interrupted
    assert not (path / "weights-2.npz").exists()
    assert evaluate(stopped.run).bits == pytest.approx(stopped.bits, abs=1e-6)
    monkeypatch.setattr(engines.InProcess, "interrupts", staticmethod(lambda task: True))
    with pytest.raises(KeyboardInterrupt):
        begin(folder, tmp_path / "none", jobs=2)


def test_each_begins_with_the_weights_it_is_fine_tuned_from(
    folder, result, in_process, tmp_path, monkeypatch
):
    monkeypatch.setattr(Trainer, "done", True)  # what each begins with is what it keeps
    tuned = train(folder, output=tmp_path / "run", from_run=result.run, **PLACES["away"])
    for name in FILES[:2]:
        assert (tuned.run.path / name).read_bytes() == (result.run.path / name).read_bytes()


def test_what_a_worker_warns_of_is_said_here(folder, in_process, tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "diverged", True)
    options = {"model": "mlp", "units": 8, "epochs": 3, "ensemble": 2}
    with pytest.warns(MelodyWarning, match="diverged") as said:
        train(folder / "0.txt", output=tmp_path / "run", jobs=2, **options)
    assert len(said) == 2


@pytest.mark.parametrize(
    ("options", "waiting", "seconds", "worth"),
    [
        ({"cluster": "tcp://a:1"}, 1, None, True),
        ({"jobs": 2}, 3, None, True),
        ({"jobs": 2}, 1, 100.0, False),
        ({"jobs": 1}, 3, 100.0, False),
        ({}, 3, None, False),
        ({}, 2, 26.0, True),
        ({}, 2, 24.0, False),
        ({}, 1, 100.0, False),
    ],
)
def test_they_are_shared_out_where_that_saves_time(options, waiting, seconds, worth, monkeypatch):
    monkeypatch.delenv("MELODYRNN_CLUSTER", raising=False)
    monkeypatch.setattr(shared_ensemble, "cores", lambda: 2)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    shared = SharedEnsemble.of(**options)
    assert shared.worth(waiting, seconds) is worth
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "2")
    assert shared.worth(waiting, seconds) is (worth and bool(options))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"jobs": 0}, "jobs 0 is out of range"),
        ({"jobs": 2}, "jobs has no effect without ensemble"),
        ({"cluster": "tcp://a:1"}, "cluster has no effect without ensemble"),
        ({"jobs": 2, "ensemble": 2, "devices": 2}, "jobs has no effect with devices"),
    ],
)
def test_what_has_no_effect_is_refused(folder, options, words, tmp_path):
    with pytest.raises(ConfigError, match=words):
        train(folder, output=tmp_path / "run", **SMALL, **options)
    assert not (tmp_path / "run").exists()
