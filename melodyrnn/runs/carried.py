"""The runs that the package carries, pretrained, to make songs with and to fine-tune.

Each is a run folder like any other, without what only resuming needs, and with its weights in half
precision. docs/composer.md says what each has learned from, and how it is made.
"""

from pathlib import Path

from melodyrnn.files import exists

FILE = "run.json"
"""What every run folder has."""

FOLDER = Path(__file__).parent / "pretrained"


def place(path: Path) -> Path:
    """``path``, or where a carried run of that name lies, if nothing stands there."""
    found = FOLDER / path
    return found if not exists(path) and len(path.parts) == 1 and exists(found / FILE) else path


def is_run(path: Path) -> bool:
    """Whether there is a run of that name, be it damaged."""
    return exists(place(path) / FILE)
