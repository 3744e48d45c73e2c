"""Tunes of a tradition: learned on some, each from a start to an end, and measured on others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named, Songs
from melodyrnn.data.split import SongSplit, Split, split, without_validation
from melodyrnn.evaluation.take_score import Usage
from melodyrnn.models.config import (
    STREAM_MODEL,
    ModelConfig,
    StreamConfig,
    configure,
    viewpoint_defaults,
)
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.registry import MODELS
from melodyrnn.models.types import KerasModel
from melodyrnn.runs.pretraining import in_pretraining
from melodyrnn.runs.record import Record
from melodyrnn.runs.tune_store import digest, keep, kept, kept_part, row_of
from melodyrnn.sequences.score import total
from melodyrnn.sequences.stored import IdsOnDemand, lengths_of
from melodyrnn.sequences.streams import MeasuredStream, Stream, enough_lanes, lanes
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.baselines import baselines
from melodyrnn.tasks.checks import check_ensemble, check_lookback, check_stream, check_viewpoints
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.headers import TuneHeaders
from melodyrnn.tasks.notes import NoteTask, scores_of
from melodyrnn.tasks.task import Baseline, Measurement, Settings, Trained
from melodyrnn.tasks.tokenizer import PartsTokenizer, TuneTokenizer
from melodyrnn.training.program import Program


class TuneTask(NoteTask):
    """Many tunes, of which those held out measure what was understood."""

    name = "tunes"
    can_be_tuned = True
    shares_evaluation = True
    default_model = "viewpoints"

    tokenizers: ClassVar[type[TuneTokenizer]] = TuneTokenizer
    """How its tunes become ids."""

    def tokenizer(self, vocabulary: Vocabulary) -> TuneTokenizer:
        return self.tokenizers(vocabulary)

    def plan(
        self, items: Sequence[Named], settings: Settings
    ) -> tuple[Record, Split[Sequence[Named]]]:
        """The part ``held_out`` is kept from training, as much of the rest chooses the weights."""
        model, training = self._configured(items, settings)
        parts = split(items, training.held_out, fold=training.fold)
        if not model.spec.uses_validation:
            parts = without_validation(parts)
        record = self.record(parts, settings)
        collections = items.collections if isinstance(items, Songs) else ()
        if collections:
            named = {**record.songs[0], "collections": ", ".join(collections)}
            record = replace(record, songs=(named,))
        return record, parts

    def record(self, parts: SongSplit, settings: Settings) -> Record:
        items = [named for part in parts for named in part]
        model, training = self._configured(items, settings)
        kind = PartsTokenizer if model.spec.viewpoints else self.tokenizers
        tokenizer = kind.of([each.song for each in parts.train], training.transpose)
        return Record(
            model,
            training,
            tokenizer.vocabulary,
            (row_of(items),),
            features=tokenizer.attributes if model.tokenization == "factored" else None,
            unknown_rate=tokenizer.unknown_rate(parts.train, training.transpose),
            task=self.name,
        )

    def _configured(
        self, items: Sequence[Named], settings: Settings
    ) -> tuple[ModelConfig, StreamConfig]:
        """Raises ConfigError for settings that suit no stream of tunes."""
        settings, defaults = {"model": self.default_model, **settings}, STREAM_MODEL
        row = MODELS.get(settings["model"])
        if row and row.viewpoints:
            check_viewpoints(settings)
            defaults = STREAM_MODEL | viewpoint_defaults(sum(len(each.song) for each in items))
        model, training = configure({**defaults, **settings}, ModelConfig, StreamConfig)
        check_stream(model, self.name)
        check_lookback(model)
        check_ensemble(model)
        return model, training

    def title(self, run: Trained[Named]) -> str:
        """By the collections that it learned from, where these have names."""
        collections = run.record.songs[0].get("collections")
        return f"After {collections}" if collections else super().title(run)

    def digests(self, items: Sequence[Named], record: Record | None = None) -> list[str]:
        return [digest(items)]

    def parts(self, path: Path, record: Record) -> Split[Sequence[Named]]:
        return kept(path)

    def learned(self, path: Path, record: Record) -> Sequence[Named]:
        return kept_part(path, "train")

    def keep(self, path: Path, record: Record, parts: Split[Sequence[Named]]) -> None:
        keep(path, parts)

    def program(
        self,
        record: Record,
        data: Split[Dataset],
        model: KerasModel,
        devices: Devices = ALONE,
    ) -> Program[Any, Any]:
        if record.model.spec.viewpoints:
            return self._view_program(record, data, model, devices)
        from melodyrnn.training.streams import StreamProgram

        config = record.training
        assert isinstance(config, StreamConfig), "tunes are learned as a stream"
        learned = epochs(data.train, record.model, config)
        validation = self._validation(record, data)
        return StreamProgram(model, learned, validation, config, devices)

    def _view_program(
        self, record: Record, data: Split[Dataset], model: KerasModel, devices: Devices
    ) -> Program[Any, Any]:
        from melodyrnn.training.viewpoints import HeldOutViews, LearnedViews, ViewpointProgram

        config, new = record.training, data.validation
        assert isinstance(config, StreamConfig), "tunes are learned as a stream"
        charge = new.charge(new.tokenizer.opened(record.unknown_rate), 1)
        held_out = HeldOutViews(new.views(), new.known(), new.notes(1), charge)
        learned = LearnedViews(data.train.views(), data.train.views(told=True))
        return ViewpointProgram(model, learned, held_out, config, devices)

    def _validation(self, record: Record, data: Split[Dataset]) -> MeasuredStream:
        """What chooses the best weights, measured as everything is that is new."""
        config, new = record.training, data.validation
        assert isinstance(config, StreamConfig), "tunes are learned as a stream"
        measured = new if new.songs else data.train
        stream = lanes(measured.inputs(record.model), config.batch, config.steps, measured.known())
        charge = new.charge(new.tokenizer.opened(record.unknown_rate), 1)
        return MeasuredStream(stream, measured.notes(1), charge)

    def new_to(
        self, run: Trained[Named], data: Split[Dataset]
    ) -> tuple[Split[Dataset], tuple[str, ...]]:
        """Left out is each song of which its pretraining had a variant."""
        if run.record.base is None:
            return data, ()
        held_out = data.held_out
        known = in_pretraining(run.path, held_out.songs)
        names = [named.name for named, each in zip(held_out.songs, known, strict=True) if each]
        new = held_out.chosen([not each for each in known])
        return data._replace(held_out=new), tuple(names)

    def measure(
        self, predictor: Predictor, record: Record, data: Split[Dataset], progress: Progress
    ) -> Measurement:
        """With nothing held out, the training set is measured: that is memory, and no baseline
        stands beside it. Nor does one beside a training that was interrupted: whoever ends it
        waits for no more.
        """
        compared: tuple[Baseline, ...] = ()
        measured = data.held_out if data.held_out.songs else data.train
        vocabulary = measured.tokenizer.opened(record.unknown_rate)
        each = scores_of(predictor, measured, vocabulary, learned=measured is data.train)
        found = total(each)
        if data.held_out.songs and not record.interrupted:
            learned = [*data.train.songs, *data.validation.songs]
            own = self.tokenizers.of([named.song for named in learned], transpose=0)
            compared = baselines(learned, data.held_out.songs, own, 1, progress)
        metrics = {
            "songs": {name: len(part.songs) for name, part in data._asdict().items()},
            "learned_notes": data.train.notes(predictor.window),
            "held_out_notes": data.held_out.notes(predictor.window),
            **found.to_json(),
            **_header_bits(record, data),
            "right": found.right,
            "baselines": [each.to_json() for each in compared],
            "usage": Usage.of(
                Split(*(part.songs for part in data)), Copies(data.train.songs)
            ).to_json(),
        }
        if not data.held_out.songs:
            return Measurement(found.bits, metrics)
        return Measurement(found.bits, metrics, held_out=found, baselines=compared, each=each)


def _header_bits(record: Record, data: Split[Dataset]) -> dict[str, float]:
    """What it takes to say meter, key and pickup of the songs that were measured, in bits per note,
    where the model was told them.
    """
    if not record.model.spec.viewpoints:
        return {}
    headers = TuneHeaders([each.song for part in data[:2] for each in part.songs])
    measured = data.held_out if data.held_out.songs else data.train
    bits = sum(headers.bits(named.song) for named in measured.songs)
    return {"header_bits_per_note": bits / measured.notes(record.model.window)}


def epochs(dataset: Dataset, model: ModelConfig, config: StreamConfig) -> Callable[[int], Stream]:
    """Epoch -> its stream: the songs in an order of its own, each moved by semitones of its own."""
    sequences, lengths = dataset.sequences, lengths_of(dataset.sequences)
    moved = dataset.tokenizer.moved(config.transpose)
    batch = enough_lanes(sum(lengths), config.batch, config.steps)

    def stream(epoch: int) -> Stream:
        random = np.random.default_rng((config.seed, epoch))
        order = random.permutation(len(sequences))
        shifts = random.integers(0, len(moved), len(sequences))

        def chosen(number: int) -> Indices:
            place = order[number]
            indices: Indices = moved[shifts[number]][sequences[place]]
            return indices if (indices >= 0).all() else sequences[place]

        ordered = IdsOnDemand([lengths[place] for place in order], chosen)
        songs = tuple(dataset.songs[place] for place in order)
        inputs = replace(dataset, songs=songs, sequences=ordered).inputs(model)
        return lanes(inputs, batch, config.steps)

    return stream
