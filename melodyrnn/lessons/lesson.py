"""What a lesson is: data, a network, its settings, and a claim that its own run checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from melodyrnn.errors import ConfigError
from melodyrnn.networks.config import FitConfig, SequenceConfig, nearest

SHAPES: dict[str, str] = {
    "one to one": "an input, an output",
    "one to many": "an input, a sequence out",
    "many to one": "a sequence in, an output",
    "many to many": "an output at each step",
    "encoder–decoder": "a whole sequence in, another one out",
}
"""The five shapes of a task on sequences."""

Progress = Callable[[int, int, str], None]  # steps done, all, words


class Table(NamedTuple):
    """Something to show: each cell a word."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class HeatMap(NamedTuple):
    """A picture beside the run: ``values`` has a row for each of ``rows``."""

    name: str  # of the file, without its suffix
    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]


class Curve(NamedTuple):
    """A learning curve: the loss after each epoch."""

    name: str
    losses: Sequence[float]


@dataclass(frozen=True)
class Finding:
    """What a run of a lesson found."""

    holds: bool  # whether the claim does
    sentence: str  # what was found, in words and numbers
    figures: Mapping[str, Any]  # as JSON has them
    tables: Sequence[Table] = ()
    pictures: Sequence[HeatMap] = ()
    curves: Sequence[Curve] = ()


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson. ``teach`` carries it out: (the lesson, its settings replaced; progress)."""

    name: str
    shape: str  # one of SHAPES
    about: str  # one line: what goes in, what comes out
    claim: str  # what its own run must show
    teach: Callable[["Lesson", Progress], Finding] = field(repr=False)
    model: SequenceConfig | None = None  # None: several networks, or none; ``teach`` says which
    fit: FitConfig = field(default_factory=FitConfig)
    seconds: int = 30  # about how long it takes

    def with_settings(self, settings: Mapping[str, Any]) -> "Lesson":
        """With fields of SequenceConfig and FitConfig in place of its own.

        Raises ConfigError for a name that this lesson cannot use.
        """
        model, fit = self.model, self.fit
        known = [f.name for f in fields(FitConfig)]
        known += [f.name for f in fields(SequenceConfig)] if model else []
        for name, value in settings.items():
            if name not in known:
                raise ConfigError(
                    f"lesson {self.name} has no setting {name!r}{nearest(name, known)}"
                )
            if hasattr(fit, name):
                fit = replace(fit, **{name: value})
            else:
                model = replace(model, **{name: value})  # type: ignore[type-var]
        return replace(self, model=model, fit=fit)
