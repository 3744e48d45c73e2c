"""Songs learned by heart: each note from a window of those before it, or with a state carried."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.data.split import SETTINGS, SongSplit, Split, split_by, without_validation
from melodyrnn.evaluation.judging import SongsToJudge
from melodyrnn.evaluation.measures import Measures, Played, measure, play
from melodyrnn.evaluation.note_scores import Judged, judged
from melodyrnn.models.config import ModelConfig, TrainConfig, configure
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.registry import MODELS
from melodyrnn.models.types import KerasModel
from melodyrnn.music.song import Song
from melodyrnn.render.pages.training_data import Shown
from melodyrnn.render.write import write_song
from melodyrnn.runs.record import Record
from melodyrnn.runs.tune_store import digest, keep, kept, row_of
from melodyrnn.sequences.score import Score, total
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks import shown
from melodyrnn.tasks.baselines import baselines
from melodyrnn.tasks.checks import check_by_heart, check_ensemble, check_lookback
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.notes import NoteTask, scores_of
from melodyrnn.tasks.task import Baseline, Measurement, Settings, Trained
from melodyrnn.tasks.tokenizer import SongTokenizer
from melodyrnn.training.program import Program

RECORDED = 100
"""Songs whose texts the record holds itself; more lie beside it."""

SONG_FILES = ("song.mid", "song.musicxml", "song.svg", "song.png", "song.wav")


class SongTask(NoteTask):
    """Few songs, each given back whole where it was learned: that is memory."""

    name = "songs"
    shares_out = False  # a step of one song is too small to be parted

    def tokenizer(self, vocabulary: Vocabulary) -> SongTokenizer:
        return SongTokenizer(vocabulary)

    def plan(
        self, items: Sequence[Named], settings: Settings
    ) -> tuple[Record, Split[Sequence[Named]]]:
        """With ``held_out`` that part of the songs is kept from training, else none."""
        parts = _for(settings.get("model"), split_by(items, settings))
        return self.record(parts, settings), parts

    def record(self, parts: SongSplit, settings: Settings) -> Record:
        settings = {"input": default_input(parts.train, settings.get("model")), **settings}
        settings = {name: each for name, each in settings.items() if name not in SETTINGS}
        model, training = configure(settings, ModelConfig, TrainConfig)
        check_lookback(model)
        check_ensemble(model)
        check_by_heart(model)
        tokenizer = SongTokenizer.of([named.song for named in parts.train])
        songs, validation, held_out = _rows(parts)
        return Record(
            model,
            training,
            tokenizer.vocabulary,
            songs,
            validation,
            held_out,
            features=tokenizer.attributes if model.input == "features" else None,
            unknown_rate=tokenizer.unknown_rate(parts.train),
            task=self.name,
        )

    def digests(self, items: Sequence[Named], record: Record | None = None) -> list[str]:
        if record is not None and _are_apart(record):
            return [digest(items)]
        return [named.record["sha256"] for named in items]

    def parts(self, path: Path, record: Record) -> Split[Sequence[Named]]:
        if _are_apart(record):
            return kept(path)
        songs = (record.songs, record.validation, record.held_out)
        return Split(*(tuple(map(Named.of_record, some)) for some in songs))

    def keep(self, path: Path, record: Record, parts: Split[Sequence[Named]]) -> None:
        if _are_apart(record):
            keep(path, parts)

    def program(
        self,
        record: Record,
        data: Split[Dataset],
        model: KerasModel,
        devices: Devices = ALONE,
    ) -> Program[Any, Any]:
        from melodyrnn.training.windows import TrainingSongs, WindowProgram

        config, training = record.model, record.training
        assert isinstance(training, TrainConfig), "songs are learned from windows"
        new, vocabulary = data.validation, data.train.tokenizer.opened(record.unknown_rate)
        songs = TrainingSongs(
            data.train.inputs(config),
            new.inputs(config),
            record.features,
            new.known() or None,
            new.charge(vocabulary, config.window),
        )
        batch = 1 if config.spec.stateful else training.batch or config.spec.batch
        return WindowProgram(model, songs, config, training, batch)

    def measure(
        self, predictor: Predictor, record: Record, data: Split[Dataset], progress: Progress
    ) -> Measurement:
        measures = measure(predictor, data.train)
        bits, metrics = measures.bits_per_note, dict[str, Any](measures.to_json())
        if _are_apart(record):
            metrics["songs"] = {name: len(part.songs) for name, part in data._asdict().items()}
        if not data.held_out.songs:
            return Measurement(bits, {**metrics, "held_out": None}, measures)
        vocabulary = data.train.tokenizer.opened(record.unknown_rate)
        each = scores_of(predictor, data.held_out, vocabulary)
        held_out = total(each)
        compared: tuple[Baseline, ...] = ()
        if not record.interrupted:
            learned = [*data.train.songs, *data.validation.songs]
            own = SongTokenizer.of([named.song for named in learned])
            compared = baselines(learned, data.held_out.songs, own, record.model.window, progress)
        metrics |= {
            "held_out": _held_out(held_out, len(data.held_out.songs)),
            "baselines": [each.to_json() for each in compared],
        }
        return Measurement(bits, metrics, measures, held_out, compared, each)

    def judge(
        self, predictor: Predictor, songs: SongsToJudge, place: Place, progress: Progress
    ) -> tuple[list[Judged], tuple[Played, ...]]:
        """Each song is also played whole, all of them here."""
        played = play(predictor, songs.dataset)
        return judged([song.logits for song in played], *songs), played

    def illustrate(
        self, path: Path, record: Record, data: Split[Dataset], measurement: Measurement
    ) -> list[Path]:
        """The first song as the model plays it from its first window."""
        assert measurement.measures, "songs learned by heart are played"
        song = _played(data.train, measurement.measures, record.model.model)
        return [file for name in SONG_FILES for file in write_song(song, path / name)]

    def shown(
        self,
        run: Trained[Named],
        predictor: Predictor,
        data: Split[Dataset],
        measurement: Measurement,
    ) -> Shown:
        assert measurement.measures, "songs learned by heart are played"
        played = _played(data.train, measurement.measures, run.record.model.model)
        learned = shown.by_heart(data.train, measurement.measures, played)
        if not measurement.each:
            return learned
        return shown.together(learned, super().shown(run, predictor, data, measurement))


def _rows(parts: SongSplit) -> Split[tuple[dict[str, str], ...]]:
    """What the record holds of songs: the text of each, or one row for all of very many."""
    if sum(map(len, parts)) > RECORDED:
        return Split((row_of([named for part in parts for named in part]),), (), ())
    return Split(*(tuple(named.record for named in part) for part in parts))


def _are_apart(record: Record) -> bool:
    """Whether the songs lie beside the record: it has the text of none."""
    return not any(song["text"] for song in record.songs)


def default_input(songs: Sequence[Named], model: str | None) -> str:
    """How tokens enter the network where nothing is said: the courses' plain index for one song,
    learned vectors for several, whose tokens are too many for one number to distinguish, and for a
    model that sees several tokens at once.
    """
    row = MODELS.get(model or ModelConfig().model)
    return "embedding" if len(songs) > 1 or (row and row.lookback) else "index"


def _for(model: str | None, parts: SongSplit) -> SongSplit:
    """As the model learns them: some have no weights to choose."""
    row = MODELS.get(model or ModelConfig().model)
    return parts if not row or row.uses_validation else without_validation(parts)


def _held_out(held_out: Score, songs: int) -> dict[str, object]:
    return {
        "songs": songs,
        "one_step": {"right": held_out.right, "all": held_out.all},
        **held_out.to_json(),
    }


def _played(dataset: Dataset, measures: Measures, model: str) -> Song:
    original = dataset.songs[0].song
    song = dataset.tokenizer.decode(measures.played[0].whole_song, original)
    return replace(song, title=original.title, composer=f"melodyrnn, {model}")
