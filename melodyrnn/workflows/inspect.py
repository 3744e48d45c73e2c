"""What the networks will see of a song. No network takes part."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from melodyrnn.data.gather import Source, gather_one
from melodyrnn.models.ngrams.ngram import Tally, ceiling
from melodyrnn.models.registry import WINDOW
from melodyrnn.sequences.windows import windows
from melodyrnn.tasks.tokenizer import Dataset

CEILING_WINDOWS = range(1, 9)


@dataclass(frozen=True)
class InspectResult:
    """A song as tokens, indices and windows."""

    dataset: Dataset  # of one song
    window: int
    tokens: list[str]
    counts: dict[str, int]  # of each code of the vocabulary
    windows: np.ndarray[Any, np.dtype[np.int32]]  # (N, window + 1)
    ceiling: dict[int, Tally]  # window -> Tally, for the windows that the song has

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.dataset.songs[0].song.title,
            "notes": len(self.tokens),
            "tokens": self.tokens,
            "codes": {code: index for index, code in enumerate(self.dataset.vocabulary.symbols)},
            "counts": self.counts,
            "window": self.window,
            "windows": self.windows.tolist(),
            "ceiling": {str(size): tally.to_json() for size, tally in self.ceiling.items()},
        }


def inspect(
    song: Source, *, window: int = WINDOW, track: str | None = None, grid: str | None = None
) -> InspectResult:
    """Codes and counts, windows of ``window``, the memoryless ceilings. Raises MelodyError."""
    dataset = Dataset.of([gather_one(song, track=track, grid=grid)], window)
    sequence = dataset.sequences[0]
    tokens = dataset.vocabulary.decode(sequence)
    counted = Counter(tokens)
    return InspectResult(
        dataset,
        window,
        tokens,
        {code: counted[code] for code in dataset.vocabulary.symbols},
        windows(sequence, window),
        {size: ceiling([sequence], size) for size in CEILING_WINDOWS if size < len(sequence)},
    )
