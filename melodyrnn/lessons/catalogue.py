"""The table of lessons, in the order of a course. Each is imported when it is asked for."""

from importlib import import_module

from melodyrnn.errors import ConfigError
from melodyrnn.lessons.lesson import Lesson
from melodyrnn.networks.config import nearest

NAMES = ("hihello",)
"""Lesson ``some-name`` is the LESSON of module ``some_name`` in this package."""


def lesson_named(name: str) -> Lesson:
    """Raises ConfigError, with the nearest name, where there is no such lesson."""
    if name not in NAMES:
        raise ConfigError(
            f"unknown lesson {name!r}{nearest(name, NAMES)}; 'melodyrnn lesson' lists them all"
        )
    module = import_module(f"melodyrnn.lessons.{name.replace('-', '_')}")
    lesson: Lesson = module.LESSON
    return lesson


def all_lessons() -> list[Lesson]:
    return [lesson_named(name) for name in NAMES]
