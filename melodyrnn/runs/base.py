"""What a run remembers of the one whose weights it began with."""

from dataclasses import dataclass
from typing import Any, Self

from melodyrnn.files import harmless
from melodyrnn.system.documents import JSON


@dataclass(frozen=True)
class Base:
    """The run that another one was fine-tuned from."""

    name: str
    weights: str  # SHA-256 of the file that holds them
    songs: int  # that it has learned from, those of its own pretraining among them
    base: "Base | None" = None  # what it was fine-tuned from itself

    def __str__(self) -> str:
        return self.name if self.base is None else f"{self.name}, fine-tuned from {self.base}"

    def to_json(self) -> dict[str, JSON]:
        before = None if self.base is None else self.base.to_json()
        return {"name": self.name, "weights": self.weights, "songs": self.songs, "from": before}

    @classmethod
    def from_json(cls, document: Any) -> Self:
        """Raises KeyError, TypeError, ValueError where it is none."""
        before = document["from"] and cls.from_json(document["from"])
        return cls(
            harmless(str(document["name"])),
            str(document["weights"]),
            int(document["songs"]),
            before,
        )
