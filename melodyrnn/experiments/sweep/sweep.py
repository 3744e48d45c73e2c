"""A grid of settings over a lesson or songs: every combination run, and what came of them."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Source, gather, is_corpus
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.sweep import images_grid, lesson_sweep, song_sweep, summary
from melodyrnn.experiments.sweep.grid import Grid, combinations, read_grid
from melodyrnn.experiments.sweep.images_grid import Mending
from melodyrnn.experiments.sweep.outcome import Outcome, Score
from melodyrnn.files import exists, suggest, write_atomically
from melodyrnn.lessons.catalogue import NAMES, lesson_named
from melodyrnn.lessons.lesson import HeatMap
from melodyrnn.models.settings import check, nearest
from melodyrnn.render.charts import heat_map, write_picture
from melodyrnn.runs.folder import RUNS, claim, read_basis, slug
from melodyrnn.system.machine import cores

FILE = "sweep.json"
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found."""

    output: Path
    target: str
    grid: Grid
    score: Score
    outcomes: tuple[Outcome, ...]  # in the order of the grid
    mendings: tuple[Mending, ...]
    sentences: tuple[str, ...]
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        best = self.score.best(self.outcomes)
        return {
            "output": str(self.output),
            "target": self.target,
            "grid": dict(self.grid),
            "score": self.score.name,
            "best": best and best.to_json(),
            "diverged": sum(outcome.diverged for outcome in self.outcomes),
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "mendings": [mending.to_json() for mending in self.mendings],
            "found": list(self.sentences),
            "files": [str(path) for path in self.files],
        }


def sweep(
    target: str | Source | Iterable[Source],
    *,
    grid: Iterable[str] | Grid = (),
    seed: int = 0,
    jobs: int | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    progress: Report = lambda done, all_: None,
) -> SweepResult:
    """Run every combination of ``grid``, such as ``["units=32,64"]`` or ``{"units": [32, 64]}``.

    ``target`` is the name of a lesson, or songs as ``train`` takes them. The lesson "images" has a
    grid of its own where none is given. ``jobs`` runs go at once, by default one a core.
    ``progress`` is called with (runs done, all). A sweep that was cut off goes on when it is asked
    for again. Raises MelodyError.
    """
    check("jobs", cores() if jobs is None else jobs, {"least": 1, "most": 1000})
    check("seed", seed, {"least": 0})
    name = lesson_of(target)
    run = _sweep_songs if name is None else _sweep_lesson
    return run(name or target, grid, seed, jobs or cores(), output, overwrite, progress)


def lesson_of(target: Any) -> str | None:
    """The name of a lesson, where ``target`` is one; what is a file is none.

    Raises ConfigError for what can be neither.
    """
    alone = [target] if isinstance(target, str | Path) else list(target)
    if len(alone) != 1 or not isinstance(alone[0], str | Path):
        return None
    name = str(alone[0])
    if name in NAMES:
        return name
    if is_corpus(name) or exists(Path(name)):
        return None
    if Path(name).suffix or len(Path(name).parts) != 1 or " " in name:
        return None  # a file, or songs to find, which are missed where they are read
    raise ConfigError(
        f"{name}: neither a lesson nor songs{nearest(name, NAMES) or suggest(Path(name))}; "
        "'melodyrnn lesson' lists the lessons"
    )


def _sweep_lesson(
    name: Any,
    words: Iterable[str] | Grid,
    seed: int,
    jobs: int,
    output: str | Path | None,
    overwrite: bool,
    progress: Report,
) -> SweepResult:
    lesson = lesson_named(name)
    words = words if isinstance(words, dict) else list(words)
    own = name == images_grid.LESSON and not words
    grid = read_grid(images_grid.GRID if own else words, lesson_sweep.usable(lesson))
    fixed = {} if "seed" in grid else {"seed": seed}
    basis = {"lesson": name, "grid": grid, **fixed}
    path = claim(output, RUNS / f"{name}-sweep", FILE, basis, kind="sweep", overwrite=overwrite)
    plans = lesson_sweep.plans_of(lesson, combinations(grid), fixed, path)
    tried = images_grid.mending_plans(seed) if own else []
    mending = lesson_sweep.plans_of(lesson, tried, {}, path / "mending")
    score, found = lesson_sweep.run_plans([*mending, *plans], jobs, progress)
    mendings = images_grid.mendings(found[: len(tried)]) if own else ()
    return _conclude(path, name, grid, score, found[len(tried) :], mendings)


def _sweep_songs(
    songs: Any,
    words: Iterable[str] | Grid,
    seed: int,
    jobs: int,
    output: str | Path | None,
    overwrite: bool,
    progress: Report,
) -> SweepResult:
    grid = read_grid(words, song_sweep.USABLE)
    named = gather(songs)
    fixed = {} if "seed" in grid else {"seed": seed}
    basis = {"songs": [song.record["sha256"] for song in named], "grid": grid, **fixed}
    plain = RUNS / f"{slug(named.name)}-sweep"
    plans = song_sweep.plans_of(named, combinations(grid), fixed, plain)  # before a folder is made
    path = claim(output, plain, FILE, basis, kind="sweep", overwrite=overwrite)
    plans = [replace(plan, path=path / "runs" / plan.path.name) for plan in plans]
    score, found = song_sweep.run_plans(plans, combinations(grid), jobs, progress)
    return _conclude(path, slug(named.name), grid, score, found, ())


def _conclude(
    path: Path,
    name: str,
    grid: Grid,
    score: Score,
    found: Sequence[Outcome],
    mendings: tuple[Mending, ...],
) -> SweepResult:
    """The outcomes in the order of the grid; the pictures and the document."""
    of = {_key(grid, outcome.settings): outcome for outcome in found}
    outcomes = [
        replace(of[_key(grid, settings)], settings=settings) for settings in combinations(grid)
    ]
    files = [
        file
        for picture in summary.heat_maps(name, grid, score, outcomes)
        for file in _drawn(path, picture)
    ]
    sentences = (*summary.sentences(grid, score, outcomes), *images_grid.sentences(mendings))
    result = SweepResult(
        path, name, grid, score, tuple(outcomes), mendings, sentences, (*files, path / FILE)
    )
    document = {"basis": read_basis(path / FILE), **result.to_json()}
    write_atomically(path / FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return result


def _key(grid: Grid, settings: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(settings[name] for name in grid)


def _drawn(path: Path, picture: HeatMap) -> list[Path]:
    shown = picture._asdict()
    return write_picture(path / shown.pop("name"), heat_map(**shown))
