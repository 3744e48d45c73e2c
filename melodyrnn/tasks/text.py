"""Texts, character by character: the same networks, and the end of each text held out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from melodyrnn.data.split import Split
from melodyrnn.data.texts import Text, read_texts
from melodyrnn.errors import ConfigError, RunError, VocabularyError
from melodyrnn.evaluation.result import Evaluated
from melodyrnn.files import check_no_folder, numbered, write_atomically
from melodyrnn.generation.generate import Drawn, generate
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
from melodyrnn.music.song import Song
from melodyrnn.render.pages.training_data import Shown
from melodyrnn.runs.record import Record
from melodyrnn.sequences.open_vocabulary import unknown_rate
from melodyrnn.sequences.streams import MeasuredStream
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.characters import (
    Texts,
    measured_stream,
    score,
    stream_of,
    texts_of,
    unigram,
)
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
    TokenLine,
    Trained,
)
from melodyrnn.tasks.tokenizer import CharacterTokenizer
from melodyrnn.training.program import Program

MOST_TEXTS, MOST_CHARACTERS = 100_000, 10_000_000
LENGTH = 500
"""Characters after the primer where nothing is said."""
_PRIMER = 40
"""Characters of the text's own opening, up to the end of a line, where no primer is given."""
_SAMPLE, _SAMPLE_TEMPERATURE = 400, 0.8
"""Characters after the primer of the sample on the page of a training, and how they are drawn."""
_SONGS_ONLY = (
    "primer_notes",
    "keep_primer",
    "redraw",
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

    def digests(self, items: Sequence[Text], record: Record | None = None) -> list[str]:
        return [text.record["sha256"] for text in items]

    def plan(
        self, items: Sequence[Text], settings: Settings
    ) -> tuple[Record, Split[Sequence[Text]]]:
        model, training = configure({**STREAM_MODEL, **settings}, ModelConfig, StreamConfig)
        _check(model, training)
        parts = _split(items, training)
        learned = [text.characters for text in parts.train]
        record = Record(
            model,
            training,
            CharacterTokenizer.of(learned).vocabulary,
            tuple(text.record for text in items),
            unknown_rate=unknown_rate(learned),
            task=self.name,
        )
        return record, parts

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
        tokenizer = self.tokenizer(record.vocabulary)
        return Split(*(texts_of(tokenizer, texts) for texts in parts))

    def sequences(self, data: Texts) -> Sequence[Indices]:
        return data.seen

    def program(
        self, record: Record, data: Split[Texts], model: KerasModel, devices: Devices = ALONE
    ) -> Program[Any, Any]:
        from melodyrnn.training.streams import StreamProgram

        config = record.training
        assert isinstance(config, StreamConfig), "a text is learned as a stream"
        stream = stream_of(data.train, config)
        measured = MeasuredStream.plain(stream)
        if data.validation.seen:
            vocabulary = self.tokenizer(record.vocabulary).opened(record.unknown_rate)
            measured = measured_stream(data.validation, vocabulary, len(record.vocabulary), config)
        return StreamProgram(model, lambda epoch: stream, measured, config, devices)

    def measure(
        self, predictor: Predictor, record: Record, data: Split[Texts], progress: Progress
    ) -> Measurement:
        config = record.training
        assert isinstance(config, StreamConfig), "a text is learned as a stream"
        measured, vocabulary = data.train, None
        if data.held_out.seen:
            measured = data.held_out
            vocabulary = self.tokenizer(record.vocabulary).opened(record.unknown_rate)
        pieces = measured.in_pieces(config)
        found = score(predictor, pieces, vocabulary)
        plainest = Baseline("unigram", unigram(data.train, measured, vocabulary))
        metrics = {
            "learned_characters": data.train.predicted,
            "held_out_characters": data.held_out.predicted,
            "bits_per_character": found.bits,
            "unigram_bits_per_character": plainest.bits,
            "characters": len(record.vocabulary),
            "unknown_characters": found.unknown,
        }
        held_out = found if data.held_out.seen else None
        return Measurement(found.bits, metrics, held_out=held_out, baselines=(plainest,))

    def shown(
        self,
        run: Trained[Text],
        predictor: Predictor,
        data: Split[Texts],
        measurement: Measurement,
    ) -> Shown:
        """A sample of what it writes."""
        config = SampleConfig(temperature=_SAMPLE_TEMPERATURE)
        [prompt] = self.prompts(run, Request(length=_SAMPLE), FormConfig(), config)
        [ids], _ = generate(predictor, prompt.ids, prompt.length, config, 1)
        tokenizer = self.tokenizer(run.record.vocabulary)
        return Shown(text=tokenizer.decode(ids), given=tokenizer.decode(prompt.ids))

    # Evaluation

    def chosen(
        self, run: Trained[Text], sources: Any, reading: Reading
    ) -> tuple[Sequence[Text], tuple[str, ...]]:
        if not (listed := list(sources)):
            raise ConfigError(f"{run.path}: a run on text; name the texts to measure it on")
        return read_texts(listed), ()

    def evaluate(
        self,
        run: Trained[Text],
        predictor: Predictor,
        items: Sequence[Text],
        place: Place,
        progress: Progress,
    ) -> Evaluation:
        """Each character but the first from those before it."""
        record, tokenizer = run.record, self.tokenizer(run.record.vocabulary)
        digests = {song["sha256"] for song in record.songs}
        texts, evaluated = texts_of(tokenizer, items), []
        for text, seen, targets in zip(items, *texts, strict=True):
            learned = text.record["sha256"] in digests
            vocabulary = None if learned else tokenizer.opened(record.unknown_rate)
            found = score(predictor, Texts([seen], [targets]), vocabulary)
            evaluated.append(Evaluated(text.name, None, len(seen), learned, {"both": found}))
        return Evaluation(tuple(evaluated), tuple(texts.targets))

    def line(
        self, run: Trained[Text], primer: str | Path | Song | None, reading: Reading
    ) -> TokenLine:
        """Characters that the run does not know are seen as the nearest that it knows."""
        for option, asked in (("--track", reading.track), ("--grid", reading.grid)):
            if asked is not None:
                raise ConfigError(f"{option} has no effect with a text; leave it out")
        characters, vocabulary = _characters(primer or ""), run.record.vocabulary
        seen, _ = self.tokenizer(vocabulary).read(characters, {})
        counted = ((vocabulary.index(c),) if c in vocabulary else () for c in characters)
        return TokenLine(tuple(characters), seen, tuple(counted))

    def spelled(self, run: Trained[Text], ids: Sequence[int], line: TokenLine) -> list[str]:
        return run.record.vocabulary.decode(ids)

    # New texts

    def check(self, settings: Settings, request: Request) -> None:
        configure(settings, SampleConfig)  # nothing of form
        if settings.get("candidates"):
            raise ConfigError("--candidates has no effect with a text; leave it out")
        nothing = Request()
        for name in _SONGS_ONLY:
            if (asked := getattr(request, name)) == getattr(nothing, name):
                continue
            option = ("--no-" if asked is False else "--") + name.replace("_", "-")
            raise ConfigError(f"{option} has no effect with a text; leave it out")
        if request.playing is not None:
            raise ConfigError(
                "--velocity, --dynamics and --swing have no effect with a text; leave them out"
            )
        check("count", request.count, {"least": 1, "most": MOST_TEXTS})
        if request.length is not None:
            check("length", request.length, {"least": 1, "most": MOST_CHARACTERS})

    def prompts(
        self, run: Trained[Text], request: Request, form: FormConfig, config: SampleConfig
    ) -> list[Prompt]:
        """The primer or, without one, the opening of the text that the run learned."""
        primer = None if request.primer is None else str(request.primer)
        if primer is None:
            primer = opening(run.record)
        primer = _characters(primer)
        try:
            ids = run.record.vocabulary.encode(primer)
        except VocabularyError as error:
            raise VocabularyError(
                f"--primer: {error}; a model writes only what it has read"
            ) from None
        length = LENGTH if request.length is None else request.length
        return [Prompt(ids, length, numbers=range(request.count))]

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
        prompts: Sequence[Prompt],
        drawn: Sequence[Drawn],
        config: SampleConfig,
        request: Request,
    ) -> list[GeneratedText]:
        tokenizer = self.tokenizer(run.record.vocabulary)
        return [
            GeneratedText(tokenizer.decode(ids), len(prompt.ids), closing_loop(ids), float(likely))
            for prompt, texts in zip(prompts, drawn, strict=True)
            for ids, likely in zip(*texts, strict=True)
        ]

    def write(
        self, made: GeneratedText, targets: Sequence[Path], request: Request
    ) -> GeneratedText:
        files = tuple(write_atomically(target, made.text) for target in targets)
        return replace(made, files=files)


def opening(record: Record) -> str:
    """What new texts begin with where nothing is said."""
    text = record.songs[0]["text"]
    return text[:1] + text[1:_PRIMER].split("\n")[0]


def _characters(primer: str | Path | Song) -> str:
    """Those of a primer. Raises ConfigError where there are none."""
    if not (characters := normalize("NFC", str(primer))):
        raise ConfigError("--primer '' is empty; give a character at least")
    return characters


def _check(model: ModelConfig, training: StreamConfig) -> None:
    able = tuple(MODELS.having(lambda row: row.sees_whole_songs and row.learns_by_gradient))
    check_stream(model, "text", able)
    if model.spec.lookback:
        raise ConfigError("a text has no bars to look back on; choose another --model")
    if model.tokenization != "joint" or training.transpose:
        raise ConfigError("a text has --tokenization joint and nothing to --transpose")
    if training.fold:
        raise ConfigError("of a text the end is held out; --fold is for songs")


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
