"""A grid of settings over a lesson or songs: every combination run, and what came of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from melodyrnn.data.gather import Source, gather, is_corpus, is_tune
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.sweep.grid import Grid, Settings, Value, combinations, read_grid
from melodyrnn.experiments.sweep.images_grid import (
    Remedy,
    remedies,
    remedy_combinations,
    remedy_sentences,
)
from melodyrnn.experiments.sweep.lesson_sweep import LessonSweep
from melodyrnn.experiments.sweep.outcome import Criterion, Outcome
from melodyrnn.experiments.sweep.song_sweep import SongSweep
from melodyrnn.experiments.sweep.summary import Summary
from melodyrnn.experiments.sweep.sweepable import Execution, Sweepable
from melodyrnn.files import exists, suggest, write_atomically
from melodyrnn.lessons.catalogue import NAMES
from melodyrnn.models.settings import check, nearest
from melodyrnn.render.charts import heat_map
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.render.pages.comparison_data import HeldOut
from melodyrnn.render.pictures import write_picture
from melodyrnn.runs.output_folders import RUNS, claimed, read_basis
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress

FILE = "sweep.json"
REMEDIES = "mending"
"""The folder of the runs that try remedies."""


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found."""

    output: Path
    target: str
    grid: Grid
    score: Criterion
    outcomes: tuple[Outcome, ...]  # in the order of the grid
    chosen_on: str | None  # the set by which the best is chosen: training or validation
    held_out: HeldOut | None  # what the best makes of songs that chose nothing
    remedies: tuple[Remedy, ...]
    sentences: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def summary(self) -> Summary:
        """The outcomes as a table."""
        return Summary(self.target, self.grid, self.score, self.outcomes, self.chosen_on)

    def to_json(self) -> dict[str, JSON]:
        best = self.score.best(self.outcomes)
        return {
            "output": str(self.output),
            "target": self.target,
            "grid": dict(self.grid),
            "score": self.score.name,
            "chosen_on": self.chosen_on,
            "best": None if best is None else best.to_json(),
            "held_out": None if self.held_out is None else _figures(self.held_out),
            "diverged": sum(outcome.diverged for outcome in self.outcomes),
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "mendings": [remedy.to_json() for remedy in self.remedies],
            "found": list(self.sentences),
            "files": [str(path) for path in self.files],
        }


def _figures(held_out: HeldOut) -> dict[str, JSON]:
    (row,) = held_out.rows
    return {
        "songs": held_out.songs,
        "notes": held_out.notes,
        "bits_per_note": row.bits_per_note,
        "low": row.low,
        "high": row.high,
    }


@verb("sweeping")
def sweep(
    target: str | Source | Iterable[Source],
    *,
    grid: Iterable[str] | Grid = (),
    seed: int = 0,
    held_out: float | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress = if_attended,
) -> SweepResult:
    """Run every combination of ``grid``, such as ``["units=32,64"]`` or ``{"units": [32, 64]}``.

    ``target`` is the name of a lesson, or songs as ``train`` takes them. The lesson "images" has a
    grid of its own where none is given. Of several songs the part ``held_out`` chooses nothing: as
    many of the others, the validation songs, do. ``jobs`` runs go at once, by default one a core,
    or as many as the workers of the ``cluster``, the address of a scheduler, have threads.
    ``progress`` is called with (runs done, all, who is at work). A sweep that was cut off goes on
    when it is asked for again. Raises MelodyError.
    """
    check("jobs", 1 if jobs is None else jobs, {"least": 1, "most": 1000})
    place = Place.of(jobs, cluster)
    check("seed", seed, {"least": 0})
    swept = sweepable(target, held_out)
    given = grid if isinstance(grid, Mapping) else list(grid)
    settings = read_grid(given or swept.default_grid, swept.fields)
    every = combinations(settings)
    swept.check(every)
    fixed: Settings = {} if "seed" in settings else {"seed": seed}
    basis = {**swept.identity, "grid": settings, **fixed}
    default = RUNS / f"{swept.name}-sweep"
    with claimed(output, default, FILE, basis, kind="sweep", overwrite=overwrite) as path:
        mending = Execution(path / REMEDIES, place, progress)
        tried = () if given else _try_remedies(swept, seed, mending)
        score, found = swept.run(every, fixed, Execution(path, place, progress))
        outcomes = _in_order(settings, every, found)
        best = score.best(outcomes)
        apart = None if best is None else swept.measured_apart(best)
        summary = Summary(swept.name, settings, score, outcomes, swept.chosen_on)
        return _written(path, summary, apart, tried)


def sweepable(target: str | Source | Iterable[Source], held_out: float | None = None) -> Sweepable:
    """The lesson or the songs that ``target`` names. Raises MelodyError."""
    name = lesson_of(target)
    if name is None:
        return SongSweep(gather(target), held_out)
    if held_out is not None:
        raise ConfigError(f"--held-out is for songs; {name} is a lesson")
    return LessonSweep(name)


def lesson_of(target: str | Source | Iterable[Source]) -> str | None:
    """The name of a lesson, where ``target`` is one; a file never is.

    Raises ConfigError for what can be neither a lesson nor songs.
    """
    name = _only_name(target)
    if name is None or name in NAMES:
        return name
    if is_corpus(name) or exists(Path(name)) or is_tune(name):
        return None
    if Path(name).suffix or len(Path(name).parts) != 1 or " " in name:
        return None  # a file, or songs to find, which are missed where they are read
    raise ConfigError(
        f"{name}: neither a lesson nor songs{nearest(name, NAMES) or suggest(Path(name))}; "
        "'melodyrnn lesson' lists the lessons"
    )


def _only_name(target: str | Source | Iterable[Source]) -> str | None:
    """The one text or path that ``target`` is; None where it is something else."""
    if isinstance(target, str | Path):
        return str(target)
    if not isinstance(target, Sequence) or len(target) != 1:
        return None
    only = target[0]
    return str(only) if isinstance(only, str | Path) else None


def _try_remedies(swept: Sweepable, seed: int, execution: Execution) -> tuple[Remedy, ...]:
    """Where the default grid shows trainings that diverge: what helps."""
    return remedies(swept.run(remedy_combinations(seed), {}, execution).outcomes)


def _in_order(
    grid: Grid, every: Sequence[Settings], found: Sequence[Outcome]
) -> tuple[Outcome, ...]:
    """The outcomes in the order of the grid, with the settings of the grid alone."""

    def key(settings: Settings) -> tuple[Value, ...]:
        return tuple(settings[name] for name in grid)

    by_key = {key(outcome.settings): outcome for outcome in found}
    return tuple(replace(by_key[key(settings)], settings=settings) for settings in every)


def _written(
    path: Path, summary: Summary, held_out: HeldOut | None, tried: tuple[Remedy, ...]
) -> SweepResult:
    """The pictures and the document of a sweep, written to ``path``."""
    files = [file for picture in summary.heat_maps() for file in _drawn(path, picture)]
    result = SweepResult(
        path,
        summary.name,
        summary.grid,
        summary.score,
        tuple(summary.outcomes),
        summary.chosen_on,
        held_out,
        tried,
        (*summary.sentences(), *_apart(held_out), *remedy_sentences(tried)),
        (*files, path / FILE),
    )
    document = {"basis": read_basis(path / FILE), **result.to_json()}
    write_atomically(path / FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return result


def _apart(held_out: HeldOut | None) -> Iterator[str]:
    """How the best does on songs that chose nothing."""
    if held_out:
        (row,) = held_out.rows
        songs = "1 song" if held_out.songs == 1 else f"{held_out.songs} songs"
        yield (
            f"on {songs} held out, which chose nothing, the best has {row.bits_per_note:.3f} bits "
            f"per note ({row.low:.3f} to {row.high:.3f})"
        )


def _drawn(path: Path, picture: HeatMap) -> list[Path]:
    return write_picture(path / picture.name, heat_map(picture))
