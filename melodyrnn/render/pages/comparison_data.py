"""What the page of a comparison shows: plain values, made elsewhere.

Notes are counted from 0 where they are an index and from 1 where they are a position that a
person reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

from melodyrnn.music.song import Song
from melodyrnn.system.documents import JSON
from melodyrnn.system.sentences import Sentence

ONE_STEP = "one step"
WHOLE_SONG = "whole song"

SURE = 0.005
"""Probabilities that differ by less are the same when written with two digits."""


@dataclass(frozen=True)
class Spread:
    """A figure over several seeds."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """The spread of at least one value."""
        return cls(sum(values) / len(values), min(values), max(values))


@dataclass(frozen=True)
class Version:
    """What one model plays of the song in one test."""

    model: str
    test: str  # ONE_STEP or WHOLE_SONG
    song: Song
    wrong: Mapping[int, str]  # index of a wrong note -> the token that should have been there
    right: int
    all: int
    primer: int  # notes at the start that were given
    seed: int | None = None


@dataclass(frozen=True)
class TrainingCurve:
    """How one training went: a value for each of ``epochs``."""

    model: str
    seed: int | None
    epochs: Sequence[int]
    losses: Sequence[float]  # nats
    accuracies: Sequence[float]  # 0 to 1; of a song that is learned by heart
    validation: Sequence[tuple[int, float]] = ()  # epoch, bits per unit of what is new to it
    unit: str = "note"  # what bits are counted per
    measured: str = "validation set"  # what those bits are of
    best: int | None = None  # the epoch whose weights were kept, where that is to be seen


@dataclass(frozen=True)
class WindowPlace:
    """One place of the song where an ambiguous window stands before the next note."""

    index: int  # of the note that follows the window
    follower: str  # its token
    says: Mapping[str, Mapping[str, float]]  # model -> token -> probability, here


@dataclass(frozen=True)
class Ambiguity:
    """A window that more than one token follows. A model that carries state may distinguish its
    places; one that sees the window only predicts the same at each of them.
    """

    window: Sequence[str]
    places: Sequence[WindowPlace]

    @property
    def followers(self) -> dict[str, int]:
        """How often each token followed, the most frequent first, then in the song's order."""
        tokens = [place.follower for place in self.places]
        return dict(
            sorted(
                {token: tokens.count(token) for token in tokens}.items(), key=lambda pair: -pair[1]
            )
        )

    @property
    def models(self) -> list[str]:
        return list(self.places[0].says)

    def says(self, place: WindowPlace, model: str) -> dict[str, float]:
        """What ``model`` predicts there: of each follower its probability, and of all others
        together where it is seen.
        """
        said = place.says.get(model, {})
        shown = {symbol: said.get(symbol, 0.0) for symbol in self.followers}
        others = sum(said.values()) - sum(shown.values())
        return shown | ({"other": others} if others >= SURE else {})

    def right(self, model: str) -> int:
        """At how many places what it holds likeliest is what follows."""
        said = [(place.says.get(model, {}), place.follower) for place in self.places]
        return sum(max(each, key=each.__getitem__, default="") == after for each, after in said)

    def same(self, model: str) -> bool:
        """Whether it predicts the same at all places."""
        says = [place.says.get(model, {}) for place in self.places]
        symbols = {symbol for said in says for symbol in said}
        return all(
            abs(said.get(symbol, 0.0) - says[0].get(symbol, 0.0)) < SURE
            for said in says
            for symbol in symbols
        )


@dataclass(frozen=True)
class MemoryRow:
    """One line of the table of what models remember of a song in their training set."""

    model: str
    parameters: int | None  # None for what is not counted in parameters
    epochs: Spread | None  # to the best weights; None for a model that is not trained
    seconds: Spread | None  # of training
    one_step: Spread  # notes correct
    whole_song: Spread  # notes correct
    all: int
    bits_per_note: Spread | None
    first_wrong: int | None  # position of the first wrong note of the whole song; None: all correct


@dataclass(frozen=True)
class Ceiling:
    """The most notes that any model can predict correctly which sees ``window`` notes only."""

    window: int
    right: int
    all: int


@dataclass(frozen=True)
class WindowLine:
    """One model over window lengths."""

    model: str
    rights: Sequence[Spread]  # notes correct in the one-step test, one for each ceiling


@dataclass(frozen=True)
class WindowsChart:
    """Right notes against window length, over the ceiling."""

    ceilings: Sequence[Ceiling]
    lines: Sequence[WindowLine]


@dataclass(frozen=True)
class HeldOutRow:
    """Bits per note of one model on songs held out, with its confidence interval."""

    model: str
    bits_per_note: float
    low: float
    high: float


@dataclass(frozen=True)
class Pair:
    """How two models differ on songs held out, paired over songs."""

    first: str
    second: str
    difference: float  # bits per note of the first less those of the second
    low: float
    high: float
    beyond_chance: bool
    p_value: float | None = None  # corrected for the number of pairs; None where not judged
    judged: bool = True  # whether there are songs enough to judge

    @property
    def better(self) -> str:
        """The one of fewer bits."""
        return self.first if self.difference < 0 else self.second


@dataclass(frozen=True)
class HeldOut:
    """What models make of songs held out: generalising, never shown with memory."""

    songs: int
    notes: int
    rows: Sequence[HeldOutRow]
    pairs: Sequence[Pair]
    confidence: float = 0.95
    families: int | None = None  # of variants, each one observation; None: as many as songs
    window: int = 0  # notes at the start of each song that not all models predict; 0: none, and
    # what the ends of songs cost is in the bits

    @property
    def independent(self) -> int:
        """How many tunes there are, variants of one counted once."""
        return self.songs if self.families is None else self.families

    @property
    def scored(self) -> Sentence:
        """What bits are counted of, in words."""
        if not self.window:
            return Sentence("{notes:,} notes and the ends of the songs", notes=self.notes)
        if self.window == 1:
            return Sentence("{notes:,} notes, those after the first note of each", notes=self.notes)
        return Sentence(
            "{notes:,} notes, those after the first {window} notes of each",
            notes=self.notes,
            window=self.window,
        )

    def to_json(self) -> dict[str, JSON]:
        return {**asdict(self), "with_end": not self.window}


@dataclass(frozen=True)
class Report:
    """Everything on the page. An empty part leaves its section out."""

    sentence: str  # what the table shows
    title: str = ""  # the song's title if empty
    song: Song | None = None  # of one that is learned by heart, as what follows
    ceiling: Ceiling | None = None
    rows: Sequence[MemoryRow] = ()
    versions: Sequence[Version] = ()
    seeds: Sequence[int] = ()
    curves: Sequence[TrainingCurve] = ()
    ambiguities: Sequence[Ambiguity] = ()
    windows: WindowsChart | None = None
    held_out: HeldOut | None = None
