"""What came of one combination of settings, and by what number it is judged."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, NamedTuple


class Score(NamedTuple):
    """The number that the outcomes of a sweep are judged by."""

    name: str
    form: str  # how it is written
    more: bool  # whether more is better

    def best(self, outcomes: Iterable["Outcome"]) -> "Outcome | None":
        """Of those that came to something; the first of equals."""
        sound = [each for each in outcomes if not each.diverged and isfinite(each.score)]
        if not sound:
            return None
        return (max if self.more else min)(sound, key=lambda each: each.score)

    def written(self, value: float) -> str:
        return format(value, self.form) if isfinite(value) else "–"


ACCURACY = Score("accuracy", ".1%", more=True)
LOSS = Score("loss (nats)", ".4f", more=False)
HOLDS = Score("the claim holds", ".0f", more=True)
BITS = Score("bits a note", ".3f", more=False)


@dataclass(frozen=True)
class Outcome:
    """One combination that was run."""

    settings: dict[str, Any]  # those of the grid
    score: float
    diverged: bool  # the loss is no number, or ended higher than it may
    seconds: float
    run: str  # its folder

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"score": self.score if isfinite(self.score) else None}
