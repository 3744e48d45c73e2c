"""One model with one seed: trained, measured, written down. What a comparison is made of."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split, split_by
from melodyrnn.errors import RunError
from melodyrnn.evaluation.measures import Measures
from melodyrnn.evaluation.note_bits import NoteBits, note_bits
from melodyrnn.experiments.carry_out import carry_out, killed_training
from melodyrnn.files import write_atomically
from melodyrnn.models.ngrams.ngram import Tally, successors
from melodyrnn.models.predictor import Predictor
from melodyrnn.runs.record import Record
from melodyrnn.runs.run import Run
from melodyrnn.runs.session import Session
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.notes import NoteTask
from melodyrnn.tasks.registry import task_of
from melodyrnn.tasks.task import Settings
from melodyrnn.workflows.train import Folder, TrainResult, learn_items

_FILE = "trial.json"


@dataclass(frozen=True)
class Plan:
    """A training, as ``train`` would be asked for it."""

    model: str  # as tables call it
    songs: Sequence[Named]
    settings: Settings
    path: Path
    validates: bool = False  # whether the validation songs are measured, too

    def at(self, path: Path) -> "Plan":
        """The same elsewhere: what comes of it but for its ``run`` does not depend on the place."""
        return replace(self, path=path)

    @property
    def task(self) -> NoteTask:
        return task_of(self.songs, self.settings)

    @property
    def key(self) -> dict[str, JSON]:
        """What the result depends on."""
        songs: list[JSON] = [*self.task.digests(self.songs)]
        return {"settings": dict(self.settings), "validates": self.validates, "songs": songs}


@dataclass(frozen=True)
class Remembered:
    """What is remembered of a song that was learned by heart."""

    one_step: Tally
    whole_song: Tally
    bits_per_note: float
    first_wrong: int | None  # position, from 1, of the first wrong note of the whole song
    one_step_tokens: list[str]
    whole_song_tokens: list[str]
    ambiguous: list[tuple[int, dict[str, float]]]  # index of the note -> its probabilities

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        tallies = {name: Tally(*document[name]) for name in ("one_step", "whole_song")}
        places = [(int(index), says) for index, says in document["ambiguous"]]
        return cls(**document | tallies | {"ambiguous": places})


@dataclass(frozen=True)
class Trial:
    """What came of a plan."""

    model: str
    seed: int
    fold: int
    window: int
    run: str
    parameters: int
    epochs: int
    best_epoch: int
    seconds: float
    memory: Remembered | None  # of one song
    validation: NoteBits | None  # of several, where it was asked for
    held_out: NoteBits | None  # of several

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        memory, *new = (document[name] for name in ("memory", "validation", "held_out"))
        validation, held_out = (each and NoteBits(*each) for each in new)
        parts = {"validation": validation, "held_out": held_out}
        return cls(**document | parts | {"memory": memory and Remembered.from_json(memory)})


def run_trials(plans: Sequence[Plan], place: Place, progress: Progress) -> list[Trial]:
    """The trials of ``plans``, as ``carry_out`` says."""
    return carry_out(
        run_trial, plans, place, progress, finished=finished, keep=keep, lost=killed_training
    )


def finished(plan: Plan) -> Trial | None:
    """What came of ``plan``, where it was carried out before. Raises RunError."""
    if (found := _read(plan.path)) is None:
        return None
    key, trial = found
    if key != plan.key:
        raise RunError(f"{plan.path}: holds another trial; --overwrite replaces the comparison")
    return trial


def read_trial(run: Path) -> Trial | None:
    """The trial that left the run folder ``run``, if one did."""
    found = _read(run)
    return found and found[1]


def _read(run: Path) -> tuple[Any, Trial] | None:
    """The key of its plan, and what came of it."""
    try:
        document = json.loads((run / _FILE).read_text(encoding="utf-8"))
        return document["plan"], Trial.from_json(document["trial"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # missing or damaged: the run beside it says what is left to do


def run_trial(plan: Plan) -> Trial:
    """Train, or go on with a training that was cut off, and measure; what a worker does."""
    folder = Folder(plan.path, resume=plan.path.exists(), page=False)
    return _trial(plan, learn_items(plan.task, plan.songs, plan.settings, folder))


def keep(plan: Plan, trial: Trial) -> Trial:
    """Write down, here, what came of it, wherever it was carried out."""
    trial = replace(trial, run=str(plan.path))
    document = {"plan": plan.key, "trial": asdict(trial)}
    write_atomically(plan.path / _FILE, json.dumps(document, ensure_ascii=False))
    return trial


def _trial(plan: Plan, result: TrainResult) -> Trial:
    run, record = result.run, result.record
    held_out = run.parts.held_out
    return Trial(
        plan.model,
        record.training.seed,
        plan.settings.get("fold", 0),
        record.model.window,
        str(plan.path),
        result.parameters,
        record.epochs,
        record.best_epoch,
        record.seconds,
        None if held_out or not result.measures else _memory(run, result.measures),
        _validation_bits(plan, run) if plan.validates else None,
        _bits(plan.task, record, run.predictor(), held_out) if held_out else None,
    )


def _memory(run: Run, measures: Measures) -> Remembered:
    """Of a song learned by heart."""
    window, played = run.record.model.window, measures.played[0]
    dataset = run.task.encode(run.record, run.parts).train
    song = dataset.sequences[0]
    one_step = song.copy()
    one_step[window:] = played.logits.argmax(-1)
    wrong = np.flatnonzero(played.whole_song != song)
    return Remembered(
        measures.one_step,
        measures.whole_song,
        measures.bits_per_note,
        int(wrong[0]) + 1 if len(wrong) else None,
        dataset.vocabulary.decode(one_step),
        played.tokens,
        list(_ambiguous(dataset, measures, window)),
    )


def _ambiguous(
    dataset: Dataset, measures: Measures, window: int
) -> Iterator[tuple[int, dict[str, float]]]:
    """The places of the song whose window has more than one successor there."""
    song, symbols = dataset.sequences[0], dataset.vocabulary.symbols
    counts = successors([song], window)
    p = np.exp(log_softmax(measures.played[0].logits))
    for place, row in enumerate(p):
        if len(counts[tuple(song[place : place + window].tolist())]) > 1:
            says = {symbols[i]: round(float(row[i]), 4) for i in np.argsort(-row)[:6]}
            yield place + window, says


def _validation_bits(plan: Plan, run: Run) -> NoteBits:
    """Of the validation songs. A model that needs none to train learned them too; so here it learns
    the others once more, and nothing is written.
    """
    task, record = plan.task, run.record
    if record.model.spec.uses_validation:
        return _bits(task, record, run.predictor(), run.parts.validation)
    known = split_by(plan.songs, plan.settings)
    parts = Split(known.train, (), known.validation)
    record = task.record(parts, plan.settings)
    predictor = Session(Run(plan.path, record), task.encode(record, parts)).fit()
    return _bits(task, record, predictor, known.validation)


def _bits(task: NoteTask, record: Record, predictor: Predictor, songs: Sequence[Named]) -> NoteBits:
    """Of songs that are new to ``predictor``."""
    tokenizer = task.tokenizer(record.vocabulary)
    dataset = Dataset.of(songs, record.model.window, tokenizer)
    return note_bits(predictor, dataset, tokenizer.opened(record.unknown_rate))
