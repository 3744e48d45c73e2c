"""``아리아리아리`` in, ``리아리아리랑`` out: the network has to count."""

from melodyrnn.lessons.lesson import Lesson
from melodyrnn.lessons.shared.next_symbol import NextSymbol
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary

TASK = NextSymbol("아리아리아리랑", Vocabulary("아리랑"), cell="lstm", learning_rate=0.001)

LESSON = Lesson(
    name="arirang",
    shape="many to many",
    about="'아리아리아리' in, '리아리아리랑' out",
    claim=(
        "with an output layer and a suitable learning rate '리아리아리랑', so that it counts; "
        "without one, as in the course, the outputs of the cell are the logits, which tanh keeps "
        "within 1, and no loss is below ln(1 + 2 e^-2) = 0.240"
    ),
    run=TASK.run,
    model=SequenceConfig(cell="lstm", units=3),
    fit=FitConfig(epochs=2000, learning_rate=0.03),
)
