"""Images of written digits, to be read row by row: those of this package, or MNIST."""

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import MelodyError
from melodyrnn.files import read_bytes
from melodyrnn.sequences.windows import Batch

CLASSES = 10
_DIGITS = Path(__file__).parent.parent / "digits" / "optdigits.tes.csv.gz"
_LARGEST = 200_000_000  # bytes, packed or not; MNIST has 55 million
_MNIST_SIDE = 28
Array = npt.NDArray[np.generic]
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")


class Images(NamedTuple):
    """Each Batch: x (N, rows, columns) from 0 to 1, y (N,), mask (N,). No image is in two parts."""

    name: str
    train: Batch
    validation: Batch  # to choose settings and weights
    test: Batch


def digits() -> Images:
    """The 1,797 digits of 8 x 8 pixels that this package carries (digits/NOTICE says whose).

    Of each digit's images, in the order of the file, every fifth is in the test set and
    the one before it in the validation set.
    """
    table = np.loadtxt(_DIGITS, delimiter=",")
    x = (table[:, :-1].reshape(-1, 8, 8) / 16).astype(np.float32)
    y = table[:, -1].astype(np.int32)
    number = _numbers(y) % 5
    return Images(
        "8 x 8 digits",
        _batch(x[number < 3], y[number < 3]),
        _batch(x[number == 3], y[number == 3]),
        _batch(x[number == 4], y[number == 4]),
    )


def mnist(path: str | Path) -> Images:
    """The 28 x 28 digits of a file ``mnist.npz`` as Keras hands it out.

    Its test images are the test set; of each digit's other images every tenth is in the
    validation set.
    Raises MelodyError where it is not such a file.
    """
    arrays = _arrays(Path(path))
    (x, y), (x_test, y_test) = (
        (_pixels(arrays, path, part), _labels(arrays, path, part)) for part in ("train", "test")
    )
    last = _numbers(y) % 10 == 9
    if not last.any():
        raise MelodyError(f"{path}: needs at least ten training images of a digit")
    return Images(
        "28 x 28 MNIST",
        _batch(x[~last], y[~last]),
        _batch(x[last], y[last]),
        _batch(x_test, y_test),
    )


def _arrays(path: Path) -> dict[str, Array]:
    content = io.BytesIO(read_bytes(path, _LARGEST))
    try:
        with zipfile.ZipFile(content) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > _LARGEST:
            raise MelodyError(f"{path}: holds {size / 1e6:.0f} MB; mnist.npz has 55")
        with np.load(content, allow_pickle=False) as file:
            missing = [name for name in _ARRAYS if name not in file]
            if missing:
                raise MelodyError(
                    f"{path}: has no array {missing[0]!r}; mnist.npz has {', '.join(_ARRAYS)}"
                )
            return {name: file[name] for name in _ARRAYS}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise MelodyError(
            f"{path}: is not mnist.npz, a file of NumPy with {', '.join(_ARRAYS)}"
        ) from None


def _pixels(arrays: dict[str, Array], path: str | Path, part: str) -> npt.NDArray[np.float32]:
    x = arrays[f"x_{part}"]
    shape = " x ".join(map(str, x.shape)) or "a number"
    if x.dtype != np.uint8 or x.shape[1:] != (_MNIST_SIDE, _MNIST_SIDE) or not len(x):
        raise MelodyError(
            f"{path}: x_{part} is {shape} of {x.dtype}; mnist.npz has N x 28 x 28 of uint8"
        )
    return x.astype(np.float32) / np.float32(255)


def _labels(arrays: dict[str, Array], path: str | Path, part: str) -> npt.NDArray[np.int32]:
    y, count = arrays[f"y_{part}"], len(arrays[f"x_{part}"])
    if y.shape != (count,) or y.dtype.kind not in "iu":
        shape = " x ".join(map(str, y.shape)) or "a number"
        raise MelodyError(
            f"{path}: y_{part} is {shape} of {y.dtype}; x_{part} needs {count} whole numbers"
        )
    wrong = y[~np.isin(y, np.arange(CLASSES))]
    if len(wrong):
        raise MelodyError(f"{path}: y_{part} holds {wrong[0]}; digits are 0 to 9")
    return y.astype(np.int32)


def _numbers(y: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """The number of each image among those of its digit, from 0."""
    numbers = np.zeros(len(y), dtype=np.int64)
    for digit in range(CLASSES):
        mine = np.flatnonzero(y == digit)
        numbers[mine] = np.arange(len(mine))
    return numbers


def _batch(x: npt.NDArray[np.float32], y: npt.NDArray[np.int32]) -> Batch:
    return Batch(x, y, np.ones(len(y), dtype=bool))
