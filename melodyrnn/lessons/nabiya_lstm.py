"""나비야 memorised: a state carried from note to note."""

from melodyrnn.lessons.lesson import NETWORK_SETTINGS, Finding, Lesson
from melodyrnn.lessons.shared.nabiya_song import SONG_SETTINGS, fit_song, primer
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence


def run(lesson: Lesson, progress: Progress) -> Finding:
    predictions = fit_song(lesson, lesson.model.cell, "index", progress)
    one, whole = predictions.measures.one_step, predictions.measures.whole_song
    return Finding(
        holds=one.right == one.all and whole.right == whole.all,
        sentence=Sentence(
            "one step {one}; from the primer {primer} the whole song, {whole}, after {epochs} "
            "epochs; the memoryless ceiling is {ceiling}",
            one=one,
            primer=primer(lesson.model.window),
            whole=whole,
            epochs=predictions.epochs,
            ceiling=predictions.measures.ceiling,
        ),
        figures=predictions.figures(),
        tables=[predictions.table()],
        curves=[predictions.curve],
    )


LESSON = Lesson(
    name="nabiya-lstm",
    shape="many to many",
    about="나비야, four notes in, the next one out",
    claim=(
        "every note is predicted in one step, 50/50, and the whole song from g8 e8 e4 f8 alone, "
        "50/50"
    ),
    run=run,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001),
    uses=(*NETWORK_SETTINGS, *SONG_SETTINGS),
)
