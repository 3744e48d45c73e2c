"""A run in use: its record, the songs it learned, and the model that tells the next note."""

from dataclasses import dataclass
from pathlib import Path

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.errors import RunError
from melodyrnn.models.counted.memories import with_short_term as joined
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.model import NgramModel
from melodyrnn.models.predictor import Predictor
from melodyrnn.runs import record as runs
from melodyrnn.runs.tune_store import kept
from melodyrnn.tasks.tokenizer import Dataset, lookback_of


@dataclass(frozen=True)
class OpenRun:
    """A run folder, read and checked."""

    path: Path
    record: runs.Record
    parts: Split  # its songs by what they were for
    dataset: Dataset  # those learned

    @property
    def window(self) -> int:
        return self.record.model.window

    def predictor(self, with_short_term: bool = False) -> Predictor:
        """The model as it was at its best, by itself or joined by a short-term model.

        Raises RunError.
        """
        predictor: Predictor
        if not self.record.model.spec.learns_by_gradient:
            predictor = made(self.record, self.dataset)
        else:
            predictor = player(runs.load_network(self.path, self.record), self.record)
        codes = len(self.record.vocabulary)
        return joined(predictor, codes) if with_short_term else predictor


def open_run(path: str | Path, record: runs.Record | None = None) -> OpenRun:
    """``record`` is what the run's run.json holds, where that was read before.

    Raises RunError where there is no run, or a damaged one.
    """
    path = Path(path)
    record = record or runs.read_record(path)
    parts = songs_of(path, record)
    dataset = Dataset.of(parts.learned, record.model.window, record.vocabulary)
    return OpenRun(path, record, parts, dataset)


def songs_of(path: Path, record: runs.Record) -> Split:
    """The songs of a run by what they were for. Raises RunError for one on text."""
    if record.source == "text":
        raise RunError(f"{path}: a run on text, not on songs; choose another")
    if record.source == "tunes":
        return kept(path)
    parts = (record.songs, record.validation, record.held_out)
    return Split(*(tuple(map(Named.of_record, songs)) for songs in parts))


def player(network: Predictor, record: runs.Record) -> Predictor:
    """The network of a run as a model of plain codes."""
    if record.model.spec.lookback:
        return LookingBack(network, lookback_of(record.vocabulary))
    return network


def made(record: runs.Record, dataset: Dataset) -> Predictor:
    """The model of a run that keeps no weights: it is made of its songs again."""
    model = record.model.spec
    assert isinstance(model, NgramModel), "a network is trained"
    codes = len(dataset.vocabulary)
    return model.make(dataset.sequences, record.model.window, codes, record.model)
