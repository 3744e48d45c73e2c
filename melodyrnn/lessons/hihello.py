"""``hihell`` in, ``ihello`` out: each letter tells the next."""

from melodyrnn.lessons.lesson import Lesson
from melodyrnn.lessons.shared.next_symbol import NextSymbol
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary

TASK = NextSymbol("hihello", Vocabulary("hielo"), cell="rnn", learning_rate=0.1)

LESSON = Lesson(
    name="hihello",
    shape="many to many",
    about="'hihell' in, 'ihello' out",
    claim=(
        "with a dense head 'ihello', the loss going to 0; as taught, where the outputs of the "
        "cell are the logits, never below ln(1 + 4 e^-2) = 0.433, for a tanh is no logit"
    ),
    teach=TASK.teach,
    model=SequenceConfig(cell="rnn", units=5),
    fit=FitConfig(epochs=2000, learning_rate=0.1),
)
