"""Run folders: whole or not there, and never trusted."""

import json
import math
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from melodyrnn import files
from melodyrnn.errors import RunError
from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.runs import network_files, training_files
from melodyrnn.runs import record as runs
from melodyrnn.runs.checkpointed_training import with_loss
from melodyrnn.sequences.vocabulary import Vocabulary


def record_of(model="mlp", units=4):
    return runs.Record(
        ModelConfig(model, units=units, window=3),
        TrainConfig(seed=7),
        Vocabulary(["c4", "d4", "나"]),
        ({"name": "나비야", "sha256": "0", "text": "c4 d4"},),
        versions={"python": "3"},
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "나비야-mlp"
    record = record_of()
    runs.create(path, record)
    network_files.save_model(path, models.build(record.model, 3, 7))
    return path


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


def test_a_record_comes_back(run):
    assert runs.read_record(run) == record_of()
    assert "나비야" in (run / "run.json").read_text(encoding="utf-8")


def test_a_model_comes_back(run):
    loaded = network_files.load_network(run, record_of())
    built = models.build(record_of().model, 3, 7)
    row = np.array([[0, 2, 1]], dtype=np.int32)
    logits, _ = loaded.step(row, loaded.begin(1))
    expected, _ = models.step(built, tf.constant(row), models.zero_states(built, 1))
    np.testing.assert_allclose(logits, expected, atol=1e-6)


def test_the_same_weights_give_the_same_bytes_and_keras_reads_them(run):
    first = (run / "model.keras").read_bytes()
    network_files.save_model(run, models.build(record_of().model, 3, 7))
    assert (run / "model.keras").read_bytes() == first
    assert keras.models.load_model(run / "model.keras", compile=False).output_shape == (None, 3)


def test_the_bytes_of_a_model_do_not_depend_on_places_in_memory(tmp_path):
    config, made = ModelConfig("lstm", units=4, layers=2, window=3), []
    for name in "ab":
        (tmp_path / name).mkdir()
        made.append(models.build(config, 3, 7))  # both live, so at two places
        network_files.save_model(tmp_path / name, made[-1])
    first, second = ((tmp_path / name / "model.keras").read_bytes() for name in "ab")
    assert first == second
    restored = keras.models.load_model(tmp_path / "a" / "model.keras", compile=False)
    for ours, theirs in zip(restored.get_weights(), made[0].get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_checkpoint_comes_back(run):
    assert training_files.read_checkpoint(run) is None
    training_files.write_checkpoint(run, {"weights/0": np.arange(3.0)})
    assert training_files.read_checkpoint(run)["weights/0"].tolist() == [0, 1, 2]


def test_a_fresh_run_takes_a_free_path(tmp_path):
    plain = tmp_path / "x-lstm"
    assert runs.create_fresh(plain, record_of()) == plain
    (tmp_path / "x-lstm-2").mkdir()
    (tmp_path / "x-lstm-2" / "thesis.txt").touch()
    assert runs.create_fresh(plain, record_of()) == tmp_path / "x-lstm-3"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "x").mkdir()
    runs.create(tmp_path / "x", record_of())
    assert runs.read_record(tmp_path / "x") == record_of()


def test_runs_that_begin_at_once_get_a_folder_each(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "exists", lambda path: False)  # as all see it who look at once
    made = [runs.create_fresh(tmp_path / "x", record_of()) for _ in range(3)]
    assert [path.name for path in made] == ["x", "x-2", "x-3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "x-2", "x-3"]


def test_an_existing_run_is_replaced_only_on_demand(run):
    with pytest.raises(
        RunError, match="run: already exists; overwrite=True replaces it, resume=True"
    ):
        runs.create(run, record_of())
    assert (run / "model.keras").exists()
    runs.create(run, record_of(units=5), overwrite=True)
    assert runs.read_record(run).model.units == 5
    assert {path.name for path in run.parent.iterdir()} == {"run", ".run.old"}


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_that_is_no_run_is_never_replaced(tmp_path, overwrite):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunError, match="is no run folder; choose another output"):
        runs.create(tmp_path, record_of(), overwrite=overwrite)
    assert (tmp_path / "thesis.txt").exists()


def test_a_missing_folder_suggests_the_nearest(run):
    with pytest.raises(RunError, match=r"rum: no such run folder; did you mean '.*run'\?"):
        runs.read_record(run.with_name("rum"))
    with pytest.raises(RunError, match=r"no run folder \(it has no run.json\); 'melodyrnn train'"):
        runs.read_record(run.parent)


def edited(**changes):
    return json.dumps(record_of().to_json() | changes, ensure_ascii=False)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "1e999",
        '{"format": 1}',
        "[" * 100_000,
        edited(format=99),
        edited(vocabulary="c4"),
        edited(vocabulary=[1, 2]),
        edited(songs=[{"name": "x"}]),
        edited(songs=7),
        edited(features=[["a"]]),
        edited(features=3),
        edited(seconds="long"),
        edited(epochs=None),
        edited(epochs=math.inf),
        edited(metrics=[1]),
        edited(model={"model": "lstm"}),
        edited(model=record_of().model.to_json() | {"units": "many"}),
        edited(training=record_of().training.to_json() | {"epochs": -3}),
        edited(surprise=1),
        b"\xff\xfe\x00",
    ],
)
def test_a_damaged_record_is_one_error(run, content):
    data = content if isinstance(content, bytes) else content.encode()
    (run / "run.json").write_bytes(data)
    with pytest.raises(RunError, match=r"run.json: .*; train again$"):
        runs.read_record(run)


def zipped(path, **entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "."), content)


def test_a_damaged_or_foreign_model_is_one_error(run):
    file = run / "model.keras"
    whole = file.read_bytes()
    for content in (b"", b"nonsense", whole[: len(whole) // 2]):
        file.write_bytes(content)
        with pytest.raises(RunError, match=r"model.keras: is damaged or holds another network"):
            network_files.load_network(run, record_of())
    zipped(file, config__json="{}", model__weights__h5=b"no")
    with pytest.raises(RunError, match="is damaged or holds another network"):
        network_files.load_network(run, record_of())
    models.build(ModelConfig("lstm", units=9, window=3), 3).save(file)
    with pytest.raises(RunError, match="is damaged or holds another network"):
        network_files.load_network(run, record_of())
    file.unlink()
    with pytest.raises(RunError, match=r"has no model.keras yet; its training was cut off"):
        network_files.load_network(run, record_of())


def test_code_in_a_model_file_is_never_run(run):
    """A Lambda layer carries Python code; only the arrays of a file are read."""
    marker = str(run / "pwned")
    trap = keras.layers.Lambda(lambda x, path: [__import__("pathlib").Path(path).touch(), x][1])
    evil = keras.Sequential([keras.layers.Input((3,)), trap])
    trap.arguments = {"path": marker}
    evil.save(run / "model.keras")
    keras.models.load_model(run / "model.keras", compile=False, safe_mode=False)
    Path(marker).unlink()  # the trap works: Keras' own loader, without its safe mode, sprang it
    with pytest.raises(RunError, match="is damaged or holds another network"):
        network_files.load_network(run, record_of())
    assert not Path(marker).exists()


def test_a_checkpoint_with_any_byte_changed_is_read_or_one_error(run):
    arrays = {"weights/0": np.arange(3.0), "history": np.zeros((2, 5))}
    training_files.write_checkpoint(run, arrays)
    file = run / training_files.CHECKPOINT
    whole, refused = file.read_bytes(), 0
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        with suppress(RunError):  # and nothing else
            training_files.read_checkpoint(run)
            refused -= 1
        refused += 1
    assert refused > len(whole) / 2


def test_a_pickle_in_a_checkpoint_is_refused(run):
    (run / "checkpoint").mkdir()
    np.savez(run / training_files.CHECKPOINT, trap=np.array([{"an": "object"}], dtype=object))
    with pytest.raises(RunError, match=r"state.npz: is damaged; train again with overwrite=True"):
        training_files.read_checkpoint(run)


def test_history_is_a_table(run):
    rows, names = [(1, 0.5, None), (2, 0.25, 3)], ("epoch", "loss", "one_step")
    path = training_files.write_history(run, rows, names)
    assert path.read_text() == "epoch,loss,one_step\n1,0.5,\n2,0.25,3\n"


def test_the_validation_loss_stands_where_other_programs_look_for_it():
    columns, rows = with_loss(("epoch", "loss", "val_bits"), [(1, 0.5, None), (2, 0.25, 3.0)])
    assert columns == ("epoch", "loss", "val_loss", "val_bits")
    assert rows == [(1, 0.5, None, None), (2, 0.25, pytest.approx(3 * np.log(2)), 3.0)]
    assert with_loss(("epoch", "loss"), [(1, 0.5)]) == (("epoch", "loss"), [(1, 0.5)])
