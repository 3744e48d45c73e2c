"""나비야 with two attributes a note, pitch and duration, instead of one index."""

from statistics import mean

from melodyrnn.lessons.lesson import NETWORK, Finding, Lesson, Progress, Table
from melodyrnn.lessons.shared.nabiya_song import LEARNING, OPENING, listen_all
from melodyrnn.models.config import FitConfig, SequenceConfig

SEEDS = 5
"""Trainings with two attributes and as many with one, the run's own seed first."""


def teach(lesson: Lesson, progress: Progress) -> Finding:
    seeds = range(lesson.fit.seed, lesson.fit.seed + SEEDS)
    cell = lesson.model.cell
    two, one = (
        list(listen_all(lesson, cell, entrance, seeds, progress))
        for entrance in ("features", "index")
    )
    heard = two[0]
    right = sum(each.measures.whole_song.right == each.measures.whole_song.all for each in two)
    ratio = mean(each.epochs for each in two) / mean(each.epochs for each in one)
    rows = [
        [str(seed), str(first.epochs), str(second.epochs), f"{first.epochs / second.epochs:.2f}"]
        for seed, first, second in zip(seeds, two, one, strict=True)
    ]
    return Finding(
        holds=right == SEEDS and ratio < 1,
        sentence=(
            f"one step {heard.measures.one_step}, whole song {heard.measures.whole_song} with "
            f"{right} of {SEEDS} seeds; {ratio:.2f} times the epochs that one attribute takes, "
            f"over {SEEDS} seeds"
        ),
        figures={
            **heard.figures(),
            "epochs_two_attributes": [each.epochs for each in two],
            "epochs_one_attribute": [each.epochs for each in one],
            "ratio": ratio,
        },
        tables=[
            heard.table(),
            Table(
                "Epochs until every note is right",
                ["seed", "two attributes", "one attribute", "ratio"],
                rows,
            ),
        ],
        curves=[heard.curve],
    )


LESSON = Lesson(
    name="nabiya-features",
    shape="many to many",
    about="나비야, notes as pitch and duration",
    claim=(
        f"the whole song from {OPENING}, 50/50, with every seed, and in fewer epochs than with "
        "one attribute a note"
    ),
    teach=teach,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001),
    uses=(*NETWORK, *LEARNING),
)
