"""From trials to what the page shows."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from melodyrnn.experiments.comparison.trial import Trial
from melodyrnn.models.ngrams.ngram import successors
from melodyrnn.music.note_tokens import from_tokens
from melodyrnn.render.report_data import (
    ONE_STEP,
    WHOLE_SONG,
    Ambiguity,
    Ceiling,
    MemoryRow,
    Spread,
    TrainingCurve,
    Version,
    WindowLine,
    WindowPlace,
    WindowsChart,
)
from melodyrnn.tasks.tokenizer import Dataset


def by_model(trials: Sequence[Trial]) -> dict[str, list[Trial]]:
    """Model -> its trials, in the order in which the models were asked for."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.model, []).append(trial)
    return groups


def rows(trials: Sequence[Trial]) -> list[MemoryRow]:
    """A line of the table for each model."""
    return [_row(model, group) for model, group in by_model(trials).items()]


def _row(model: str, trials: Sequence[Trial]) -> MemoryRow:
    trained = trials[0].epochs > 0
    return MemoryRow(
        model,
        trials[0].parameters,
        Spread.of([trial.best_epoch for trial in trials]) if trained else None,
        Spread.of([trial.seconds for trial in trials]) if trained else None,
        Spread.of([trial.one_step.right for trial in trials]),
        Spread.of([trial.whole_song.right for trial in trials]),
        trials[0].one_step.all,
        Spread.of([trial.bits_per_note for trial in trials]),
        min((t.first_wrong for t in trials if t.first_wrong is not None), default=None),
    )


def versions(trials: Sequence[Trial], dataset: Dataset) -> Iterator[Version]:
    """What the first seed of each model plays of the first song, in each test."""
    original = dataset.songs[0].song
    tokens = dataset.vocabulary.decode(dataset.sequences[0])
    for group in by_model(trials).values():
        trial = group[0]
        for test, predicted in (
            (ONE_STEP, trial.one_step_tokens),
            (WHOLE_SONG, trial.whole_song_tokens),
        ):
            wrong = {i: tokens[i] for i, token in enumerate(predicted) if token != tokens[i]}
            notes = len(tokens) - trial.window
            yield Version(
                trial.model,
                test,
                from_tokens(predicted, original),
                wrong,
                notes - len(wrong),
                notes,
                trial.window,
                trial.seed,
            )


def curves(trials: Sequence[Trial]) -> Iterator[TrainingCurve]:
    """How each training went, from the runs' histories."""
    for trial in trials:
        file = Path(trial.run) / "history.csv"
        if not file.is_file():  # n-gram models have none
            continue
        with file.open(encoding="utf-8", newline="") as lines:
            history = list(csv.DictReader(lines))
        yield TrainingCurve(
            trial.model,
            trial.seed,
            [int(row["epoch"]) for row in history],
            [float(row["loss"]) for row in history],
            [float(row["accuracy"]) for row in history],
        )


def ambiguities(trials: Sequence[Trial], dataset: Dataset, window: int) -> list[Ambiguity]:
    """The windows of the first song that more than one token follows, and what models say there."""
    song, symbols = dataset.sequences[0].tolist(), dataset.vocabulary.symbols
    says = {model: dict(group[0].ambiguous) for model, group in by_model(trials).items()}
    places: dict[tuple[int, ...], list[WindowPlace]] = {
        seen: []
        for seen, following in successors([dataset.sequences[0]], window).items()
        if len(following) > 1
    }
    for index in range(window, len(song)):
        seen = tuple(song[index - window : index])
        if seen in places:
            predictions = {model: at[index] for model, at in says.items()}
            places[seen].append(WindowPlace(index, symbols[song[index]], predictions))
    return [Ambiguity([symbols[i] for i in seen], found) for seen, found in places.items()]


def windows_chart(trials: Sequence[Trial], ceilings: Sequence[Ceiling]) -> WindowsChart:
    """Correct notes of each model at each window length."""
    return WindowsChart(
        ceilings,
        [
            WindowLine(
                model,
                [
                    Spread.of([t.one_step.right for t in group if t.window == ceiling.window])
                    for ceiling in ceilings
                ],
            )
            for model, group in by_model(trials).items()
        ],
    )
