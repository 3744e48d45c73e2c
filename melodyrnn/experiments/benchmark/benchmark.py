"""A published table beside our own: cross-validation over the melodies of a collection."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from melodyrnn.data.gather import gather
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.benchmark.folds import predict_folds
from melodyrnn.experiments.benchmark.melodies import Melodies, Melody, melodies_of
from melodyrnn.experiments.benchmark.network_rows import ROWS
from melodyrnn.experiments.benchmark.published import TABLES, Published
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Floats, Fold
from melodyrnn.files import check_free, create_folder, create_fresh_folder, write_atomically
from melodyrnn.models.settings import check, nearest
from melodyrnn.runs.output_folders import RUNS, slug
from melodyrnn.system.documents import JSON

FOLDS, FAST_FOLDS = 10, 3
_FILE = "benchmark.json"
_WORDS = {
    "taken": "--overwrite replaces it, or choose another --output",
    "kind": "benchmark",
}


@dataclass(frozen=True)
class Measured:
    """A row, measured. Bits per note, of each fold."""

    row: BenchmarkRow
    folds: tuple[float, ...]  # the mean over all notes of the fold
    folds_by_melody: tuple[float, ...]  # the mean over its melodies of each one's mean
    published: float | None

    @property
    def bits(self) -> float:
        return float(np.mean(self.folds))

    @property
    def by_melody(self) -> float:
        """What the published figures are."""
        return float(np.mean(self.folds_by_melody))

    def to_json(self) -> dict[str, JSON]:
        return {
            "model": self.row.model,
            "settings": self.row.settings,
            "inputs": self.row.inputs,
            "bits": self.bits,
            "folds": list(self.folds),
            "by_melody": self.by_melody,
            "folds_by_melody": list(self.folds_by_melody),
            "published": self.published,
        }


@dataclass(frozen=True)
class BenchmarkResult:
    """A table, and how it came about."""

    name: str
    songs: str  # where they came from
    table: Published | None  # None where the songs are others than its corpus
    data: Melodies
    tests: tuple[tuple[Melody, ...], ...]  # of each fold
    folds: int  # into which the collection was cut; fewer may have been evaluated
    seed: int
    rows: tuple[Measured, ...]
    output: Path

    @property
    def file(self) -> Path:
        return self.output / _FILE

    def to_json(self) -> dict[str, JSON]:
        return {
            "benchmark": self.name,
            "songs": self.songs,
            "source": self.table.source if self.table else None,
            "dataset": {
                "melodies": len(self.data.melodies),
                "notes": self.data.notes,
                "pitches": len(self.data.alphabet),
            },
            "folds": self.folds,
            "seed": self.seed,
            "tests": [[melody.name for melody in test] for test in self.tests],
            "rows": [row.to_json() for row in self.rows],
        }

    def write(self, folder: Path) -> None:
        """Write benchmark.json there."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2)
        write_atomically(folder / _FILE, text + "\n")


def benchmark(
    name: str,
    *,
    songs: str | Path | None = None,
    folds: int = FOLDS,
    seed: int = 0,
    fast: bool = False,
    output: str | Path | None = None,
    overwrite: bool = False,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, all_, words: None,
) -> BenchmarkResult:
    """Predict each melody from what was learned of the other ``folds``, with every row of ``ROWS``.

    ``name``: of ``published.TABLES``; ``songs``: a file, folder, glob or corpus to take in the
    place of its own, without published figures. ``seed`` deals the melodies out to the folds and
    starts the networks. ``fast``: three folds, without the slow rows. ``output``: the folder for
    benchmark.json, by default a fresh one under ``runs/``. ``report`` is that of ``gather``.
    ``progress`` is called with (files read, or steps done; all; what is being done). Raises
    MelodyError.
    """
    if name not in TABLES:
        raise ConfigError(
            f"unknown benchmark {name!r}{nearest(name, TABLES)}; choose from {', '.join(TABLES)}"
        )
    check("folds", folds, {"least": 2})
    check("seed", seed, {"least": 0})
    table = TABLES[name] if songs is None else None
    source = TABLES[name].corpus if songs is None else songs
    named = gather(
        source,
        track=track,
        grid=grid,
        report=report,
        progress=lambda done, total, words="": progress(done, total, "files read"),
    )
    data = melodies_of(named)
    dealt = folds_of(data, folds, seed)[: FAST_FOLDS if fast else None]
    if output is not None:
        check_free(Path(output), _FILE, overwrite=overwrite, **_WORDS)
    rows = [row for row in ROWS if row.fast or not fast]
    bits = predict_folds(rows, dealt, progress)
    result = BenchmarkResult(
        name,
        str(source),
        table,
        data,
        tuple(fold.test for fold in dealt),
        folds,
        seed,
        tuple(_measured(row, bits[row.model], table) for row in rows),
        Path(output or RUNS / f"{slug(name if songs is None else named.name)}-benchmark"),
    )
    if output is None:
        path = create_fresh_folder(result.output, _FILE, result.write, **_WORDS)
        return replace(result, output=path)
    create_folder(result.output, _FILE, result.write, overwrite=overwrite, **_WORDS)
    return result


def folds_of(data: Melodies, folds: int, seed: int) -> list[Fold]:
    """The melodies dealt out at random. Raises ConfigError where a fold would be empty."""
    count = len(data.melodies)
    if folds > count:
        raise ConfigError(
            f"--folds {folds} needs as many melodies, and there "
            f"{'is' if count == 1 else 'are'} {count}; "
            + (f"use --folds {count} or less" if count > 1 else "give more songs")
        )
    midi = tuple(int(symbol) for symbol in data.alphabet.symbols)
    order = np.random.default_rng(seed).permutation(count)
    dealt = []
    for number in range(folds):
        test = set(order[number::folds].tolist())
        dealt.append(
            Fold(
                tuple(m for place, m in enumerate(data.melodies) if place not in test),
                tuple(data.melodies[place] for place in order[number::folds]),
                midi,
                seed,
            )
        )
    return dealt


def _measured(
    row: BenchmarkRow, bits: Sequence[Sequence[Floats]], table: Published | None
) -> Measured:
    return Measured(
        row,
        tuple(float(np.concatenate(fold).mean()) for fold in bits),
        tuple(float(np.mean([melody.mean() for melody in fold])) for fold in bits),
        table.bits.get(row.model) if table else None,
    )
