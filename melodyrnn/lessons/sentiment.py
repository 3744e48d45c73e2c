"""Words and short phrases, letter by letter: praise or blame?"""

from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.shared.labelled_texts import LabelledTexts
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

WORDS = LabelledTexts(
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


def run(lesson: Lesson, progress: Progress) -> Finding:
    fitted, steps = WORDS.fit(lesson, progress), WORDS.batch().x.shape[1]
    changed = max(WORDS.changed_by_padding(lesson, fitted, more) for more in MORE)
    return Finding(
        holds=fitted.right == fitted.all and changed <= SAME,
        sentence=Sentence(
            "{right} of {all} correct after {epochs} epochs; the same words padded by up to "
            "{more} steps more change no logit by more than {changed:.0e}"
            if changed
            else "{right} of {all} correct after {epochs} epochs; the same words padded by up "
            "to {more} steps more change no logit at all",
            right=fitted.right,
            all=fitted.all,
            epochs=fitted.epochs,
            more=max(MORE),
            changed=changed,
        ),
        figures={
            "right": fitted.right,
            "all": fitted.all,
            "loss": fitted.loss,
            "epochs": fitted.epochs,
            "changed_by_padding": changed,
        },
        tables=[
            WORDS.table(
                fitted,
                Sentence(
                    "{words} words, {steps} steps with padding", words=fitted.all, steps=steps
                ),
            )
        ],
        curves=[fitted.curve("loss")],
    )


LESSON = Lesson(
    name="sentiment",
    shape="many to one",
    about="a word by its letters; good or bad",
    claim=(
        "every word of the training set is classified correctly; a padded step has no effect: the "
        "same word with more padding has the same logits to 1e-6"
    ),
    run=run,
    model=SequenceConfig(cell="rnn", units=10),
    fit=FitConfig(epochs=1000, learning_rate=0.01),
)
