"""Sentences word by word, two recurrent layers with dropout: praise or blame?"""

import numpy as np

from melodyrnn.lessons.lesson import Finding, Lesson
from melodyrnn.lessons.shared.labelled_texts import LabelledTexts
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

SENTENCES = LabelledTexts(
    {
        "this song is lovely and i could hear it all day": "good",
        "what a fine tune": "good",
        "the singer is not bad at all": "good",
        "i did not like the first verse but the rest is lovely": "good",
        "it is short but never dull": "good",
        "they played it well and we danced": "good",
        "nobody could play it better": "good",
        "a tune that i will never forget": "good",
        "this song is dull and i could not hear it to the end": "bad",
        "what a dull tune": "bad",
        "the singer is not good at all": "bad",
        "i did like the first verse but the rest is dull": "bad",
        "it is long and never lovely": "bad",
        "they played it so badly that we left": "bad",
        "nobody could play it worse": "bad",
        "a tune that i will soon forget": "bad",
    },
    str.split,
)


def run(lesson: Lesson, progress: Progress) -> Finding:
    fitted, x = SENTENCES.fit(lesson, progress), SENTENCES.batch().x
    first, second = (np.asarray(fitted.model(x, training=False)) for _ in range(2))
    change = float(np.abs(np.asarray(fitted.model(x, training=True)) - first).max())
    deterministic = bool(np.array_equal(first, second))
    training_only = deterministic and (change > 0 or not lesson.model.dropout)
    return Finding(
        holds=fitted.right == fitted.all and training_only,
        sentence=Sentence(
            "{right} of {all} correct after {epochs} epochs; dropout changes the logits by up "
            "to {change:.1f} in training and not at all at evaluation"
            if deterministic
            else "{right} of {all} correct, but evaluations differ from each other",
            right=fitted.right,
            all=fitted.all,
            epochs=fitted.epochs,
            change=change,
        ),
        figures={
            "right": fitted.right,
            "all": fitted.all,
            "loss": fitted.loss,
            "epochs": fitted.epochs,
            "dropout_moves": change,
            "steady_at_evaluation": deterministic,
        },
        tables=[
            SENTENCES.table(
                fitted,
                Sentence(
                    "{all} sentences of up to {words} words", all=fitted.all, words=x.shape[1]
                ),
            )
        ],
        curves=[fitted.curve("loss")],
    )


LESSON = Lesson(
    name="sentiment-stacked",
    shape="many to one",
    about="a sentence by its words; good or bad",
    claim=(
        "every sentence of the training set is classified correctly; dropout acts in training only"
    ),
    run=run,
    model=SequenceConfig(cell="rnn", units=10, layers=2, dropout=0.2),
    fit=FitConfig(epochs=1000, learning_rate=0.01),
    uses=(*Lesson.uses, "dropout"),
)
