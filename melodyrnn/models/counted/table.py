"""The table of counted models."""

from collections.abc import Callable

from melodyrnn.models.counted.memories import Memories
from melodyrnn.models.counted.ngram import Counted, Ngram, Repeat

COUNTED: dict[str, Callable[..., Counted]] = {"ngram": Ngram, "ppm": Memories, "repeat": Repeat}
"""Name -> what makes the model of sequences, the window's length and the number of codes."""
