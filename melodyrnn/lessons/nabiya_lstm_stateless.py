"""나비야 with gates but without memory: the state forgotten at each window."""

from melodyrnn.lessons.lesson import NETWORK, Finding, Lesson, Progress
from melodyrnn.lessons.shared.nabiya_song import LEARNING, listen
from melodyrnn.models.config import FitConfig, SequenceConfig


def teach(lesson: Lesson, progress: Progress) -> Finding:
    heard = listen(lesson, f"{lesson.model.cell}-stateless", "index", progress)
    one, whole = heard.measures.one_step, heard.measures.whole_song
    ceiling = heard.measures.ceiling
    return Finding(
        holds=one.right <= ceiling.right and whole.right < whole.all,
        sentence=(
            f"one step {one} of at most {ceiling}; its own song leaves the song at note "
            f"{heard.leaves} and has {whole} notes right: the state makes the difference, "
            "not the gates"
        ),
        figures=heard.figures(),
        tables=[heard.table()],
        curves=[heard.curve],
    )


LESSON = Lesson(
    name="nabiya-lstm-stateless",
    shape="many to one",
    about="나비야, forgetting at each window",
    claim="at most 46 of 50 notes in one step, and the whole song goes astray like the MLP's",
    teach=teach,
    model=SequenceConfig(cell="lstm", units=128),
    fit=FitConfig(epochs=2000, learning_rate=0.001, batch=14),
    uses=(*NETWORK, "batch", *LEARNING),
)
