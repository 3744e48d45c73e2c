"""A run folder as an object: what it learned, from what, and the model that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Self

from melodyrnn.data.copies import Copies
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError, FileError, MelodyError, RunError
from melodyrnn.models.predictor import Predictor
from melodyrnn.runs import carried, whole_songs
from melodyrnn.runs import record as records
from melodyrnn.runs.command import options
from melodyrnn.runs.record import Record
from melodyrnn.runs.session import Session
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.tasks.registry import TASKS
from melodyrnn.tasks.task import MOVABLE, Settings, Task
from melodyrnn.tasks.tokenizer import Tokenizer
from melodyrnn.tasks.whole_songs.weights import WholeSongs


@dataclass(frozen=True, repr=False)
class Run(PathLike[str]):
    """A run folder, read and checked."""

    path: Path
    record: Record

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        model, status = self.record.model.model, self.record.status
        return f"<Run {self.path}, {model} on {self.record.task}, {status}>"

    @classmethod
    def open(cls, path: "str | PathLike[str]") -> Self:
        """Raises RunError where there is no run, or a damaged one."""
        return cls(Path(path), records.read_record(Path(path)))

    @classmethod
    def begin(
        cls, path: Path, record: Record, parts: Split[Any], *, fresh: bool, overwrite: bool
    ) -> Self:
        """Make the folder at ``path`` or, ``fresh``, at the first free number after it.

        Raises RunError where something else is in the way.
        """
        run = cls(records.begin(path, record, fresh=fresh, overwrite=overwrite), record)
        run.task.keep(run.path, record, parts)
        return run

    def resumed(self, digests: Sequence[str], settings: Settings) -> Self:
        """The run with a new end where ``settings`` has one.

        Raises RunError where it is of other items (``Task.digests``) or settings.
        """
        record = self.record
        songs = (*record.songs, *record.validation, *record.held_out)
        if sorted(digests) != sorted(song["sha256"] for song in songs):
            names = ", ".join(song["name"] for song in record.songs)
            raise RunError(
                f"{self.path}: was trained on {names} as they then were; resume it with those"
            )
        for name, value in settings.items():
            holder = record.model if hasattr(record.model, name) else record.training
            if name not in MOVABLE and getattr(holder, name, value) != value:
                raise RunError(
                    f"{self.path}: was trained with {name} {getattr(holder, name, None)}, not "
                    f"{value}; a resumed run keeps its settings, or train anew with another "
                    "--output"
                )
        moved = {name: value for name, value in settings.items() if name in MOVABLE}
        training = replace(record.training, **moved)
        command = record.command and " ".join([record.command, *options(moved)])
        return replace(self, record=replace(record, training=training, command=command))

    @property
    def task(self) -> Task[Any, Any]:
        """What it learned. Raises RunError for a task that is not here."""
        try:
            return TASKS[self.record.task]
        except KeyError:
            raise RunError(
                f"{self.path}: was trained on the task {self.record.task!r}, which is none of "
                f"{', '.join(TASKS)}; train again"
            ) from None

    @property
    def vocabulary(self) -> Vocabulary:
        return self.record.vocabulary

    @property
    def tokenizer(self) -> Tokenizer[Any]:
        return self.task.tokenizer(self.record.vocabulary)

    @cached_property
    def parts(self) -> Split[Sequence[Any]]:
        """Its songs by what they were for. Raises RunError for a run on text, which keeps none."""
        return self.task.parts(self.path, self.record)

    @cached_property
    def learned(self) -> Sequence[Any]:
        """The part it was trained on, which can be read alone. Raises RunError."""
        if "parts" in self.__dict__:
            return self.parts.train
        return self.task.learned(self.path, self.record)

    @cached_property
    def copies(self) -> Copies:
        """The songs it learned from, of which new ones may be copies. Raises RunError."""
        return Copies(self.learned)

    @cached_property
    def whole_songs(self) -> WholeSongs | None:
        """What new songs weigh as wholes, where that was learned. Raises RunError."""
        return whole_songs.kept(self.path)

    @cached_property
    def training_set(self) -> object:
        """The same as its task has them, with what is counted of them once and then known."""
        return self.task.training_set(self)

    def predictor(self, *, with_short_term: bool = False) -> Predictor:
        """The model as it was at its best, by itself or joined by a short-term model.

        Raises RunError.
        """
        predictor = self._loaded
        return self.task.with_short_term(self, predictor) if with_short_term else predictor

    @cached_property
    def _loaded(self) -> Predictor:
        try:
            return Session(self).load()
        except (RunError, ConfigError, FileError):
            raise
        except MelodyError as error:  # of a vocabulary that is none of such a task
            raise RunError(f"{self.path}: {error}; train again") from None
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            raise RunError(
                f"{self.path}: the parts of its run.json do not fit each other; train again"
            ) from None


def open_run(path: "str | PathLike[str]") -> Run:
    """The run in a folder or, where none of that name stands, one that the package carries, such as
    ``folk``. Raises RunError where there is none, or a damaged one.
    """
    return path if isinstance(path, Run) else Run.open(carried.place(Path(path)))
