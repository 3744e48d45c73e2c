"""What a run knows of songs: its own, which it may remember, or others, which it never heard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from melodyrnn.errors import ConfigError
from melodyrnn.networks import run as runs
from melodyrnn.workflows.dataset import Dataset
from melodyrnn.workflows.evaluate_text import EvaluateTextResult, evaluate_text
from melodyrnn.workflows.measure import Measures, measure
from melodyrnn.workflows.opened import open_run
from melodyrnn.workflows.reading import Progress
from melodyrnn.workflows.sources import Named, Source, gather


@dataclass(frozen=True)
class EvaluateResult:
    """A run measured on songs."""

    model: str
    dataset: Dataset
    measures: Measures
    heard: tuple[bool, ...]  # of each song: whether the run was trained on it
    with_short_term: bool = False
    source = "songs"

    def to_json(self) -> dict[str, Any]:
        measures, decode = self.measures, self.dataset.vocabulary.decode
        tokens = [decode(played.whole_song) for played in measures.played]
        songs = [
            {
                "name": named.name,
                "title": named.song.title,
                "heard_in_training": heard,
                "one_step": one_step.to_json(),
                "whole_song": {**whole.to_json(), "tokens": told},
            }
            for named, heard, one_step, whole, told in zip(
                self.dataset.songs,
                self.heard,
                measures.one_steps,
                measures.whole_songs,
                tokens,
                strict=True,
            )
        ]
        document = {
            "model": self.model,
            "with_short_term": self.with_short_term,
            "window": measures.window,
            **measures.to_json(),
        }
        document["whole_song"]["tokens"] = [token for song in tokens for token in song]
        return {**document, "songs": songs}


def evaluate(
    run: str | Path,
    songs: Source | Iterable[Source] = (),
    *,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    with_short_term: bool = False,
    progress: Progress = lambda done, all_: None,
) -> EvaluateResult | EvaluateTextResult:
    """Measure a run on ``songs``, or on those it was trained on. Raises MelodyError.

    ``report`` and ``progress`` are those of ``gather``. ``with_short_term``: joined by a model of
    what the song itself has had so far. A run on text is measured on text files: see
    ``evaluate_text``.
    """
    if runs.read_record(Path(run)).source == "text":
        if with_short_term:
            raise ConfigError("--with-short-term is of no use for a text; leave it out")
        return evaluate_text(run, cast(Any, songs))
    opened = open_run(run)
    learned = opened.dataset.songs
    named: Sequence[Named] = learned
    if songs != ():
        named = gather(songs, track=track, grid=grid, report=report, progress=progress)
    dataset = Dataset.of(named, opened.window, opened.record.vocabulary)
    tunes = {song.song.notes for song in learned}
    return EvaluateResult(
        opened.record.model.model,
        dataset,
        measure(opened.predictor(with_short_term), dataset),
        tuple(song.song.notes in tunes for song in named),
        with_short_term,
    )
