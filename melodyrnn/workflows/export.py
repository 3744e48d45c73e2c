"""A run as a file that plays without this package."""

import gzip
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from melodyrnn.export.kinds import listed as listed
from melodyrnn.export.kinds import target
from melodyrnn.files import write_atomically
from melodyrnn.runs.run import open_run


@dataclass(frozen=True, repr=False)
class ExportResult:
    """What was written."""

    file: Path
    kind: str  # a name of ``export.kinds``
    size: int  # bytes
    compressed: int  # bytes, as a server sends it (gzip)

    def __repr__(self) -> str:
        return f"<ExportResult {self.file}, {self.kind}, {self.size} bytes>"

    def to_json(self) -> dict[str, Any]:
        return {
            "file": str(self.file),
            "kind": self.kind,
            "bytes": self.size,
            "compressed": self.compressed,
        }


def export_run(
    run: "str | PathLike[str]",
    to: "str | PathLike[str]",
    *,
    title: str | None = None,
    instrument: str | None = None,
) -> ExportResult:
    """Write ``run`` as what ``to`` names: a file, by its suffix, or a kind, in a file that is named
    as the run, in the current folder. A file that is there is replaced.

    ``"page.html"`` becomes a page in which the network plays, opened from the disk or put on any
    server; ``title`` stands above it, by default the name of the run, and ``instrument`` is the
    General MIDI instrument that it sounds like. ``"model.keras"``, ``"model.onnx"`` and
    ``"model.json"`` become one step of the network for other programs. Raises MelodyError, with the
    reason, for a run that such a file cannot hold; nothing is written then.
    """
    opened = open_run(run)
    kind, file = target(Path(to), opened.path.name)
    options = {"title": title, "instrument": instrument}
    content = kind.made(opened, **{name: it for name, it in options.items() if it is not None})
    write_atomically(file, content)
    return ExportResult(file, kind.name, len(content), len(gzip.compress(content, 9)))
