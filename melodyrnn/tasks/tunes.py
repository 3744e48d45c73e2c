"""Tunes of a tradition: learned on some, each from a start to an end, and measured on others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.data.split import SongSplit, Split, split, without_validation
from melodyrnn.errors import ConfigError
from melodyrnn.models.config import (
    STREAM_MODEL,
    ModelConfig,
    StreamConfig,
    configure,
    viewpoint_defaults,
)
from melodyrnn.models.ngrams.ppm import Ppm
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.types import KerasModel
from melodyrnn.runs.record import Record
from melodyrnn.runs.tune_store import digest, keep, kept
from melodyrnn.sequences.streams import Stream, enough_lanes, lanes
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.checks import check_lookback, check_stream, check_viewpoints
from melodyrnn.tasks.notes import NoteTask, score
from melodyrnn.tasks.task import Baseline, Measurement, Settings
from melodyrnn.tasks.tokenizer import Dataset, TuneTokenizer
from melodyrnn.training.program import Program

BASELINES: dict[str, int | None] = {"order-2 PPM": 2, "PPM*": None}
"""Name -> the longest context of an n-gram model that stands beside every other."""


class TuneTask(NoteTask):
    """Many tunes, of which those held out measure what was understood."""

    name = "tunes"

    def tokenizer(self, vocabulary: Vocabulary) -> TuneTokenizer:
        return TuneTokenizer(vocabulary)

    def plan(
        self, items: Sequence[Named], settings: Settings
    ) -> tuple[Record, Split[Sequence[Named]]]:
        """The part ``held_out`` is kept from training, as much of the rest chooses the weights."""
        defaults, make = STREAM_MODEL, TuneTokenizer.of
        if settings.get("model") == "viewpoints":
            check_viewpoints(settings)
            notes = sum(len(each.song) for each in items)
            defaults, make = STREAM_MODEL | viewpoint_defaults(notes), TuneTokenizer.of_parts
        model, training = configure({**defaults, **settings}, ModelConfig, StreamConfig)
        check_stream(model, self.name)
        check_lookback(model)
        parts = _split(items, training)
        if not model.spec.uses_validation:
            parts = without_validation(parts)
        tokenizer = make([each.song for each in items], training.transpose)
        record = Record(
            model,
            training,
            tokenizer.vocabulary,
            ({"name": f"{len(items)} songs", "sha256": digest(items), "text": ""},),
            features=tokenizer.attributes if model.tokenization == "factored" else None,
            task=self.name,
        )
        return record, parts

    def digests(self, items: Sequence[Named]) -> list[str]:
        return [digest(items)]

    def parts(self, path: Path, record: Record) -> Split[Sequence[Named]]:
        return Split(*kept(path))

    def keep(self, path: Path, parts: Split[Sequence[Named]]) -> None:
        keep(path, parts)

    def program(self, record: Record, data: Split[Dataset], model: KerasModel) -> Program[Any, Any]:
        from melodyrnn.training.streams import StreamProgram

        config = record.training
        assert isinstance(config, StreamConfig), "tunes are learned as a stream"
        if record.model.spec.viewpoints:
            from melodyrnn.training.viewpoints import ViewpointProgram

            return ViewpointProgram(model, data.train.views(), data.validation.views(), config)
        validation = data.validation if data.validation.songs else data.train
        return StreamProgram(
            model,
            epochs(data.train, record.model, config),
            lanes(validation.inputs(record.model), config.batch, config.steps),
            config,
        )

    def measure(
        self, predictor: Predictor, record: Record, data: Split[Dataset], progress: Progress
    ) -> Measurement:
        """A training that was interrupted gets no baselines: whoever ends it waits for no more."""
        found = score(predictor, data.held_out)
        compared = () if record.interrupted else tuple(_baselines(data, progress))
        metrics = {
            "songs": {name: len(part.songs) for name, part in data._asdict().items()},
            "held_out_notes": found.all,
            "bits_per_note": found.bits,
            "right": found.right,
            "baselines": [{"model": each.model, "bits_per_note": each.bits} for each in compared],
        }
        return Measurement(found.bits, metrics, held_out=found, baselines=compared)


def _split(songs: Sequence[Named], config: StreamConfig) -> SongSplit:
    """Raises ConfigError, also where what is held out would leave nothing."""
    parts = split(songs, config.held_out, config.seed)
    if not parts.train or not parts.held_out:
        raise ConfigError(
            f"--held-out {config.held_out:g} of {len(songs)} songs leaves none to train on or none "
            "to evaluate on; give more songs"
        )
    return parts


def _baselines(data: Split[Dataset], progress: Progress) -> Iterator[Baseline]:
    """N-gram models that learned the same songs, the validation's too, and predict the same."""
    learned = data.train.sequences + data.validation.sequences
    tokenizer, test = data.held_out.tokenizer, data.held_out.sequences

    def each(songs: Sequence[Indices], words: str) -> Iterator[Indices]:
        for done, song in enumerate(songs):
            progress(done, len(songs), words)
            yield song

    for name, order in BASELINES.items():
        model = Ppm(len(tokenizer.vocabulary), order)
        tree = model.learn(each(learned, f"songs, {name} learns"))
        surprise = []
        for ids in each(test, f"songs, {name} predicts"):
            scored = tokenizer.scored(ids, 1)
            p = model.follow(ids, tree)[scored]
            surprise.append(-np.log2(p[np.arange(len(p)), ids[scored]]))
        yield Baseline(name, float(np.concatenate(surprise).mean()))


def epochs(dataset: Dataset, model: ModelConfig, config: StreamConfig) -> Callable[[int], Stream]:
    """Epoch -> its stream: the songs in an order of its own, each moved by semitones of its own."""
    sequences, tokenizer = dataset.sequences, dataset.tokenizer
    moved = tokenizer.moved(config.transpose)
    batch = enough_lanes(sum(map(len, sequences)), config.batch, config.steps)

    def stream(epoch: int) -> Stream:
        random = np.random.default_rng((config.seed, epoch))
        order = random.permutation(len(sequences))
        shifts = random.integers(0, len(moved), len(sequences))
        chosen = []
        for place, shift in zip(order, shifts, strict=True):
            indices = moved[shift][sequences[place]]
            chosen.append(indices if (indices >= 0).all() else sequences[place])
        songs = tuple(dataset.songs[place] for place in order)
        inputs = replace(dataset, songs=songs, sequences=tuple(chosen)).inputs(model)
        return lanes(inputs, batch, config.steps)

    return stream
