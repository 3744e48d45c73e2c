"""What the page of a training shows: plain values, made elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from melodyrnn.music.song import Song
from melodyrnn.render.pages.comparison_data import Ceiling, TrainingCurve


class Likely(NamedTuple):
    """A token that a model holds likely at a note."""

    token: str
    share: float  # its probability
    came: bool  # whether it is what the song has there


Expected = Sequence[Likely]
"""The likeliest at one note, and what came."""


@dataclass(frozen=True)
class Example:
    """A song, and how the model predicts or plays it."""

    title: str
    song: Song
    expected: Sequence[Expected | None] = ()  # of each note, given those before; None: not asked
    wrong: Mapping[int, str] = field(default_factory=dict)  # index -> what the song has there
    primer: int = 0  # notes at its start that were given
    bits: float | None = None  # per note
    right: int | None = None  # of so many notes that were played
    all: int = 0


@dataclass(frozen=True)
class SongBits:
    """How well one song is predicted."""

    title: str
    notes: int
    bits: float  # per note


@dataclass(frozen=True)
class Shown:
    """What a model learned, to look at and to listen to. An empty part leaves its section out."""

    title: str = ""  # of a song that is learned by itself
    song: Example | None = None  # the first of those learned by heart, as it is predicted
    played: Example | None = None  # and as the model plays it
    ceiling: Ceiling | None = None  # of models that see as much
    songs: Sequence[SongBits] = ()  # those held out, the best predicted first
    examples: Sequence[Example] = ()  # of them, the best and the worst
    text: str = ""  # a sample of what it writes
    given: str = ""  # its beginning, which is not the model's


@dataclass(frozen=True)
class TrainingReport:
    """Everything on the page."""

    title: str
    model: str
    facts: Sequence[str]
    sentence: str
    unit: str  # what bits are counted per
    bits: Mapping[str, float]  # model -> bits per unit of the same items, its own the first
    figures: Mapping[str, str]  # name of a figure -> it
    curves: Sequence[TrainingCurve]
    shown: Shown = Shown()
    memory: bool = False  # whether the bits are of the training set


def figures_of(report: TrainingReport) -> dict[str, object]:
    """What the template of the figures shows."""
    return {
        "figures": report.figures,
        "bits": report.bits,
        "unit": report.unit,
        "top": max(report.bits.values()) * 1.05 or 1.0,
        "memory": report.memory,
    }
