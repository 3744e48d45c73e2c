"""From trials to what the page shows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from melodyrnn.data.gather import Songs
from melodyrnn.evaluation.learning_curves import curve_of, read_history
from melodyrnn.experiments.comparison.trial import Remembered, Trial
from melodyrnn.models.ngrams.ngram import successors
from melodyrnn.music.note_tokens import from_tokens
from melodyrnn.render.pages.comparison_data import (
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
from melodyrnn.runs.training_files import HISTORY
from melodyrnn.tasks.dataset import Dataset


def by_model(trials: Sequence[Trial]) -> dict[str, list[Trial]]:
    """Model -> its trials, in the order in which the models were asked for."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.model, []).append(trial)
    return groups


def title(songs: Songs) -> str:
    """Of several songs: what they are called together, and how many they are."""
    count = f"{len(songs):,} songs"
    return count if songs.name == f"{len(songs)} songs" else f"{songs.name}: {count}"


def seeds(trials: Sequence[Trial]) -> list[int]:
    """Those of all trials."""
    return sorted({trial.seed for trial in trials})


def rows(trials: Sequence[Trial]) -> list[MemoryRow]:
    """A line of the table of memory for each model."""
    return [
        _row(model, group, [memory for trial in group if (memory := trial.memory)])
        for model, group in by_model(trials).items()
    ]


def _row(model: str, trials: Sequence[Trial], memories: Sequence[Remembered]) -> MemoryRow:
    trained = trials[0].epochs > 0
    return MemoryRow(
        model,
        trials[0].parameters,
        Spread.of([trial.best_epoch for trial in trials]) if trained else None,
        Spread.of([trial.seconds for trial in trials]) if trained else None,
        Spread.of([memory.one_step.right for memory in memories]),
        Spread.of([memory.whole_song.right for memory in memories]),
        memories[0].one_step.all,
        Spread.of([memory.bits_per_note for memory in memories]),
        min((m.first_wrong for m in memories if m.first_wrong is not None), default=None),
    )


def versions(trials: Sequence[Trial], dataset: Dataset) -> Iterator[Version]:
    """What the first seed of each model plays of the song, in each test."""
    original = dataset.songs[0].song
    tokens = dataset.vocabulary.decode(dataset.sequences[0])
    for group in by_model(trials).values():
        trial, memory = group[0], _memory(group[0])
        for test, predicted in (
            (ONE_STEP, memory.one_step_tokens),
            (WHOLE_SONG, memory.whole_song_tokens),
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


def _memory(trial: Trial) -> Remembered:
    assert trial.memory, "one song is learned by heart"
    return trial.memory


def curves(trials: Sequence[Trial]) -> Iterator[TrainingCurve]:
    """How each training went, from the runs' histories."""
    for trial in trials:
        if history := read_history(Path(trial.run) / HISTORY):
            yield curve_of(history, trial.model, trial.seed)


def ambiguities(trials: Sequence[Trial], dataset: Dataset, window: int) -> list[Ambiguity]:
    """The windows of the song that more than one token follows, and what models say there."""
    song, symbols = dataset.sequences[0].tolist(), dataset.vocabulary.symbols
    says = {model: dict(_memory(group[0]).ambiguous) for model, group in by_model(trials).items()}
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
                    Spread.of(
                        [_memory(t).one_step.right for t in group if t.window == ceiling.window]
                    )
                    for ceiling in ceilings
                ],
            )
            for model, group in by_model(trials).items()
        ],
    )
