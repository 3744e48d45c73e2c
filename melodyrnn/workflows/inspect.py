"""What the networks will see of a song, and what a run says of itself. No network takes part."""

from collections import Counter
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from melodyrnn.data.gather import Named, Source, gather_one
from melodyrnn.formats.melody.choice import Choice, listening
from melodyrnn.models.ngrams.ngram import Tally, ceiling
from melodyrnn.models.registry import WINDOW
from melodyrnn.runs.carried import is_run as is_run
from melodyrnn.sequences.windows import windows
from melodyrnn.tasks.dataset import Dataset

if TYPE_CHECKING:  # what a song alone is spared
    from melodyrnn.runs.record import Record
    from melodyrnn.runs.run import Run

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
    choice: Choice | None = None  # which track of its file was taken; None where there are none

    def to_json(self) -> dict[str, Any]:
        tracks = self.choice.to_json() if self.choice else {"tracks": [], "took": None}
        return {
            "title": self.dataset.songs[0].song.title,
            "notes": len(self.tokens),
            "tokens": self.tokens,
            "codes": {code: index for index, code in enumerate(self.dataset.vocabulary.symbols)},
            "counts": self.counts,
            "window": self.window,
            "windows": self.windows.tolist(),
            "ceiling": {str(size): tally.to_json() for size, tally in self.ceiling.items()},
            **tracks,
        }


@dataclass(frozen=True)
class MelodyRead:
    """The melody of a file, and which of its tracks that is."""

    named: Named
    choice: Choice | None  # None where there are no tracks


def read_melody(song: Source, *, track: str | None = None, grid: str | None = None) -> MelodyRead:
    """The melody that is taken of ``song``, and what spoke for its track. Raises MelodyError."""
    with listening() as choices:
        named = gather_one(song, track=track, grid=grid)
    return MelodyRead(named, choices[-1] if choices else None)


def inspect(
    song: Source, *, window: int = WINDOW, track: str | None = None, grid: str | None = None
) -> InspectResult:
    """Codes and counts, windows of ``window``, the memoryless ceilings, and what speaks for each
    track of the file. Raises MelodyError.
    """
    melody = read_melody(song, track=track, grid=grid)
    dataset = Dataset.of([melody.named], window)
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
        melody.choice,
    )


@dataclass(frozen=True)
class InspectRunResult:
    """A run as its folder tells of it."""

    run: "Run"

    @property
    def record(self) -> "Record":
        return self.run.record

    def to_json(self) -> dict[str, Any]:
        record = self.record
        return {
            "run": str(self.run.path),
            "model": record.model.to_json(),
            "training": record.training.to_json(),
            "task": record.task,
            "status": record.status,
            "epochs": record.epochs,
            "best_epoch": record.best_epoch,
            "seconds": record.seconds,
            "codes": len(record.vocabulary),
            "track": record.track,
            "grid": record.grid,
            "from": record.base and record.base.to_json(),
            "metrics": record.metrics,
            "versions": record.versions,
        }


def inspect_run(run: "str | PathLike[str]") -> InspectRunResult:
    """What a run learned, how, and from what. Raises RunError."""
    from melodyrnn.runs.run import open_run

    return InspectRunResult(open_run(run))
