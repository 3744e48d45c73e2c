"""What the studio holds while it runs: its folder, its runs, its helpers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from melodyrnn.studio.helper import Helper

_SECONDS, _MEMORY = 30.0, 3_000_000_000


@dataclass
class Studio:
    """The run that the page begins with, and the folder where things are kept."""

    run: str
    folder: Path

    def begin(self) -> None:
        self.reader = Helper("reading", _SECONDS, _MEMORY)

    async def end(self) -> None:
        self.reader.stop()

    async def state(self) -> dict[str, Any]:
        return {"runs": [], "instruments": [], "formats": [], "models": [], "lessons": []}
