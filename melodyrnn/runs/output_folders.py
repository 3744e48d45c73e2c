"""Where a run goes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from melodyrnn.errors import RunError
from melodyrnn.files import exists, is_empty, make_folder, sweep_drafts, write_atomically
from melodyrnn.runs.replacing import alone, aside, make_way, release
from melodyrnn.system.documents import JSON

RUNS = Path("runs")


def slug(name: str) -> str:
    """``name`` without what a folder's name had better not hold: ``22 songs`` -> ``22-songs``."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "song"


def place_of(name: str, kind: str, output: str | Path | None, resume: bool) -> Path:
    """Where a run goes: ``output`` or, if nothing is said, the name of its songs and its ``kind``,
    such as its model, under ``runs/``, to be numbered where one stands there. Raises RunError.
    """
    if output is not None:
        return Path(output)
    path = RUNS / f"{slug(name)}-{kind}"
    return newest(path) if resume else path


def newest(plain: Path) -> Path:
    """The run of that name with the highest number. Raises RunError where there is none."""
    numbered = re.compile(re.escape(plain.name) + r"(?:-(\d+))?")
    found = [
        (int(match[1] or 1), path)
        for path in (plain.parent.iterdir() if plain.parent.is_dir() else ())
        if (match := numbered.fullmatch(path.name))
    ]
    if not found:
        raise RunError(f"{plain}: no such run to resume; name it with --output")
    return max(found)[1]


@contextmanager
def claimed(
    output: str | Path | None,
    plain: Path,
    file: str,
    basis: Any,
    *,
    kind: str,
    overwrite: bool = False,
) -> Iterator[Path]:
    """The folder for many runs: one that was begun on the same ``basis``, or a new one.

    ``file`` in it records the basis, what all its runs share. Without ``output`` it stands at
    ``plain``, numbered where others do. What it replaces is kept until the block is through, and
    nobody else works in it meanwhile. Raises RunError where something else is in the way; what
    such a folder is called is its ``kind``.
    """
    if output is not None:
        path = Path(output)
        _make_room(path, file, basis, kind=kind, overwrite=overwrite)
    else:
        path, number = plain, 1
        while exists(path) and read_basis(path / file) != basis:
            number += 1
            path = plain.with_name(f"{plain.name}-{number}")
    make_folder(path)
    with alone(path):
        sweep_drafts(path)
        if read_basis(path / file) is None:
            write_atomically(path / file, json.dumps({"basis": basis}, ensure_ascii=False))
        yield path
    release(path)


def _make_room(path: Path, file: str, basis: Any, *, kind: str, overwrite: bool) -> None:
    """Set aside what ``overwrite`` replaces at ``path``. Raises RunError."""
    begun = exists(path / file)
    if exists(path) and not begun and not is_empty(path):
        raise RunError(f"{path}: stands there and is no {kind}; choose another --output")
    same = begun and read_basis(path / file) == basis
    if begun and overwrite:
        if not (same and exists(aside(path))):  # that one was cut off while it replaced another
            make_way(path)
    elif begun and not same:
        raise RunError(
            f"{path}: holds another {kind}; --overwrite replaces it, or choose another --output"
        )


def read_basis(file: Path) -> JSON:
    """What was recorded as the basis, or None."""
    try:
        basis: JSON = json.loads(file.read_text(encoding="utf-8"))["basis"]
        return basis
    except (OSError, ValueError, KeyError, TypeError):
        return None
