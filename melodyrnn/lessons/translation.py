"""Questions answered word by word, and sequences reversed: what attention is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import Finding, Lesson, Table
from melodyrnn.lessons.shared.fitted_network import fit_network
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded, source_and_target
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

PAIRS = {
    "how are you": "fine thank you",
    "how old are you": "i am seven",
    "where are you": "i am at home",
    "where do you live": "in a small town",
    "what do you play": "i play the violin",
    "what is this song": "it is nabiya",
    "who sings this song": "children in korea sing it",
    "do you sing": "yes i do",
    "do you like this song": "yes i like it",
    "when do you play": "in the evening",
    "is the song long": "no it is short",
    "can you sing it": "yes i can sing it",
}
LENGTHS = range(1, 13)
"""Of the sequences to reverse."""
TRAINING, TEST = 1024, 50
"""Sequences to reverse: in the training set, of all lengths; in the test set, of each length."""
DIGITS = 8
TEST_SEED = 1_000_000
"""Far from the seeds of runs."""
MUST_REVERSE = 0.9
"""The proportion of the longest that attention must reverse exactly."""
REVERSING = FitConfig(epochs=100, batch=64)
"""How reversing is trained; the learning rate is the lesson's."""
WITH, WITHOUT = "attention", "none"

Sequences = Sequence[Sequence[int]]


@dataclass(frozen=True)
class SentencePairs:
    """Sources and targets as indices, and the symbols that start and end a target."""

    sources: Sequences
    targets: Sequences
    symbols: int  # with the padding; targets have two more

    @property
    def ends(self) -> tuple[int, int]:
        return self.symbols, self.symbols + 1

    def batch(self) -> Batch:
        return source_and_target(self.sources, self.targets, *self.ends)


class FittedTranslator:
    """An encoder–decoder that was fitted to ``pairs``."""

    def __init__(
        self, pairs: SentencePairs, config: SequenceConfig, fit: FitConfig, progress: Progress
    ) -> None:
        from melodyrnn.models.networks.sequence_network import translator

        batch = pairs.batch()
        self.ends, self.steps = pairs.ends, (batch.x[0].shape[1], batch.x[1].shape[1])
        counts = pairs.symbols, pairs.symbols + 2
        made = translator(config, self.steps, counts, seed=fit.seed)
        self.fitted, self._looks = fit_network(made.model, batch, fit, progress), made.looks

    def answers(self, sources: Sequences) -> list[list[int]]:
        """Free-running, without teacher forcing, each up to its end."""
        from melodyrnn.generation.decoding import answer

        rows, _ = padded(sources, self.steps[0])
        written = answer(self.fitted.model, rows, *self.ends, self.steps[1])
        return [row[(row != 0) & (row != self.ends[1])].tolist() for row in written]

    def looks(self, source: Sequence[int], answer: list[int]) -> npt.NDArray[np.float32]:
        """The attention weights over ``source`` at each step of ``answer``, its end included."""
        rows, _ = padded([source], self.steps[0])
        inputs, counts = padded([[self.ends[0], *answer][: self.steps[1]]], self.steps[1])
        return np.asarray(self._looks([rows, inputs]))[counts][:, : len(source)]


@dataclass(frozen=True)
class Questions:
    """The questions, answered with attention and without."""

    words: Vocabulary
    pairs: SentencePairs
    translators: Mapping[str, FittedTranslator]
    answers: Mapping[str, list[list[int]]]

    def texts(self, name: str) -> list[str]:
        """The answers of one translator, as words."""
        return [" ".join(self.spelled(answer)) for answer in self.answers[name]]

    def spelled(self, answer: Sequence[int]) -> list[str]:
        return [self.words.symbols[index - 1] for index in answer]

    def exact(self, name: str) -> int:
        """How many answers of one translator are the targets."""
        return _exact(self.answers[name], self.pairs.targets)

    def table(self) -> Table:
        columns = [self.texts(name) for name in self.answers]
        rows = [
            [question, *(_marked(each, target) for each in answers)]
            for (question, target), *answers in zip(PAIRS.items(), *columns, strict=True)
        ]
        return Table("Questions answered, free-running", ["question", *self.answers], rows)


@dataclass(frozen=True)
class Reversals:
    """Sequences reversed with attention and without."""

    translators: Mapping[str, FittedTranslator]
    exact: Mapping[str, dict[int, float]]  # the proportion reversed exactly, by length

    def longest(self, name: str) -> float:
        return self.exact[name][LENGTHS[-1]]

    def table(self) -> Table:
        return Table(
            Sentence(
                "Reversed exactly, of {tests} test sequences of each length",
                tests=TEST,
            ),
            ["length", *self.exact],
            [
                [str(length), *(f"{shares[length]:.0%}" for shares in self.exact.values())]
                for length in LENGTHS
            ],
        )


def run(lesson: Lesson, progress: Progress) -> Finding:
    configs = {WITH: lesson.model, WITHOUT: replace(lesson.model, attention="none")}
    questions = _answer_questions(lesson.fit, configs, progress)
    reversals = _reverse(lesson.fit, configs, progress)
    exact, longest = questions.exact(WITH), reversals.longest(WITH)
    return Finding(
        holds=exact == len(PAIRS)
        and longest >= MUST_REVERSE
        and reversals.longest(WITHOUT) < longest / 2,
        sentence=Sentence(
            "{exact} of {questions} questions answered exactly with attention, {without} without; "
            "of test sequences of length {length}, {longest:.0%} are reversed exactly with "
            "attention and {longest_without:.0%} without",
            exact=exact,
            questions=len(PAIRS),
            without=questions.exact(WITHOUT),
            length=LENGTHS[-1],
            longest=longest,
            longest_without=reversals.longest(WITHOUT),
        ),
        figures=_figures(questions, reversals),
        tables=[questions.table(), reversals.table()],
        pictures=_pictures(questions, reversals) if lesson.model.attention != "none" else [],
        curves=[
            translator.fitted.curve(f"{task}, {name}")
            for task, fitted in (
                ("questions", questions.translators),
                ("reversing", reversals.translators),
            )
            for name, translator in fitted.items()
        ],
    )


def _answer_questions(
    fit: FitConfig, configs: Mapping[str, SequenceConfig], progress: Progress
) -> Questions:
    words = Vocabulary.of([text.split() for text in (*PAIRS, *PAIRS.values())])
    sources, targets = (
        [(1 + words.encode(text.split())).tolist() for text in texts]
        for texts in (PAIRS, PAIRS.values())
    )
    pairs = SentencePairs(sources, targets, len(words) + 1)
    fitted = {
        name: FittedTranslator(pairs, config, fit, progress) for name, config in configs.items()
    }
    answers = {name: translator.answers(pairs.sources) for name, translator in fitted.items()}
    return Questions(words, pairs, fitted, answers)


def _reverse(
    fit: FitConfig, configs: Mapping[str, SequenceConfig], progress: Progress
) -> Reversals:
    epochs = min(REVERSING.epochs, fit.epochs)
    fit = replace(REVERSING, seed=fit.seed, learning_rate=fit.learning_rate, epochs=epochs)
    pairs = _draw_reversals(fit.seed, TRAINING)
    fitted = {
        name: FittedTranslator(pairs, config, fit, progress) for name, config in configs.items()
    }
    return Reversals(fitted, {name: _by_length(each) for name, each in fitted.items()})


def _figures(questions: Questions, reversals: Reversals) -> dict[str, JSON]:
    by_length = {
        name: {str(length): share for length, share in shares.items()}
        for name, shares in reversals.exact.items()
    }
    return {
        "right": questions.exact(WITH),
        "all": len(PAIRS),
        "right_without": questions.exact(WITHOUT),
        "answers": dict(zip(PAIRS, questions.texts(WITH), strict=True)),
        "reversed": by_length[WITH],
        "reversed_without": by_length[WITHOUT],
        "epochs": questions.translators[WITH].fitted.epochs,
    }


def _draw_reversals(seed: int, count: int, length: int | None = None) -> SentencePairs:
    """Sequences of digits, of any of LENGTHS or all of ``length``, to be reversed."""
    draw = np.random.default_rng(seed)
    sizes = (
        draw.integers(LENGTHS[0], LENGTHS[-1] + 1, count) if length is None else [length] * count
    )
    sources = [draw.integers(1, DIGITS + 1, size).tolist() for size in sizes]
    return SentencePairs(sources, [source[::-1] for source in sources], DIGITS + 1)


def _by_length(translator: FittedTranslator) -> dict[int, float]:
    """The proportion of the test set that is reversed exactly, for each length."""
    shares = {}
    for length in LENGTHS:
        test = _draw_reversals(TEST_SEED + length, TEST, length)
        shares[length] = _exact(translator.answers(test.sources), test.targets) / TEST
    return shares


def _exact(answers: Sequence[Sequence[int]], targets: Sequences) -> int:
    """How many answers are their targets."""
    pairs = zip(answers, targets, strict=True)
    return sum(list(answer) == list(target) for answer, target in pairs)


def _marked(answer: str, target: str) -> str:
    return answer if answer == target else f"{answer}  wrong"


def _pictures(questions: Questions, reversals: Reversals) -> list[HeatMap]:
    """The attention of the longest answer, and of a long reversed sequence."""
    answers = questions.answers[WITH]
    place = max(range(len(answers)), key=lambda n: len(answers[n]))
    question, answer = list(PAIRS)[place], answers[place]
    source = _draw_reversals(TEST_SEED, 1, LENGTHS[-1]).sources[0]
    reverser = reversals.translators[WITH]
    (reversed_,) = reverser.answers([source])
    return [
        _heat_map(
            "attention-words",
            f"Attention of the answer to {question!r}",
            questions.spelled(answer),
            question.split(),
            questions.translators[WITH].looks(questions.pairs.sources[place], answer),
        ),
        _heat_map(
            "attention-reversing",
            "Attention at each step of a reversed sequence",
            list(map(str, reversed_)),
            list(map(str, source)),
            reverser.looks(source, reversed_),
        ),
    ]


def _heat_map(
    name: str,
    title: str,
    answer: list[str],
    source: list[str],
    looks: npt.NDArray[np.float32],
) -> HeatMap:
    rows = [*answer, "end"][: len(looks)]
    return HeatMap(name, title, rows, source, looks.tolist(), down="output", across="source")


LESSON = Lesson(
    name="translation",
    shape="encoder–decoder",
    about="a question in, an answer out",
    claim=(
        "with attention every question of the training set is answered exactly, free-running; "
        "test sequences of up to 12 are reversed exactly, where one vector for the whole source "
        "does not suffice"
    ),
    run=run,
    model=SequenceConfig(cell="lstm", units=32, attention="additive"),
    fit=FitConfig(epochs=400, learning_rate=0.01),
    uses=(*Lesson.uses, "attention"),
)
