"""A lesson carried out: settings checked, claim checked, results written to a folder."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from melodyrnn.lessons.catalogue import all_lessons, lesson_named
from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.lesson_folder import LessonFolder
from melodyrnn.models.settings_types import LessonSettings
from melodyrnn.runs.checkpointed_training import check_tensorboard
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress, silent
from melodyrnn.system.sentences import listed


@dataclass(frozen=True)
class LessonResult:
    """A lesson that was carried out."""

    lesson: Lesson  # with the settings it was carried out with
    finding: Finding
    seconds: float
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, JSON]:
        document = self._reproducible() | {"seconds": round(self.seconds, 3)}
        return document | ({"files": [str(path) for path in self.files]} if self.files else {})

    def _reproducible(self) -> dict[str, JSON]:
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
        return json.dumps(self._reproducible(), ensure_ascii=False, indent=2) + "\n"


@verb("the lesson")
def run_lesson(
    name: str,
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    tensorboard: bool = False,
    progress: Progress = if_attended,
    **settings: Unpack[LessonSettings],
) -> LessonResult:
    """Carry out the lesson ``name``; ``settings`` are those it can use, such as ``seed=1``.

    Pictures and figures go to the folder ``output`` or a fresh one under ``runs/``, where there is
    anything to write; with ``tensorboard`` summaries of the curves as well. Raises MelodyError
    before it begins where a setting is wrong or ``output`` is taken.
    """
    check_tensorboard(tensorboard)
    lesson = lesson_named(name).with_settings(settings)
    path = None if output is None else Path(output)
    return _run(lesson, LessonFolder(path, overwrite, tensorboard), progress)


def run_lessons(
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    tensorboard: bool = False,
    progress: Progress = silent,
    after: Callable[[LessonResult], None] = lambda result: None,
    **settings: Unpack[LessonSettings],
) -> list[LessonResult]:
    """Carry out all lessons; each uses those of ``settings`` that it can.

    ``after`` is called after each one. With ``output``, each has a folder of its name in there.
    """
    check_tensorboard(tensorboard)
    lessons = [lesson.with_settings(settings, strict=False) for lesson in all_lessons()]
    results = []
    for number, lesson in enumerate(lessons):
        progress(number, len(lessons), listed("lessons", lesson.name))
        path = None if output is None else Path(output) / lesson.name
        results.append(_run(lesson, LessonFolder(path, overwrite, tensorboard), silent))
        after(results[-1])
    return results


def _run(lesson: Lesson, folder: LessonFolder, progress: Progress) -> LessonResult:
    folder.check()
    begun = time.monotonic()
    finding = lesson.run(lesson, progress)
    result = LessonResult(lesson, finding, time.monotonic() - begun, ())
    if not (finding.pictures or finding.curves):
        return result
    return replace(result, files=folder.write(lesson.name, finding, result.text))
