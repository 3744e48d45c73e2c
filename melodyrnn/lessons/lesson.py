"""What a lesson is: data, a network, its settings, and a claim that its own run checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.settings import nearest
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress

SHAPES: dict[str, str] = {
    "one to one": "an input, an output",
    "one to many": "an input, a sequence out",
    "many to one": "a sequence in, an output",
    "many to many": "an output at each step",
    "encoder–decoder": "a whole sequence in, another one out",
}
"""The five shapes of a task on sequences."""

NETWORK_SETTINGS = ("cell", "units", "layers")
"""The settings of SequenceConfig that most lessons can use."""
FIT_SETTINGS = tuple(setting.name for setting in fields(FitConfig))
"""The settings of FitConfig."""


class Table(NamedTuple):
    """Rows to print, each cell a text."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class LearningCurve(NamedTuple):
    """A learning curve: the loss after each epoch."""

    name: str
    losses: Sequence[float]


class EpochScore(NamedTuple):
    """A network evaluated after some epochs of its training."""

    epochs: int
    loss: float  # the training loss of the last of them
    accuracy: float  # on examples outside the training set
    diverged: bool


@dataclass(frozen=True)
class Finding:
    """What a run of a lesson found."""

    holds: bool  # whether the claim does
    sentence: str  # what was found, in words and numbers
    figures: Mapping[str, JSON]
    tables: Sequence[Table] = ()
    pictures: Sequence[HeatMap] = ()
    curves: Sequence[LearningCurve] = ()


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson. ``run`` carries it out: (the lesson with its settings; progress)."""

    name: str
    shape: str  # one of SHAPES
    about: str  # one line: what goes in, what comes out
    claim: str  # what its own run must show
    run: Callable[["Lesson", Progress], Finding] = field(repr=False)
    model: SequenceConfig = field(default_factory=SequenceConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    own: Mapping[str, Any] = field(default_factory=dict)  # settings that no other lesson has
    uses: Sequence[str] = (*NETWORK_SETTINGS, *FIT_SETTINGS)  # those of ``model`` and ``fit``
    # Where there is one, a sweep calls this instead, once for all numbers of epochs: (the lesson,
    # those numbers, progress) -> one training, evaluated after each of them.
    scores_after: Callable[["Lesson", Sequence[int], Progress], Sequence[EpochScore]] | None = (
        field(default=None, repr=False)
    )

    def with_settings(self, settings: Mapping[str, Any], *, strict: bool = True) -> "Lesson":
        """With ``settings`` in place of its own.

        Raises ConfigError for a value out of its range and, where ``strict``, for a setting that
        has no effect on this lesson; otherwise such a setting is passed over.
        """
        model, fit, own = dict[str, Any](), dict[str, Any](), dict[str, Any]()
        for name, value in settings.items():
            if name in self.own:
                own[name] = value
            elif name in self.uses:
                (fit if name in FIT_SETTINGS else model)[name] = value
            elif strict:
                raise self._without_effect(name)
        return replace(
            self,
            model=replace(self.model, **model),
            fit=replace(self.fit, **fit),
            own={**self.own, **own},
        )

    def _without_effect(self, name: str) -> ConfigError:
        options = list(map(_option, [*self.uses, *self.own]))
        return ConfigError(
            f"{_option(name)} has no effect on lesson {self.name}"
            f"{nearest(_option(name), options)}; it takes {', '.join(options)}"
        )

    @property
    def settings(self) -> dict[str, JSON]:
        """All the settings that it can use, and their values."""
        shared = {**self.model.to_json(), **self.fit.to_json()}
        return {name: shared[name] for name in self.uses} | dict(self.own)

    def to_json(self) -> dict[str, JSON]:
        """What it is, before it is carried out."""
        described = {name: getattr(self, name) for name in ("shape", "about", "claim", "settings")}
        return {"lesson": self.name, **described}


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
