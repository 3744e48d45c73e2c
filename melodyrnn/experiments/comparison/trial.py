"""One model with one seed: trained, measured, written down. What a comparison is made of."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.data.split import SongSplit
from melodyrnn.errors import RunError
from melodyrnn.evaluation.measures import Measures
from melodyrnn.files import write_atomically
from melodyrnn.models.ngrams.ngram import Tally, successors
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.score import score_of
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.tokenizer import Dataset, SongTokenizer
from melodyrnn.workflows.train import Folder, TrainResult, learn_items, learn_parts

_FILE = "trial.json"


@dataclass(frozen=True)
class Plan:
    """What a trial is to do."""

    model: str
    seed: int
    window: int
    settings: dict[str, Any]  # other fields of ModelConfig and TrainConfig
    parts: SongSplit
    path: Path

    @property
    def key(self) -> dict[str, JSON]:
        """What the result depends on."""
        return {
            "model": self.model,
            "seed": self.seed,
            "window": self.window,
            "settings": self.settings,
            "songs": [[song.record["sha256"] for song in songs] for songs in self.parts],
        }


@dataclass(frozen=True)
class Trial:
    """What came of a plan. Codes and probabilities are of the first song learned."""

    model: str
    seed: int
    window: int
    run: str
    parameters: int
    epochs: int
    best_epoch: int
    seconds: float
    one_step: Tally  # of all songs learned
    whole_song: Tally
    bits_per_note: float
    first_wrong: int | None  # position, from 1, of the first wrong note of the whole song
    one_step_tokens: list[str]
    whole_song_tokens: list[str]
    ambiguous: list[tuple[int, dict[str, float]]]  # index of the note -> its probabilities
    held_out_bits: list[float]  # of each song held out, bits per note

    def to_json(self) -> dict[str, JSON]:
        tallies = {"one_step": self.one_step.to_json(), "whole_song": self.whole_song.to_json()}
        return asdict(self) | tallies

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Trial":
        tallies = {name: Tally(**document[name]) for name in ("one_step", "whole_song")}
        places = [(int(index), says) for index, says in document["ambiguous"]]
        return cls(**document | tallies | {"ambiguous": places})


def finished(plan: Plan) -> Trial | None:
    """What came of ``plan``, where it was carried out before. Raises RunError."""
    file = plan.path / _FILE
    if not file.is_file():
        return None
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        key, trial = document["plan"], Trial.from_json(document["trial"])
    except (ValueError, KeyError, TypeError):
        return None  # damaged: the run beside it says what is left to do
    if key != plan.key:
        raise RunError(f"{plan.path}: holds another trial; --overwrite replaces the comparison")
    return trial


def run_trial(plan: Plan) -> Trial:
    """Train, or go on with a training that was cut off; measure; write it down."""
    trial = _trial(plan, _trained(plan))
    document = {"plan": plan.key, "trial": trial.to_json()}
    write_atomically(plan.path / _FILE, json.dumps(document, ensure_ascii=False))
    return trial


def _trained(plan: Plan) -> TrainResult:
    settings = {"model": plan.model, "seed": plan.seed, "window": plan.window, **plan.settings}
    task, folder = SongTask(), Folder(plan.path, resume=plan.path.exists())
    if folder.resume:
        songs = [named for part in plan.parts for named in part]
        return learn_items(task, songs, settings, folder)
    record = task.record(plan.parts, settings)
    return learn_parts(task, plan.path, record, plan.parts, folder)


def _trial(plan: Plan, result: TrainResult) -> Trial:
    measures = result.measures
    assert measures, "songs learned by heart are played"
    tokenizer = SongTokenizer(result.record.vocabulary)
    dataset = Dataset.of(plan.parts.train, plan.window, tokenizer)
    song, played = dataset.sequences[0], measures.played[0]
    one_step = song.copy()
    one_step[plan.window :] = played.logits.argmax(-1)
    wrong = np.flatnonzero(played.whole_song != song)
    return Trial(
        plan.model,
        plan.seed,
        plan.window,
        str(plan.path),
        result.parameters,
        result.record.epochs,
        result.record.best_epoch,
        result.record.seconds,
        measures.one_step,
        measures.whole_song,
        measures.bits_per_note,
        int(wrong[0]) + 1 if len(wrong) else None,
        dataset.vocabulary.decode(one_step),
        played.tokens,
        list(_ambiguous(dataset, measures, plan.window)),
        _held_out_bits(plan, result, tokenizer),
    )


def _ambiguous(
    dataset: Dataset, measures: Measures, window: int
) -> Iterator[tuple[int, dict[str, float]]]:
    """The places of the first song whose window has more than one successor in the song."""
    song, symbols = dataset.sequences[0], dataset.vocabulary.symbols
    counts = successors([song], window)
    p = np.exp(log_softmax(measures.played[0].logits))
    for place, row in enumerate(p):
        if len(counts[tuple(song[place : place + window].tolist())]) > 1:
            says = {symbols[i]: round(float(row[i]), 4) for i in np.argsort(-row)[:6]}
            yield place + window, says


def _held_out_bits(plan: Plan, result: TrainResult, tokenizer: SongTokenizer) -> list[float]:
    """Of each song held out, bits per note."""
    if not plan.parts.held_out:
        return []
    dataset = Dataset.of(plan.parts.held_out, plan.window, tokenizer)
    predictor = result.run.predictor().with_contexts(dataset.contexts)
    logits = predictor.logits(dataset.sequences)
    return [
        score_of(each, ids[plan.window :]).bits
        for each, ids in zip(logits, dataset.sequences, strict=True)
    ]
