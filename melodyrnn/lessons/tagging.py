"""Sentences with a part of speech for each word, read from one end and from both."""

from dataclasses import replace
from typing import Any

import numpy as np

from melodyrnn.lessons.lesson import Finding, Lesson, Progress, Table
from melodyrnn.lessons.shared.fitted_network import Learned, learn
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded

TAGGED = (
    "we/pronoun saw/verb her/determiner dog/noun",
    "we/pronoun saw/verb her/determiner little/adjective garden/noun",
    "we/pronoun saw/verb her/pronoun yesterday/adverb",
    "the/determiner dog/noun sings/verb",
    "they/pronoun sing/verb a/determiner song/noun",
    "a/determiner little/adjective song/noun is/verb a/determiner joy/noun",
    "the/determiner song/noun is/verb little/adjective",
    "yesterday/adverb they/pronoun saw/verb the/determiner garden/noun",
    "she/pronoun sings/verb well/adverb",
)
TURN = 2
"""The sentence whose third word is told by the fourth: up to there it begins like two others."""
SENTENCES = [[word.split("/")[0] for word in line.split()] for line in TAGGED]
TAGS = [[word.split("/")[1] for word in line.split()] for line in TAGGED]
WORDS = Vocabulary(["·", *Vocabulary.of(SENTENCES).symbols])  # index 0 is the padding
KINDS = Vocabulary(["·", *Vocabulary.of(TAGS).symbols])


def teach(lesson: Lesson, progress: Progress) -> Finding:
    x, mask = padded([WORDS.encode(words) for words in SENTENCES])
    y, _ = padded([KINDS.encode(tags) for tags in TAGS])
    batch = Batch(x, y, mask)
    ways = {
        name: _learn(lesson, replace(lesson.model, bidirectional=both), batch, progress)
        for name, both in (("both ways", True), ("one way", False))
    }
    both, one = ways.values()
    said = {name: _tags(learned) for name, learned in ways.items()}
    turned = {name: tags[TURN] == TAGS[TURN] for name, tags in said.items()}
    sentence = " ".join(SENTENCES[TURN])
    return Finding(
        holds=both.told.right == both.told.all and turned["both ways"] and not turned["one way"],
        sentence=(
            f"both ways {both.told.right} of {both.told.all} tags, one way {one.told.right}; "
            f"{sentence!r} is {_verdict(turned['both ways'])} both ways and "
            f"{_verdict(turned['one way'])} one way, where 'her' is "
            f"a {said['one way'][TURN][2]}"
        ),
        figures={
            "right": both.told.right,
            "all": both.told.all,
            "epochs": both.epochs,
            "one_way": {"right": one.told.right, "all": one.told.all},
            "sentence": sentence,
            "tags": said["both ways"][TURN],
            "one_way_tags": said["one way"][TURN],
        },
        tables=[_table(said)],
        curves=[learned.curve(name) for name, learned in ways.items()],
    )


def _learn(lesson: Lesson, config: SequenceConfig, batch: Batch, progress: Progress) -> Learned:
    from melodyrnn.models.networks.sequence_network import tagger

    sizes = batch.x.shape[1], len(WORDS), len(KINDS)
    model = tagger(config, *sizes, seed=lesson.fit.seed, padded=True)
    return learn(model, batch, lesson.fit, progress)


def _tags(learned: Learned) -> list[list[str]]:
    """Of each sentence, without its padding; the padding is no tag."""
    likeliest: Any = 1 + np.argmax(learned.logits[..., 1:], -1)
    return [
        KINDS.decode(row[: len(words)]) for row, words in zip(likeliest, SENTENCES, strict=True)
    ]


def _verdict(right: bool) -> str:
    return "right" if right else "wrong"


def _table(said: dict[str, list[list[str]]]) -> Table:
    rows = []
    for place, (words, tags) in enumerate(zip(SENTENCES, TAGS, strict=True)):
        for step, (word, tag) in enumerate(zip(words, tags, strict=True)):
            told = [each[place][step] for each in said.values()]
            marked = [name if name == tag else f"{name}  wrong" for name in told]
            rows.append([str(place + 1) if step == 0 else "", word, tag, *marked])
    return Table("Each word", ["sentence", "sees", "truth", *said], rows)


LESSON = Lesson(
    name="tagging",
    shape="many to many",
    about="the part of speech of each word",
    claim=(
        "all training tags right where the sentence is read both ways; 'we saw her yesterday', "
        "where the next word tells what 'her' is, is right then and wrong one way"
    ),
    teach=teach,
    model=SequenceConfig(cell="rnn", units=10),
    fit=FitConfig(epochs=500, learning_rate=0.02),
)
