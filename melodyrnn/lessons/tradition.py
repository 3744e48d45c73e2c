"""A tune in, its tradition out: German children's songs, Chinese songs or Irish tunes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import (
    LEARNING,
    NETWORK,
    Curve,
    Finding,
    HeatMap,
    Lesson,
    Progress,
    Table,
)
from melodyrnn.lessons.shared.corpus_tunes import (
    ATTRIBUTES,
    EXCERPT,
    TRADITIONS,
    Alphabet,
    Tunes,
    attributes,
    excerpts,
    fit,
    gathered,
    places,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.counted.ngram import Ngram
from melodyrnn.music.moves import Move
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Parts, difference, interval, mean
from melodyrnn.sequences.windows import Batch, one_hot

NAMES = tuple(TRADITIONS)
_ORDER = 2
"""Moves that the counts see before the one they judge."""

Scores = npt.NDArray[np.float64]  # (N, C): of each tune, of each tradition; the highest is told


class Recogniser(NamedTuple):
    """A network that has learned which tradition an excerpt is from."""

    model: Any
    excerpts: int  # of a tune; what it says of them is averaged
    curve: Curve

    def scores(self, lines: Sequence[Sequence[Move]]) -> Scores:
        """Of lines of moves, each as long as an excerpt or longer."""
        from melodyrnn.training.batches import logits_of

        logits = logits_of(self.model, _batch(lines, [0] * len(lines), self.excerpts))
        by_line = log_softmax(logits).reshape(len(lines), self.excerpts, len(NAMES))
        return np.asarray(by_line.mean(1), dtype=np.float64)


def recogniser(lesson: Lesson, tunes: Tunes, progress: Progress) -> Recogniser:
    """A network of the lesson's kind, that has learned from ``tunes.learned``."""
    from melodyrnn.models.networks.sequence_network import vector_classifier

    count = lesson.own["excerpts"]
    learned, validation = (
        _batch([tune.moves for tune in part], places(part), count)
        for part in (tunes.learned, tunes.validation)
    )
    model = vector_classifier(
        lesson.model, EXCERPT, sum(ATTRIBUTES), len(NAMES), seed=lesson.fit.seed
    )
    return Recogniser(model, count, fit(lesson, model, learned, validation, progress, "recogniser"))


def _batch(lines: Sequence[Sequence[Move]], labels: Sequence[int], count: int) -> Batch:
    """``count`` excerpts of each line, each of them with the line's label."""
    rows = [attributes(excerpt) for line in lines for excerpt in excerpts(line, count)]
    y = np.repeat(np.array(labels, dtype=np.int32), count)
    return Batch(one_hot(rows, ATTRIBUTES, EXCERPT)[0], y, np.ones(len(y), dtype=bool))


def _counted(tunes: Tunes, count: int) -> Scores:
    """By counts: how likely the excerpts of held-out tunes are to an n-gram of each tradition."""
    table = Alphabet(tunes)
    lines = {
        name: [table.encode(tune.moves) for tune in tunes.learned if tune.tradition == name]
        for name in NAMES
    }
    models = [Ngram(lines[name], _ORDER, len(table)) for name in NAMES]
    heard = [[table.encode(e) for e in excerpts(t.moves, count)] for t in tunes.held_out]
    return -np.array([[sum(m.bits(e).sum() for e in each) for m in models] for each in heard])


def _teach(lesson: Lesson, progress: Progress) -> Finding:
    tunes = gathered(lesson.own["tunes"], progress)
    truth = np.array(places(tunes.held_out))
    network = recogniser(lesson, tunes, progress)
    told = network.scores([tune.moves for tune in tunes.held_out]).argmax(1)
    counts = _counted(tunes, lesson.own["excerpts"]).argmax(1)
    commonest = int(np.bincount(places(tunes.learned), minlength=len(NAMES)).argmax())
    right: dict[str, Parts] = {
        "network": mean(told == truth),
        "n-gram": mean(counts == truth),
        "most frequent": mean(truth == commonest),
    }
    gain = difference(right["network"], right["most frequent"])
    to_counts = difference(right["network"], right["n-gram"])
    network_right = interval(right["network"])
    confusion = [[int(((truth == a) & (told == b)).sum()) for b in range(3)] for a in range(3)]
    accuracy = {name: parts.value for name, parts in right.items()}
    return Finding(
        holds=gain.low > 0,
        sentence=(
            f"of {len(truth)} held-out tunes, {accuracy['network']:.1%} right (95 %: "
            f"{network_right.low:.1%} to {network_right.high:.1%}), where always saying "
            f"{NAMES[commonest]} is right of {accuracy['most frequent']:.1%}; an n-gram of each "
            f"tradition, a stronger rival, is right of {accuracy['n-gram']:.1%} "
            f"(difference {to_counts})"
        ),
        figures={
            "tunes": {"learned": len(tunes.learned), "held_out": len(truth)},
            "accuracy": accuracy,
            "above_most_frequent": gain.to_json(),
            "above_ngram": to_counts.to_json(),
            "confusion": {
                name: dict(zip(NAMES, row, strict=True))
                for name, row in zip(NAMES, confusion, strict=True)
            },
        },
        tables=[
            Table(
                "Held-out tunes: what they are, and what the network says",
                ["tune is", *NAMES, "right"],
                [
                    [name, *map(str, row), f"{row[place] / max(sum(row), 1):.0%}"]
                    for place, (name, row) in enumerate(zip(NAMES, confusion, strict=True))
                ],
            ),
            Table(
                "Right of the held-out tunes",
                ["told by", "right", "95 %"],
                [
                    [name, f"{parts.value:.1%}", "{1:.1%} to {2:.1%}".format(*interval(parts))]
                    for name, parts in right.items()
                ],
            ),
        ],
        pictures=[
            HeatMap(
                "confusion",
                "What tunes of each tradition are told to be",
                NAMES,
                NAMES,
                [[v / max(sum(row), 1) for v in row] for row in confusion],
                down="is",
                across="told to be",
                meaning="part",
            )
        ],
        curves=[network.curve],
    )


LESSON = Lesson(
    name="tradition",
    shape="many to one",
    about="a tune in, its tradition out",
    claim=(
        "of tunes held out, more are told right than by always naming the most frequent "
        "tradition, beyond chance; an n-gram of each tradition stands beside it"
    ),
    teach=_teach,
    model=SequenceConfig(units=32, dropout=0.3),
    fit=FitConfig(epochs=15, learning_rate=3e-3, batch=64, early_stop=False),
    own={"tunes": 213, "excerpts": 6},
    uses=(*NETWORK, *LEARNING, "dropout", "bidirectional"),
)
