"""Models compared on the same songs: one table, one page to look at and to listen to."""

import json
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Unpack, cast

from melodyrnn.data.gather import Named, Source, gather
from melodyrnn.data.song_families import family_numbers
from melodyrnn.data.split import FRACTION, SongSplit, Split, split
from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.evaluation.paired_differences import compare_held_out
from melodyrnn.experiments.comparison import page_data, verdict
from melodyrnn.experiments.comparison.run_trials import run_trials
from melodyrnn.experiments.comparison.trial import Plan, Trial
from melodyrnn.files import write_atomically
from melodyrnn.models.config import ModelConfig, TrainConfig, configure
from melodyrnn.models.ngrams.ngram import ceiling
from melodyrnn.models.registry import MODELS, MOST_WINDOW
from melodyrnn.models.settings import check, nearest
from melodyrnn.models.settings_types import CompareSettings
from melodyrnn.render.report_data import Ceiling, HeldOut, MemoryRow, Report
from melodyrnn.runs.output_folders import RUNS, claim, read_basis, slug
from melodyrnn.system.documents import JSON
from melodyrnn.system.machine import cores
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.tokenizer import Dataset, SongTokenizer

DEFAULT_MODELS = ("lstm", "lstm-stateless", "mlp")
_FILE = "compare.json"


@dataclass(frozen=True)
class CompareResult:
    """What a comparison found."""

    output: Path
    report: Path
    window: int
    ceiling: Ceiling
    rows: tuple[MemoryRow, ...]  # memory: of the training set
    held_out: HeldOut | None  # generalising: of the songs held out
    held_out_songs: tuple[str, ...]
    trials: tuple[Trial, ...] = field(repr=False)  # of the window asked for
    other_windows: tuple[tuple[Ceiling, tuple[Trial, ...]], ...] = field(repr=False)
    sentence: str

    def to_json(self) -> dict[str, JSON]:
        document: dict[str, JSON] = {
            "output": str(self.output),
            "report": str(self.report),
            "window": self.window,
            "ceiling": {"right": self.ceiling.right, "all": self.ceiling.all},
            "models": _models_json(self.trials),
            "sentence": self.sentence,
        }
        if self.held_out:
            document["held_out"] = asdict(self.held_out) | {"titles": list(self.held_out_songs)}
        if self.other_windows:
            document["windows"] = [
                {
                    "window": top.window,
                    "ceiling": {"right": top.right, "all": top.all},
                    "models": _models_json(trials),
                }
                for top, trials in self.other_windows
            ]
        return document


def _models_json(trials: Sequence[Trial]) -> list[dict[str, JSON]]:
    return [
        {
            "model": model,
            "parameters": group[0].parameters,
            "runs": [
                {
                    "seed": trial.seed,
                    "run": trial.run,
                    "epochs": trial.epochs,
                    "best_epoch": trial.best_epoch,
                    "seconds": trial.seconds,
                    "one_step": trial.one_step.to_json(),
                    "whole_song": trial.whole_song.to_json(),
                    "bits_per_note": trial.bits_per_note,
                    "first_wrong": trial.first_wrong,
                }
                for trial in group
            ],
        }
        for model, group in page_data.by_model(trials).items()
    ]


def compare(
    songs: Source | Iterable[Source],
    *,
    models: str | Sequence[str] = DEFAULT_MODELS,
    seeds: int = 5,
    window: int = ModelConfig().window,
    windows: str | None = None,
    held_out: float | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    jobs: int | None = None,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = silent,
    **settings: Unpack[CompareSettings],
) -> CompareResult:
    """Train each of ``models``, names or ``"lstm,mlp"``, with ``seeds`` seeds, side by side.

    One song is learned by heart, and memory is what is compared. Of several songs, the part
    ``held_out`` is held out, and how well the models predict those is compared as well.
    ``windows`` such as ``"1-8"`` also compares window lengths. ``settings`` are fields of
    ModelConfig and TrainConfig. ``jobs`` trainings run at once, by default one per core.
    ``progress`` is called with (trainings done, all). A comparison that was cut off goes on when
    it is asked for again. Raises MelodyError.
    """
    sizes, given = _sizes(windows, window), cast(dict[str, Any], settings)
    if isinstance(models, str):
        models = [name.strip() for name in models.split(",")]
    _check(models, seeds, jobs, given)
    named = gather(songs, track=track, grid=grid)
    parts = _parts(named, held_out)
    for size in sizes:
        Dataset.of(named, size)  # before anything is trained
    basis = {"settings": settings, **_basis(parts)}
    plain = RUNS / f"{slug(named.name)}-compare"
    path = claim(output, plain, _FILE, basis, kind="comparison", overwrite=overwrite)
    plans = [plan for size in sizes for plan in _plans(models, seeds, size, given, parts, path)]
    trials = run_trials(plans, jobs or cores(), progress)
    return _conclude(trials, parts, window, sizes, path)


def _check(models: Sequence[str], seeds: int, jobs: int | None, settings: dict[str, Any]) -> None:
    configure(settings, ModelConfig, TrainConfig)
    for name, instead in (("model", "models"), ("seed", "seeds")):
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
    check("jobs", cores() if jobs is None else jobs, {"least": 1, "most": 1000})


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


def _parts(named: Sequence[Named], held_out: float | None) -> SongSplit:
    if len(named) == 1 and held_out is None:
        return Split(tuple(named), (), ())
    parts = split(named, FRACTION if held_out is None else held_out)
    if len(parts.held_out) == 1:
        warnings.warn(
            "with one song held out, no difference is beyond chance; hold out more, by --held-out",
            MelodyWarning,
            stacklevel=3,
        )
    return parts


def _basis(parts: SongSplit) -> dict[str, list[str]]:
    """What all trials of a comparison share."""
    return {
        name: [song.record["sha256"] for song in songs] for name, songs in parts._asdict().items()
    }


def _plans(
    models: Sequence[str],
    seeds: int,
    size: int,
    settings: dict[str, Any],
    parts: SongSplit,
    path: Path,
) -> Iterable[Plan]:
    for model in models:
        for seed in range(seeds if MODELS[model].draws_at_random else 1):
            place = path / "runs" / f"{model}-window{size}-seed{seed}"
            yield Plan(model, seed, size, settings, parts, place)


def _conclude(
    trials: Sequence[Trial], parts: SongSplit, window: int, sizes: Sequence[int], path: Path
) -> CompareResult:
    """The result, with its page and its document written."""
    tokenizer = SongTokenizer.of([named.song for part in parts for named in part])
    dataset = Dataset.of(parts.train, window, tokenizer)
    ceilings = [Ceiling(size, *ceiling(dataset.sequences, size)) for size in sizes]
    result = _result(trials, parts, window, ceilings, path)
    _write(result, _page(result, dataset))
    return result


def _result(
    trials: Sequence[Trial], parts: SongSplit, window: int, ceilings: Sequence[Ceiling], path: Path
) -> CompareResult:
    by_window = {
        each: tuple(trial for trial in trials if trial.window == each.window) for each in ceilings
    }
    top = next(each for each in ceilings if each.window == window)
    table = page_data.rows(by_window[top])
    held_out = _held_out(by_window[top], parts, window)
    sentences = [verdict.remembered(table, top, len(parts.train))]
    if held_out:
        sentences.append(verdict.generalised(held_out))
    return CompareResult(
        path,
        path / "report.html",
        window,
        top,
        tuple(table),
        held_out,
        tuple(song.name for song in parts.held_out),
        by_window[top],
        tuple(by_window.items()) if len(ceilings) > 1 else (),
        " ".join(sentences),
    )


def _page(result: CompareResult, dataset: Dataset) -> Report:
    song, trials = dataset.songs[0], result.trials
    ceilings = [top for top, _ in result.other_windows]
    of_all_windows = [trial for _, group in result.other_windows for trial in group]
    return Report(
        song=song.song,
        title=page_data.title(dataset),
        songs=len(dataset.songs),
        ceiling=result.ceiling,
        rows=list(result.rows),
        versions=list(page_data.versions(trials, dataset)),
        sentence=result.sentence,
        seeds=sorted({trial.seed for trial in trials}),
        curves=list(page_data.curves(trials)),
        ambiguities=page_data.ambiguities(trials, dataset, result.window),
        windows=page_data.windows_chart(of_all_windows, ceilings) if ceilings else None,
        held_out=result.held_out,
    )


def _write(result: CompareResult, page: Report) -> None:
    from melodyrnn.render.report import report  # the engraver, when there is something to draw

    write_atomically(result.report, report(page))
    file = result.output / _FILE
    document = {"basis": read_basis(file), **result.to_json()}
    write_atomically(file, json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def _held_out(trials: Sequence[Trial], parts: SongSplit, window: int) -> HeldOut | None:
    if not parts.held_out:
        return None
    bits = {
        model: [trial.held_out_bits for trial in group]
        for model, group in page_data.by_model(trials).items()
    }
    related = family_numbers([named.song for named in parts.held_out])
    notes = [len(named.song) - window for named in parts.held_out]
    return compare_held_out(bits, notes, related)
