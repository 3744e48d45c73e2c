"""The tasks by the names that run records give them."""

from collections.abc import Sequence
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.notes import NoteTask
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.task import Settings, Task
from melodyrnn.tasks.text import TextTask
from melodyrnn.tasks.tunes import TuneTask

NOTE_TASKS: dict[str, NoteTask] = {task.name: task for task in (SongTask(), TuneTask())}
TASKS: dict[str, Task[Any, Any]] = {**NOTE_TASKS, TextTask.name: TextTask()}


def task_of(songs: Sequence[Named], settings: Settings) -> NoteTask:
    """One song is learned by heart. Of several, a model that sees each from its start learns a
    tradition; other models, and any with ``window``, learn them by heart or all but a part.
    """
    row = MODELS.get(settings.get("model", TuneTask.default_model))
    tradition = len(songs) > 1 and row and row.sees_whole_songs and "window" not in settings
    return NOTE_TASKS["tunes" if tradition else "songs"]
