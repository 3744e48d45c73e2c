"""나비야 without memory: what four notes alone can tell."""

from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.lessons.shared.nabiya_song import LEARNING, listen
from melodyrnn.models.config import FitConfig, SequenceConfig


def teach(lesson: Lesson, progress: Progress) -> Finding:
    heard = listen(lesson, "mlp", "index", progress)
    one, whole = heard.measures.one_step, heard.measures.whole_song
    ceiling = heard.measures.ceiling
    return Finding(
        holds=one.right == ceiling.right and whole.right < whole.all,
        sentence=(
            f"one step {one}, and no model of windows tells more than {ceiling}; its own song "
            f"leaves the song at note {heard.leaves} and has {whole} notes right"
        ),
        figures=heard.figures(),
        tables=[heard.table()],
        curves=[heard.curve],
    )


LESSON = Lesson(
    name="nabiya-mlp",
    shape="many to one",
    about="나비야, nothing remembered",
    claim="46 of 50 notes in one step and never more; the whole song goes astray",
    teach=teach,
    model=SequenceConfig(units=128, layers=2),
    fit=FitConfig(epochs=2000, learning_rate=0.001, batch=10),
    uses=("units", "layers", "batch", *LEARNING),
)
