"""A grid: for each of some settings its values, read from words such as ``units=32,64``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, fields
from itertools import product
from math import prod
from typing import Any, cast

from melodyrnn.errors import ConfigError
from melodyrnn.models.settings import check, nearest

Value = bool | int | float | str | None
"""Of a setting."""
Settings = dict[str, Value]
"""One combination of a grid: the name of each setting, and its value."""
Grid = Mapping[str, Sequence[Value]]
"""Name of a setting -> its values, in the order given."""
Fields = Mapping[str, Field[Any]]
"""Name of a setting -> the field of the configuration that has it."""

MOST = 10_000
"""Combinations."""

_EXAMPLE = "learning_rate=0.1,0.01,0.001"
_SWITCH = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def read_grid(words: Iterable[str] | Grid, settings: Fields) -> dict[str, list[Value]]:
    """``["learning_rate=0.1,0.01", "units=32"]``, or a mapping of values, -> a grid.

    ``settings`` are the fields of configurations that there are, by name. Raises ConfigError,
    naming the setting, for one that does not exist, a value that is of another type, out of its
    range or given twice, and an empty grid.
    """
    given: Iterable[tuple[str, Sequence[Value]]] = (
        words.items() if isinstance(words, Mapping) else map(_split, words)
    )
    grid: dict[str, list[Value]] = {}
    for name, values in given:
        name = name.replace("-", "_")
        if name in grid:
            raise ConfigError(f"--grid {name}: given twice; name all its values at once")
        grid[name] = _read_values(name, values, settings)
    if not grid:
        raise ConfigError(f"a sweep needs a grid, such as --grid {_EXAMPLE}")
    if (size := prod(map(len, grid.values()))) > MOST:
        raise ConfigError(f"a grid of {size:,} combinations; {MOST:,} are the most")
    return grid


def _read_values(name: str, values: Sequence[Value], settings: Fields) -> list[Value]:
    if name not in settings:
        raise ConfigError(
            f"--grid {name}: there is no such setting{nearest(name, settings)}; "
            f"there are {', '.join(settings)}"
        )
    found = [_value(name, value, settings[name]) for value in values]
    for value in found:
        if found.count(value) > 1:
            raise ConfigError(f"--grid {name}: {value} is given twice")
    if not found:
        raise ConfigError(f"--grid {name}: has no value; give some, such as {_EXAMPLE}")
    return found


def combinations(grid: Grid) -> list[Settings]:
    """Every combination, the last setting's values varying fastest."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def varied(grid: Grid) -> list[str]:
    """The settings that have several values."""
    return [name for name, values in grid.items() if len(values) > 1]


def settings_of(*configs: type) -> dict[str, Field[Any]]:
    """Name of a setting -> the field of the configuration that has it."""
    return {field.name: field for config in configs for field in fields(config)}


def shown(value: Value) -> str:
    """A value as it is written in a grid."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _split(word: str) -> tuple[str, list[str]]:
    name, equals, values = word.partition("=")
    if not name.strip() or not equals:
        raise ConfigError(f"--grid {word!r} is not like {_EXAMPLE}")
    parts = [part.strip() for part in values.split(",")]
    if parts == [""]:
        parts = []
    elif "" in parts:
        raise ConfigError(f"--grid {word!r} has an empty value between its commas")
    return name.strip(), parts


def _value(name: str, value: Value, setting: Field[Any]) -> Value:
    """Of the setting's type and within its range."""
    limits = setting.metadata | {"switch": isinstance(setting.default, bool)}
    if setting.default is None and value in ("none", None):
        return None
    if isinstance(value, str) and not limits.get("choices"):
        value = _SWITCH.get(value.lower(), value) if limits["switch"] else _number(value)
    try:
        check(name, value, limits)
    except ConfigError as error:
        raise ConfigError(f"--grid {name}: {str(error).partition(' ')[2]}") from None
    return float(cast(float, value)) if limits.get("real") else value  # a number, as checked


def _number(word: str) -> int | float | str:
    """A whole number, a number, or the word itself, which ``check`` then refuses."""
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
