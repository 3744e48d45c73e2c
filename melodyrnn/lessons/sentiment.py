"""Words and short phrases, letter by letter: praise or blame?"""

from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.lessons.shared.labelled_texts import Labelled
from melodyrnn.models.config import FitConfig, SequenceConfig

WORDS = Labelled(
    {
        **dict.fromkeys(
            ("good", "so good", "best", "great", "nice", "very nice", "not bad", "well done"),
            "good",
        ),
        **dict.fromkeys(
            ("bad", "so bad", "worst", "awful", "sad", "very sad", "not good", "badly done"),
            "bad",
        ),
    }
)
MORE = (1, 5, 20)
"""Padded steps more than the words had in training."""
SAME = 1e-6
"""Logits that differ by no more are the same."""


def teach(lesson: Lesson, progress: Progress) -> Finding:
    learned = WORDS.learn(lesson, progress)
    told, batch = learned.told, WORDS.batch()
    changed = max(WORDS.changed_by_padding(lesson, learned, more) for more in MORE)
    return Finding(
        holds=told.right == told.all and changed <= SAME,
        sentence=(
            f"{told.right} of {told.all} right after {learned.epochs} epochs; the same words "
            f"padded by up to {max(MORE)} steps more change no logit "
            + (f"by more than {changed:.0e}" if changed else "at all")
        ),
        figures={
            "right": told.right,
            "all": told.all,
            "loss": told.loss,
            "epochs": learned.epochs,
            "changed_by_padding": changed,
        },
        tables=[WORDS.table(learned, f"{told.all} words, {batch.x.shape[1]} steps with padding")],
        curves=[learned.curve("loss")],
    )


LESSON = Lesson(
    name="sentiment",
    shape="many to one",
    about="a word by its letters; good or bad",
    claim=(
        "all training words right; a padded step changes nothing: the same word padded more has "
        "the same logits to 1e-6"
    ),
    teach=teach,
    model=SequenceConfig(cell="rnn", units=10),
    fit=FitConfig(epochs=1000, learning_rate=0.01),
)
