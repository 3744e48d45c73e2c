"""The whole published table: every data set of a folder, and those that come along.

A folder holds one folder of songs for each set. Its name begins with the set's number in Table 4.1
of Pearce (2005), as in ``1-canadian``; one without such a number has no published figures.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from melodyrnn.data.gather import Source, gather
from melodyrnn.errors import ConfigError, MelodyError
from melodyrnn.experiments.benchmark.all_rows import PITCH_ALONE
from melodyrnn.experiments.benchmark.kept_folds import DOCUMENT, KeptFolds
from melodyrnn.experiments.benchmark.melodies import Melodies, melodies_of
from melodyrnn.experiments.benchmark.protocol import CrossValidation, Measured, measure
from melodyrnn.experiments.benchmark.published import CORPORA, DATA_SETS, PEARCE, Published
from melodyrnn.experiments.benchmark.rows import COMBINED
from melodyrnn.runs.output_folders import RUNS
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress, silent

_NUMBER = re.compile(r"([1-8])(?!\d)")
_LAYOUT = "it holds one folder of songs for each data set, such as 1-canadian/ (docs/benchmark.md)"


@dataclass(frozen=True)
class DataSet:
    """A collection to be measured."""

    name: str
    number: int | None  # in Table 4.1
    songs: Source

    @property
    def table(self) -> Published | None:
        return None if self.number is None else DATA_SETS[self.number]


@dataclass(frozen=True)
class MeasuredSet:
    """A data set, measured."""

    data_set: DataSet
    data: Melodies
    rows: tuple[Measured, ...]

    @property
    def reproduced(self) -> Measured:
        """The published model, measured here."""
        return next(row for row in self.rows if row.row.model == COMBINED)

    def to_json(self) -> dict[str, JSON]:
        rows: list[dict[str, JSON]] = []
        for row in self.rows:
            against = row.difference_from(self.reproduced).to_json()
            rows.append({**row.to_json(), f"against {COMBINED}": against})
        return {
            "set": self.data_set.number,
            "name": self.data_set.name,
            "dataset": self.data.to_json(),
            "rows": rows,
        }


@dataclass(frozen=True)
class MeanRow:
    """A row's mean over the sets; ``published``: over the sets measured, None if one has none."""

    model: str
    printed: bool
    bits_by_melody: float
    published: float | None

    def to_json(self) -> dict[str, JSON]:
        return {
            "model": self.model,
            "bits_by_melody": self.bits_by_melody,
            "published": self.published,
        }


@dataclass(frozen=True)
class DataSetsResult:
    """All data sets, measured."""

    sets: tuple[MeasuredSet, ...]
    protocol: CrossValidation
    output: Path

    @property
    def file(self) -> Path:
        return self.output / DOCUMENT

    @property
    def means(self) -> list[MeanRow]:
        """Of each row."""
        return [_mean(rows) for rows in zip(*(each.rows for each in self.sets), strict=True)]

    def to_json(self) -> dict[str, JSON]:
        return {
            "benchmark": PEARCE,
            "source": "Pearce (2005), Tables 4.1, 6.2 and 6.6",
            "folds": self.protocol.folds,
            "fast": self.protocol.fast,
            "seed": self.protocol.seed,
            "seeds": self.protocol.seeds,
            "sets": [each.to_json() for each in self.sets],
            "means": [row.to_json() for row in self.means],
        }


def benchmark_sets(
    data: str | Path,
    *,
    protocol: CrossValidation | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    cluster: str | None = None,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = silent,
) -> DataSetsResult:
    """Measure each data set in the folder ``data``, and those that come along, from pitches alone.

    ``output``, ``cluster`` and ``report`` are those of ``benchmark``. ``progress`` is called with
    (files read, or steps done; all; of which set, and what is being done). Raises MelodyError,
    before anything is measured where a set has too few songs.
    """
    protocol = protocol or CrossValidation()
    sets = data_sets(Path(data))
    kept = KeptFolds.begun(RUNS / f"{PEARCE}-benchmark", output, overwrite)
    place = Place.of(None, cluster)
    read = [
        melodies_of(
            gather(
                each.songs,
                track=track,
                grid=grid,
                report=report,
                progress=_of_set(each, "files read", progress),
            )
        )
        for each in sets
    ]
    for each, melodies in zip(sets, read, strict=True):
        _check_size(each, melodies, protocol)
    result = DataSetsResult(
        tuple(
            _measured(each, melodies, protocol, kept, progress, place)
            for each, melodies in zip(sets, read, strict=True)
        ),
        protocol,
        kept.output,
    )
    kept.end(result.to_json())
    return result


def data_sets(folder: Path) -> list[DataSet]:
    """Those of the folder and those that come along, by their numbers, at last those without.

    Raises ConfigError where there are none in the folder, or two of one number.
    """
    if not folder.is_dir():
        raise MelodyError(f"{folder}: no such folder; {_LAYOUT}")
    found: list[DataSet] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            number = _NUMBER.match(path.name)
            found.append(DataSet(path.name, int(number[1]) if number else None, path))
    if not found:
        raise ConfigError(f"{folder}: no data sets; {_LAYOUT}")
    _check_numbers(folder, found)
    given = {each.number for each in found}
    along = [
        DataSet(corpus.name, number, corpus)
        for number, corpus in CORPORA.items()
        if number not in given
    ]
    return sorted([*found, *along], key=lambda each: (each.number or len(DATA_SETS) + 1, each.name))


def _check_numbers(folder: Path, sets: Iterable[DataSet]) -> None:
    names: dict[int, str] = {}
    for each in sets:
        if each.number in names:
            raise ConfigError(
                f"{folder}: {names[each.number]} and {each.name} are both data set "
                f"{each.number}; give one of them a name without that number"
            )
        if each.number:
            names[each.number] = each.name


def _check_size(each: DataSet, melodies: Melodies, protocol: CrossValidation) -> None:
    count = len(melodies.melodies)
    if count < protocol.folds:
        raise ConfigError(
            f"{each.name}: {count} song{'s' if count != 1 else ''} cannot be cut into "
            f"{protocol.folds} folds; "
            + (f"use --folds {count} or less, or " if count > 1 else "")
            + "give it more songs, one file each"
        )


def _measured(
    each: DataSet,
    melodies: Melodies,
    protocol: CrossValidation,
    kept: KeptFolds,
    progress: Progress,
    place: Place,
) -> MeasuredSet:
    rows = [row for row in PITCH_ALONE if row.fast or not protocol.fast]
    published = each.table.bits if each.table else {}
    dealt = protocol.deal(melodies)
    said = _of_set(each, "", progress)
    measured = measure(melodies, dealt, rows, published, said, kept, place)
    return MeasuredSet(each, melodies, measured)


def _of_set(each: DataSet, what: str, progress: Progress) -> Progress:
    return lambda done, total, words="": progress(done, total, f"{what or words} of {each.name}")


def _mean(rows: tuple[Measured, ...]) -> MeanRow:
    published = [row.published for row in rows if row.published is not None]
    return MeanRow(
        rows[0].row.model,
        rows[0].row.printed,
        float(np.mean([row.by_melody for row in rows])),
        float(np.mean(published)) if len(published) == len(rows) else None,
    )
