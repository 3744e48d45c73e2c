"""A tune in, its tradition out: German children's songs, Chinese songs or Irish tunes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import (
    FIT_SETTINGS,
    NETWORK_SETTINGS,
    Finding,
    LearningCurve,
    Lesson,
    Table,
)
from melodyrnn.lessons.shared.corpus_tunes import (
    ATTRIBUTES,
    EXCERPT,
    TRADITIONS,
    MoveVocabulary,
    Training,
    TuneSplit,
    attributes,
    excerpts,
    gather_split,
    tradition_indices,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.music.interval_tokens import Move
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Ratio, difference, interval, mean
from melodyrnn.sequences.windows import Batch, one_hot
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

NAMES = tuple(TRADITIONS)
_ORDER = 2
"""Moves of context of the n-gram models."""

Scores = npt.NDArray[np.float64]
"""(N, C): of each tune, of each tradition; the highest is the prediction."""
Classes = npt.NDArray[np.int64]
"""(N,): indices of traditions."""


class TraditionClassifier(NamedTuple):
    """A network that was fitted to classify excerpts by tradition."""

    model: "keras.Model"
    excerpts: int  # of a tune; its log-probabilities are averaged over them
    curve: LearningCurve

    def scores(self, lines: Sequence[Sequence[Move]]) -> Scores:
        """Of lines of moves, each as long as an excerpt or longer."""
        from melodyrnn.training.batches import logits_of

        logits = logits_of(self.model, _batch(lines, [0] * len(lines), self.excerpts))
        by_line = log_softmax(logits).reshape(len(lines), self.excerpts, len(NAMES))
        return np.asarray(by_line.mean(1), dtype=np.float64)


def fit_classifier(lesson: Lesson, tunes: TuneSplit, progress: Progress) -> TraditionClassifier:
    """A network of the lesson's kind, fitted to ``tunes.training``."""
    from melodyrnn.models.networks.sequence_network import vector_classifier

    count = lesson.own["excerpts"]
    training, validation = (
        _batch([tune.moves for tune in part], tradition_indices(part), count)
        for part in (tunes.training, tunes.validation)
    )
    model = vector_classifier(
        lesson.model, EXCERPT, sum(ATTRIBUTES), len(NAMES), seed=lesson.fit.seed
    )
    curve = Training(lesson, progress).fit(model, training, validation, "classifier")
    return TraditionClassifier(model, count, curve)


def _batch(lines: Sequence[Sequence[Move]], labels: Sequence[int], count: int) -> Batch:
    """``count`` excerpts of each line, each of them with the line's label."""
    rows = [attributes(excerpt) for line in lines for excerpt in excerpts(line, count)]
    y = np.repeat(np.array(labels, dtype=np.int32), count)
    return Batch(one_hot(rows, ATTRIBUTES, EXCERPT)[0], y, np.ones(len(y), dtype=bool))


def _ngram_scores(tunes: TuneSplit, count: int) -> Scores:
    """The log-probability of the excerpts of each held-out tune by an n-gram of each tradition."""
    vocabulary = MoveVocabulary(tunes)
    lines = {
        name: [vocabulary.encode(t.moves) for t in tunes.training if t.tradition == name]
        for name in NAMES
    }
    models = [Ngram(lines[name], _ORDER, len(vocabulary)) for name in NAMES]
    held_out = [
        [vocabulary.encode(excerpt) for excerpt in excerpts(tune.moves, count)]
        for tune in tunes.held_out
    ]
    return -np.array([[sum(m.bits(e).sum() for e in each) for m in models] for each in held_out])


@dataclass(frozen=True)
class TraditionComparison:
    """The traditions of the tunes held out, and what each model predicts them to be."""

    targets: Classes
    predictions: Mapping[str, Classes]  # by model
    commonest: int  # tradition of the training set

    @cached_property
    def accuracy(self) -> dict[str, Ratio]:
        """Of each model."""
        return {name: mean(found == self.targets) for name, found in self.predictions.items()}

    @cached_property
    def confusion(self) -> list[list[int]]:
        """Of the network: a row for each tradition, a column for each prediction."""
        found, count = self.predictions["network"], len(NAMES)
        return [
            [int(((self.targets == a) & (found == b)).sum()) for b in range(count)]
            for a in range(count)
        ]


def _run(lesson: Lesson, progress: Progress) -> Finding:
    tunes = gather_split(lesson.own["tunes"], progress)
    network = fit_classifier(lesson, tunes, progress)
    targets = np.array(tradition_indices(tunes.held_out))
    commonest = int(np.bincount(tradition_indices(tunes.training), minlength=len(NAMES)).argmax())
    predictions = {
        template("network"): network.scores([tune.moves for tune in tunes.held_out]).argmax(1),
        template("n-gram"): _ngram_scores(tunes, lesson.own["excerpts"]).argmax(1),
        template("most frequent"): np.full_like(targets, commonest),
    }
    compared = TraditionComparison(targets, predictions, commonest)
    return _finding(compared, len(tunes.training), network.curve)


def _finding(compared: TraditionComparison, training: int, curve: LearningCurve) -> Finding:
    parts, count = compared.accuracy, len(compared.targets)
    accuracy = {name: each.value for name, each in parts.items()}
    gain = difference(parts["network"], parts["most frequent"])
    to_ngram = difference(parts["network"], parts["n-gram"])
    network = interval(parts["network"])
    return Finding(
        holds=gain.low > 0,
        sentence=Sentence(
            "accuracy on {count} held-out tunes: network {accuracy:.1%} (95 %: {low:.1%} to "
            "{high:.1%}), always {commonest} {always:.1%}; an n-gram of each tradition, a "
            "stronger baseline, {ngram:.1%} (network less n-gram: {to_ngram})",
            count=count,
            accuracy=accuracy["network"],
            low=network.low,
            high=network.high,
            commonest=Sentence(NAMES[compared.commonest]),
            always=accuracy["most frequent"],
            ngram=accuracy["n-gram"],
            to_ngram=to_ngram,
        ),
        figures={
            "tunes": {"learned": training, "held_out": count},
            "accuracy": accuracy,
            "above_most_frequent": gain.to_json(),
            "above_ngram": to_ngram.to_json(),
            "confusion": {
                name: dict(zip(NAMES, row, strict=True))
                for name, row in zip(NAMES, compared.confusion, strict=True)
            },
        },
        tables=[_confusion_table(compared.confusion), _accuracy_table(parts)],
        pictures=[_confusion_picture(compared.confusion)],
        curves=[curve],
    )


def _confusion_table(confusion: Sequence[Sequence[int]]) -> Table:
    return Table(
        "Held-out tunes: their tradition, and what the network predicts",
        ["tradition", *NAMES, "correct"],
        [
            [Sentence(name), *map(str, row), f"{row[place] / max(sum(row), 1):.0%}"]
            for place, (name, row) in enumerate(zip(NAMES, confusion, strict=True))
        ],
    )


def _accuracy_table(accuracy: Mapping[str, Ratio]) -> Table:
    return Table(
        "Accuracy on the held-out tunes",
        ["model", "accuracy", "95 %"],
        [
            [Sentence(name), f"{parts.value:.1%}", "{1:.1%} to {2:.1%}".format(*interval(parts))]
            for name, parts in accuracy.items()
        ],
    )


def _confusion_picture(confusion: Sequence[Sequence[int]]) -> HeatMap:
    return HeatMap(
        "confusion",
        "Confusion matrix of the held-out tunes",
        NAMES,
        NAMES,
        [[number / max(sum(row), 1) for number in row] for row in confusion],
        down="tradition",
        across="predicted",
        meaning="proportion",
    )


LESSON = Lesson(
    name="tradition",
    shape="many to one",
    about="a tune in, its tradition out",
    claim=(
        "on tunes held out the network is more accurate than always naming the most frequent "
        "tradition, beyond chance; an n-gram of each tradition is compared with it"
    ),
    run=_run,
    model=SequenceConfig(units=32, dropout=0.3),
    fit=FitConfig(epochs=15, learning_rate=3e-3, batch=64, early_stop=False),
    own={"tunes": 213, "excerpts": 6},
    uses=(*NETWORK_SETTINGS, *FIT_SETTINGS, "dropout", "bidirectional"),
)
