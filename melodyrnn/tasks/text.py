"""Texts, character by character: the same networks, and the end of each text held out."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np

from melodyrnn.data.split import Split
from melodyrnn.data.texts import Text, read_texts
from melodyrnn.errors import ConfigError, MelodyWarning, RunError, VocabularyError
from melodyrnn.evaluation.result import Evaluated
from melodyrnn.files import check_no_folder, numbered, write_atomically
from melodyrnn.generation.generate import Drawn
from melodyrnn.generation.loops import Loop, closing_loop
from melodyrnn.models.config import (
    STREAM_MODEL,
    FormConfig,
    ModelConfig,
    SampleConfig,
    StreamConfig,
    configure,
)
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.registry import MODELS
from melodyrnn.models.settings import check
from melodyrnn.models.types import KerasModel
from melodyrnn.runs.record import Record
from melodyrnn.sequences.score import Score, score_of, total
from melodyrnn.sequences.streams import Stream, enough_lanes, lanes, pieces
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.checks import check_stream
from melodyrnn.tasks.task import (
    Baseline,
    Evaluation,
    Measurement,
    Prompt,
    Reading,
    Request,
    Settings,
    Task,
    Trained,
)
from melodyrnn.tasks.tokenizer import CharacterTokenizer
from melodyrnn.training.program import Program

MOST_TEXTS, MOST_CHARACTERS = 100_000, 10_000_000
LENGTH = 500
"""Characters after the primer where nothing is said."""
_PRIMER = 40
"""Characters of the text's own opening, up to the end of a line, where no primer is given."""
_SONGS_ONLY = (
    "primer_notes",
    "keep_primer",
    "best",
    "formats",
    "title",
    "tempo",
    "instrument",
    "with_short_term",
    "track",
    "grid",
)
"""What may be asked of songs only."""

Texts = list[Indices]


@dataclass(frozen=True)
class GeneratedText:
    """One continuation."""

    text: str  # the primer is its beginning
    primer: int  # characters that were given
    loop: Loop | None  # in which it ends, if it does
    log_probability: float  # of what follows the primer, as the model has it; natural logarithm
    files: tuple[Path, ...] = ()

    @property
    def file(self) -> Path | None:
        """The one written, if one was."""
        return self.files[0] if self.files else None

    def to_json(self) -> dict[str, Any]:
        document = {
            "text": self.text,
            "primer": self.primer,
            "loop": self.loop and self.loop._asdict(),
            "log_probability": self.log_probability,
        }
        return document | ({"file": str(self.file)} if self.file else {})


class TextTask(Task[Text, Texts]):
    """A person's own text. The end of each, the part ``held_out``, chooses the best weights and is
    measured; at 0 the text is learned by heart.
    """

    name = "text"
    unit = "character"

    def name_of(self, items: Sequence[Text]) -> str:
        return items[0].name if len(items) == 1 else f"{len(items)} texts"

    def digests(self, items: Sequence[Text]) -> list[str]:
        return [text.record["sha256"] for text in items]

    def plan(
        self, items: Sequence[Text], settings: Settings
    ) -> tuple[Record, Split[Sequence[Text]]]:
        model, training = configure({**STREAM_MODEL, **settings}, ModelConfig, StreamConfig)
        _check(model, training)
        tokenizer = CharacterTokenizer.of(text.characters for text in items)
        songs = tuple(text.record for text in items)
        record = Record(model, training, tokenizer.vocabulary, songs, task=self.name)
        return record, _split(items, training)

    def parts(self, path: Path, record: Record) -> Split[Sequence[Text]]:
        raise RunError(f"{path}: a run on text, not on songs; choose another")

    def resumed_parts(
        self, path: Path, record: Record, items: Sequence[Text]
    ) -> Split[Sequence[Text]]:
        assert isinstance(record.training, StreamConfig), "a text is learned as a stream"
        return _split(items, record.training)

    def tokenizer(self, vocabulary: Vocabulary) -> CharacterTokenizer:
        return CharacterTokenizer(vocabulary)

    def encode(self, record: Record, parts: Split[Sequence[Text]]) -> Split[Texts]:
        encode = self.tokenizer(record.vocabulary).encode
        return Split(*([encode(text.characters) for text in texts] for texts in parts))

    def sequences(self, data: Texts) -> Sequence[Indices]:
        return data

    def program(self, record: Record, data: Split[Texts], model: KerasModel) -> Program[Any, Any]:
        from melodyrnn.training.streams import StreamProgram

        config = record.training
        assert isinstance(config, StreamConfig), "a text is learned as a stream"
        stream = _stream(data.train, config)
        validation = _stream(data.validation, config) if data.validation else stream
        return StreamProgram(model, lambda epoch: stream, validation, config)

    def measure(
        self, predictor: Predictor, record: Record, data: Split[Texts], progress: Progress
    ) -> Measurement:
        config = record.training
        assert isinstance(config, StreamConfig), "a text is learned as a stream"
        measured = data.held_out or data.train
        found = _score(predictor, _pieces(measured, config))
        unigram = Baseline("unigram", _unigram_bits(data.train, measured, len(record.vocabulary)))
        metrics = {
            "learned_characters": _targets(data.train),
            "held_out_characters": _targets(data.held_out),
            "bits_per_character": found.bits,
            "unigram_bits_per_character": unigram.bits,
            "characters": len(record.vocabulary),
        }
        return Measurement(
            found.bits, metrics, held_out=found if data.held_out else None, baselines=(unigram,)
        )

    # Evaluation

    def chosen(
        self, run: Trained[Text], sources: Any, reading: Reading
    ) -> tuple[Sequence[Text], tuple[str, ...]]:
        """Of several texts, those with characters that the run never read are left out."""
        if not (listed := list(sources)):
            raise ConfigError(f"{run.path}: a run on text; name the texts to measure it on")
        known, left_out = [], []
        for text in read_texts(listed):
            try:
                run.record.vocabulary.encode(text.characters)
                known.append(text)
            except VocabularyError as error:
                left_out.append(f"{text.name}: {error}; the run never read it")
        if not known:
            raise VocabularyError(left_out[0])
        for line in left_out:
            warnings.warn(f"left out {line}", MelodyWarning, stacklevel=4)
        return known, tuple(left_out)

    def evaluate(
        self, run: Trained[Text], predictor: Predictor, items: Sequence[Text]
    ) -> Evaluation:
        """Each character but the first from those before it."""
        encode = self.tokenizer(run.record.vocabulary).encode
        digests = {song["sha256"] for song in run.record.songs}
        sequences, evaluated = [encode(text.characters) for text in items], []
        for text, ids in zip(items, sequences, strict=True):
            score = score_of(predictor.logits([ids])[0], ids[1:])
            seen = text.record["sha256"] in digests
            evaluated.append(Evaluated(text.name, None, len(ids), seen, {"both": score}))
        return Evaluation(tuple(evaluated), tuple(sequences))

    # New texts

    def check(self, settings: Settings, request: Request) -> None:
        configure(settings, SampleConfig)  # nothing of form
        nothing = Request()
        for name in _SONGS_ONLY:
            if (asked := getattr(request, name)) == getattr(nothing, name):
                continue
            option = ("--no-" if asked is False else "--") + name.replace("_", "-")
            raise ConfigError(f"{option} has no effect with a text; leave it out")
        check("count", request.count, {"least": 1, "most": MOST_TEXTS})
        if request.length is not None:
            check("length", request.length, {"least": 1, "most": MOST_CHARACTERS})

    def prompt(self, run: Trained[Text], request: Request, form: FormConfig) -> Prompt:
        """The primer or, without one, the opening of the text that the run learned."""
        primer = None if request.primer is None else str(request.primer)
        if primer is None:
            opening = run.record.songs[0]["text"]
            primer = opening[:1] + opening[1:_PRIMER].split("\n")[0]
        primer = normalize("NFC", primer)
        if not primer:
            raise ConfigError("--primer '' is empty; give a character at least")
        try:
            ids = run.record.vocabulary.encode(primer)
        except VocabularyError as error:
            raise VocabularyError(
                f"--primer: {error}; a model writes only what it has read"
            ) from None
        return Prompt(ids, LENGTH if request.length is None else request.length)

    def targets(self, request: Request) -> list[list[Path]]:
        """One file each: a text has one format."""
        if not request.outputs:
            return [[] for _ in range(request.count)]
        path, *more = request.outputs
        if more:
            raise ConfigError(f"{more[0]}: a text is written to one file; give one --output")
        check_no_folder(path)
        return [[each] for each in numbered(path, request.count)]

    def make(
        self,
        run: Trained[Text],
        prompt: Prompt,
        drawn: Drawn,
        config: SampleConfig,
        request: Request,
    ) -> list[GeneratedText]:
        tokenizer = self.tokenizer(run.record.vocabulary)
        return [
            GeneratedText(tokenizer.decode(ids), len(prompt.ids), closing_loop(ids), float(likely))
            for ids, likely in zip(*drawn, strict=True)
        ]

    def write(
        self, made: GeneratedText, targets: Sequence[Path], request: Request
    ) -> GeneratedText:
        files = tuple(write_atomically(target, made.text) for target in targets)
        return replace(made, files=files)


def _check(model: ModelConfig, training: StreamConfig) -> None:
    able = tuple(MODELS.having(lambda row: row.sees_whole_songs and row.learns_by_gradient))
    check_stream(model, "text", able)
    if model.spec.lookback:
        raise ConfigError("a text has no bars to look back on; choose another --model")
    if model.tokenization != "joint" or training.transpose:
        raise ConfigError("a text has --tokenization joint and nothing to --transpose")


def _split(texts: Sequence[Text], config: StreamConfig) -> Split[Sequence[Text]]:
    """Of each text what is learned and what is held out.

    The first character held out is also the last one learned: something stands before it.
    Raises ConfigError where one of the two would have nothing to predict.
    """
    if not config.held_out:
        return Split(texts, (), ())
    learned, held_out = [], []
    for text in texts:
        count = round(config.held_out * len(text.characters))
        cut = len(text.characters) - count
        if count < 1 or cut < 2:
            raise ConfigError(
                f"{text.name}: of {len(text.characters)} characters, --held-out "
                f"{config.held_out:g} leaves nothing to train on or to evaluate on; "
                "--held-out 0 learns a short text by heart"
            )
        learned.append(replace(text, characters=text.characters[:cut]))
        held_out.append(replace(text, characters=text.characters[cut - 1 :]))
    return Split(learned, held_out, held_out)


def _pieces(sequences: Texts, config: StreamConfig) -> Texts:
    """Each text in pieces, which together fill the lanes."""
    total = sum(map(len, sequences))
    count = enough_lanes(total, config.batch, config.steps)
    return [
        piece
        for sequence in sequences
        for piece in pieces(sequence, max(1, round(count * len(sequence) / total)))
    ]


def _stream(sequences: Texts, config: StreamConfig) -> Stream:
    cut = _pieces(sequences, config)
    return lanes(cut, config.batch, min(config.steps, max(map(len, cut)) - 1))


def _score(predictor: Predictor, sequences: Texts) -> Score:
    """One-step predictions of all characters but the first of each sequence."""
    pairs = zip(predictor.logits(sequences), sequences, strict=True)
    return total([score_of(logits, sequence[1:]) for logits, sequence in pairs])


def _targets(sequences: Texts) -> int:
    return sum(len(sequence) - 1 for sequence in sequences)


def _unigram_bits(learned: Texts, targets: Texts, tokens: int) -> float:
    """The plainest model: how often each character stands in what was learned, add one."""
    counts = np.ones(tokens)
    for sequence in learned:
        counts += np.bincount(sequence, minlength=tokens)
    surprise = -np.log2(counts / counts.sum())
    return float(np.concatenate([surprise[sequence[1:]] for sequence in targets]).mean())
