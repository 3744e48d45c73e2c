"""Summaries for TensorBoard, where its package is installed; a plain error where it is not."""

from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from melodyrnn import run_lesson, train
from melodyrnn.cli import main
from melodyrnn.errors import ConfigError

needed = pytest.mark.skipif(
    find_spec("tensorboard") is None, reason="the extra melodyrnn[tensorboard] is not installed"
)


def scalars(folder):
    """Tag -> (epoch, value) of each epoch, from all event files below ``folder``."""
    import tensorflow as tf

    found = {}
    for path in sorted(folder.rglob("events.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                number = float(tf.make_ndarray(value.tensor))
                found.setdefault(value.tag, []).append((event.step, number))
    return found


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "song.txt"
    path.write_text("c8 d8 e8 f8 g8 a8")
    return path


@needed
def test_a_training_writes_each_epoch_once_though_it_is_resumed(song):
    made = train(song, model="mlp", epochs=3, tensorboard=True, output="run", early_stop=False)
    train(song, model="mlp", epochs=5, tensorboard=True, output="run", resume=True)
    found = scalars(made.run.path / "tensorboard")
    assert [epoch for epoch, _ in found["loss"]] == [1, 2, 3, 4, 5]
    assert {"loss", "accuracy", "val_bits"} <= found.keys()


@needed
def test_a_lesson_writes_its_curves(tmp_path):
    result = run_lesson("hihello", epochs=4, tensorboard=True, output=tmp_path / "it")
    for curve in result.finding.curves:
        found = scalars(tmp_path / "it" / "tensorboard" / curve.name)["loss"]
        assert [value for _, value in found] == pytest.approx(curve.losses)


def test_without_the_package_the_remedy_is_given(song, monkeypatch):
    monkeypatch.setattr("melodyrnn.system.extras.find_spec", lambda name: None)
    message = "--tensorboard needs a package that is not here; pip install 'melodyrnn[tensorboard]'"
    for words in (["train", "song.txt"], ["train", "--text", "song.txt"], ["lesson", "hihello"]):
        done = CliRunner().invoke(main, [*words, "--tensorboard"])
        assert (done.exit_code, done.stderr) == (1, f"error: {message}\n")
    with pytest.raises(ConfigError, match=r"^tensorboard=True needs a package that is not here"):
        run_lesson("hihello", tensorboard=True)
    assert [path.name for path in song.parent.iterdir()] == ["song.txt"]
