"""Settings that check themselves: a field knows its range and its words. Imports no library.

Each message names the option, the value and what would do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import Field, asdict, field, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, Self, TypeVar

from melodyrnn.errors import ConfigError
from melodyrnn.plugins import PluginTable

Value = TypeVar("Value")
Limits = Mapping[str, Any]
"""Of a setting: ``choices``, or ``text``, or ``real``, ``least``, ``above`` and ``most``; ``sane``
is a most that only those are told of who go beyond it."""


def setting(default: Value, about: str, **limits: object) -> Value:
    """A field of a ``Checked`` configuration; ``limits`` as ``check`` reads them."""
    return field(default=default, metadata={"about": about, **limits})


class Checked:
    """A configuration that checks its limits when made and goes to JSON and back."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, each.name)
            if value is not None or each.default is not None:
                check(each.name, value, each.metadata | {"switch": each.type is bool})

    @classmethod
    def names(cls) -> set[str]:
        """Its settings."""
        return {each.name for each in fields(cls)}  # type: ignore[arg-type]  # as above

    @classmethod
    def _since(cls) -> dict[str, Any]:
        """The defaults of settings that older documents lack."""
        every = fields(cls)  # type: ignore[arg-type]  # as above
        return {each.name: each.default for each in every if each.metadata.get("since")}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # as above

    @classmethod
    def from_json(cls, document: object) -> Self:
        """A setting that has come ``since``, which an older document lacks, has its default.

        Raises ConfigError where ``document`` has not the fields of this configuration, and
        PluginError where it names what only a package that is gone would add.
        """
        if isinstance(document, dict):
            document = {**cls._since(), **document}
        if not isinstance(document, dict) or set(document) != cls.names():
            raise ConfigError(f"{cls.__name__} has the fields {', '.join(sorted(cls.names()))}")
        for each in fields(cls):  # type: ignore[arg-type]  # as above
            choices = each.metadata.get("choices")
            if isinstance(choices, PluginTable) and isinstance(document[each.name], str):
                choices.require(document[each.name])
        return cls(**document)


def described(*configs: type) -> list[dict[str, Any]]:
    """Each setting of ``configs``, for a face that asks for it: ``name``, ``about``, ``default``,
    ``kind`` (integer, real, boolean, choice, text) and its limits. Of one name, the first.
    """
    found: dict[str, dict[str, Any]] = {}
    for config in configs:
        for each in fields(config):
            limits = {name: each.metadata.get(name) for name in ("least", "above", "most")}
            if limits["most"] is None:
                limits["most"] = each.metadata.get("sane")
            choices = each.metadata.get("choices")
            row = {"name": each.name, "about": each.metadata["about"], "default": each.default}
            row |= {"kind": _kind(each), **limits, "choices": list(choices) if choices else None}
            found.setdefault(each.name, row)
    return list(found.values())


def _kind(each: Field[Any]) -> str:
    if isinstance(each.default, bool):
        return "boolean"
    if each.metadata.get("choices"):
        return "choice"
    if each.metadata.get("text"):
        return "text"
    return "real" if each.metadata.get("real") else "integer"


def check(name: str, value: object, limits: Limits) -> None:
    """Raise ConfigError, naming the setting, its value and its range, where it is outside."""
    option = "--" + name.replace("_", "-")
    if choices := limits.get("choices"):
        if value not in list(choices):
            raise ConfigError(
                f"{option} {_short(value)} is unknown{nearest(value, choices)}; "
                f"choose from {', '.join(choices)}"
            )
        return
    if limits.get("switch"):
        if not isinstance(value, bool):
            raise ConfigError(
                f"{name} {_short(value)} is neither True nor False"
            )  # never an option's
        return
    if limits.get("text"):
        if not isinstance(value, str):
            raise ConfigError(f"{option} {_short(value)} is not a text")
        return
    kinds = (int, float) if limits.get("real") else int
    number = isinstance(value, kinds) and not isinstance(value, bool)
    number = number and (isinstance(value, int) or _is_finite(value))
    least, above, most = (limits.get(limit) for limit in ("least", "above", "most"))
    if least is None and above is None:
        least = 0  # as the message says
    if number and "sane" in limits and value > limits["sane"]:  # else nobody need know of it
        most = limits["sane"]
    too_small = number and (
        (least is not None and value < least) or (above is not None and value <= above)
    )
    if not number or too_small or (most is not None and value > most):
        kind = "a number" if limits.get("real") else "a whole number"
        low = f"at least {least or 0:g}" if above is None else f"greater than {above:g}"
        high = f" and at most {most:g}" if most is not None else ""
        raise ConfigError(
            f"{option} {_short(value)} is out of range; it must be {kind} {low}{high}"
        )


def _is_finite(value: object) -> bool:
    """Of a float: a large int is none, and no float either."""
    return isinstance(value, float) and isfinite(value)


def _short(value: object) -> str:
    """The value, of which a line of a message has room for the beginning."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:40]}… ({len(text):,} characters)"


def nearest(name: object, names: Iterable[str]) -> str:
    """``; did you mean 'lstm'?`` or nothing."""
    close = get_close_matches(str(name), list(names), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
