"""Songs in, a run folder out: the network, what it learned, and the song it plays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.data.gather import Named, Source, gather
from melodyrnn.data.split import Split, split
from melodyrnn.evaluation.measures import Measures, measure
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.lookback import under
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.registry import MODELS
from melodyrnn.music.note_tokens import from_codes
from melodyrnn.music.song import Song
from melodyrnn.render.write import write_song
from melodyrnn.runs import record as runs
from melodyrnn.runs.folder import new_record, place_of, resumed_record
from melodyrnn.runs.run import counted, player
from melodyrnn.runs.training_session import check_tensorboard, train_in_folder
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.result import Trained
from melodyrnn.tasks.tokenizer import Dataset, vocabulary_of
from melodyrnn.workflows.train_tunes import TrainTunesResult, train_tunes

SONG_FILES = ("song.mid", "song.musicxml", "song.svg", "song.png", "song.wav")


@dataclass(frozen=True)
class TrainResult(Trained):
    """What a training on songs left."""

    source = "songs"
    measures: Measures  # on the songs learned
    held_out: Score | None  # on the songs kept from training, if any

    @property
    def metrics(self) -> dict[str, Any]:
        unheard = self.held_out and {
            "songs": len(self.record.held_out),
            "one_step": {"right": self.held_out.right, "all": self.held_out.all},
            "bits_per_note": self.held_out.bits,
        }
        return {**self.measures.to_json(), "held_out": unheard}


def train(
    songs: Source | Iterable[Source],
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    track: str | None = None,
    grid: str | None = None,
    tensorboard: bool = False,
    progress: Progress = silent,
    **settings: Any,
) -> TrainResult | TrainTunesResult:
    """Train a model on songs and leave a run folder.

    One song is learned by heart. Of several, a model that hears each from its start, recurrent or
    ``ppm``, learns a tradition: see ``train_tunes``; other models, and any with ``window``, learn
    them by heart or, with ``held_out``, all but that part of them, on which they are measured.

    ``settings`` are fields of ModelConfig and TrainConfig, such as ``model="mlp"``, ``seed=1``.
    Without ``output`` a fresh folder under ``runs/`` is taken. With ``resume`` the settings
    recorded in the run hold, and those given must agree with them, except ``epochs`` and
    ``early_stop``. ``tensorboard`` asks for summaries in the run. Raises MelodyError.
    """
    check_tensorboard(tensorboard)
    named = gather(songs, track=track, grid=grid)
    spec = MODELS.get(settings.get("model", ModelConfig().model))
    if len(named) > 1 and spec and spec.hears_all and "window" not in settings:
        return train_tunes(
            named,
            output=output,
            overwrite=overwrite,
            resume=resume,
            tensorboard=tensorboard,
            progress=progress,
            **settings,
        )
    parts, vocabulary = Split(tuple(named), (), ()), None
    if held_out := settings.pop("held_out", 0):
        parts = split(named, held_out, settings.get("seed", TrainConfig().seed))
        parts = parts.for_counting() if spec and spec.counted else parts
        vocabulary = vocabulary_of([each.song for each in named])
    path = place_of(named.name, settings, output, resume)
    return train_named(
        parts.learned,
        path,
        settings,
        vocabulary=vocabulary,
        validation=parts.validation,
        held_out=parts.held_out,
        fresh=output is None,
        overwrite=overwrite,
        resume=resume,
        tensorboard=tensorboard,
        progress=progress,
    )


def train_named(
    named: Sequence[Named],
    path: Path,
    settings: dict[str, Any],
    *,
    vocabulary: Vocabulary | None = None,
    validation: Sequence[Named] = (),
    held_out: Sequence[Named] = (),
    fresh: bool = False,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    progress: Progress = silent,
) -> TrainResult:
    """``train`` on songs in hand.

    ``vocabulary`` may be wider than theirs; of the weights, those are kept which tell the
    ``validation`` songs best, where there are any; the songs ``held_out`` are only measured.
    ``fresh`` numbers a path that is taken.
    """
    if resume:
        record = resumed_record(path, [song.record for song in named], settings)
    else:
        record = new_record(named, settings, vocabulary, validation, held_out)
        path = runs.begin(path, record, fresh=fresh, overwrite=overwrite)
    dataset = Dataset.of(named, record.model.window, record.vocabulary)
    files: list[Path] = []
    if record.model.spec.counted:
        predictor, record = counted(record, dataset), replace(record, status="finished")
    else:
        predictor, record, files = _learn(path, record, dataset, progress, tensorboard)
    measures = measure(predictor, dataset)
    song = _song_played(dataset, measures.played[0].whole_song, record.model.model)
    files += [file for name in SONG_FILES for file in write_song(song, path / name)]
    return TrainResult(
        run=path,
        record=record,
        parameters=predictor.parameters,
        files=tuple(files),
        measures=measures,
        held_out=_unheard(predictor, held_out, record),
    ).recorded()


def _unheard(predictor: Predictor, songs: Sequence[Named], record: runs.Record) -> Score | None:
    """How well songs are told that were kept from training; None without any."""
    if not songs:
        return None
    window = record.model.window
    dataset = Dataset.of(songs, window, record.vocabulary)
    told = under(predictor, dataset.cycles).logits(dataset.sequences)
    came = np.concatenate([sequence[window:] for sequence in dataset.sequences])
    return score_of(np.concatenate(told), came)


def _learn(
    path: Path,
    record: runs.Record,
    dataset: Dataset,
    progress: Progress,
    tensorboard: bool,
) -> tuple[Predictor, runs.Record, list[Path]]:
    """Train from the last checkpoint, if any, to the end; write what was learned."""
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.training.trainer import Trainer
    from melodyrnn.training.windows import Songs, WindowProgram

    config, training = record.model, record.training
    assert isinstance(training, TrainConfig), "songs are learned from windows"
    held_out = [Named.of_record(song) for song in record.validation]
    model = models.build(config, len(record.vocabulary), training.seed, record.features)
    validation = Dataset.of(held_out, config.window, record.vocabulary).seen(config)
    songs = Songs(dataset.seen(config), validation, record.features)
    batch = 1 if config.spec.stateful else training.batch or config.spec.batch
    trainer = Trainer(WindowProgram(model, songs, config, training, batch), training)
    learned, files = train_in_folder(path, record, trainer, progress, tensorboard)
    return player(Network.of(model, config, record.features), record), learned, files


def _song_played(dataset: Dataset, indices: Any, model: str) -> Song:
    original = dataset.songs[0].song
    song = from_codes(dataset.vocabulary.decode(indices), original)
    return replace(song, title=original.title, composer=f"melodyrnn, {model}")
