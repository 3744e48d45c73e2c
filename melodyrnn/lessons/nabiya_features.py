"""나비야 with two attributes a note, pitch and duration, instead of one index."""

from collections.abc import Sequence
from statistics import mean

from melodyrnn.lessons.lesson import NETWORK_SETTINGS, Finding, Lesson, Table
from melodyrnn.lessons.shared.nabiya_song import (
    SONG_SETTINGS,
    SongPredictions,
    fit_song_seeds,
    primer,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.registry import WINDOW
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

SEEDS = 5
"""Trainings with two attributes and as many with one, the run's own seed first."""


def run(lesson: Lesson, progress: Progress) -> Finding:
    seeds = range(lesson.fit.seed, lesson.fit.seed + SEEDS)
    two, one = (
        list(fit_song_seeds(lesson, lesson.model.cell, encoding, seeds, progress))
        for encoding in ("features", "index")
    )
    measures = two[0].measures
    right = sum(each.measures.whole_song.right == each.measures.whole_song.all for each in two)
    ratio = mean(each.epochs for each in two) / mean(each.epochs for each in one)
    return Finding(
        holds=right == SEEDS and ratio < 1,
        sentence=Sentence(
            "one step {one}, whole song {whole} with {right} of {seeds} seeds; {ratio:.2f} times "
            "the epochs needed with one attribute, over {seeds} seeds",
            one=measures.one_step,
            whole=measures.whole_song,
            right=right,
            seeds=SEEDS,
            ratio=ratio,
        ),
        figures={
            **two[0].figures(),
            "epochs_two_attributes": [each.epochs for each in two],
            "epochs_one_attribute": [each.epochs for each in one],
            "ratio": ratio,
        },
        tables=[two[0].table(), _epochs_table(seeds, two, one)],
        curves=[two[0].curve],
    )


def _epochs_table(
    seeds: Sequence[int], two: Sequence[SongPredictions], one: Sequence[SongPredictions]
) -> Table:
    rows = [
        [str(seed), str(first.epochs), str(second.epochs), f"{first.epochs / second.epochs:.2f}"]
        for seed, first, second in zip(seeds, two, one, strict=True)
    ]
    return Table(
        "Epochs until every note is correct",
        ["seed", "two attributes", "one attribute", "ratio"],
        rows,
    )


LESSON = Lesson(
    name="nabiya-features",
    shape="many to many",
    about="나비야, notes as pitch and duration",
    claim=(
        Sentence(
            "the whole song from {primer}, 50/50, with every seed, and in fewer epochs than with "
            "one attribute a note",
            primer=primer(WINDOW),
        )
    ),
    run=run,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001),
    uses=(*NETWORK_SETTINGS, *SONG_SETTINGS),
)
