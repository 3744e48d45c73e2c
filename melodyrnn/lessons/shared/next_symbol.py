"""What ``hihello`` and ``arirang`` share: one short text, each symbol to tell the next, by a
network with a dense head and, as the courses taught it, by one whose outputs are the logits.
"""

from dataclasses import dataclass
from math import exp, log

from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.lessons.shared.fitted_network import (
    learn,
    learn_seeds,
    spelled,
    step_table,
    teller_of,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import shifted

SEEDS = 8
"""Of the network as taught, the run's own first."""


@dataclass(frozen=True)
class NextSymbol:
    """A text, and how it was taught: as many units as symbols, whose outputs are the logits."""

    text: str
    symbols: Vocabulary
    cell: str
    learning_rate: float
    epochs: int = 2000

    def teach(self, lesson: Lesson, progress: Progress) -> Finding:
        batch, truth = shifted(self.symbols.encode(self.text)), self.text[1:]
        count, seed = len(self.symbols), lesson.fit.seed
        learned = learn(teller_of(lesson.model, batch, count)(seed), batch, lesson.fit, progress)
        taught = learn_seeds(
            teller_of(SequenceConfig(cell=self.cell, units=count, head=False), batch, count),
            batch,
            FitConfig(epochs=self.epochs, learning_rate=self.learning_rate),
            range(seed, seed + SEEDS),
            progress,
        )
        said, words = spelled(learned, self.symbols), [spelled(t, self.symbols) for t in taught]
        least, exact = floor(count), words.count(truth)
        lowest = min(each.told.loss for each in taught)
        return Finding(
            holds=said == truth and learned.told.loss < least <= lowest,
            sentence=(
                f"with a dense head {said!r}, loss {learned.told.loss:.4f} after "
                f"{learned.epochs} steps; as taught {words[0]!r}, loss {taught[0].told.loss:.3f}, "
                f"exact with {exact} of {SEEDS} seeds, none below {least:.3f}"
            ),
            figures={
                "prediction": said,
                "loss": learned.told.loss,
                "epochs": learned.epochs,
                "as_taught": {
                    "prediction": words[0],
                    "loss": taught[0].told.loss,
                    "floor": least,
                    "exact": exact,
                    "seeds": SEEDS,
                    "losses": [each.told.loss for each in taught],
                },
            },
            tables=[
                step_table(
                    self.text[:-1],
                    truth,
                    {"dense head": learned, "as taught": taught[0]},
                    self.symbols,
                )
            ],
            curves=[learned.curve("dense head"), taught[0].curve("as taught")],
        )


def floor(symbols: int) -> float:
    """The least mean loss where each logit lies between -1 and 1: ln(1 + (C - 1) e^-2)."""
    return log(1 + (symbols - 1) * exp(-2))
