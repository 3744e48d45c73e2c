"""Songs or texts in, a run folder out: a model, what it learned, and the song it plays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Unpack

from melodyrnn.data.gather import Songs, Source, gather
from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.evaluation.measures import Measures
from melodyrnn.evaluation.model_card import model_card
from melodyrnn.files import sweep_drafts, write_atomically
from melodyrnn.models.config import cell_as_model
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.settings_types import TextSettings, TrainSettings
from melodyrnn.render.pages.training_data import Shown
from melodyrnn.runs import fine_tuning, pretraining
from melodyrnn.runs.checkpointed_training import check_tensorboard
from melodyrnn.runs.command import train_command
from melodyrnn.runs.output_folders import place_of
from melodyrnn.runs.record import Record, write_record
from melodyrnn.runs.replacing import alone, release
from melodyrnn.runs.run import Run, open_run
from melodyrnn.runs.session import Session
from melodyrnn.runs.shared_ensemble import SharedEnsemble
from melodyrnn.sequences.score import Score
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.progress import Progress, silent
from melodyrnn.system.sentences import Sentence
from melodyrnn.tasks.baselines import advice
from melodyrnn.tasks.checks import check_effect
from melodyrnn.tasks.registry import TASKS, task_of
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.task import Baseline, Measurement, Settings, Task
from melodyrnn.workflows.many_devices import begin_together, copied, scratch_of
from melodyrnn.workflows.whole_songs import learn_whole_songs

CARD = "README.md"
"""The model card that a training leaves in its run folder."""

REPORT = "report.html"
"""The page that a training leaves in its run folder."""


@dataclass(frozen=True, repr=False)
class TrainResult:
    """What a training left."""

    run: Run
    parameters: int
    files: tuple[Path, ...]  # none where another process leaves the run
    bits: float  # per note or character: of what was held out or, by heart, of the training set
    measures: Measures | None  # of songs learned by heart: one step, whole song, ceiling
    held_out: Score | None  # of what was kept from training, if anything
    baselines: tuple[Baseline, ...]  # simple models that learned the same and predict the same
    devices: str = ""  # what trained it, where that is not this machine's processor alone

    @property
    def record(self) -> Record:
        """What the run records: settings, vocabulary, songs, epochs, metrics."""
        return self.run.record

    @property
    def metrics(self) -> dict[str, Any]:
        """What was measured, as the run records it."""
        return self.record.metrics

    @property
    def advice(self) -> str:
        """What to try where a simple model predicts held-out songs better; "" where none does."""
        if not self.held_out or not self.baselines:
            return ""
        parts = self.run.parts
        learned = len(parts.train) + len(parts.validation)
        return advice(self.record, self.held_out.bits, self.baselines, learned)

    @property
    def interrupted(self) -> bool:
        return self.record.interrupted

    def __repr__(self) -> str:
        unit = self.run.task.unit
        return f"<TrainResult {self.run.path}, {self.bits:.3f} bits per {unit}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the figures and the learning curves."""
        from melodyrnn.evaluation.training_page import training_report
        from melodyrnn.render.pages.notebook import training_html

        found = Measurement(self.bits, self.metrics, self.measures, self.held_out, self.baselines)
        unit = self.run.task.unit
        return training_html(
            training_report(self.run.path, unit, self.record, found, Shown(), self.parameters)
        )

    def to_json(self) -> dict[str, Any]:
        record = self.record
        return {
            "run": str(self.run.path) if self.files else None,
            "model": record.model.model,
            "task": record.task,
            "parameters": self.parameters,
            "epochs": record.epochs,
            "best_epoch": record.best_epoch,
            "seconds": record.seconds,
            "devices": self.devices,
            "from": record.base and record.base.to_json(),
            "codes": len(record.vocabulary),
            **record.metrics,
            "interrupted": self.interrupted,
            "files": [str(path) for path in self.files],
        }


@dataclass(frozen=True)
class Folder:
    """Where a run goes, and what may stand there."""

    output: str | Path | None = None  # by default a fresh folder under ``runs/``
    overwrite: bool = False
    resume: bool = False
    tensorboard: bool = False  # whether summaries are written too
    devices: Devices = ALONE  # what computes
    shared: SharedEnsemble | None = None  # where its networks may be trained, if not here only
    base: Run | None = None  # what it is fine-tuned from
    page: bool = True  # whether a page of it is made
    command: str = ""  # that asks for the same


@verb("training")
def train(
    songs: Source | Iterable[Source],
    *,
    from_run: "str | PathLike[str] | None" = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    track: str | None = None,
    grid: str | None = None,
    tensorboard: bool = False,
    devices: int | str | None = None,
    process: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = if_attended,
    **settings: Unpack[TrainSettings],
) -> TrainResult:
    """Train a model on songs and leave a run folder.

    One song is learned by heart, by an LSTM where no model is named. Of several, a model that sees
    each from its start, ``viewpoints`` where none is named, a recurrent one or ``ppm``, learns a
    tradition: the part ``held_out`` is measured and touches nothing else; as many of the others
    choose the best weights; at 0 all are learned by heart. Other models, and any with ``window``,
    learn them by heart or, with ``held_out``, all but that part of them, on which they are
    measured. What is held out depends on the songs, not on the seed.

    ``from_run``: the network of that run, a folder or ``"folk"``, is fine-tuned on the songs, which
    are learned as a tradition. Held-out songs of which it knows a variant already are left out of
    the figures.

    ``settings`` are fields of ModelConfig, TrainConfig and StreamConfig, such as ``model="mlp"``,
    ``seed=1``; ``cell="gru"``, as lessons call it, is ``model="gru"``. Without ``output`` a fresh
    folder under ``runs/`` is taken. With ``resume`` the settings recorded in the run hold, and
    those given must agree with them, except ``epochs`` and ``early_stop``. ``tensorboard`` asks
    for summaries in the run.

    ``devices``: how many graphics cards share a batch or, with addresses such as
    ``"a:2222,b:2222"``, the processes that do, each of which is given the same and its number
    ``process``, counted from 0. Process 0 leaves the run; the others only return what it found.

    ``jobs`` networks of an ensemble are trained at a time, each by a process of its own, or as many
    as the ``cluster`` has workers, whose scheduler is at that address; by default the first here,
    and then, where that saves time, one a core. Raises MelodyError.
    """
    shared = Devices.of(devices, process), SharedEnsemble.of(jobs, cluster)
    base = None if from_run is None else open_run(from_run)
    check_tensorboard(tensorboard)
    given: Settings = cell_as_model(settings)
    named = songs if isinstance(songs, Songs) else gather(songs, track=track, grid=grid)
    asked = {"from": from_run and fspath(from_run), **given, **named.read_as._asdict()}
    command = train_command(named.sources, asked)
    folder = Folder(output, overwrite, resume, tensorboard, *shared, base, command=command)
    task = base.task if base else task_of(named, given)
    if not (base or resume):
        models = [given.get("model", task.default_model)]
        check_effect(models, given, windows=task.name == SongTask.name)
    return learn_items(task, named, given, folder, progress)


@verb("training")
def train_text(
    texts: str | Path | Iterable[str | Path],
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    devices: int | str | None = None,
    process: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = if_attended,
    **settings: Unpack[TextSettings],
) -> TrainResult:
    """Train a recurrent model on text files, character by character, and leave a run folder.

    ``settings`` are fields of ModelConfig and StreamConfig. The end of each text, the part
    ``held_out``, is kept from training, chooses the best weights and is measured; at 0 the text
    is learned by heart. Everything else is as for ``train``. Raises MelodyError.
    """
    shared = Devices.of(devices, process), SharedEnsemble.of(jobs, cluster)
    check_tensorboard(tensorboard)
    given: Settings = cell_as_model(settings)
    listed = [texts] if isinstance(texts, str | Path) else list(texts)
    command = train_command(list(map(str, listed)), given, ["--text"])
    folder = Folder(output, overwrite, resume, tensorboard, *shared, command=command)
    return learn_items(TASKS["text"], read_texts(listed), given, folder, progress)


def learn_items(
    task: Task[Any, Any],
    items: Sequence[Any],
    settings: Settings,
    folder: Folder,
    progress: Progress = silent,
) -> TrainResult:
    """``train`` on items in hand. Raises MelodyError."""
    with scratch_of(folder.devices) as scratch:
        result = _learn(task, items, settings, folder, progress, scratch)
        return replace(result, files=()) if scratch else result


def _learn(
    task: Task[Any, Any],
    items: Sequence[Any],
    settings: Settings,
    folder: Folder,
    progress: Progress,
    scratch: Path | None,
) -> TrainResult:
    base = folder.base
    kind = f"from-{base.path.name}" if base else settings.get("model") or task.default_model
    path = place_of(task.name_of(items), kind, folder.output, folder.resume)
    if scratch is None:
        sweep_drafts(path)
    if folder.resume:
        path = copied(path, scratch) if scratch else path
        run = Run.open(path)
        run = run.resumed(task.digests(items, run.record), settings)
        if base:
            fine_tuning.check_resumed(base, run)
        _check_processes(folder, run.record, progress)
        data = task.encode(run.record, task.resumed_parts(path, run.record, items))
        return carry_out(run, data, folder, progress)
    progress(0, len(items), Sentence("{items} sorted by what they are for", items=task.name))
    if base:
        record, parts = fine_tuning.plan(base, items, settings)
    else:
        record, parts = task.plan(items, settings)
    record = replace(record, **task.read_as(items)._asdict(), command=folder.command)
    _check_processes(folder, record, progress)
    if scratch:
        path = scratch / path.name
        folder = replace(folder, output=path, overwrite=False, page=False)
    return learn_parts(path, record, parts, folder, progress)


def _check_processes(folder: Folder, record: Record, progress: Progress) -> None:
    """Wait for those that train together; raise ConfigError where what was asked for has none."""
    if folder.shared:
        folder.shared.check(record, folder.devices)
    begin_together(folder.devices, record, progress)


def learn_parts(
    path: Path,
    record: Record,
    parts: Split[Any],
    folder: Folder,
    progress: Progress = silent,
) -> TrainResult:
    """A training as ``record`` has it, on items that are split already, in a new folder at ``path``
    or, without ``folder.output``, at the first free number after it. Raises MelodyError.
    """
    data = TASKS[record.task].encode(record, parts)
    before = fine_tuning.learned(folder.base) if folder.base else None
    run = Run.begin(path, record, parts, fresh=folder.output is None, overwrite=folder.overwrite)
    if before:
        pretraining.keep(run.path, before)
    return carry_out(run, data, folder, progress)


def carry_out(
    run: Run, data: Split[Any], folder: Folder, progress: Progress = silent
) -> TrainResult:
    """Learn, from the last checkpoint if there is one; measure; record. Raises MelodyError."""
    with alone(run.path):
        result = _carried_out(run, data, folder, progress)
    if not result.interrupted:
        release(run.path)
    return result


def _carried_out(run: Run, data: Split[Any], folder: Folder, progress: Progress) -> TrainResult:
    task = run.task
    devices, several = folder.devices, run.record.model.ensemble > 1
    shared = folder.shared if several and devices.alone else None
    session = Session(run, data, progress, folder.tensorboard, folder.base, devices, shared)
    predictor = session.fit()
    record = session.record
    data, in_pretraining = task.new_to(run, data)
    measurement = task.measure(predictor, record, data, progress)
    files = [*session.files, *task.illustrate(run.path, record, data, measurement)]
    if folder.page and record.model.spec.viewpoints and not record.interrupted:
        files += learn_whole_songs(run, predictor, progress)
    metrics = measurement.metrics
    if record.base:
        metrics = metrics | {"in_pretraining": list(in_pretraining)}
    record = replace(record, metrics=metrics)
    files.append(write_record(run.path, record))
    run = replace(run, record=record)
    if folder.page:
        files.append(_page(run, predictor, data, measurement))
    card = model_card(run.path.name, task, record, predictor.parameters)
    files.append(write_atomically(run.path / CARD, card))
    result = _result(run, predictor.parameters, files, measurement)
    return replace(result, devices=session.computed_by)


def _page(run: Run, predictor: Predictor, data: Split[Any], measurement: Measurement) -> Path:
    # The engraver, when there is something to draw.
    from melodyrnn.evaluation.training_page import training_report
    from melodyrnn.render.pages.training import training_page

    shown = run.task.shown(run, predictor, data, measurement)
    report = training_report(
        run.path, run.task.unit, run.record, measurement, shown, predictor.parameters
    )
    return write_atomically(run.path / REPORT, training_page(report))


def _result(
    run: Run, parameters: int, files: Sequence[Path], measurement: Measurement
) -> TrainResult:
    return TrainResult(
        run,
        parameters,
        tuple(files),
        measurement.bits,
        measurement.measures,
        measurement.held_out,
        measurement.baselines,
    )
