"""The files of the networks of a run: ``model.keras``; of a model of viewpoints ``weights.npz``.

Of ``model.keras`` only the arrays of weights are read; the network is built from the record.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import RunError
from melodyrnn.files import NO_MEMORY, write_atomically
from melodyrnn.models.networks.numpy_network import Network, read_weights
from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
from melodyrnn.models.networks.plain_weights import parts
from melodyrnn.models.types import Floats
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.runs.archives import arrays, checked_entries, finite, read_inside
from melodyrnn.runs.keras_archive import archive_of
from melodyrnn.runs.record import Record

MODEL, WEIGHTS = "model.keras", "weights.npz"
_WEIGHTS_ENTRY = "model.weights.h5"  # of model.keras


def file_of(path: Path, name: str | Path, member: int) -> Path:
    """That of the network ``member`` of a run, from 1; those after the first are numbered."""
    file = path / name
    return file if member == 1 else file.with_name(f"{file.stem}-{member}{file.suffix}")


def save_model(path: Path, model: Any, member: int = 1) -> Path:
    """Write model.keras: the same weights give the same bytes. Raises FileError."""
    return write_atomically(file_of(path, MODEL, member), archive_of(model))


def most_bytes(record: Record) -> int:
    """That a file of arrays of such a run can have: weights, thrice more for the optimiser, what is
    carried from batch to batch; as if each kind of network had the layers of all.
    """
    model, training = record.model, record.training
    codes, units = 4 * len(record.vocabulary) + 2048, model.units
    entering = (codes + 5 * model.embedding) * max(1, model.window)
    first = (entering + units + 1) * units * 8
    others = model.depth * (2 * units + 1) * units * 8
    last = (units + entering + 1024) * codes
    lanes = (training.batch or 1) * units * model.depth * 8
    history = 64 * max(record.epochs, training.epochs)
    return 8_000_000 + 16 * (first + others + last + lanes + history + codes * model.embedding)


def written_networks(path: Path, record: Record) -> list[int]:
    """The networks of a run, from 1: all, or those that there are of a training that was
    interrupted.
    """
    members = list(range(1, record.model.ensemble + 1))
    if not record.interrupted:
        return members
    name = WEIGHTS if record.model.spec.viewpoints else MODEL
    return [member for member in members if file_of(path, name, member).is_file()] or [1]


def weights_file(path: Path, record: Record, member: int = 1) -> Path:
    """Where a run has the best weights of a network. Raises RunError where its training was cut off
    before.
    """
    name = WEIGHTS if record.model.spec.viewpoints else MODEL
    file = file_of(path, name, member)
    if not file.is_file():
        raise RunError(_cut_off(path, file.name))
    return file


def load_network(path: Path, record: Record, member: int = 1) -> Network:
    """A network of a run with its best weights, without TensorFlow. Raises RunError."""
    config, codes = record.model, len(record.vocabulary)
    ids = parts(record.features) if config.tokenization == "factored" and record.features else None
    weights = keras_weights(path, record, member)
    try:
        return Network(config, codes, weights, ids)
    except Exception:  # whatever NumPy raises on weights of another shape
        raise RunError(_foreign(file_of(path, MODEL, member))) from None


def keras_weights(path: Path, record: Record, member: int = 1) -> list[Floats]:
    """The best weights of a Keras model, in the order of its ``get_weights``. Raises RunError."""
    file = weights_file(path, record, member)
    most = most_bytes(record)
    data = read_inside(path, file, most)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            checked_entries(archive, most)
            content = archive.read(_WEIGHTS_ENTRY)
        weights = read_weights(content, record.model, most)
        finite(iter(weights))
        return weights
    except MemoryError:
        raise RunError(f"{file}: {NO_MEMORY}") from None
    except Exception:  # whatever zipfile and HDF5 raise on a damaged or foreign file
        raise RunError(_foreign(file)) from None


def save_weights(path: Path, weights: dict[str, Floats], member: int = 1) -> Path:
    """Write weights.npz: the same weights give the same bytes."""
    content = io.BytesIO()
    np.savez(content, **weights)  # type: ignore[arg-type]  # its stubs take names for options
    return write_atomically(file_of(path, WEIGHTS, member), content.getvalue())


def load_viewpoints(
    path: Path, record: Record, observer: Observer, member: int = 1
) -> ViewpointPredictor:
    """A network of viewpoints of a run with its best weights, without TensorFlow. Raises
    RunError.
    """
    weights = named_weights(path, record, member)
    try:
        return ViewpointPredictor(weights, observer)
    except Exception:  # whatever NumPy raises on weights of another shape
        raise RunError(_foreign(file_of(path, WEIGHTS, member))) from None


def named_weights(path: Path, record: Record, member: int = 1) -> dict[str, Floats]:
    """The best weights of a network of viewpoints, by their names, in single precision. Raises
    RunError.
    """
    file, most = weights_file(path, record, member), most_bytes(record)
    data = read_inside(path, file, most)
    try:
        weights = {name: array.astype(np.float32) for name, array in arrays(data, most).items()}
        finite(iter(weights.values()))
        return weights
    except MemoryError:
        raise RunError(f"{file}: {NO_MEMORY}") from None
    except Exception:  # whatever NumPy and zipfile raise on a damaged or foreign file
        raise RunError(_foreign(file)) from None


def _cut_off(path: Path, name: str) -> str:
    return (
        f"{path}: has no {name} yet; its training was cut off, and "
        f"'melodyrnn train SONG --output {path} --resume' goes on with it"
    )


def _foreign(file: Path) -> str:
    return f"{file}: is damaged or holds another network than run.json says; train again"
