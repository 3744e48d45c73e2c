"""What came of one combination of settings, and the figure that it is compared by."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite, nan
from typing import Any, NamedTuple, Self

from melodyrnn.experiments.sweep.grid import Settings
from melodyrnn.system.documents import JSON


class Criterion(NamedTuple):
    """The figure that the outcomes of a sweep are compared by."""

    name: str
    form: str  # how it is written
    more: bool  # whether more is better

    def best(self, outcomes: Iterable["Outcome"]) -> "Outcome | None":
        """Of those that did not diverge; the first of equals."""
        valid = [each for each in outcomes if not each.diverged and isfinite(each.score)]
        if not valid:
            return None
        return (max if self.more else min)(valid, key=lambda each: each.score)

    def written(self, value: float) -> str:
        return format(value, self.form) if isfinite(value) else "–"


ACCURACY = Criterion("accuracy", ".1%", more=True)
LOSS = Criterion("loss (nats)", ".4f", more=False)
HOLDS = Criterion("the claim holds", ".0f", more=True)
BITS = Criterion("bits per note", ".3f", more=False)


@dataclass(frozen=True)
class Outcome:
    """One combination that was run."""

    settings: Settings  # those of the grid
    score: float
    diverged: bool  # the loss is not a number, or ended higher than it may
    seconds: float
    run: str  # its folder

    def to_json(self) -> dict[str, JSON]:
        return asdict(self) | {"score": self.score if isfinite(self.score) else None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Raises KeyError or TypeError where ``document`` is not one of ``to_json``."""
        score = document["score"]
        return cls(**{**document, "score": nan if score is None else score})
