"""Many tunes in, a run folder out: a tradition is learned on some and measured on others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.data.gather import Named, Songs
from melodyrnn.data.split import Split, split
from melodyrnn.errors import ConfigError
from melodyrnn.models.config import ModelConfig, StreamConfig
from melodyrnn.models.counted.ppm import Ppm
from melodyrnn.models.lookback import under
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.note_tokens import shifted
from melodyrnn.runs import record as runs
from melodyrnn.runs.folder import place_of, resumed_record, stream_record
from melodyrnn.runs.run import counted, player
from melodyrnn.runs.training_session import train_in_folder
from melodyrnn.runs.tune_store import digest, keep, kept
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.streams import Stream, enough_lanes, lanes
from melodyrnn.sequences.vocabulary import END, START, Indices, Vocabulary
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.result import Trained
from melodyrnn.tasks.tokenizer import Dataset, tunes_vocabulary

_TOLD_AT_ONCE = 64
"""Songs: the logits of thousands, each of all codes, would fill a gigabyte."""


@dataclass(frozen=True)
class Bits:
    """A model on songs that it never heard: bits a note, the mean of -log2 p(next note)."""

    model: str
    bits: float


@dataclass(frozen=True)
class TrainTunesResult(Trained):
    """What a training on many tunes left."""

    source = "tunes"
    parts: Split
    notes: int  # told in the songs held out
    right: int  # of those
    bits: float  # a note of those
    baselines: tuple[Bits, ...]  # counted models that learned and tell the same songs

    @property
    def metrics(self) -> dict[str, Any]:
        return {
            "songs": {name: len(songs) for name, songs in self.parts._asdict().items()},
            "held_out_notes": self.notes,
            "bits_per_note": self.bits,
            "right": self.right,
            "baselines": [
                {"model": each.model, "bits_per_note": each.bits} for each in self.baselines
            ],
        }

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "codes": len(self.record.vocabulary)}


def train_tunes(
    named: Songs,
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    progress: Progress = silent,
    **settings: Any,
) -> TrainTunesResult:
    """Train a model that hears all on many songs, each from a start to an end; leave a run folder.

    ``settings`` are fields of ModelConfig and StreamConfig. The part ``held_out`` of the songs is
    measured and touches nothing else; as many of the others choose the best weights.
    A training that was interrupted has no baselines. Raises MelodyError.
    """
    path = place_of(named.name, settings, output, resume)
    everything = [{"name": f"{len(named)} songs", "sha256": digest(named), "text": ""}]
    record = (
        resumed_record(path, everything, settings)
        if resume
        else stream_record("tunes", settings, partial(_vocabulary, named), everything)
    )
    config = record.training
    assert isinstance(config, StreamConfig), "many tunes are learned as a stream"
    if resume:
        parts = kept(path)
    else:
        progress(0, len(named), "songs sorted by family")
        parts = _split(named, config)
        parts = parts.for_counting() if record.model.spec.counted else parts
        path = runs.begin(path, record, fresh=output is None, overwrite=overwrite)
        keep(path, parts)
    progress(0, len(named), "songs turned into indices")
    learned, judged, unheard = (Dataset.of(songs, 1, record.vocabulary) for songs in parts)
    files: list[Path] = []
    if record.model.spec.counted:
        predictor, record = counted(record, learned), replace(record, status="finished")
    else:
        predictor, record, files = _learn(path, record, learned, judged, progress, tensorboard)
    score = _told(predictor, unheard)
    baselines: tuple[Bits, ...] = ()
    if not record.interrupted:  # whoever interrupts it waits for no more
        baselines = _baselines(
            learned.sequences + judged.sequences, unheard.sequences, record.vocabulary, progress
        )
    return TrainTunesResult(
        run=path,
        record=record,
        parameters=predictor.parameters,
        files=tuple(files),
        parts=parts,
        notes=score.all,
        right=score.right,
        bits=score.bits,
        baselines=baselines,
    ).recorded()


def _learn(
    path: Path,
    record: runs.Record,
    learned: Dataset,
    judged: Dataset,
    progress: Progress,
    tensorboard: bool,
) -> tuple[Predictor, runs.Record, list[Path]]:
    """Train from the last checkpoint, if any, to the end; write what was learned."""
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.training.streams import StreamProgram
    from melodyrnn.training.trainer import Trainer

    config = record.training
    assert isinstance(config, StreamConfig), "many tunes are learned as a stream"
    model = models.build(record.model, len(record.vocabulary), config.seed, record.features)
    program = StreamProgram(
        model,
        epochs(learned, record.model, config),
        lanes((judged if judged.songs else learned).seen(record.model), config.batch, config.steps),
        config,
    )
    trainer = Trainer(program, config)
    record, files = train_in_folder(path, record, trainer, progress, tensorboard)
    return player(Network.of(model, record.model, record.features), record), record, files


def _vocabulary(named: Sequence[Named], config: StreamConfig) -> Vocabulary:
    return tunes_vocabulary([each.song for each in named], config.transpose)


def _split(named: Sequence[Named], config: StreamConfig) -> Split:
    """Raises ConfigError, also where what is held out would leave nothing."""
    parts = split(named, config.held_out, config.seed)
    if not parts.learned or not parts.held_out:
        raise ConfigError(
            f"--held-out {config.held_out:g} of {len(named)} songs leaves none to learn or none to "
            "tell; give more songs"
        )
    return parts


def _told(predictor: Predictor, unheard: Dataset) -> Score:
    """Over the notes of all songs; the end is no note."""
    right = notes = 0
    surprise = 0.0
    pairs = list(zip(unheard.sequences, unheard.cycles, strict=True))
    for start in range(0, len(pairs), _TOLD_AT_ONCE):
        sequences, cycles = zip(*pairs[start : start + _TOLD_AT_ONCE], strict=True)
        logits = under(predictor, cycles).logits(sequences)
        for told, sequence in zip(logits, sequences, strict=True):
            score = score_of(told[:-1], sequence[1:-1])
            right, notes = right + score.right, notes + score.all
            surprise += score.bits * score.all
    return Score(right, notes, surprise / notes)


def _baselines(
    learned: Sequence[Indices],
    unheard: Sequence[Indices],
    vocabulary: Vocabulary,
    progress: Progress,
) -> tuple[Bits, ...]:
    """Counted models that learned the same songs, the validation's too, and tell the same notes."""

    def each(songs: Sequence[Indices], words: str) -> Iterator[Indices]:
        for done, song in enumerate(songs):
            progress(done, len(songs), words)
            yield song

    found = []
    for name, order in (("order 2", 2), ("PPM*", None)):
        model = Ppm(len(vocabulary), order)
        tree = model.learn(each(learned, f"songs, {name} learns"))
        surprise = [
            -np.log2(model.follow(sequence, tree)[np.arange(1, len(sequence) - 1), sequence[1:-1]])
            for sequence in each(unheard, f"songs, {name} tells")
        ]
        found.append(Bits(name, float(np.concatenate(surprise).mean())))
    return tuple(found)


def epochs(dataset: Dataset, model: ModelConfig, config: StreamConfig) -> Callable[[int], Stream]:
    """Epoch -> its stream: the songs in an order of its own, each moved by semitones of its own."""
    sequences = dataset.sequences
    moved = shift_table(dataset.vocabulary, config.transpose)
    batch = enough_lanes(sum(map(len, sequences)), config.batch, config.steps)

    def stream(epoch: int) -> Stream:
        random = np.random.default_rng((config.seed, epoch))
        order = random.permutation(len(sequences))
        shifts = random.integers(0, len(moved), len(sequences))
        heard = []
        for place, shift in zip(order, shifts, strict=True):
            indices = moved[shift][sequences[place]]
            heard.append(indices if (indices >= 0).all() else sequences[place])
        songs = tuple(dataset.songs[place] for place in order)
        seen = replace(dataset, songs=songs, sequences=tuple(heard)).seen(model)
        return lanes(seen, batch, config.steps)

    return stream


def shift_table(vocabulary: Vocabulary, transpose: int) -> npt.NDArray[np.int32]:
    """Of each shift and code, the code moved so, (2 N + 1, V); -1 where there is none."""
    table = np.full((2 * transpose + 1, len(vocabulary)), -1, dtype=np.int32)
    for row, shift in zip(table, range(-transpose, transpose + 1), strict=True):
        for index, symbol in enumerate(vocabulary.symbols):
            code = symbol if symbol in (START, END) else shifted(symbol, shift)
            if code is not None and code in vocabulary:
                row[index] = vocabulary.index(code)
    return table
