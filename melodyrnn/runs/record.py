"""A run folder: all that a training leaves, and all that is needed to use it or go on with it.

    run.json        configurations, vocabulary, songs with their hashes, versions, seed, metrics
    model.keras     the best weights; of a model of viewpoints weights.npz
    history.csv     one row an epoch
    README.md       the model card (``evaluation.model_card``)
    report.html     the page of the training (``evaluation.training_page``)
    checkpoint/     weights, optimiser, epoch, best weights so far: what resuming needs
    tunes/          the songs of a run on many (``tune_store``)
    pretraining.npz fingerprints of what a fine-tuned run had learned before (``pretraining``)

The second network of an ensemble has files of its own, ``weights-2.npz`` and so on (``file_of``).

Every file is written beside its place and renamed, so that a kill leaves the old one or the new.
Nothing read from a run folder is ever executed or unpickled: the network is built from the
checked configuration, and of ``model.keras`` only the arrays of weights are read.
"""

import json
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf, isfinite
from pathlib import Path
from typing import Any, Self

from melodyrnn.errors import FileError, MelodyError, PluginError, RunError
from melodyrnn.files import (
    NO_MEMORY,
    create_folder,
    create_fresh_folder,
    harmless,
    is_folder,
    shown,
    suggest,
    write_atomically,
)
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig
from melodyrnn.runs.archives import read_inside
from melodyrnn.runs.base import Base
from melodyrnn.runs.carried import FILE
from melodyrnn.runs.replacing import make_way
from melodyrnn.sequences.vocabulary import Vocabulary

FORMAT = 6
TRAINING, FINISHED, INTERRUPTED = "training", "finished", "interrupted"
_LARGEST_RECORD = 1_000_000_000


@dataclass(frozen=True)
class Record:
    """What run.json holds."""

    model: ModelConfig
    training: TrainConfig | StreamConfig
    vocabulary: Vocabulary
    songs: tuple[
        dict[str, str], ...
    ]  # name, sha256, text of each; of a text its opening, of many songs one row
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

    @property
    def counts(self) -> dict[str, int]:
        """How many songs were for what, by the names of ``Split``. Of many, which lie beside the
        record, that is known once they were measured.
        """
        parts = ("train", self.songs), ("validation", self.validation), ("held_out", self.held_out)
        found = self.metrics.get("songs")
        return found if isinstance(found, dict) else {name: len(rows) for name, rows in parts}

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
