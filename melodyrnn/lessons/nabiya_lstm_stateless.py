"""나비야 with gates but without memory: the state forgotten at each window."""

from melodyrnn.lessons.lesson import NETWORK_SETTINGS, Finding, Lesson
from melodyrnn.lessons.shared.nabiya_song import SONG_SETTINGS, fit_song
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence


def run(lesson: Lesson, progress: Progress) -> Finding:
    predictions = fit_song(lesson, f"{lesson.model.cell}-stateless", "index", progress)
    one, whole = predictions.measures.one_step, predictions.measures.whole_song
    ceiling = predictions.measures.ceiling
    holds = one.right <= ceiling.right and whole.right < whole.all
    found = Sentence(
        "one step {one}, where the memoryless ceiling is {ceiling}; whole song {played}",
        one=one,
        ceiling=ceiling,
        played=predictions.free_running,
    )
    return Finding(
        holds=holds,
        sentence=(
            Sentence("{found}: the state makes the difference, not the gates", found=found)
            if holds
            else found
        ),
        figures=predictions.figures(),
        tables=[predictions.table()],
        curves=[predictions.curve],
    )


LESSON = Lesson(
    name="nabiya-lstm-stateless",
    shape="many to one",
    about="나비야, forgetting at each window",
    claim="at most 46 of 50 notes in one step, and errors in the whole song as with the MLP",
    run=run,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001, batch=14),
    uses=(*NETWORK_SETTINGS, "batch", *SONG_SETTINGS),
)
