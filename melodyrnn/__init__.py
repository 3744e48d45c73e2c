"""Learn from melodies, make new ones, and see honestly how good a model is.

The public names are fetched when they are first used (PEP 562), so that ``import melodyrnn``
costs nothing and a song can be read without TensorFlow.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Key": "music.song",
    "Meter": "music.song",
    "Note": "music.song",
    "Pitch": "music.song",
    "Song": "music.song",
    "parse": "music.notation.text",
    "format": "music.notation.text",
    "read_song": "formats.read",
    "gather": "data.gather",
    "inspect": "workflows.inspect",
    "train": "workflows.train",
    "evaluate": "workflows.evaluate",
    "compare": "experiments.comparison.compare",
    "generate": "workflows.generate",
    "run_lesson": "lessons.run_lesson",
    "benchmark": "experiments.benchmark.benchmark",
    "sweep": "experiments.sweep.sweep",
    "write_song": "render.write",
    "MelodyError": "errors",
    "MelodyWarning": "errors",
}
"""Public name -> the module that holds it."""

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'melodyrnn' has no attribute {name!r}")
    value = getattr(import_module(f"melodyrnn.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def _draw(song: Any) -> Any:
    return import_module("melodyrnn.render.notebook").html(song)


# Whatever of this package is imported, this runs first: a Song in a notebook always shows itself.
import_module("melodyrnn.music.display").register(_draw)
