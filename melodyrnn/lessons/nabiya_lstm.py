"""나비야 by heart: a state carried from note to note."""

from melodyrnn.lessons.lesson import NETWORK, Finding, Lesson, Progress
from melodyrnn.lessons.shared.nabiya_song import LEARNING, OPENING, listen
from melodyrnn.models.config import FitConfig, SequenceConfig


def teach(lesson: Lesson, progress: Progress) -> Finding:
    heard = listen(lesson, lesson.model.cell, "index", progress)
    one, whole = heard.measures.one_step, heard.measures.whole_song
    return Finding(
        holds=one.right == one.all and whole.right == whole.all,
        sentence=(
            f"one step {one}; from {OPENING} alone the whole song, {whole}, "
            f"after {heard.epochs} epochs; a window alone tells {heard.measures.ceiling}"
        ),
        figures=heard.figures(),
        tables=[heard.table()],
        curves=[heard.curve],
    )


LESSON = Lesson(
    name="nabiya-lstm",
    shape="many to many",
    about="나비야, four notes telling the next",
    claim="every note told in one step, 50/50, and from g8 e8 e4 f8 alone the whole song, 50/50",
    teach=teach,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001),
    uses=(*NETWORK, *LEARNING),
)
