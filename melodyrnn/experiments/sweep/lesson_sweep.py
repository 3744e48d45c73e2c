"""The runs of a lesson's sweep: each in a folder of its own, in worker processes."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

from melodyrnn.errors import RunError
from melodyrnn.experiments.comparison.run_trials import LOST
from melodyrnn.experiments.sweep.grid import settings_of, shown
from melodyrnn.experiments.sweep.outcome import ACCURACY, HOLDS, LOSS, Outcome, Score
from melodyrnn.files import make_folder, write_atomically
from melodyrnn.lessons.catalogue import lesson_named
from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.run_lesson import run_lesson
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.workers import share_out

FILE = "outcomes.json"


@dataclass(frozen=True)
class LessonPlan:
    """What a run is to do: one learning, or one that is measured after each of ``epochs``."""

    lesson: str
    settings: dict[str, Any]
    epochs: tuple[int, ...]  # none: as many as the settings say
    path: Path

    @property
    def key(self) -> dict[str, Any]:
        """What its outcomes depend on."""
        return {"lesson": self.lesson, "settings": self.settings, "epochs": list(self.epochs)}


def usable(lesson: Lesson) -> dict[str, Any]:
    """Name of each setting that a grid of the lesson can have -> its field."""
    known = settings_of(SequenceConfig, FitConfig)
    return {name: known[name] for name in lesson.uses}


def plans_of(
    lesson: Lesson, combinations: Sequence[dict[str, Any]], fixed: dict[str, Any], path: Path
) -> list[LessonPlan]:
    """A plan for each combination; those that differ in their epochs alone share one, where the
    lesson can measure on the way.
    """
    plans: dict[str, LessonPlan] = {}
    for combination in combinations:
        settings = dict(combination)
        shared = lesson.points is not None and "epochs" in settings
        epochs = (settings.pop("epochs"),) if shared else ()
        name = _name(settings)
        known = plans[name].epochs if name in plans else ()
        plans[name] = LessonPlan(
            lesson.name, fixed | settings, (*known, *epochs), path / "runs" / name
        )
    return list(plans.values())


def run_plans(
    plans: Sequence[LessonPlan], jobs: int, progress: Callable[[int, int], None]
) -> tuple[Score, list[Outcome]]:
    """Run what is not finished yet. Raises MelodyError."""
    done = {place: found for place, plan in enumerate(plans) if (found := finished(plan))}
    todo = {place: plan for place, plan in enumerate(plans) if place not in done}
    progress(len(done), len(plans))

    def after(place: int, found: tuple[Score, list[Outcome]]) -> None:
        done[place] = found
        progress(len(done), len(plans))

    if todo:
        share_out(f"{__name__}:run_alone", todo, jobs, after, LOST)
    return done[0][0], [outcome for place in range(len(plans)) for outcome in done[place][1]]


def run_alone(plan: LessonPlan) -> tuple[Score, list[Outcome]]:
    """What a worker does with a plan. Raises MelodyError."""
    lesson = lesson_named(plan.lesson)
    begun = time.monotonic()
    score, found = (_on_the_way if lesson.points else _at_the_end)(plan, lesson)
    seconds = round((time.monotonic() - begun) / len(found), 3)
    outcomes = [Outcome(*each, seconds, str(plan.path)) for each in found]
    document = {
        "plan": plan.key,
        "score": list(score),
        "outcomes": [outcome.to_json() for outcome in outcomes],
    }
    make_folder(plan.path)
    write_atomically(plan.path / FILE, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return score, outcomes


def finished(plan: LessonPlan) -> tuple[Score, list[Outcome]] | None:
    """What came of ``plan``, where it was carried out before. Raises RunError."""
    try:
        document = json.loads((plan.path / FILE).read_text(encoding="utf-8"))
        score = Score(*document["score"])
        outcomes = [
            Outcome(**each | {"score": nan if each["score"] is None else each["score"]})
            for each in document["outcomes"]
        ]
        key = document["plan"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if key != json.loads(json.dumps(plan.key)):
        raise RunError(f"{plan.path}: holds another run; --overwrite replaces the sweep")
    return score, outcomes


Found = tuple[dict[str, Any], float, bool]  # settings, score, whether it diverged


def _on_the_way(plan: LessonPlan, lesson: Lesson) -> tuple[Score, list[Found]]:
    taught = lesson.with_settings(plan.settings)
    epochs = plan.epochs or (taught.fit.epochs,)
    points = lesson.points(taught, epochs, lambda *_: None)  # type: ignore[misc]  # it has them
    return ACCURACY, [
        (plan.settings | {"epochs": point.epochs}, point.accuracy, point.diverged)
        for point in points
    ]


def _at_the_end(plan: LessonPlan, lesson: Lesson) -> tuple[Score, list[Found]]:
    """The whole lesson; its folder is written at once, and anew where it was cut off after."""
    taught = run_lesson(lesson.name, output=plan.path, overwrite=True, **plan.settings)
    if not taught.files:  # no picture, no curve; what it found is kept all the same
        write_atomically(make_folder(plan.path) / "lesson.json", taught.text)
    found = taught.finding
    score, value = _judged(found)
    return score, [(plan.settings, value, _diverged(found))]


def _judged(found: Finding) -> tuple[Score, float]:
    for name, score in (("accuracy", ACCURACY), ("loss", LOSS)):
        value = found.figures.get(name)
        if isinstance(value, int | float):
            return score, float(value)
    return HOLDS, float(found.holds)


def _diverged(found: Finding) -> bool:
    """Whether the loss is no number, or ended above where it began."""
    losses = found.curves[0].losses if found.curves else [0.0]
    return not isfinite(losses[-1]) or losses[-1] > losses[0]


def _name(settings: dict[str, Any]) -> str:
    return "-".join(f"{name}={shown(value)}" for name, value in settings.items()) or "run"
