"""A run trained again from its record alone, and what of it agrees."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.errors import RunError
from melodyrnn.files import exists
from melodyrnn.models.types import Array
from melodyrnn.runs import carried, fine_tuning, network_files
from melodyrnn.runs import record as records
from melodyrnn.runs.output_folders import RUNS
from melodyrnn.runs.run import Run, open_run
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.progress import Progress
from melodyrnn.workflows.train import Folder, TrainResult, learn_parts

Figure = float | int | str | None


@dataclass(frozen=True)
class ComparedFigure:
    """One figure of the record, then and now."""

    name: str  # such as held_out.bits_per_note
    before: Figure
    again: Figure

    @property
    def difference(self) -> float:
        """0 where both are the same, infinite where they are no numbers or one is missing."""
        if self.before == self.again:
            return 0.0
        if isinstance(self.before, float | int) and isinstance(self.again, float | int):
            return abs(self.before - self.again)
        return float("inf")

    def to_json(self) -> dict[str, Figure]:
        return {"name": self.name, "before": self.before, "again": self.again}


@dataclass(frozen=True, repr=False)
class ReproduceResult:
    """What agrees of a run and the one that was trained again."""

    run: Run
    trained: TrainResult  # the new one
    figures: tuple[ComparedFigure, ...]
    weights: Mapping[str, float]  # of each array the largest difference; 0: bit for bit the same
    versions: tuple[ComparedFigure, ...]  # of the libraries that are not as they were
    within: float  # differences of figures up to this are agreement

    def __repr__(self) -> str:
        word = "agrees" if self.agrees else "differs"
        return f"<ReproduceResult {self.trained.run.path} {word} with {self.run.path}>"

    @property
    def agrees(self) -> bool:
        """Whether all figures do."""
        return not self.differing

    @property
    def differing(self) -> tuple[ComparedFigure, ...]:
        return tuple(each for each in self.figures if not each.difference <= self.within)

    @property
    def same_weights(self) -> bool:
        """Bit for bit."""
        return not any(self.weights.values())

    @property
    def interrupted(self) -> bool:
        return self.trained.interrupted

    def to_json(self) -> dict[str, Any]:
        return {
            "run": str(self.run.path),
            "again": str(self.trained.run.path),
            "agrees": self.agrees,
            "within": self.within,
            "figures": [each.to_json() for each in self.figures],
            "weights": dict(self.weights),
            "same_weights": self.same_weights,
            "versions": [each.to_json() for each in self.versions],
            "files": [str(file) for file in self.trained.files],
        }


@verb("training again")
def reproduce(
    run: "str | PathLike[str]",
    texts: str | Path | Iterable[str | Path] = (),
    *,
    output: str | Path | None = None,
    from_run: "str | PathLike[str] | None" = None,
    within: float = 0.0,
    progress: Progress = if_attended,
) -> ReproduceResult:
    """Train ``run`` again, from its record and the songs that it keeps, into a new folder, and
    compare figures and weights.

    ``texts``: the files of a run on text, which keeps none. ``from_run``: where the run lies that
    it was fine-tuned from, if neither beside it nor in the package. ``output``: the new folder, by
    default a fresh one under ``runs/``. Differences of figures up to ``within`` are agreement.
    Raises MelodyError where the training was cut off, and where songs, texts or the other run are
    gone or not as they were.
    """
    opened = open_run(run)
    before = opened.record
    if before.status != records.FINISHED:
        raise RunError(
            f"{opened.path}: its training is {before.status}, and where it ended no record says; "
            "resume it first, with 'melodyrnn train … --resume'"
        )
    parts, base = _parts(opened, texts), _base(opened, from_run)
    begun = replace(
        before,
        status=records.TRAINING,
        epochs=0,
        best_epoch=0,
        seconds=0.0,
        metrics={},
        versions={},
    )
    place = RUNS / f"{opened.path.resolve().name}-again" if output is None else Path(output)
    trained = learn_parts(place, begun, parts, Folder(output, base=base), progress)
    after = trained.record
    return ReproduceResult(
        opened,
        trained,
        _compared(_figures(before), _figures(after)),
        {} if trained.interrupted else _differences(opened, trained.run),
        tuple(each for each in _compared(before.versions, after.versions) if each.difference),
        within,
    )


def _parts(run: Run, texts: str | Path | Iterable[str | Path]) -> Split[Any]:
    """Its items as they were split. Raises RunError where they are not those that it learned."""
    task, record = run.task, run.record
    listed = [texts] if isinstance(texts, str | Path) else list(texts)
    if task.of_notes:
        if listed:
            raise RunError(f"{run.path}: keeps its songs itself; leave {listed[0]} out")
        parts = run.parts
        items: list[Any] = [item for part in parts for item in part]
    else:
        if not listed:
            names = " ".join(song["name"] for song in record.songs)
            raise RunError(f"{run.path}: a run on text keeps none; name the files of {names}")
        items = list(read_texts(listed))
        parts = task.resumed_parts(run.path, record, items)
    known = [song["sha256"] for song in (*record.songs, *record.validation, *record.held_out)]
    if sorted(task.digests(items, record)) != sorted(known):
        names = ", ".join(dict.fromkeys(song["name"] for song in record.songs))
        raise RunError(
            f"{run.path}: {names} are no more as they were when it was trained (SHA-256); nothing "
            "that is trained on them would be the same"
        )
    return parts


def _base(run: Run, from_run: "str | PathLike[str] | None") -> Run | None:
    """The run that it was fine-tuned from, as it then was. Raises RunError."""
    before = run.record.base
    if before is None:
        if from_run is not None:
            raise RunError(f"{run.path}: was fine-tuned from no other run; leave --from out")
        return None
    places = [run.path.resolve().parent / before.name, Path(before.name)]
    if from_run is not None:
        places = [Path(from_run)]
    place = next((each for each in places if exists(carried.place(each))), None)
    if place is None:
        raise RunError(f"{run.path}: began with {before.name}, which is gone; name it by --from")
    base = open_run(place)
    fine_tuning.check_resumed(base, run)
    return base


def _figures(record: records.Record) -> dict[str, Figure]:
    found = {"epochs": record.epochs, "best_epoch": record.best_epoch}
    return found | dict(_flat(record.metrics))


def _flat(document: Any, name: str = "") -> Iterator[tuple[str, Figure]]:
    """Each number and text of a document, by its place: ``held_out.bits_per_note``."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(document, Mapping):
        inside = document.items()
    elif isinstance(document, list | tuple):
        inside = enumerate(document, 1)
    elif document is not None:
        yield name, document
    for key, value in inside:
        yield from _flat(value, f"{name}.{key}" if name else str(key))


def _compared(
    before: Mapping[str, Figure], again: Mapping[str, Figure]
) -> tuple[ComparedFigure, ...]:
    names = dict.fromkeys([*before, *again])
    return tuple(ComparedFigure(name, before.get(name), again.get(name)) for name in names)


def _differences(run: Run, again: Run) -> dict[str, float]:
    """Of each array of weights the largest difference; infinite where shapes differ."""
    theirs = dict(_weights(again))
    return {name: _largest(array, theirs[name]) for name, array in _weights(run)}


def _largest(array: Array, other: Array) -> float:
    if array.shape != other.shape:
        return float("inf")
    return float(np.abs(array.astype(np.float64) - other).max(initial=0.0))


def _weights(run: Run) -> Iterator[tuple[str, Array]]:
    config = run.record.model
    if not config.spec.learns_by_gradient:
        return
    for member in range(1, config.ensemble + 1):
        of = f" of network {member}" if config.ensemble > 1 else ""
        if config.spec.viewpoints:
            named = network_files.named_weights(run.path, run.record, member)
            yield from ((name + of, array) for name, array in named.items())
        else:
            arrays = network_files.keras_weights(run.path, run.record, member)
            yield from ((f"array {n}{of}", array) for n, array in enumerate(arrays, 1))
