"""The course's own grid, over the lesson "images", and remedies for a training that diverges."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from melodyrnn.experiments.sweep.grid import Settings, Value
from melodyrnn.experiments.sweep.outcome import Outcome
from melodyrnn.system.documents import JSON

LESSON = "images"

GRID: dict[str, list[Value]] = {
    "cell": ["rnn", "lstm", "gru"],
    "units": [128, 256],
    "learning_rate": [0.1, 0.01, 0.001],
    "batch": [64, 128, 256],
    "epochs": [30, 50, 100],
}
"""2 x 3 x 3 x 3 = 54 settings of each cell, 162 in all. Three numbers of epochs share a training:
54 of them.
"""

_DIVERGING: Settings = {
    "cell": "rnn",
    "units": 256,
    "learning_rate": 0.1,
    "batch": 128,
    "epochs": 30,
    "recurrent": "glorot",
}
_REMEDIES: dict[str, Settings] = {
    "no remedy": {},
    "gradient clipping": {"clip": 1.0},
    "orthogonal weights": {"recurrent": "orthogonal"},
    "both": {"clip": 1.0, "recurrent": "orthogonal"},
    "rate 0.01": {"learning_rate": 0.01},
    "rate 0.001": {"learning_rate": 0.001},
    "LSTM": {"cell": "lstm"},
    "GRU": {"cell": "gru"},
}
"""Remedy -> the settings that it changes."""

SEEDS = 3


@dataclass(frozen=True)
class Remedy:
    """What came of one remedy, with several seeds."""

    tried: str
    accuracies: tuple[float, ...]
    diverged: int

    def to_json(self) -> dict[str, JSON]:
        return asdict(self)


def remedy_combinations(seed: int) -> list[Settings]:
    """The settings of each training that tries a remedy."""
    return [
        _DIVERGING | changed | {"seed": seed + n}
        for changed in _REMEDIES.values()
        for n in range(SEEDS)
    ]


def remedies(outcomes: Sequence[Outcome]) -> tuple[Remedy, ...]:
    """Of the outcomes of ``remedy_combinations``, in their order."""
    groups = [outcomes[n : n + SEEDS] for n in range(0, len(outcomes), SEEDS)]
    return tuple(
        Remedy(
            tried,
            tuple(outcome.score for outcome in group),
            sum(outcome.diverged for outcome in group),
        )
        for tried, group in zip(_REMEDIES, groups, strict=True)
    )


def remedy_sentences(tried: Sequence[Remedy]) -> Iterator[str]:
    """Which remedies help with every seed, and which do not."""
    least = {each.tried: min(each.accuracies) for each in tried}
    help_ = [
        f"{each.tried} ({least[each.tried]:.0%} or more)" for each in tried if not each.diverged
    ]
    fail = [each.tried for each in tried if each.diverged]
    if help_:
        yield (
            "a simple RNN of 256 units at learning rate 0.1 no longer diverges with "
            f"{', '.join(help_)}"
        )
    if fail:
        yield f"it still diverges, with some seed or all, with {', '.join(fail)}"
