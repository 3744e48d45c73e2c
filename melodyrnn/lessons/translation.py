"""Questions answered word by word, and sequences reversed: what attention is for."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from melodyrnn.lessons.lesson import Finding, HeatMap, Lesson, Progress, Table
from melodyrnn.lessons.shared.fitted_network import learn
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded, source_and_target

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
LEARNED, ASKED = 1024, 50
"""Sequences to reverse that are learned, of all lengths, and asked, of each length."""
DIGITS = 8
UNHEARD = 1_000_000
"""A seed for what is asked, far from those of runs."""
STAYS = 0.9
"""The share of the longest that attention is to reverse exactly."""
REVERSING = FitConfig(epochs=100, batch=64)
"""How reversing is learned; the step size is the lesson's."""


@dataclass(frozen=True)
class Pairs:
    """Sources and targets as indices, and the symbols that start and end a target."""

    sources: list[Any]
    targets: list[Any]
    symbols: int  # with the padding; targets have two more

    @property
    def ends(self) -> tuple[int, int]:
        return self.symbols, self.symbols + 1

    def batch(self) -> Batch:
        return source_and_target(self.sources, self.targets, *self.ends)


class Reader:
    """A translator that learned ``pairs``."""

    def __init__(
        self, pairs: Pairs, config: SequenceConfig, fit: FitConfig, progress: Progress
    ) -> None:
        from melodyrnn.models.networks.sequence_network import translator

        batch = pairs.batch()
        self.ends, self.steps = pairs.ends, (batch.x[0].shape[1], batch.x[1].shape[1])
        counts = pairs.symbols, pairs.symbols + 2
        made = translator(config, self.steps, counts, seed=fit.seed)
        self.learned, self._looks = learn(made.model, batch, fit, progress), made.looks

    def answers(self, sources: list[Any]) -> list[list[int]]:
        """Written without a teacher, each up to its end."""
        from melodyrnn.generation.decoding import answer

        rows, _ = padded(sources, self.steps[0])
        told = answer(self.learned.model, rows, *self.ends, self.steps[1])
        return [row[(row != 0) & (row != self.ends[1])].tolist() for row in told]

    def looks(self, source: Any, told: list[int]) -> Any:
        """How each step of the answer ``told``, its end with it, weighs ``source``."""
        rows, _ = padded([source], self.steps[0])
        seen, counts = padded([[self.ends[0], *told][: self.steps[1]]], self.steps[1])
        return np.asarray(self._looks([rows, seen]))[counts][:, : len(source)]


def teach(lesson: Lesson, progress: Progress) -> Finding:
    configs = {"attention": lesson.model, "none": replace(lesson.model, attention="none")}
    words = Vocabulary.of([text.split() for text in (*PAIRS, *PAIRS.values())])
    talk = Pairs(
        [1 + words.encode(text.split()) for text in PAIRS],
        [1 + words.encode(text.split()) for text in PAIRS.values()],
        len(words) + 1,
    )
    turn = _reversals(lesson.fit.seed, LEARNED)
    turning = replace(
        REVERSING,
        seed=lesson.fit.seed,
        learning_rate=lesson.fit.learning_rate,
        epochs=min(REVERSING.epochs, lesson.fit.epochs),
    )
    talkers = {name: Reader(talk, config, lesson.fit, progress) for name, config in configs.items()}
    turners = {name: Reader(turn, config, turning, progress) for name, config in configs.items()}

    told = {name: reader.answers(talk.sources) for name, reader in talkers.items()}
    said = {
        name: [" ".join(words.symbols[i - 1] for i in each) for each in answers]
        for name, answers in told.items()
    }
    exact = {name: _agree(answers, talk.targets) for name, answers in told.items()}
    by_length = {name: _by_length(reader) for name, reader in turners.items()}
    longest = {name: shares[LENGTHS[-1]] for name, shares in by_length.items()}
    return Finding(
        holds=exact["attention"] == len(PAIRS)
        and longest["attention"] >= STAYS
        and longest["none"] < longest["attention"] / 2,
        sentence=(
            f"{exact['attention']} of {len(PAIRS)} questions answered exactly with attention, "
            f"{exact['none']} without; of sequences of {LENGTHS[-1]}, "
            f"drawn anew, {longest['attention']:.0%} are reversed exactly with attention and "
            f"{longest['none']:.0%} without"
        ),
        figures={
            "right": exact["attention"],
            "all": len(PAIRS),
            "right_without": exact["none"],
            "answers": dict(zip(PAIRS, said["attention"], strict=True)),
            "reversed": {str(n): share for n, share in by_length["attention"].items()},
            "reversed_without": {str(n): share for n, share in by_length["none"].items()},
            "epochs": talkers["attention"].learned.epochs,
        },
        tables=[
            Table(
                "Questions answered, no teacher",
                ["question", "attention", "none"],
                [
                    [question, *(_marked(each, true) for each in answers)]
                    for (question, true), *answers in zip(
                        PAIRS.items(), *said.values(), strict=True
                    )
                ],
            ),
            Table(
                f"Reversed exactly, of {ASKED} sequences drawn anew of each length",
                ["length", *by_length],
                [
                    [str(length), *(f"{shares[length]:.0%}" for shares in by_length.values())]
                    for length in LENGTHS
                ],
            ),
        ],
        pictures=_pictures(
            talkers["attention"], turners["attention"], talk, words, told["attention"]
        )
        if lesson.model.attention != "none"
        else [],
        curves=[reader.learned.curve(f"questions, {name}") for name, reader in talkers.items()]
        + [reader.learned.curve(f"reversing, {name}") for name, reader in turners.items()],
    )


def _reversals(seed: int, count: int, length: int | None = None) -> Pairs:
    """Sequences of digits, of any of LENGTHS or all of ``length``, to be reversed."""
    draw = np.random.default_rng(seed)
    sizes = (
        draw.integers(LENGTHS[0], LENGTHS[-1] + 1, count) if length is None else [length] * count
    )
    sources = [draw.integers(1, DIGITS + 1, size) for size in sizes]
    return Pairs(sources, [source[::-1] for source in sources], DIGITS + 1)


def _by_length(reader: Reader) -> dict[int, float]:
    """The share of sequences that were not learned and are reversed exactly, of each length."""
    shares = {}
    for length in LENGTHS:
        asked = _reversals(UNHEARD + length, ASKED, length)
        shares[length] = _agree(reader.answers(asked.sources), asked.targets) / ASKED
    return shares


def _agree(answers: list[list[int]], targets: list[Any]) -> int:
    pairs = zip(answers, targets, strict=True)
    return sum(told == [int(i) for i in target] for told, target in pairs)


def _marked(said: str, true: str) -> str:
    return said if said == true else f"{said}  wrong"


def _pictures(
    talker: Reader, turner: Reader, talk: Pairs, words: Vocabulary, told: list[list[int]]
) -> list[HeatMap]:
    """Where the longest answer looks, and where a long reversed sequence does."""
    place = max(range(len(told)), key=lambda n: len(told[n]))
    question = list(PAIRS)[place]
    asked = _reversals(UNHEARD, 1, LENGTHS[-1]).sources[0]
    (turned,) = turner.answers([asked])
    return [
        _heat_map(
            "attention-words",
            f"Where the answer to {question!r} looks",
            [words.symbols[i - 1] for i in told[place]],
            question.split(),
            talker.looks(talk.sources[place], told[place]),
        ),
        _heat_map(
            "attention-reversing",
            "Where each step of a reversed sequence looks",
            list(map(str, turned)),
            list(map(str, asked)),
            turner.looks(asked, turned),
        ),
    ]


def _heat_map(name: str, title: str, told: list[str], source: list[str], looks: Any) -> HeatMap:
    rows = [*told, "end"][: len(looks)]
    return HeatMap(name, title, rows, source, looks.tolist(), down="written", across="read")


LESSON = Lesson(
    name="translation",
    shape="encoder–decoder",
    about="a question in, an answer out",
    claim=(
        "with attention every training question is answered exactly, without a teacher; reversing "
        "sequences of up to 12, drawn anew, it stays right where one vector for all of the source "
        "does not"
    ),
    teach=teach,
    model=SequenceConfig(cell="lstm", units=32, attention="additive"),
    fit=FitConfig(epochs=400, learning_rate=0.01),
    uses=(*Lesson.uses, "attention"),
)
