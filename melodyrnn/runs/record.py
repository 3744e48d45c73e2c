"""A run folder: all that a training leaves, and all that is needed to use it or go on with it.

    run.json        configurations, vocabulary, songs with their hashes, versions, seed, metrics
    model.keras     the best weights; of a model of viewpoints weights.npz
    history.csv     one row an epoch
    README.md       the model card (``evaluation.model_card``)
    report.html     the page of the training (``evaluation.training_page``)
    checkpoint/     weights, optimiser, epoch, best weights so far: what resuming needs
    tunes/          the tunes of a run on many (``tune_store``)
    pretraining.npz fingerprints of what a fine-tuned run had learned before (``pretraining``)

The second network of an ensemble has files of its own, ``weights-2.npz`` and so on (``file_of``).

Every file is written beside its place and renamed, so that a kill leaves the old one or the new.
Nothing read from a run folder is ever executed or unpickled: the network is built from the
checked configuration, and of ``model.keras`` only the arrays of weights are read.
"""

import csv
import io
import json
import platform
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf, isfinite
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import FileError, MelodyError, PluginError, RunError
from melodyrnn.files import (
    NO_MEMORY,
    create_folder,
    create_fresh_folder,
    harmless,
    is_folder,
    make_folder,
    shown,
    suggest,
    write_atomically,
)
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.networks.numpy_network import Network, read_weights
from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
from melodyrnn.models.networks.plain_weights import parts
from melodyrnn.models.types import Floats
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.runs.archives import arrays, checked_entries, finite, read_inside
from melodyrnn.runs.base import Base
from melodyrnn.runs.carried import FILE
from melodyrnn.runs.keras_archive import archive_of
from melodyrnn.runs.replacing import make_way
from melodyrnn.sequences.vocabulary import Vocabulary

FORMAT = 6
TRAINING, FINISHED, INTERRUPTED = "training", "finished", "interrupted"
MODEL, WEIGHTS, HISTORY = "model.keras", "weights.npz", "history.csv"
CHECKPOINT = Path("checkpoint") / "state.npz"
_LARGEST_RECORD = 1_000_000_000
_WEIGHTS_ENTRY = "model.weights.h5"  # of model.keras


@dataclass(frozen=True)
class Record:
    """What run.json holds."""

    model: ModelConfig
    training: TrainConfig | StreamConfig
    vocabulary: Vocabulary
    songs: tuple[dict[str, str], ...]  # name, sha256, text of each; of a text, its opening
    validation: tuple[dict[str, str], ...] = ()  # songs by which the best weights were chosen
    held_out: tuple[dict[str, str], ...] = ()  # songs that were only measured
    features: tuple[tuple[float, ...], ...] | None = None  # attributes of each code, (V, F)
    unknown_rate: float = 0.0  # how probable a token is that the vocabulary lacks
    track: str | None = None  # of files with several voices, the one that was asked for
    grid: str | None = None  # and the grid that was, where one was
    task: str = "songs"  # what was learned: the name of a task
    status: str = TRAINING  # then FINISHED or INTERRUPTED
    epochs: int = 0  # of all networks of an ensemble together, and so are seconds
    best_epoch: int = 0  # of the first of them
    seconds: float = 0.0
    metrics: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    base: Base | None = None  # in JSON "from": what it was fine-tuned from
    command: str = ""  # the command that asks for such a training, where files were named

    @property
    def interrupted(self) -> bool:
        """Whether its training was ended by whoever waited for it."""
        return self.status == INTERRUPTED

    def to_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        checked = {name: plain[name].to_json() for name in ("model", "training", "vocabulary")}
        base = plain.pop("base")
        return {"format": FORMAT, **plain, **checked, "from": base and base.to_json()}

    @classmethod
    def from_json(cls, document: Any) -> Self:
        """Raises RunError, ConfigError, VocabularyError, TypeError where it is no record."""
        if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
            raise RunError("it is not a run of this version of melodyrnn")
        base = document.pop("from", None)
        record = cls(**document)
        features = record.features
        read = replace(
            record,
            model=ModelConfig.from_json(record.model),
            training=_training(record.training),
            vocabulary=Vocabulary.from_json(record.vocabulary),
            songs=_songs(record.songs),
            validation=_songs(record.validation),
            held_out=_songs(record.held_out),
            features=features and tuple(tuple(map(float, row)) for row in features),
            unknown_rate=float(record.unknown_rate),
            track=record.track and str(record.track),
            grid=record.grid and str(record.grid),
            epochs=int(record.epochs),
            best_epoch=int(record.best_epoch),
            seconds=float(record.seconds),
            metrics=_harmless(dict(record.metrics)),
            versions=dict(record.versions),
            base=base and Base.from_json(base),
            command=harmless(str(record.command)),
        )
        read._check()
        return read

    def _check(self) -> None:
        """Raise RunError where its parts do not fit each other."""
        if self.features is not None and (
            len(self.features) != len(self.vocabulary)
            or len(set(map(len, self.features))) != 1
            or not all(isfinite(value) for row in self.features for value in row)
        ):
            raise RunError("its features are not those of its vocabulary")
        if not 0 <= self.unknown_rate < 1 or not 0 <= self.seconds < inf:
            raise RunError("a rate or a time that none can be")
        if not 0 <= self.best_epoch <= self.epochs:
            raise RunError(f"its best epoch is {self.best_epoch} of {self.epochs}")
        if self.status not in (TRAINING, FINISHED, INTERRUPTED):
            raise RunError(f"its status is {self.status!r:.30}")


def _training(document: object) -> TrainConfig | StreamConfig:
    """The settings of the one way of training or the other, by their names. Raises ConfigError."""
    names = set(document) if isinstance(document, dict) else set()
    kind = TrainConfig if names <= TrainConfig.names() else StreamConfig
    return kind.from_json(document)


def _harmless(document: Any) -> Any:
    """Its texts without control characters: they are shown on a terminal."""
    if isinstance(document, str):
        return harmless(document)
    if isinstance(document, dict):
        return {harmless(name): _harmless(value) for name, value in document.items()}
    return list(map(_harmless, document)) if isinstance(document, list) else document


def _songs(documents: Any) -> tuple[dict[str, str], ...]:
    return tuple(
        {key: shown(str(song[key])) for key in _NAMES if key in song or key == "name"}
        | {key: str(song[key]) for key in ("sha256", "text")}
        for song in documents
    )


_NAMES = ("name", "collections")
"""Of songs what they are called; of many, which collections they are, where that is known."""


_WORDS = {
    "taken": "--overwrite replaces it, --resume goes on with it, or choose another --output",
    "kind": "run folder",
}


def create(path: Path, record: Record, *, overwrite: bool = False) -> None:
    """Make the folder with its run.json, at once. An empty folder may stand at ``path``.

    Raises RunError where anything else does, but for a run that is to be overwritten, which is set
    aside (``replacing``), and where another process works in that.
    """
    fill = partial(write_record, record=record)
    create_folder(path, FILE, fill, make_way=make_way if overwrite else None, **_WORDS)


def create_fresh(path: Path, record: Record) -> Path:
    """``create`` at ``path`` or, where it exists, the first free one of ``path-2``, ``path-3`` …

    Returns the one made.
    """
    return create_fresh_folder(path, FILE, partial(write_record, record=record), **_WORDS)


def begin(path: Path, record: Record, *, fresh: bool, overwrite: bool) -> Path:
    """Begin a run at ``path`` or, ``fresh``, at the first free number after it. Raises RunError."""
    if fresh:
        return create_fresh(path, record)
    create(path, record, overwrite=overwrite)
    return path


def write_record(path: Path, record: Record) -> Path:
    text = json.dumps(record.to_json(), ensure_ascii=False, indent=2)
    return write_atomically(path / FILE, text + "\n")


def read_record(path: Path) -> Record:
    """Raises RunError where the folder or its run.json is missing, corrupt or foreign."""
    file = path / FILE
    if not is_folder(path):
        raise RunError(f"{path}: no such run folder{suggest(path)}")
    if not file.is_file():
        raise RunError(f"{path}: no run folder (it has no run.json); 'melodyrnn train' makes one")
    try:
        return Record.from_json(json.loads(read_inside(path, file, _LARGEST_RECORD)))
    except FileError:  # it may be whole
        raise
    except MemoryError:
        raise RunError(f"{file}: {NO_MEMORY}") from None
    except PluginError as error:
        raise RunError(f"{file}: {error}") from None
    except MelodyError as error:
        raise RunError(f"{file}: {error}; train again") from None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise RunError(f"{file}: is damaged or no record of a run; train again") from None


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


def write_history(path: Path, rows: Sequence[Any], fields: Sequence[str], member: int = 1) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows(rows)
    return write_atomically(file_of(path, HISTORY, member), text.getvalue())


def write_checkpoint(path: Path, arrays: dict[str, npt.NDArray[Any]], member: int = 1) -> None:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]  # its stubs take names for options
    file = file_of(path, CHECKPOINT, member)
    make_folder(file.parent)
    write_atomically(file, content.getvalue())


def read_checkpoint(
    path: Path, member: int = 1, most: int = _LARGEST_RECORD
) -> dict[str, npt.NDArray[Any]] | None:
    """What ``write_checkpoint`` wrote, of at most so many bytes; None where there is none yet.
    Raises RunError.
    """
    file = file_of(path, CHECKPOINT, member)
    if not file.is_file():
        return None
    data = read_inside(path, file, most)
    try:
        return arrays(data, most)
    except MemoryError:
        raise RunError(f"{file}: {NO_MEMORY}") from None
    except Exception:  # whatever NumPy, zipfile and tokenize raise on a damaged file
        raise RunError(f"{file}: is damaged; train again with --overwrite") from None


def versions() -> dict[str, str]:
    """Of what the result depends on."""
    from melodyrnn.models.backend import keras, tf

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }
