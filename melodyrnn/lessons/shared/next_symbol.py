"""What ``hihello`` and ``arirang`` share: one short text, whose next symbol is predicted at each
step by a network with an output layer and, as in the courses, by one whose cell gives the logits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.shared.fitted_network import (
    FittedNetwork,
    fit_network,
    fit_seeds,
    predicted_text,
    step_table,
    tagger_builder,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, shifted
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

SEEDS = 8
"""Of the course's network, the run's own first."""
WITH, WITHOUT = template("output layer"), template("no output layer")
"""The names of the two networks in tables and curves."""


@dataclass(frozen=True)
class NextSymbol:
    """A text, and the course's network for it: as many units as symbols, and no output layer."""

    text: str
    symbols: Vocabulary
    cell: str
    learning_rate: float
    epochs: int = 2000

    def run(self, lesson: Lesson, progress: Progress) -> Finding:
        """Carry out ``lesson``: fit both networks and compare them."""
        batch, seed = shifted(self.symbols.encode(self.text)), lesson.fit.seed
        build = tagger_builder(lesson.model, batch, len(self.symbols))
        fitted = fit_network(build(seed), batch, lesson.fit, progress)
        return self._finding(fitted, self._fit_course_network(batch, seed, progress))

    def _fit_course_network(
        self, batch: Batch, seed: int, progress: Progress
    ) -> list[FittedNetwork]:
        count = len(self.symbols)
        config = SequenceConfig(cell=self.cell, units=count, head=False)
        return fit_seeds(
            tagger_builder(config, batch, count),
            batch,
            FitConfig(epochs=self.epochs, learning_rate=self.learning_rate),
            range(seed, seed + SEEDS),
            progress,
        )

    def _finding(self, fitted: FittedNetwork, course: Sequence[FittedNetwork]) -> Finding:
        target, prediction = self.text[1:], predicted_text(fitted, self.symbols)
        texts = [predicted_text(each, self.symbols) for each in course]
        floor, correct = lowest_loss(len(self.symbols)), texts.count(target)
        return Finding(
            holds=prediction == target and fitted.loss < floor <= min(each.loss for each in course),
            sentence=Sentence(
                "with an output layer {prediction!r}, loss {loss:.4f} after {epochs} epochs; "
                "without one {other!r}, loss {other_loss:.3f}, correct with {correct} of {seeds} "
                "seeds, no loss below {floor:.3f}",
                prediction=prediction,
                loss=fitted.loss,
                epochs=fitted.epochs,
                other=texts[0],
                other_loss=course[0].loss,
                correct=correct,
                seeds=SEEDS,
                floor=floor,
            ),
            figures={
                "prediction": prediction,
                "loss": fitted.loss,
                "epochs": fitted.epochs,
                "without_output_layer": self._course_figures(texts, floor, course),
            },
            tables=[
                step_table(self.text[:-1], target, {WITH: fitted, WITHOUT: course[0]}, self.symbols)
            ],
            curves=[fitted.curve(WITH), course[0].curve(WITHOUT)],
        )

    def _course_figures(
        self, texts: Sequence[str], floor: float, course: Sequence[FittedNetwork]
    ) -> dict[str, JSON]:
        return {
            "prediction": texts[0],
            "loss": course[0].loss,
            "floor": floor,
            "exact": texts.count(self.text[1:]),
            "seeds": SEEDS,
            "losses": [each.loss for each in course],
        }


def lowest_loss(symbols: int) -> float:
    """The least mean loss where each logit lies between -1 and 1: ln(1 + (C - 1) e^-2)."""
    return log(1 + (symbols - 1) * exp(-2))
