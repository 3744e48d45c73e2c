"""The tasks by the names that run records give them."""

from collections.abc import Sequence
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.task import Settings, Task
from melodyrnn.tasks.text import TextTask
from melodyrnn.tasks.tunes import TuneTask

TASKS: dict[str, Task[Any, Any]] = {
    task.name: task for task in (SongTask(), TuneTask(), TextTask())
}


def task_of(songs: Sequence[Named], settings: Settings) -> Task[Named, Any]:
    """One song is learned by heart. Of several, a model that sees each from its start learns a
    tradition; other models, and any with ``window``, learn them by heart or all but a part.
    """
    row = MODELS.get(settings.get("model", ModelConfig().model))
    tradition = len(songs) > 1 and row and row.sees_whole_songs and "window" not in settings
    return TASKS["tunes" if tradition else "songs"]
