"""What a person learns from: songs by heart, tunes of a tradition, texts.

A task knows how its items are read, split, encoded, learned and measured, and how new ones are
made and written down. The verbs, which train, evaluate and generate, are the same for all tasks.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from melodyrnn.data.gather import ReadAs
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError
from melodyrnn.models.config import FormConfig, ModelConfig, SampleConfig
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.playing import Playing
from melodyrnn.render.pages.training_data import Shown
from melodyrnn.runs.record import Record
from melodyrnn.sequences.score import Score
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.tokenizer import Tokenizer

if TYPE_CHECKING:
    from melodyrnn.data.copies import Copies
    from melodyrnn.evaluation.measures import Measures, Played
    from melodyrnn.evaluation.result import Evaluated
    from melodyrnn.generation.constraint import Constraint
    from melodyrnn.generation.generate import Drawn
    from melodyrnn.generation.loops import Loop
    from melodyrnn.models.types import KerasModel
    from melodyrnn.models.viewpoints.observer import Observer
    from melodyrnn.music.song import Song
    from melodyrnn.tasks.control.redraw import Redraw
    from melodyrnn.tasks.whole_songs.weights import WholeSongs
    from melodyrnn.training.program import Program

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Data = TypeVar("Data")

Settings = Mapping[str, Any]
"""Fields of configurations by their names, as a person gives them."""

MOVABLE = ("epochs", "early_stop")
"""Settings that may change when a run goes on."""


class Reading(NamedTuple):
    """How files are read."""

    track: str | None = None  # chooses among several voices
    grid: str | None = None  # quantises performed timing
    report: bool = False  # whether each item left out is named
    progress: Progress | None = None


class Baseline(NamedTuple):
    """What a simple model makes of the same held-out items."""

    model: str
    score: Score

    @property
    def bits(self) -> float:
        """Per note or character."""
        return self.score.bits

    def to_json(self) -> dict[str, JSON]:
        return {"model": self.model, **self.score.to_json()}


@dataclass(frozen=True)
class Measurement:
    """What a training was found to have learned."""

    bits: float  # per note or character: of the items held out or, by heart, of the training set
    metrics: dict[str, Any]  # as the run records it
    measures: "Measures | None" = None  # of songs learned by heart
    held_out: Score | None = None  # of all items held out, if there are any
    baselines: tuple[Baseline, ...] = ()  # simple models that learned and predict the same
    each: tuple[Score, ...] = ()  # of each song held out


@dataclass(frozen=True)
class Evaluation:
    """Items as a model predicts them."""

    items: "tuple[Evaluated, ...]"
    targets: tuple[Indices, ...]  # each (L,)
    played: "tuple[Played, ...] | None" = None  # where songs are played whole


class Prompt(NamedTuple):
    """What new items begin with, and what they keep to."""

    ids: Indices  # (P,)
    length: int  # tokens after it, at most
    constraints: "tuple[Constraint, ...]" = ()
    like: "Song | None" = None  # whose meter, key, tempo and pickup new songs have
    copies: "Copies | None" = None  # the training songs, from which new ones may be copied
    left_out: int = 0  # of ``ids``, those at their start that are no part of the new items
    before: Fraction = Fraction(0)  # how long the notes left out last, quarter notes
    bars: int = 0  # how many full bars the new items have; 0: that is not asked for
    numbers: Sequence[int] = (0,)  # of the new items that begin so, from 0
    candidates: int = 1  # for each of the new items, of which one is taken by its weight
    log_weight: "Callable[[Indices], float] | None" = None  # of the ids of a new item
    redraw: "Redraw | None" = None  # the song whose notes are drawn anew in part
    after: int = 0  # tokens at the end of each new item that were given, too


class TokenLine(NamedTuple):
    """Tokens in a row, each to be predicted from those before it."""

    tokens: tuple[str, ...]  # as they are written, (N,)
    ids: Indices  # as a model sees them, (P,): after what stands before the first of them
    counted: tuple[tuple[int, ...], ...]  # of each the ids that stand for it; () of an unknown one
    like: "Song | None" = None  # whose meter, key and pickup they have


@dataclass(frozen=True)
class Request:
    """What is asked of a generation beside how tokens are drawn."""

    primer: "str | Path | Song | None" = None
    primer_notes: int | None = None  # as many of it, from the first; all without
    keep_primer: bool = True  # whether new items begin with it, or with what follows
    redraw: str | None = None  # the notes of it that alone are drawn anew, such as 5-12, from 1
    length: int | None = None
    count: int = 1
    best: int | None = None  # so many of them are kept, the best first; all, as drawn, without
    outputs: "tuple[Path, ...]" = ()
    formats: tuple[str, ...] | None = None  # of what is written to folders
    title: str | None = None
    tempo: float | None = None  # quarter notes per minute
    instrument: str | None = None
    playing: Playing | None = None  # how MIDI and sound are played
    with_short_term: bool = False
    track: str | None = None  # of the primer's file; the run's own where nothing is said
    grid: str | None = None  # and so is this
    overwrite: bool = False  # whether songs in a folder may be replaced
    page: Path | None = None  # that shows the new items


class Made(Protocol):
    """One new item."""

    @property
    def loop(self) -> "Loop | None":
        """In which it ends, if it does."""
        ...

    @property
    def log_probability(self) -> float:
        """Of what follows the primer, as the model has it; natural logarithm."""
        ...

    @property
    def files(self) -> tuple[Path, ...]: ...

    def to_json(self) -> dict[str, Any]: ...


class Trained(Protocol[Item_co]):
    """What a task needs of a run: its record, and what it learned from."""

    @property
    def path(self) -> Path: ...
    @property
    def record(self) -> Record: ...
    @property
    def parts(self) -> Split[Sequence[Item_co]]: ...
    @property
    def learned(self) -> Sequence[Item_co]: ...
    @property
    def copies(self) -> "Copies": ...
    @property
    def whole_songs(self) -> "WholeSongs | None": ...
    @property
    def training_set(self) -> object: ...


class Task(ABC, Generic[Item, Data]):
    """``Item`` is what a person names, such as a song; ``Data`` many of them as ids."""

    name: ClassVar[str]
    """What a run's record calls it."""

    unit: ClassVar[str]
    """What bits are counted per."""

    default_model: ClassVar[str] = ModelConfig().model
    """The model that learns where none is named."""

    can_be_tuned: ClassVar[bool] = False
    """Whether another training may begin with what a run learned."""

    shares_out: ClassVar[bool] = True
    """Whether several devices may compute a batch together."""

    shares_evaluation: ClassVar[bool] = False
    """Whether many items may be evaluated by several processes."""

    of_notes: ClassVar[bool] = False
    """Whether its items are songs: each note of one has a row in a table of notes, and a model of
    what the song itself has had so far may join the run's.
    """

    def with_short_term(self, run: "Trained[Item]", predictor: Predictor) -> Predictor:
        """``predictor`` joined by such a model. Raises ConfigError where there is none."""
        raise ConfigError(f"--with-short-term has no effect with a {self.name}; leave it out")

    # Items, and where they go

    @abstractmethod
    def name_of(self, items: Sequence[Item]) -> str:
        """What to call all of them together, as a folder may be called."""

    def read_as(self, items: Sequence[Item]) -> ReadAs:
        """How they were read from their files, where that was said."""
        return ReadAs()

    @abstractmethod
    def digests(self, items: Sequence[Item], record: Record | None = None) -> list[str]:
        """What tells the same items from others, in an order of its own; as ``record`` has it."""

    @abstractmethod
    def plan(
        self, items: Sequence[Item], settings: Settings
    ) -> tuple[Record, Split[Sequence[Item]]]:
        """The record of a run that is to begin, and its items by what they are for.

        Raises MelodyError where the settings do not suit the items.
        """

    @abstractmethod
    def parts(self, path: Path, record: Record) -> Split[Sequence[Item]]:
        """The items of the run at ``path``, as far as it keeps them. Raises RunError."""

    def learned(self, path: Path, record: Record) -> Sequence[Item]:
        """Those of ``parts`` that it was trained on. Raises RunError."""
        return self.parts(path, record).train

    def resumed_parts(
        self, path: Path, record: Record, items: Sequence[Item]
    ) -> Split[Sequence[Item]]:
        """``parts`` of a run that is to go on, with the items in hand."""
        return self.parts(path, record)

    def keep(self, path: Path, record: Record, parts: Split[Sequence[Item]]) -> None:
        """Write the items of a run that has just begun, where ``record`` does not hold them."""

    # Learning

    @abstractmethod
    def tokenizer(self, vocabulary: Vocabulary) -> Tokenizer[Any]:
        """The tokenizer of a run with this vocabulary."""

    @abstractmethod
    def encode(self, record: Record, parts: Split[Sequence[Item]]) -> Split[Data]:
        """The items as sequences of ids. Raises MelodyError."""

    def training_set(self, run: "Trained[Item]") -> Data:
        """What a run learned from. Raises RunError."""
        return self.encode(run.record, run.parts).train

    @abstractmethod
    def sequences(self, data: Data) -> Sequence[Indices]:
        """Each (L,)."""

    def in_context(self, predictor: Predictor, data: Data) -> Predictor:
        """``predictor`` for the sequences of ``data``, with what is known of each beside them."""
        return predictor

    @abstractmethod
    def program(
        self, record: Record, data: Split[Data], model: "KerasModel", devices: Devices = ALONE
    ) -> "Program[Any, Any]":
        """The compiled arithmetic by which ``model`` learns ``data``, on ``devices`` where it
        ``shares_out`` (then each of them computes a part of every batch).
        """

    def observer(self, record: Record) -> "Observer":
        """What a model of viewpoints sees of the items. Raises ConfigError where there are none."""
        raise ConfigError(f"--model {record.model.model} learns tunes; choose another")

    def wrap(self, predictor: Predictor, record: Record) -> Predictor:
        """``predictor`` as a model of plain sequences."""
        return predictor

    def new_to(
        self, run: "Trained[Item]", data: Split[Data]
    ) -> tuple[Split[Data], tuple[str, ...]]:
        """``data`` without those held out that ``run`` knew before its training began, and their
        names. Raises RunError.
        """
        return data, ()

    @abstractmethod
    def measure(
        self, predictor: Predictor, record: Record, data: Split[Data], progress: Progress
    ) -> Measurement:
        """What ``predictor`` learned."""

    def illustrate(
        self, path: Path, record: Record, data: Split[Data], measurement: Measurement
    ) -> list[Path]:
        """Write into a run what it learned to play. Returns the files."""
        return []

    def shown(
        self,
        run: "Trained[Item]",
        predictor: Predictor,
        data: Split[Data],
        measurement: Measurement,
    ) -> Shown:
        """What the page of a training shows of what was learned."""
        return Shown()

    # Evaluation

    @abstractmethod
    def chosen(
        self, run: Trained[Item], sources: Any, reading: Reading
    ) -> "tuple[Sequence[Item], tuple[str, ...]]":
        """The items to evaluate ``run`` on, without ``sources`` its own; and of each one left out
        the reason, its name first. Raises MelodyError.
        """

    @abstractmethod
    def evaluate(
        self,
        run: Trained[Item],
        predictor: Predictor,
        items: Sequence[Item],
        place: Place,
        progress: Progress,
    ) -> "Evaluation":
        """``items`` as ``predictor`` predicts them; many at ``place``, where it
        ``shares_evaluation``. ``progress`` is called with (items done, all, who is at work).
        """

    @abstractmethod
    def line(
        self, run: Trained[Item], primer: "str | Path | Song | None", reading: Reading
    ) -> TokenLine:
        """What is given, to be predicted token by token; nothing without ``primer``. Raises
        MelodyError.
        """

    @abstractmethod
    def spelled(self, run: Trained[Item], ids: Sequence[int], line: TokenLine) -> list[str]:
        """How each of ``ids`` is written in ``line``."""

    # New items

    @abstractmethod
    def check(self, settings: Settings, request: Request) -> None:
        """Raise ConfigError for what is asked and has no meaning here."""

    @abstractmethod
    def prompts(
        self, run: Trained[Item], request: Request, form: FormConfig, config: SampleConfig
    ) -> Sequence[Prompt]:
        """What new items begin with, all with the same ids, and keep to: one for all of them, or
        some for each. Raises MelodyError.
        """

    def aligned(self, predictor: Predictor, prompts: Sequence[Prompt]) -> Predictor:
        """``predictor`` for items such as each of ``prompts`` begins, in their order."""
        return predictor

    @abstractmethod
    def targets(self, request: Request) -> list[list[Path]]:
        """Of each new item that is kept, the files that it goes to. Raises MelodyError before
        anything is drawn.
        """

    @abstractmethod
    def make(
        self,
        run: Trained[Item],
        prompts: Sequence[Prompt],
        drawn: "Sequence[Drawn]",
        config: SampleConfig,
        request: Request,
    ) -> Sequence[Made]:
        """The new items that are kept, in the order asked for; ``drawn`` of each prompt."""

    @abstractmethod
    def write(self, made: Any, targets: Sequence[Path], request: Request) -> Made:
        """Write a new item to each of ``targets``. Returns it with all files written."""
