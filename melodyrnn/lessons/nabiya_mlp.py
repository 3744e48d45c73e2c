"""나비야 without memory: what can be predicted from four notes alone."""

from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.shared.nabiya_song import SONG_SETTINGS, fit_song
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence


def run(lesson: Lesson, progress: Progress) -> Finding:
    predictions = fit_song(lesson, "mlp", "index", progress)
    one, whole = predictions.measures.one_step, predictions.measures.whole_song
    ceiling = predictions.measures.ceiling
    return Finding(
        holds=one.right == ceiling.right and whole.right < whole.all,
        sentence=Sentence(
            "one step {one}, the memoryless ceiling {ceiling}; whole song {played}",
            one=one,
            ceiling=ceiling,
            played=predictions.free_running,
        ),
        figures=predictions.figures(),
        tables=[predictions.table()],
        curves=[predictions.curve],
    )


LESSON = Lesson(
    name="nabiya-mlp",
    shape="many to one",
    about="나비야, nothing remembered",
    claim="46 of 50 notes in one step and never more, and errors in the whole song",
    run=run,
    model=SequenceConfig(units=128, layers=2),
    fit=FitConfig(epochs=2000, learning_rate=0.001, batch=10),
    uses=("units", "layers", "batch", *SONG_SETTINGS),
)
