"""Which runs there are, by name. Reads none of them."""

from collections.abc import Iterable
from pathlib import Path

from melodyrnn.files import exists, shown
from melodyrnn.runs.carried import FILE, FOLDER, place


def known_runs(folders: Iterable[Path], also: Iterable[Path] = ()) -> dict[str, Path]:
    """Name -> folder: the runs ``also``, those in ``folders``, and those that the package carries;
    of several with one name, each after the first is numbered.
    """
    paths = [place(path) for path in also]
    for folder in (*folders, FOLDER):
        paths += sorted(file.parent for file in folder.glob(f"*/{FILE}"))
    found: dict[str, Path] = {}
    for path in dict.fromkeys(path.resolve() for path in paths):
        if not exists(path / FILE):
            continue
        name, number = shown(path.name), 1
        while (each := name if number == 1 else f"{name} ({number})") in found:
            number += 1
        found[each] = path
    return found
