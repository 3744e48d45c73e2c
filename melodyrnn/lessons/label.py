"""A label in, a tune out: "an Irish tune in 6/8". And is it heard as one?"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons import tradition
from melodyrnn.lessons.lesson import LEARNING, NETWORK, Curve, Finding, Lesson, Progress, Table
from melodyrnn.lessons.shared.corpus_tunes import (
    ATTRIBUTES,
    EXCERPT,
    TRADITIONS,
    Alphabet,
    Tune,
    Tunes,
    attributes,
    fit,
    gathered,
    places,
)
from melodyrnn.models.config import FitConfig, SampleConfig, SequenceConfig
from melodyrnn.models.counted.ngram import Ngram
from melodyrnn.music.moves import Move, melody
from melodyrnn.music.notation.text import token
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Parts, at_least, difference, mean
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch, one_hot

LINE = EXCERPT
"""The first moves of each tune: all that is learned, judged and written."""

_SIZES = tuple(size + 1 for size in ATTRIBUTES)
_START = ATTRIBUTES  # the move before the first one: each attribute has a place for none

_ENOUGH = 15  # learned tunes of a meter, for it to have a label of its own
_ORDER = 2
_SURE = 0.05
_SHOWN = 16


class Labels(NamedTuple):
    """Tradition and meter; a meter with few tunes in a tradition is "another" there."""

    names: Sequence[str]

    @classmethod
    def of(cls, tunes: Sequence[Tune]) -> "Labels":
        own = Counter(_label(tune) for tune in tunes)
        kept = sorted(label for label, count in own.items() if count >= _ENOUGH)
        return cls([*kept, *(f"{name}, another meter" for name in TRADITIONS)])

    def place(self, tune: Tune) -> int:
        label = _label(tune)
        other = f"{tune.tradition}, another meter"
        return self.names.index(label if label in self.names else other)


def _label(tune: Tune) -> str:
    return f"{tune.tradition}, {tune.song.meter}"


def seen(
    lines: Sequence[Sequence[Move]], labels: Sequence[int | None], count: int
) -> npt.NDArray[np.float32]:
    """What is seen before each of LINE moves, (N, LINE, F): the label, one of ``count`` or none,
    and the move before, none before the first.
    """
    rows = [[_START, *attributes(line[: LINE - 1])] for line in lines]
    moves, mask = one_hot(rows, _SIZES, LINE)
    asked = np.zeros((len(lines), 1, count), dtype=np.float32)
    for row, label in zip(asked, labels, strict=True):
        if label is not None:
            row[0, label] = 1.0
    return np.concatenate([moves, asked * mask[..., None]], axis=-1)


def batch_of(
    lines: Sequence[Sequence[Move]], labels: Sequence[int | None], count: int, moves: Alphabet
) -> Batch:
    """Each of the first LINE moves is to be told."""
    y = np.zeros((len(lines), LINE), dtype=np.int32)
    for row, line in zip(y, lines, strict=True):
        row[:] = moves.encode(line[:LINE])
    return Batch(seen(lines, labels, count), y, np.ones(y.shape, dtype=bool))


class Writer(NamedTuple):
    """A network that writes tunes, and how well it tells those held out."""

    bits: Parts  # per note
    lines: Sequence[Sequence[Move]]  # one to the label of each tune held out
    curve: Curve


def _writer(lesson: Lesson, tunes: Tunes, labelled: bool, progress: Progress) -> Writer:
    """``labelled`` or not: without, all tunes have the same label, and all else is the same."""
    from melodyrnn.generation.decoding import write
    from melodyrnn.models.networks.sequence_network import vector_tagger
    from melodyrnn.training.batches import logits_of

    moves, labels = Alphabet(tunes), Labels.of(tunes.learned)
    count = len(labels.names)
    asked = [[labels.place(tune) if labelled else None for tune in part] for part in tunes]
    learned, validation, held_out = (
        batch_of([tune.moves for tune in part], places, count, moves)
        for part, places in zip(tunes, asked, strict=True)
    )
    model = vector_tagger(
        lesson.model, LINE, held_out.x.shape[-1], len(moves), seed=lesson.fit.seed
    )
    name = "with label" if labelled else "without"
    curve = fit(lesson, model, learned, validation, progress, name)
    p = log_softmax(logits_of(model, held_out))
    bits = -np.take_along_axis(p, held_out.y[..., None], -1)[..., 0].mean(1) / np.log(2)

    def see(told: Indices) -> npt.NDArray[np.float32]:
        return seen([moves.decode(row) for row in told], asked[2], count)

    told = write(model, len(asked[2]), see, SampleConfig(seed=lesson.fit.seed))
    return Writer(mean(bits), [moves.decode(row) for row in told], curve)


def _counted(tunes: Tunes) -> Parts:
    """Bits per note by counts of what followed the last moves."""
    moves = Alphabet(tunes)
    model = Ngram([moves.encode(t.moves[:LINE]) for t in tunes.learned], _ORDER, len(moves))
    bits = [model.bits(moves.encode(tune.moves[:LINE])) for tune in tunes.held_out]
    return mean([each.mean() for each in bits])


def _teach(lesson: Lesson, progress: Progress) -> Finding:
    tunes = gathered(lesson.own["tunes"], progress)
    with_label = _writer(lesson, tunes, True, progress)
    without = _writer(lesson, tunes, False, progress)
    counted = _counted(tunes)
    gain = difference(without.bits, with_label.bits)
    over_counts = difference(counted, with_label.bits)
    hearer = tradition.recogniser(
        tradition.LESSON.with_settings({"seed": lesson.fit.seed}), tunes, progress
    )
    truth = np.array(places(tunes.held_out))
    heard = {
        "real tunes, held out": [tune.moves[:LINE] for tune in tunes.held_out],
        "written to a label": with_label.lines,
        "written to none": without.lines,
    }
    right = {
        name: int((hearer.scores(lines).argmax(1) == truth).sum()) for name, lines in heard.items()
    }
    count, chance = len(truth), float(np.bincount(truth).max() / len(truth))
    p = at_least(right["written to a label"], count, chance)
    labels = Labels.of(tunes.learned)
    real, made = right["real tunes, held out"], right["written to a label"]
    return Finding(
        holds=gain.low > 0 and p < _SURE,
        sentence=(
            f"{with_label.bits.value:.3f} bits per note with the label, {without.bits.value:.3f} "
            f"without (saved: {gain}), {counted.value:.3f} by counts; of {count} tunes written to "
            f"a label {made / count:.1%} are heard as of its tradition, of real ones "
            f"{real / count:.1%}, and naming one tradition always {chance:.1%} (p = {p:.2g})"
        ),
        figures={
            "tunes": {"learned": len(tunes.learned), "held_out": count},
            "labels": list(labels.names),
            "bits_per_note": {
                "with_label": with_label.bits.value,
                "without": without.bits.value,
                "ngram": counted.value,
            },
            "saved_by_label": gain.to_json(),
            "saved_over_ngram": over_counts.to_json(),
            "recognised": {name: number / count for name, number in right.items()},
            "chance": chance,
            "p": p,
        },
        tables=[
            Table(
                f"{count} tunes, heard by the network of lesson 'tradition'",
                ["tunes", "heard as their tradition"],
                [[name, f"{number / count:.1%}"] for name, number in right.items()]
                + [["always naming one tradition", f"{chance:.1%}"]],
            ),
            _made(tunes.held_out, labels, with_label.lines),
        ],
        curves=[with_label.curve, without.curve],
    )


def _made(tunes: Sequence[Tune], labels: Labels, lines: Sequence[Sequence[Move]]) -> Table:
    """The first tune written to each label, its first notes, from G and an eighth note on."""
    first = dict[str, Sequence[Move]]()
    for tune, line in zip(tunes, lines, strict=True):
        first.setdefault(labels.names[labels.place(tune)], line)
    rows = [[name, _tokens(line)] for name, line in sorted(first.items())]
    return Table("Written to a label, the first notes of one each", ["label", "notes"], rows)


def _tokens(line: Sequence[Move]) -> str:
    return " ".join(map(token, melody(line[:_SHOWN])))


LESSON = Lesson(
    name="label",
    shape="one to many",
    about="a label in, a tune out: 'Irish, 6/8'",
    claim=(
        "tunes held out take fewer bits per note with their label than without, beyond chance, "
        "and the network of 'tradition' hears the tradition asked for in what is written"
    ),
    teach=_teach,
    model=SequenceConfig(units=64, dropout=0.3),
    fit=FitConfig(epochs=25, learning_rate=1e-2, batch=32, early_stop=False),
    own={"tunes": 400},
    uses=(*NETWORK, *LEARNING, "dropout"),
)
