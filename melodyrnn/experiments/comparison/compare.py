"""Models compared on the same songs: one table, one page to look at and to listen to."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack, cast

from melodyrnn.data.gather import Named, Songs, Source, gather
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.comparison import generalising, page_data, plans, verdict
from melodyrnn.experiments.comparison.trial import Trial, run_trials
from melodyrnn.files import write_atomically
from melodyrnn.models.ngrams.ngram import ceiling
from melodyrnn.models.registry import CELLS, MODELS, MOST_WINDOW, WINDOW
from melodyrnn.models.settings import check, nearest
from melodyrnn.models.settings_types import CompareSettings
from melodyrnn.render.pages.comparison_data import Ceiling, HeldOut, MemoryRow, Report
from melodyrnn.runs.output_folders import RUNS, claimed, read_basis, slug
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.baselines import STRONGEST
from melodyrnn.tasks.checks import check_effect
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.registry import task_of
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.task import Settings

OF_ONE_SONG = ("lstm", "lstm-stateless", "mlp")
OF_SEVERAL = ("viewpoints", "lookback", "lstm")
"""The models that are compared where none are named."""
_FILE = "compare.json"


@dataclass(frozen=True, repr=False)
class CompareResult:
    """What a comparison found: of one song how it is remembered, of several how new ones are
    predicted.
    """

    output: Path
    report: Path
    sentence: str
    trials: tuple[Trial, ...]  # of one song, those of the window asked for
    # Of one song:
    ceiling: Ceiling | None = None
    rows: tuple[MemoryRow, ...] = ()
    other_windows: tuple[tuple[Ceiling, tuple[Trial, ...]], ...] = ()
    # Of several:
    held_out: HeldOut | None = None
    held_out_songs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        models = dict.fromkeys(trial.model for trial in self.trials)
        return f"<CompareResult {self.output}, {', '.join(models)}>"

    def to_json(self) -> dict[str, JSON]:
        document: dict[str, JSON] = {"output": str(self.output), "report": str(self.report)}
        if self.ceiling:
            document |= _of_window(self.ceiling, self.trials)
        if self.held_out:
            document |= self._of_held_out(self.held_out)
        document["sentence"] = self.sentence
        if self.other_windows:
            document["windows"] = [_of_window(top, trials) for top, trials in self.other_windows]
        return document

    def _repr_html_(self) -> str:
        """What a notebook shows: the sentence and the tables."""
        from melodyrnn.render.pages.notebook import comparison_html

        tables = Report(self.sentence, ceiling=self.ceiling, rows=self.rows, held_out=self.held_out)
        return comparison_html(tables)

    def _of_held_out(self, held_out: HeldOut) -> dict[str, JSON]:
        models = [trial for trial in self.trials if trial.model != STRONGEST]
        baselines = [trial for trial in self.trials if trial.model == STRONGEST]
        return {
            "models": _models_json(models, held_out.window),
            "baselines": _models_json(baselines, held_out.window),
            "held_out": {**held_out.to_json(), "titles": list(self.held_out_songs)},
        }


def _of_window(top: Ceiling, trials: Sequence[Trial]) -> dict[str, JSON]:
    return {
        "window": top.window,
        "ceiling": {"right": top.right, "all": top.all},
        "models": _models_json(trials),
    }


def _models_json(trials: Sequence[Trial], window: int = 0) -> list[JSON]:
    return [
        {
            "model": model,
            "parameters": group[0].parameters,
            "runs": [_run_json(trial, window) for trial in group],
        }
        for model, group in page_data.by_model(trials).items()
    ]


def _run_json(trial: Trial, window: int) -> dict[str, JSON]:
    """``window``: as ``HeldOut`` has it."""
    document: dict[str, JSON] = {
        "seed": trial.seed,
        "fold": trial.fold,
        "run": trial.run,
        "epochs": trial.epochs,
        "best_epoch": trial.best_epoch,
        "seconds": trial.seconds,
    }
    if memory := trial.memory:
        document |= {
            "one_step": memory.one_step.to_json(),
            "whole_song": memory.whole_song.to_json(),
            "bits_per_note": memory.bits_per_note,
            "first_wrong": memory.first_wrong,
        }
    if trial.held_out:
        document["bits_per_note"] = trial.held_out.mean(window)
    return document


@verb("comparing")
def compare(
    songs: Source | Iterable[Source],
    *,
    models: str | Sequence[str] | None = None,
    cell: str | None = None,
    seeds: int = 5,
    window: int | None = None,
    windows: str | None = None,
    held_out: float | None = None,
    folds: int | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = if_attended,
    **settings: Unpack[CompareSettings],
) -> CompareResult:
    """Train each of ``models``, names or ``"lstm,mlp"``, with ``seeds`` seeds, side by side;
    without any, ``OF_ONE_SONG`` or ``OF_SEVERAL``, with ``cell`` in the place of the LSTM's.

    One song is learned by heart, and memory is what is compared; ``windows`` such as ``"1-8"`` also
    compares window lengths. Of several songs, the part ``held_out`` is held out, the same songs of
    all models, and what is compared is how well those are predicted; the strongest n-gram model
    stands beside. Each training is what ``train`` trains with ``held_out``, ``window`` and the
    other ``settings``, fields of ModelConfig, TrainConfig and StreamConfig.

    ``jobs`` trainings run at once, by default one per core or per thread of the ``cluster`` whose
    scheduler has that address. ``progress`` is called with (trainings done, all, who is at work).
    A comparison that was cut off goes on when it is asked for again. Raises MelodyError.
    """
    given = cast(dict[str, Any], settings)
    if isinstance(models, str):
        models = [name.strip() for name in models.split(",")]
    _check_cell(cell, models)
    _check(OF_ONE_SONG if models is None else models, seeds, folds, jobs, given)
    size = WINDOW if window is None else window
    sizes = _sizes(windows, size)
    named = gather(songs, track=track, grid=grid)
    if models is None:
        models = _by_default(cell, several=len(named) > 1 and window is None)
    cuts = plans.cuts_of(named, held_out, folds)
    if len(named) > 1 and windows is not None:
        raise ConfigError("--windows compares how one song is remembered; give --window")
    if len(named) > 1 and window is not None:
        given["window"] = window
    by_heart = task_of(named, {"model": models[0], **given}).name == SongTask.name
    check_effect(models, given, windows=by_heart)
    asked = _asked(named, models, seeds, given, cuts, sizes)
    new = _checked(named, cuts, asked)
    given |= cuts[0] if folds is None else {"folds": folds}
    basis = {"settings": given, "songs": [song.record["sha256"] for song in named]}
    default = RUNS / f"{slug(named.name)}-compare"
    with claimed(output, default, _FILE, basis, kind="comparison", overwrite=overwrite) as path:
        planned = [each.plan(named, path) for some in asked for each in some]
        trials = run_trials(planned, Place.of(jobs, cluster), progress)
        if len(named) == 1:
            return _remembered(trials, named, size, sizes, path)
        return _generalised(trials, named, new, path)


def _asked(
    songs: Sequence[Named],
    models: Sequence[str],
    seeds: int,
    settings: Settings,
    cuts: Sequence[Settings],
    windows: Sequence[int],
) -> list[list[plans.Wanted]]:
    """The trainings, those of each cut together; of one song those of all windows."""
    if len(songs) > 1:
        return [plans.beside_each_other(models, seeds, {**settings, **cut}) for cut in cuts]
    wanted = [{**settings, **cuts[0], "window": each} for each in windows]
    return [[each for some in wanted for each in plans.asked_of(models, seeds, some)]]


def _by_default(cell: str | None, *, several: bool) -> list[str]:
    return [with_cell(name, cell) for name in (OF_SEVERAL if several else OF_ONE_SONG)]


def _check_cell(cell: str | None, models: Sequence[str] | None) -> None:
    if cell is None:
        return
    check("cell", cell, {"choices": CELLS})
    if models is not None:
        raise ConfigError(f"--cell {cell} names models, as --models does; leave one out")


def with_cell(model: str, cell: str | None) -> str:
    """The model like ``model`` whose cell is ``cell``, where it is one of a cell alone."""
    first, *rest = model.split("-")
    return "-".join([cell, *rest]) if cell and first == MODELS[model].cell else model


def _check(
    models: Sequence[str],
    seeds: int,
    folds: int | None,
    jobs: int | None,
    settings: dict[str, Any],
) -> None:
    for name, instead in (("model", "models"), ("seed", "seeds"), ("fold", "folds")):
        if name in settings:
            raise ConfigError(f"a comparison has no one {name}; give {instead}")
    for model in models:
        if model not in MODELS:
            raise ConfigError(
                f"unknown model {model!r}{nearest(model, MODELS)}; choose from {', '.join(MODELS)}"
            )
    if not models or len(set(models)) < len(models):
        raise ConfigError("--models names each model once, such as lstm,mlp")
    check("seeds", seeds, {"least": 1, "most": 1000})
    check("folds", 2 if folds is None else folds, {"least": 2, "most": 1000})
    check("jobs", 1 if jobs is None else jobs, {"least": 1, "most": 1000})


def _checked(
    songs: Sequence[Named], cuts: Sequence[Settings], asked: Sequence[Sequence[plans.Wanted]]
) -> list[Named]:
    """The songs held out, by one of ``cuts`` each; what is asked of each cut can be trained. Raises
    MelodyError.
    """
    parts = [plans.parts_of(songs, cut) for cut in cuts]
    new = [song for part in parts for song in part.held_out]
    generalising.warn_of_one_song(new)
    for part, some in zip(parts, asked, strict=True):
        plans.check(songs, part, [each.settings for each in some])
    return new


def _sizes(windows: str | None, window: int) -> list[int]:
    """``"1-8"`` or ``"2,4,8"`` -> window lengths, with ``window`` itself among them."""
    sizes = {window}
    for part in () if windows is None else windows.split(","):
        first, dash, last = part.strip().partition("-")
        ends = (first, last if dash else first)
        if not all(map(str.isdecimal, ends)) or not int(ends[0]) <= int(ends[1]) <= MOST_WINDOW:
            raise ConfigError(f"--windows {windows!r} is not like 1-8 or 2,4,8")
        sizes |= set(range(int(ends[0]), int(ends[1]) + 1))
    for size in sizes:
        check("window", size, {"least": 1, "most": MOST_WINDOW})
    return sorted(sizes)


def _remembered(
    trials: Sequence[Trial], song: Sequence[Named], window: int, sizes: Sequence[int], path: Path
) -> CompareResult:
    """The result on one song, with its page and its document written."""
    dataset = Dataset.of(song, window)
    ceilings = [Ceiling(size, *ceiling(dataset.sequences, size)) for size in sizes]
    by_window = {
        each: tuple(trial for trial in trials if trial.window == each.window) for each in ceilings
    }
    top = next(each for each in ceilings if each.window == window)
    mine, table = by_window[top], page_data.rows(by_window[top])
    several = len(ceilings) > 1
    result = CompareResult(
        path,
        path / "report.html",
        verdict.remembered(table, top),
        mine,
        top,
        tuple(table),
        tuple(by_window.items()) if several else (),
    )
    page = Report(
        result.sentence,
        song[0].song.title or song[0].name,
        song[0].song,
        top,
        table,
        list(page_data.versions(mine, dataset)),
        seeds=page_data.seeds(mine),
        curves=list(page_data.curves(mine)),
        ambiguities=page_data.ambiguities(mine, dataset, window),
        windows=page_data.windows_chart(trials, ceilings) if several else None,
    )
    return _written(result, page)


def _generalised(
    trials: Sequence[Trial], songs: Songs, held_out: Sequence[Named], path: Path
) -> CompareResult:
    """The result on several songs, with its page and its document written."""
    table = generalising.held_out_table(generalising.bits_of(trials), held_out)
    result = CompareResult(
        path,
        path / "report.html",
        verdict.generalised(table),
        tuple(trials),
        held_out=table,
        held_out_songs=tuple(each.name for each in held_out),
    )
    page = Report(
        result.sentence,
        page_data.title(songs),
        seeds=page_data.seeds(trials),
        curves=list(page_data.curves([trial for trial in trials if not trial.fold])),
        held_out=table,
    )
    return _written(result, page)


def _written(result: CompareResult, page: Report) -> CompareResult:
    from melodyrnn.render.pages.comparison import (
        report,
    )  # the engraver, when there is something to draw

    write_atomically(result.report, report(page))
    file = result.output / _FILE
    document = {"basis": read_basis(file), **result.to_json()}
    write_atomically(file, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return result
