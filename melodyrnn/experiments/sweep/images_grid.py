"""The course's own grid, over the images, and what mends a learning that diverges."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from melodyrnn.experiments.sweep.outcome import Outcome

LESSON = "images"

GRID: dict[str, list[Any]] = {
    "cell": ["rnn", "lstm", "gru"],
    "units": [128, 256],
    "learning_rate": [0.1, 0.01, 0.001],
    "batch": [64, 128, 256],
    "epochs": [30, 50, 100],
}
"""2 x 3 x 3 x 3 = 54 settings of each cell, 162 in all. Three numbers of epochs share a learning:
54 of them.
"""

_RISKY: dict[str, Any] = {
    "cell": "rnn",
    "units": 256,
    "learning_rate": 0.1,
    "batch": 128,
    "epochs": 30,
    "recurrent": "glorot",
}
_MENDED: dict[str, dict[str, Any]] = {
    "as it is": {},
    "gradient clipping": {"clip": 1.0},
    "orthogonal weights": {"recurrent": "orthogonal"},
    "both": {"clip": 1.0, "recurrent": "orthogonal"},
    "rate 0.01": {"learning_rate": 0.01},
    "rate 0.001": {"learning_rate": 0.001},
    "LSTM": {"cell": "lstm"},
    "GRU": {"cell": "gru"},
}
"""What is tried -> what is set otherwise."""

SEEDS = 3


@dataclass(frozen=True)
class Mending:
    """One remedy, with several seeds."""

    tried: str
    accuracies: tuple[float, ...]
    diverged: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def mending_plans(seed: int) -> list[dict[str, Any]]:
    """The settings of each learning that shows what mends."""
    return [
        _RISKY | changed | {"seed": seed + n} for changed in _MENDED.values() for n in range(SEEDS)
    ]


def mendings(outcomes: Sequence[Outcome]) -> tuple[Mending, ...]:
    """Of the outcomes of ``mending_plans``, in their order."""
    groups = [outcomes[n : n + SEEDS] for n in range(0, len(outcomes), SEEDS)]
    return tuple(
        Mending(
            tried,
            tuple(outcome.score for outcome in group),
            sum(outcome.diverged for outcome in group),
        )
        for tried, group in zip(_MENDED, groups, strict=True)
    )


def sentences(tried: Sequence[Mending]) -> Iterator[str]:
    """What learned with every seed, and what did not."""
    least = {each.tried: min(each.accuracies) for each in tried}
    mends = [
        f"{each.tried} ({least[each.tried]:.0%} or more)" for each in tried if not each.diverged
    ]
    fails = [each.tried for each in tried if each.diverged]
    if mends:
        yield f"a simple RNN of 256 units at 0.1 no longer diverges with {', '.join(mends)}"
    if fails:
        yield f"it does, with some seed or all: {', '.join(fails)}"
