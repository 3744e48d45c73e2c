"""A published table beside our own: cross-validation over the melodies of one collection."""

from dataclasses import dataclass, replace
from pathlib import Path

from melodyrnn.data.gather import Songs, Source, gather
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.benchmark.all_rows import ROWS
from melodyrnn.experiments.benchmark.kept_folds import DOCUMENT, KeptFolds
from melodyrnn.experiments.benchmark.melodies import Melodies, Melody, melodies_of
from melodyrnn.experiments.benchmark.protocol import FOLDS, CrossValidation, Measured, measure
from melodyrnn.experiments.benchmark.published import PEARCE, TABLES, Published
from melodyrnn.experiments.benchmark.repeats import played_once
from melodyrnn.models.settings import nearest
from melodyrnn.runs.output_folders import RUNS, slug
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress


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
        return self.output / DOCUMENT

    def to_json(self) -> dict[str, JSON]:
        return {
            "benchmark": self.name,
            "songs": self.songs,
            "source": self.table.source if self.table else None,
            "dataset": self.data.to_json(),
            "folds": self.folds,
            "seed": self.seed,
            "tests": [[melody.name for melody in test] for test in self.tests],
            "rows": [row.to_json() for row in self.rows],
        }


@verb("measuring")
def benchmark(
    name: str | None = None,
    *,
    songs: str | Path | None = None,
    folds: int = FOLDS,
    seed: int = 0,
    fast: bool = False,
    output: str | Path | None = None,
    overwrite: bool = False,
    cluster: str | None = None,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = if_attended,
) -> BenchmarkResult:
    """Predict each melody from what was learned of the other ``folds``, with every row of ``ROWS``.

    ``name``: of ``published.TABLES``; ``songs``: a file, folder, glob or corpus to take in the
    place of its own, without published figures. ``seed`` deals the melodies out to the folds and
    starts the networks. ``fast``: three folds, without the slow rows. ``output``: the folder for
    benchmark.json, by default a fresh one under ``runs/`` or one where a benchmark was cut off; of
    what that had done nothing is done again. ``cluster``: the address of a scheduler, whose workers
    predict the folds. ``report`` is that of ``gather``.
    ``progress`` is called with (files read, or steps done; all; what is being done). Raises
    MelodyError.
    """
    source = _source(name, songs)
    protocol = CrossValidation(folds, seed, fast=fast)
    table = TABLES[name] if name and songs is None else None
    named = gather(
        source,
        track=track,
        grid=grid,
        report=report,
        progress=lambda done, total, words="": progress(done, total, "files read"),
    )
    if table and table.once:
        named = Songs((replace(each, song=played_once(each.song)) for each in named), named.name)
    data = melodies_of(named)
    dealt = protocol.deal(data)
    plain = RUNS / f"{slug(name if name and table else named.name)}-benchmark"
    kept = KeptFolds.begun(plain, output, overwrite)
    rows = [row for row in ROWS if row.fast or not fast]
    result = BenchmarkResult(
        name or named.name,
        str(source),
        table,
        data,
        tuple(fold.test for fold in dealt),
        folds,
        seed,
        measure(
            data, dealt, rows, table.bits if table else {}, progress, kept, Place.of(None, cluster)
        ),
        kept.output,
    )
    kept.end(result.to_json())
    return result


def _source(name: str | None, songs: str | Path | None) -> Source:
    """The songs. Raises ConfigError."""
    if name == PEARCE:
        raise ConfigError(
            f"benchmark '{PEARCE}' measures the data sets of a folder; --data FOLDER names it"
        )
    if name is None and songs is None:
        raise ConfigError(
            f"no benchmark is named; choose from {', '.join([*TABLES, PEARCE])}, or --songs PATH "
            "measures on songs of your own"
        )
    if name is not None and name not in TABLES:
        raise ConfigError(
            f"unknown benchmark {name!r}{nearest(name, [*TABLES, PEARCE])}; choose from "
            f"{', '.join([*TABLES, PEARCE])}"
        )
    if songs is not None:
        return songs
    corpus = TABLES[name].corpus if name else None
    assert corpus is not None, f"the songs of {name} come along"
    return corpus
