"""Sentences word by word, two recurrent layers with dropout: praise or blame?"""

import numpy as np

from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.lessons.shared.labelled_texts import Labelled
from melodyrnn.models.config import FitConfig, SequenceConfig

SENTENCES = Labelled(
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


def teach(lesson: Lesson, progress: Progress) -> Finding:
    learned = SENTENCES.learn(lesson, progress)
    told, x = learned.told, SENTENCES.batch().x
    one, other = (np.asarray(learned.model(x, training=False)) for _ in range(2))
    hidden = float(np.abs(np.asarray(learned.model(x, training=True)) - one).max())
    steady = bool(np.array_equal(one, other))
    off = steady and (hidden > 0 or not lesson.model.dropout)
    return Finding(
        holds=told.right == told.all and off,
        sentence=(
            f"{told.right} of {told.all} right after {learned.epochs} epochs; dropout moves the "
            f"logits by up to {hidden:.1f} in training and not at all at evaluation"
            if steady
            else f"{told.right} of {told.all} right, but evaluation differs from time to time"
        ),
        figures={
            "right": told.right,
            "all": told.all,
            "loss": told.loss,
            "epochs": learned.epochs,
            "dropout_moves": hidden,
            "steady_at_evaluation": steady,
        },
        tables=[SENTENCES.table(learned, f"{told.all} sentences of up to {x.shape[1]} words")],
        curves=[learned.curve("loss")],
    )


LESSON = Lesson(
    name="sentiment-stacked",
    shape="many to one",
    about="a sentence by its words; good or bad",
    claim="all training sentences right; dropout hides outputs in training and none at evaluation",
    teach=teach,
    model=SequenceConfig(cell="rnn", units=10, layers=2, dropout=0.2),
    fit=FitConfig(epochs=1000, learning_rate=0.01),
    uses=(*Lesson.uses, "dropout"),
)
