"""``아리아리아리`` in, ``리아리아리랑`` out: it has to count."""

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
        "with a dense head and a rate that suits '리아리아리랑', so that it counts; as taught, "
        "where the outputs of the cell are the logits, never below ln(1 + 2 e^-2) = 0.240"
    ),
    teach=TASK.teach,
    model=SequenceConfig(cell="lstm", units=3),
    fit=FitConfig(epochs=2000, learning_rate=0.03),
)
