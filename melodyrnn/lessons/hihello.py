"""``hihell`` in, ``ihello`` out: each letter tells the next."""

from math import exp, log
from typing import Any

from melodyrnn.lessons.learning import learn_to_tell, spelled, step_table
from melodyrnn.lessons.lesson import Finding, Lesson, Progress
from melodyrnn.networks.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import shifted

WORD = "hihello"
LETTERS = Vocabulary("hielo")
AS_TAUGHT = 5
"""Seeds, the run's own first, for the network whose outputs are the logits."""


def floor(classes: int) -> float:
    """The least loss where each logit lies between -1 and 1: ln(1 + (C - 1) e^-2)."""
    return log(1 + (classes - 1) * exp(-2))


def teach(lesson: Lesson, progress: Progress) -> Finding:
    batch, truth = shifted(LETTERS.encode(WORD)), WORD[1:]
    told = learn_to_tell(lesson, batch, len(LETTERS), progress)
    bare = [
        learn_to_tell(lesson, batch, len(LETTERS), progress, head=False, seed=seed)
        for seed in range(lesson.fit.seed, lesson.fit.seed + AS_TAUGHT)
    ]
    said, taught = spelled(told, LETTERS), [spelled(each, LETTERS) for each in bare]
    least, exact = floor(len(LETTERS)), sum(word == truth for word in taught)
    lowest = min(each.told.loss for each in bare)
    figures: dict[str, Any] = {
        "prediction": said,
        "loss": told.told.loss,
        "epochs": told.epochs,
        "as_taught": {
            "prediction": taught[0],
            "loss": bare[0].told.loss,
            "floor": least,
            "exact": exact,
            "seeds": AS_TAUGHT,
            "lowest_loss": lowest,
        },
    }
    return Finding(
        holds=said == truth and told.told.loss < least and lowest >= least,
        sentence=(
            f"with a dense head {said!r}, loss {told.told.loss:.4f}; as taught {taught[0]!r}, "
            f"loss {bare[0].told.loss:.3f}, and exact with {exact} of {AS_TAUGHT} seeds, "
            f"none below {least:.3f}: a tanh output is no logit"
        ),
        figures=figures,
        tables=[step_table(WORD, truth, {"dense head": told, "as taught": bare[0]}, LETTERS)],
        curves=[told.curve("dense head"), bare[0].curve("as taught")],
    )


LESSON = Lesson(
    name="hihello",
    shape="many to many",
    about="'hihell' in, 'ihello' out: each letter tells the next",
    claim=(
        "with a dense head 'ihello', the loss going to 0; as taught, where the outputs of the "
        "cell are the logits, the loss cannot fall below ln(1 + 4e^-2) = 0.433"
    ),
    teach=teach,
    model=SequenceConfig(cell="rnn", units=5),
    fit=FitConfig(epochs=2000, learning_rate=0.1),
)
