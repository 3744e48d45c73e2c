"""Images read row by row: the scan and the cell, the data, the lesson, its file of MNIST."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from melodyrnn.errors import MelodyError
from melodyrnn.lessons import images
from melodyrnn.lessons.catalogue import lesson_named
from melodyrnn.lessons.shared import digit_images
from melodyrnn.models.recurrent.cells import CELLS as ROWS
from melodyrnn.models.recurrent.scan import differences, last_output
from melodyrnn.models.registry import CELLS
from melodyrnn.sequences.windows import Batch
from melodyrnn.system.progress import silent


@pytest.mark.parametrize("cell", CELLS)
def test_the_scan_and_the_built_in_cell_agree(cell):
    random = np.random.default_rng(1)
    x = random.random((7, 5, 3)).astype(np.float32)
    outputs, gradients = differences(cell, 6, x, np.arange(7) % 4, 4, seed=2)
    assert outputs < 1e-6
    assert gradients < 1e-6


def test_other_weights_would_be_found_out():
    random = np.random.default_rng(1)
    x, w, u, b = (
        random.normal(size=shape).astype(np.float32) for shape in ((2, 3, 4), (4, 5), (5, 5), (5,))
    )
    h = np.zeros((2, 5))
    for t in range(3):
        h = np.tanh(x[:, t] @ w + h @ u + b)
    assert np.abs(np.asarray(last_output(ROWS["rnn"], x, w, b, u)) - h).max() < 1e-6
    assert np.abs(np.asarray(last_output(ROWS["rnn"], x, w, b, u * 1.01)) - h).max() > 1e-4


def test_the_digits_are_split_by_digit_and_no_image_is_in_two():
    data = digit_images.digits()
    counts = [len(batch.y) for batch in data[1:]]
    assert counts == [1085, 357, 355]
    assert data.train.x.shape == (1085, 8, 8)
    assert (data.train.x.min(), data.train.x.max()) == (0, 1)
    for batch in data[1:]:
        shares = np.bincount(batch.y) / len(batch.y)
        assert 0.09 < shares.min() < shares.max() < 0.11
    rows = np.concatenate([batch.x.reshape(-1, 64) for batch in data[1:]])
    assert len(np.unique(rows, axis=0)) == 1797


def small(lesson, **fit):
    model = replace(lesson.model, units=4)
    return replace(lesson, model=model, fit=replace(lesson.fit, **fit))


@pytest.fixture
def few_digits(monkeypatch):
    whole = digit_images.digits()
    few = [Batch(*(part[:60] for part in batch)) for batch in whole[1:]]
    monkeypatch.setattr(images, "digits", lambda: digit_images.Images(whole.name, *few))


@pytest.mark.usefixtures("few_digits")
def test_the_lesson_reports_what_it_found():
    lesson = small(lesson_named("images"), epochs=2)
    found = lesson.run(lesson, silent)
    assert not found.holds  # two epochs are not enough
    assert found.figures["data"] == "8 x 8 digits"
    assert found.figures["apart"].keys() == CELLS.keys()
    assert 0 <= found.figures["accuracy"] < 0.97
    assert "of 60 test images correct, gru of 4 units" in found.sentence
    assert [len(curve.losses) for curve in found.curves] == [2]
    (picture,) = found.pictures
    assert np.allclose(np.sum(picture.values, axis=1), 1)


@pytest.mark.usefixtures("few_digits")
def test_epochs_measured_on_the_way_are_those_of_learnings_apart():
    lesson = small(lesson_named("images"), batch=16)
    together = images.scores_after(lesson, [3, 1], silent)
    assert [point.epochs for point in together] == [1, 3]
    for point in together:
        assert images.scores_after(lesson, [point.epochs], silent) == [point]


def test_a_wild_learning_has_diverged():
    lesson = lesson_named("images")
    wild = replace(
        lesson,
        model=replace(lesson.model, cell="rnn", units=256),
        fit=replace(lesson.fit, learning_rate=10.0),
    )
    (point,) = images.scores_after(wild, [1], silent)
    assert point.diverged
    assert point.accuracy < 0.3


def made_up(**changed):
    random = np.random.default_rng(0)
    arrays = {
        "x_train": random.integers(0, 256, (200, 28, 28)).astype(np.uint8),
        "y_train": np.arange(200).astype(np.uint8) % 10,
        "x_test": random.integers(0, 256, (20, 28, 28)).astype(np.uint8),
        "y_test": np.arange(20).astype(np.uint8) % 10,
    } | changed
    file = io.BytesIO()
    np.savez_compressed(file, **{name: a for name, a in arrays.items() if a is not None})
    return file.getvalue()


def test_a_file_like_mnist_is_read(tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    path.write_bytes(made_up())
    data = digit_images.mnist(path)
    assert [batch.x.shape for batch in data[1:]] == [(180, 28, 28), (20, 28, 28), (20, 28, 28)]
    assert data.validation.y.tolist() == list(range(10)) * 2
    assert data.train.x.max() == 1
    monkeypatch.setattr(images, "MNIST_EPOCHS", 1)
    lesson = small(lesson_named("images").with_settings({"data": str(path)}), batch=90)
    found = lesson.run(lesson, silent)
    assert found.figures["data"] == "28 x 28 MNIST"
    assert len(found.curves[0].losses) == 1


def other_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("readme.txt", "no array")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not mnist.npz, a file of NumPy with x_train, y_train, x_test, y_test"),
        (b"g8 e8 e4", "is not mnist.npz"),
        (made_up()[:5000], "is not mnist.npz"),
        (other_zip(), "has no array 'x_train'; mnist.npz has x_train, y_train"),
        (made_up(y_test=None), "has no array 'y_test'"),
        (made_up(x_train=np.array([{}])), "is not mnist.npz"),  # pickled: never unpacked
        (
            made_up(x_train=np.zeros((200, 784), np.uint8)),
            "x_train is 200 x 784 of uint8; mnist.npz has N x 28 x 28 of uint8",
        ),
        (made_up(x_test=np.zeros((20, 28, 28))), "x_test is 20 x 28 x 28 of float64"),
        (made_up(x_test=np.zeros((0, 28, 28), np.uint8)), "x_test is 0 x 28 x 28 of uint8"),
        (made_up(x_test=np.uint8(3)), "x_test is a number of uint8"),
        (made_up(y_train=np.zeros(9, int)), "y_train is 9 of int64; x_train needs 200 whole"),
        (made_up(y_train=np.full(200, 12)), "y_train holds 12; digits are 0 to 9"),
        (made_up(y_train=np.full(200, -1)), "y_train holds -1"),
        (
            made_up(x_train=np.zeros((9, 28, 28), np.uint8), y_train=np.arange(9)),
            "needs at least ten training images of a digit",
        ),
    ],
)
def test_what_is_not_mnist_is_refused(tmp_path, content, message):
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    with pytest.raises(MelodyError) as caught:
        digit_images.mnist(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_swells_is_not_unpacked(tmp_path):
    path = tmp_path / "mnist.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("x_train.npy", "w") as entry,
    ):
        for _ in range(210):
            entry.write(bytes(1_000_000))
    with pytest.raises(MelodyError, match=r"holds 210 MB; mnist\.npz has 55"):
        digit_images.mnist(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MelodyError, match="no such file"):
        digit_images.mnist(tmp_path / "mnist.npz")
