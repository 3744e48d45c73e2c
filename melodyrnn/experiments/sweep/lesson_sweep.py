"""A sweep over a lesson: its runs, each in a folder of its own, in worker processes."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, cast

from melodyrnn.errors import RunError
from melodyrnn.experiments.carry_out import carry_out, killed_training
from melodyrnn.experiments.sweep import images_grid
from melodyrnn.experiments.sweep.grid import Fields, Grid, Settings, settings_of, shown
from melodyrnn.experiments.sweep.outcome import ACCURACY, HOLDS, LOSS, Criterion, Outcome
from melodyrnn.experiments.sweep.sweepable import Execution, Outcomes
from melodyrnn.files import make_folder, write_atomically
from melodyrnn.lessons.catalogue import lesson_named
from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.run_lesson import run_lesson
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import silent

FILE = "outcomes.json"


@dataclass(frozen=True)
class LessonPlan:
    """What a run is to do: one training, or one that is evaluated after each of ``epochs``."""

    lesson: str
    settings: Settings
    epochs: tuple[int, ...]  # none: as many as the settings say
    path: Path

    def at(self, path: Path) -> "LessonPlan":
        """The same elsewhere."""
        return replace(self, path=path)

    @property
    def key(self) -> dict[str, JSON]:
        """What its outcomes depend on."""
        return {"lesson": self.lesson, "settings": self.settings, "epochs": list(self.epochs)}


@dataclass(frozen=True)
class LessonSweep:
    """A lesson, to be run with each combination of a grid."""

    name: str  # of the lesson

    @property
    def lesson(self) -> Lesson:
        return lesson_named(self.name)

    @property
    def fields(self) -> Fields:
        known = settings_of(SequenceConfig, FitConfig)
        return {name: known[name] for name in self.lesson.uses}

    @property
    def default_grid(self) -> Grid:
        return images_grid.GRID if self.name == images_grid.LESSON else {}

    @property
    def chosen_on(self) -> None:
        """A lesson says itself what it measures."""

    @property
    def identity(self) -> dict[str, JSON]:
        return {"lesson": self.name}

    def check(self, combinations: Sequence[Settings]) -> None:
        """Whatever a grid can have, a lesson can run."""

    def run(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> Outcomes:
        """As ``Sweepable.run``; combinations that differ in their epochs alone share a run."""
        plans = self.plans(combinations, fixed, execution)
        done = carry_out(
            run_plan,
            plans,
            execution.place,
            execution.progress,
            finished=finished,
            keep=keep,
            lost=killed_training,
        )
        outcomes = [outcome for found in done for outcome in found.outcomes]
        return Outcomes(done[0].score, outcomes)

    def measured_apart(self, best: Outcome) -> None:
        """Nothing is."""

    def plans(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> list[LessonPlan]:
        """A plan for each combination; those that differ in their epochs alone share one, where
        the lesson can be evaluated during a training.
        """
        plans: dict[str, LessonPlan] = {}
        for combination in combinations:
            settings, epochs = dict(combination), tuple[int, ...]()
            if self.lesson.scores_after is not None and "epochs" in settings:
                epochs = (cast(int, settings.pop("epochs")),)
            name = "-".join(f"{key}={shown(value)}" for key, value in settings.items()) or "run"
            known = plans[name].epochs if name in plans else ()
            path = execution.folder(name)
            plans[name] = LessonPlan(self.name, fixed | settings, (*known, *epochs), path)
        return list(plans.values())


def run_plan(plan: LessonPlan) -> Outcomes:
    """What a worker does with a plan. Raises MelodyError."""
    begun = time.monotonic()
    found = _train_once(plan) if lesson_named(plan.lesson).scores_after else _run_whole_lesson(plan)
    seconds = round((time.monotonic() - begun) / len(found.results), 3)
    outcomes = [Outcome(*result, seconds, str(plan.path)) for result in found.results]
    return Outcomes(found.score, outcomes)


def keep(plan: LessonPlan, found: Outcomes) -> Outcomes:
    """Write down, here, what came of it, wherever it was carried out."""
    outcomes = [replace(outcome, run=str(plan.path)) for outcome in found.outcomes]
    document = {
        "plan": plan.key,
        "score": list(found.score),
        "outcomes": [outcome.to_json() for outcome in outcomes],
    }
    make_folder(plan.path)
    write_atomically(plan.path / FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return Outcomes(found.score, outcomes)


def finished(plan: LessonPlan) -> Outcomes | None:
    """What came of ``plan``, where it was carried out before. Raises RunError."""
    try:
        document = json.loads((plan.path / FILE).read_text(encoding="utf-8"))
        score = Criterion(*document["score"])
        outcomes = [Outcome.from_json(each) for each in document["outcomes"]]
        key = document["plan"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if key != json.loads(json.dumps(plan.key)):
        raise RunError(f"{plan.path}: holds another run; --overwrite replaces the sweep")
    return Outcomes(score, outcomes)


class _Result(NamedTuple):
    settings: Settings
    score: float
    diverged: bool


class _Results(NamedTuple):
    score: Criterion
    results: list[_Result]


def _train_once(plan: LessonPlan) -> _Results:
    """One training, evaluated after each of the plan's epochs."""
    lesson = lesson_named(plan.lesson).with_settings(plan.settings)
    assert lesson.scores_after is not None, "run_plan asks"
    scores = lesson.scores_after(lesson, plan.epochs or (lesson.fit.epochs,), silent)
    return _Results(
        ACCURACY,
        [
            _Result(plan.settings | {"epochs": each.epochs}, each.accuracy, each.diverged)
            for each in scores
        ],
    )


def _run_whole_lesson(plan: LessonPlan) -> _Results:
    """The whole lesson; a folder that was left without its outcomes is written anew."""
    settings: dict[str, Any] = plan.settings
    result = run_lesson(plan.lesson, output=plan.path, overwrite=True, **settings)
    if not result.files:  # no picture, no curve; what it found is kept all the same
        write_atomically(make_folder(plan.path) / "lesson.json", result.text)
    score, value = _score_of(result.finding)
    return _Results(score, [_Result(plan.settings, value, _diverged(result.finding))])


def _score_of(found: Finding) -> tuple[Criterion, float]:
    for name, score in (("accuracy", ACCURACY), ("loss", LOSS)):
        value = found.figures.get(name)
        if isinstance(value, int | float):
            return score, float(value)
    return HOLDS, float(found.holds)


def _diverged(found: Finding) -> bool:
    """Whether the loss is not a number, or ended above where it began."""
    losses = found.curves[0].losses if found.curves else [0.0]
    return not isfinite(losses[-1]) or losses[-1] > losses[0]
