"""The table of lessons, in the order of a course. Each is imported when it is asked for."""

from importlib import import_module
from types import ModuleType

from melodyrnn.errors import ConfigError
from melodyrnn.lessons.lesson import Lesson
from melodyrnn.models.settings import nearest

NAMES = (
    "nabiya-lstm",
    "nabiya-mlp",
    "nabiya-lstm-stateless",
    "nabiya-features",
    "hihello",
    "arirang",
    "sentence",
    "anatomy",
    "cells",
    "sentiment",
    "sentiment-stacked",
    "tagging",
    "translation",
    "images",
    "tradition",
    "bars",
    "answer",
    "label",
)
"""Lesson ``some-name`` is the LESSON of module ``some_name`` in this package."""


def lesson_named(name: str) -> Lesson:
    """Raises ConfigError, with the nearest name, where there is no such lesson."""
    if name not in NAMES:
        raise ConfigError(
            f"unknown lesson {name!r}{nearest(name, NAMES)}; 'melodyrnn lesson' lists them all"
        )
    lesson: Lesson = _module(name).LESSON
    return lesson


def _module(name: str) -> ModuleType:
    return import_module(f"melodyrnn.lessons.{name.replace('-', '_')}")


def all_lessons() -> list[Lesson]:
    return [lesson_named(name) for name in NAMES]
