"""Sentences with a part of speech for each word, read from one end and from both."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from melodyrnn.lessons.lesson import Finding, Lesson, Table
from melodyrnn.lessons.shared.fitted_network import FittedNetwork, fit_network
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

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
AMBIGUOUS = 2
"""The sentence in which the fourth word decides on the third: up to there it begins like two
others."""
SENTENCES = [[word.split("/")[0] for word in line.split()] for line in TAGGED]
TAGS = [[word.split("/")[1] for word in line.split()] for line in TAGGED]
WORDS = Vocabulary(["·", *Vocabulary.of(SENTENCES).symbols])  # index 0 is the padding
KINDS = Vocabulary(["·", *Vocabulary.of(TAGS).symbols])


class Tagger(NamedTuple):
    """A fitted network, and the tags that it predicts."""

    fitted: FittedNetwork
    tags: list[list[str]]  # of each sentence, of each word

    @property
    def resolves(self) -> bool:
        """Whether the ambiguous sentence is tagged correctly."""
        return self.tags[AMBIGUOUS] == TAGS[AMBIGUOUS]

    @property
    def verdict(self) -> Sentence:
        return Sentence("correct" if self.resolves else "wrong")


def run(lesson: Lesson, progress: Progress) -> Finding:
    batch = _batch()
    both, one = (_fit(lesson, bidirectional, batch, progress) for bidirectional in (True, False))
    taggers = {template("both ways"): both, template("one way"): one}
    sentence = " ".join(SENTENCES[AMBIGUOUS])
    return Finding(
        holds=both.fitted.right == both.fitted.all and both.resolves and not one.resolves,
        sentence=Sentence(
            "{right} of {all} tags correct both ways, {one_way} one way; {sentence!r} is "
            "{verdict} both ways and {one_way_verdict} one way, where 'her' is a {tag}",
            right=both.fitted.right,
            all=both.fitted.all,
            one_way=one.fitted.right,
            sentence=sentence,
            verdict=both.verdict,
            one_way_verdict=one.verdict,
            tag=one.tags[AMBIGUOUS][2],
        ),
        figures={
            "right": both.fitted.right,
            "all": both.fitted.all,
            "epochs": both.fitted.epochs,
            "one_way": {"right": one.fitted.right, "all": one.fitted.all},
            "sentence": sentence,
            "tags": both.tags[AMBIGUOUS],
            "one_way_tags": one.tags[AMBIGUOUS],
        },
        tables=[_table(taggers)],
        curves=[tagger.fitted.curve(name) for name, tagger in taggers.items()],
    )


def _batch() -> Batch:
    x, mask = padded([WORDS.encode(words) for words in SENTENCES])
    y, _ = padded([KINDS.encode(tags) for tags in TAGS])
    return Batch(x, y, mask)


def _fit(lesson: Lesson, bidirectional: bool, batch: Batch, progress: Progress) -> Tagger:
    from melodyrnn.models.networks.sequence_network import tagger

    config = replace(lesson.model, bidirectional=bidirectional)
    sizes = batch.x.shape[1], len(WORDS), len(KINDS)
    model = tagger(config, *sizes, seed=lesson.fit.seed, padded=True)
    fitted = fit_network(model, batch, lesson.fit, progress)
    return Tagger(fitted, _tags(fitted))


def _tags(fitted: FittedNetwork) -> list[list[str]]:
    """Of each sentence, without its padding; the padding is no tag."""
    likeliest = 1 + np.argmax(fitted.logits[..., 1:], -1)
    return [
        KINDS.decode(row[: len(words)]) for row, words in zip(likeliest, SENTENCES, strict=True)
    ]


def _table(taggers: dict[str, Tagger]) -> Table:
    rows = []
    for place, (words, tags) in enumerate(zip(SENTENCES, TAGS, strict=True)):
        for step, (word, tag) in enumerate(zip(words, tags, strict=True)):
            predicted = [tagger.tags[place][step] for tagger in taggers.values()]
            marked = [
                name if name == tag else Sentence("{marked}  wrong", marked=name)
                for name in predicted
            ]
            rows.append([str(place + 1) if step == 0 else "", word, tag, *marked])
    return Table("Each word", ["sentence", "input", "target", *taggers], rows)


LESSON = Lesson(
    name="tagging",
    shape="many to many",
    about="the part of speech of each word",
    claim=(
        "every tag of the training set is correct where the sentence is read both ways; 'we saw "
        "her yesterday', where the word after 'her' decides on its tag, is correct then and wrong "
        "one way"
    ),
    run=run,
    model=SequenceConfig(cell="rnn", units=10),
    fit=FitConfig(epochs=500, learning_rate=0.02),
)
