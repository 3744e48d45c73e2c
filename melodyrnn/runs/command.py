"""The command that asks for a training, as a person would type it."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any


def train_command(
    sources: Sequence[str], settings: Mapping[str, Any], switches: Sequence[str] = ()
) -> str:
    """``melodyrnn train`` of ``sources`` with ``settings`` by name; "" where no source has a name,
    for then no command asks for the same.
    """
    if not sources:
        return ""
    words = ["melodyrnn", "train", *switches, *sources]
    return " ".join([shlex.join(words), *options(settings)])


def options(settings: Mapping[str, Any]) -> list[str]:
    """Each as it is typed: ``--held-out 0.2``, ``--no-early-stop``; what is None is not given."""
    given = {name.replace("_", "-"): value for name, value in settings.items() if value is not None}
    return [
        f"--{'' if value else 'no-'}{name}"
        if isinstance(value, bool)
        else f"--{name} {shlex.quote(str(value))}"
        for name, value in given.items()
    ]
