"""A person's own text in, a run folder out: the same networks, a character at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import StreamConfig
from melodyrnn.runs import record as runs
from melodyrnn.runs.folder import place_of, resumed_record, stream_record
from melodyrnn.runs.training_session import check_tensorboard, train_in_folder
from melodyrnn.sequences.streams import enough_lanes, lanes, pieces
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.result import Trained
from melodyrnn.tasks.texts import Text, read_texts


@dataclass(frozen=True)
class TrainTextResult(Trained):
    """What a training on text left. Bits are the mean of -log2 p(next character)."""

    source = "text"
    learned: int  # characters told in training
    held_out: int  # characters told but never learned; 0: the text was learned by heart
    bits: float  # a character of those held out or, where there are none, of those learned
    unigram_bits: float  # the same characters, told by how often each stands in those learned

    @property
    def metrics(self) -> dict[str, Any]:
        return {
            "learned_characters": self.learned,
            "held_out_characters": self.held_out,
            "bits_per_character": self.bits,
            "unigram_bits_per_character": self.unigram_bits,
        }

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "characters": len(self.record.vocabulary)}


def train_text(
    texts: str | Path | Iterable[str | Path],
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    progress: Progress = silent,
    **settings: Any,
) -> TrainTextResult:
    """Train a recurrent model on text files, character by character, and leave a run folder.

    ``settings`` are fields of ModelConfig and StreamConfig. The end of each text, the part
    ``held_out``, is kept from training, chooses the best weights and is measured; at 0 the text
    is learned by heart. Raises MelodyError.
    """
    check_tensorboard(tensorboard)
    read = read_texts(texts)
    name = read[0].name if len(read) == 1 else f"{len(read)} texts"
    path = place_of(name, settings, output, resume)
    songs = [text.record for text in read]
    record = (
        resumed_record(path, songs, settings)
        if resume
        else stream_record("text", settings, lambda _: _vocabulary(read), songs)
    )
    config = record.training
    assert isinstance(config, StreamConfig), "a text is learned as a stream"
    learned, unheard = _split(read, record.vocabulary, config)
    if not resume:
        path = runs.begin(path, record, fresh=output is None, overwrite=overwrite)
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.training.streams import StreamProgram
    from melodyrnn.training.trainer import Trainer

    stream = _stream(learned, config)
    model = models.build(record.model, len(record.vocabulary), config.seed)
    judged = _stream(unheard, config) if unheard else stream
    program = StreamProgram(model, lambda epoch: stream, judged, config)
    trainer = Trainer(program, config)
    record, files = train_in_folder(path, record, trainer, progress, tensorboard)
    return TrainTextResult(
        run=path,
        record=record,
        parameters=models.parameters(model),
        files=tuple(files),
        learned=_told(learned),
        held_out=_told(unheard),
        bits=(trainer.best_score or program.evaluate()).bits,
        unigram_bits=_unigram_bits(learned, unheard or learned, len(record.vocabulary)),
    ).recorded()


def _vocabulary(texts: Sequence[Text]) -> Vocabulary:
    return Vocabulary.of(text.characters for text in texts)


def _split(
    texts: Sequence[Text], vocabulary: Vocabulary, config: StreamConfig
) -> tuple[list[Indices], list[Indices]]:
    """Of each text what is learned and what is held out, as indices, (L,) each.

    The first character held out is also the last one learned: something stands before it.
    Raises ConfigError where one of the two would have nothing to tell.
    """
    learned, unheard = [], []
    for text in texts:
        indices = vocabulary.encode(text.characters)
        held_out = round(config.held_out * len(indices))
        if not config.held_out:
            learned.append(indices)
            continue
        cut = len(indices) - held_out
        if held_out < 1 or cut < 2:
            raise ConfigError(
                f"{text.name}: of {len(indices)} characters, --held-out "
                f"{config.held_out:g} leaves nothing to learn or to tell; "
                "--held-out 0 learns a short text by heart"
            )
        learned.append(indices[:cut])
        unheard.append(indices[cut - 1 :])
    return learned, unheard


def _stream(sequences: Sequence[Indices], config: StreamConfig) -> Any:
    """Each text in pieces, which together fill the lanes."""
    all_ = sum(map(len, sequences))
    count = enough_lanes(all_, config.batch, config.steps)
    cut = [
        piece
        for sequence in sequences
        for piece in pieces(sequence, max(1, round(count * len(sequence) / all_)))
    ]
    return lanes(cut, config.batch, min(config.steps, max(map(len, cut)) - 1))


def _told(sequences: Sequence[Indices]) -> int:
    return sum(len(sequence) - 1 for sequence in sequences)


def _unigram_bits(learned: Sequence[Indices], told: Sequence[Indices], codes: int) -> float:
    """The plainest model: how often each character stands in what was learned, add one."""
    counts = np.ones(codes)
    for sequence in learned:
        counts += np.bincount(sequence, minlength=codes)
    surprise = -np.log2(counts / counts.sum())
    return float(np.concatenate([surprise[sequence[1:]] for sequence in told]).mean())
