"""A lesson carried out: its settings checked, its claim checked, what is to keep written down."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from melodyrnn.lessons.catalogue import all_lessons, lesson_named
from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.lessons.lesson_folder import check_output, keep
from melodyrnn.runs.learning import check_tensorboard

RUNS = Path("runs")


@dataclass(frozen=True)
class Taught:
    """A lesson that was carried out."""

    lesson: Lesson  # with the settings that held
    finding: Finding
    seconds: float
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        document = self._kept() | {"seconds": round(self.seconds, 3)}
        return document | ({"files": [str(path) for path in self.files]} if self.files else {})

    def _kept(self) -> dict[str, Any]:
        """What is the same whenever and wherever it runs."""
        lesson, finding = self.lesson, self.finding
        return {
            "lesson": lesson.name,
            "shape": lesson.shape,
            "claim": lesson.claim,
            "holds": finding.holds,
            "found": finding.sentence,
            **finding.figures,
            "settings": lesson.settings,
        }

    @property
    def text(self) -> str:
        """The content of lesson.json."""
        return json.dumps(self._kept(), ensure_ascii=False, indent=2) + "\n"


def run_lesson(
    name: str,
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    tensorboard: bool = False,
    progress: Progress = lambda done, all_, words: None,
    **settings: Any,
) -> Taught:
    """Carry out the lesson ``name``; ``settings`` are those it can use, such as ``seed=1``.

    Pictures and figures go to the folder ``output`` or a fresh one under ``runs/``, where there is
    anything to keep; with ``tensorboard`` summaries of the curves as well. Raises MelodyError
    before it begins where a setting is wrong or ``output`` is taken.
    """
    check_tensorboard(tensorboard)
    lesson = lesson_named(name).with_settings(settings)
    folder = None if output is None else Path(output)
    return _run(lesson, folder, overwrite, tensorboard, progress)


def run_lessons(
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    tensorboard: bool = False,
    progress: Progress = lambda done, all_, words: None,
    after: Callable[[Taught], None] = lambda taught: None,
    **settings: Any,
) -> list[Taught]:
    """Carry out all lessons; each uses those of ``settings`` that it can.

    ``after`` is called after each one. With ``output``, each has a folder of its name in there.
    """
    check_tensorboard(tensorboard)
    lessons = [lesson.with_settings(settings, strict=False) for lesson in all_lessons()]
    done = []
    for number, lesson in enumerate(lessons):
        progress(number, len(lessons), lesson.name)
        folder = None if output is None else Path(output) / lesson.name
        done.append(_run(lesson, folder, overwrite, tensorboard))
        after(done[-1])
    return done


def _run(
    lesson: Lesson,
    output: Path | None,
    overwrite: bool,
    tensorboard: bool,
    progress: Progress = lambda done, all_, words: None,
) -> Taught:
    if output is not None:
        check_output(output, overwrite)
    begun = time.monotonic()
    finding = lesson.teach(lesson, progress)
    taught = Taught(lesson, finding, time.monotonic() - begun, ())
    if not (finding.pictures or finding.curves):
        return taught
    plain = RUNS / f"lesson-{lesson.name}"
    files = keep(finding, taught.text, output, plain, overwrite, tensorboard)
    return replace(taught, files=files)
