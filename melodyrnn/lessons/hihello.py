"""``hihell`` in, ``ihello`` out: the next letter is predicted at each step."""

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
        "with an output layer 'ihello', the loss approaching 0; without one, as in the course, the "
        "outputs of the cell are the logits, which tanh keeps within 1, and no loss is below "
        "ln(1 + 4 e^-2) = 0.433"
    ),
    run=TASK.run,
    model=SequenceConfig(cell="rnn", units=5),
    fit=FitConfig(epochs=2000, learning_rate=0.1),
)
