"""A label in, a tune out: "an Irish tune in 6/8". Is it recognised as one?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons import tradition
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
    LabelledTune,
    MoveVocabulary,
    Training,
    TuneSplit,
    attributes,
    gather_split,
    tradition_indices,
)
from melodyrnn.models.config import FitConfig, SampleConfig, SequenceConfig
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.music.interval_tokens import Move, melody
from melodyrnn.music.notation.text import token
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Ratio, at_least, difference, mean
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch, one_hot
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

LINE = EXCERPT
"""The first moves of each tune: all that is learned, evaluated and generated."""

REAL, WITH_LABEL, WITHOUT_LABEL = (
    template("real tunes, held out"),
    template("generated for a label"),
    template("generated without a label"),
)

_SIZES = tuple(size + 1 for size in ATTRIBUTES)
_START = ATTRIBUTES  # the move before the first one: each attribute has a place for none

_ENOUGH = 15  # tunes of a meter in the training set, for it to have a label of its own
_ORDER = 2
_SIGNIFICANT = 0.05
_SHOWN = 16


@dataclass(frozen=True)
class Labels:
    """Tradition and meter; a meter with few tunes in a tradition is "another" there."""

    names: Sequence[str]

    @classmethod
    def of(cls, tunes: Sequence[LabelledTune]) -> "Labels":
        own = Counter(_label(tune) for tune in tunes)
        kept = sorted(label for label, count in own.items() if count >= _ENOUGH)
        return cls([*kept, *(f"{name}, another meter" for name in TRADITIONS)])

    def index(self, tune: LabelledTune) -> int:
        label = _label(tune)
        other = f"{tune.tradition}, another meter"
        return self.names.index(label if label in self.names else other)


def _label(tune: LabelledTune) -> str:
    return f"{tune.tradition}, {tune.song.meter}"


def inputs(
    lines: Sequence[Sequence[Move]], labels: Sequence[int | None], count: int
) -> npt.NDArray[np.float32]:
    """The input at each of LINE moves, (N, LINE, F): the label, one of ``count`` or none, and the
    move before, none before the first.
    """
    rows = [[_START, *attributes(line[: LINE - 1])] for line in lines]
    moves, mask = one_hot(rows, _SIZES, LINE)
    onehot = np.zeros((len(lines), 1, count), dtype=np.float32)
    for row, label in zip(onehot, labels, strict=True):
        if label is not None:
            row[0, label] = 1.0
    return np.concatenate([moves, onehot * mask[..., None]], axis=-1)


def batch_of(
    lines: Sequence[Sequence[Move]],
    labels: Sequence[int | None],
    count: int,
    moves: MoveVocabulary,
) -> Batch:
    """The targets are the first LINE moves of each line."""
    y = np.zeros((len(lines), LINE), dtype=np.int32)
    for row, line in zip(y, lines, strict=True):
        row[:] = moves.encode(line[:LINE])
    return Batch(inputs(lines, labels, count), y, np.ones(y.shape, dtype=bool))


class Generator(NamedTuple):
    """What a network that generates tunes makes of the tunes held out."""

    bits: Ratio  # per note
    lines: Sequence[Sequence[Move]]  # generated, one for the label of each tune held out
    curve: LearningCurve


def _generator(fitting: Training, tunes: TuneSplit, labelled: bool) -> Generator:
    """``labelled`` or not: without, no tune has a label, and all else is the same."""
    from melodyrnn.generation.decoding import write
    from melodyrnn.models.networks.sequence_network import vector_tagger
    from melodyrnn.training.batches import logits_of

    lesson, moves, labels = fitting.lesson, MoveVocabulary(tunes), Labels.of(tunes.training)
    count = len(labels.names)
    given = [[labels.index(tune) if labelled else None for tune in part] for part in tunes]
    training, validation, held_out = (
        batch_of([tune.moves for tune in part], indices, count, moves)
        for part, indices in zip(tunes, given, strict=True)
    )
    model = vector_tagger(
        lesson.model, LINE, held_out.x.shape[-1], len(moves), seed=lesson.fit.seed
    )
    curve = fitting.fit(model, training, validation, "with label" if labelled else "without")
    log_p = log_softmax(logits_of(model, held_out))
    bits = -np.take_along_axis(log_p, held_out.y[..., None], -1)[..., 0].mean(1) / np.log(2)

    def next_inputs(written: Indices) -> npt.NDArray[np.float32]:
        return inputs([moves.decode(row) for row in written], given[2], count)

    written = write(model, len(given[2]), next_inputs, SampleConfig(seed=lesson.fit.seed))
    return Generator(mean(bits), [moves.decode(row) for row in written], curve)


def _ngram_bits(tunes: TuneSplit) -> Ratio:
    """Bits per note by an n-gram."""
    moves = MoveVocabulary(tunes)
    model = Ngram([moves.encode(t.moves[:LINE]) for t in tunes.training], _ORDER, len(moves))
    bits = [model.bits(moves.encode(tune.moves[:LINE])) for tune in tunes.held_out]
    return mean([each.mean() for each in bits])


@dataclass(frozen=True)
class LabelComparison:
    """Generators with and without labels, and an n-gram, on the tunes held out."""

    tunes: TuneSplit
    with_label: Generator
    without: Generator
    ngram: Ratio
    recognised: Mapping[str, int]  # how many tunes of a kind are classified as their tradition

    @property
    def chance(self) -> float:
        """The accuracy of naming the most frequent tradition always."""
        targets = tradition_indices(self.tunes.held_out)
        return float(np.bincount(targets).max() / len(targets))


def _run(lesson: Lesson, progress: Progress) -> Finding:
    tunes, fitting = gather_split(lesson.own["tunes"], progress), Training(lesson, progress)
    with_label, without = (_generator(fitting, tunes, labelled) for labelled in (True, False))
    ngram = _ngram_bits(tunes)
    lines = {
        REAL: [tune.moves[:LINE] for tune in tunes.held_out],
        WITH_LABEL: with_label.lines,
        WITHOUT_LABEL: without.lines,
    }
    recognised = _recognised(fitting, tunes, lines)
    return _finding(LabelComparison(tunes, with_label, without, ngram, recognised))


def _recognised(
    fitting: Training, tunes: TuneSplit, lines: Mapping[str, Sequence[Sequence[Move]]]
) -> dict[str, int]:
    """How many lines of each kind the network of 'tradition' classifies as their tradition."""
    lesson = tradition.LESSON.with_settings({"seed": fitting.lesson.fit.seed})
    classifier = tradition.fit_classifier(lesson, tunes, fitting.progress)
    targets = np.array(tradition_indices(tunes.held_out))
    return {
        kind: int((classifier.scores(each).argmax(1) == targets).sum())
        for kind, each in lines.items()
    }


def _finding(compared: LabelComparison) -> Finding:
    with_label, without, ngram = compared.with_label, compared.without, compared.ngram
    gain = difference(without.bits, with_label.bits)
    over_ngram = difference(ngram, with_label.bits)
    count, chance = len(compared.tunes.held_out), compared.chance
    recognised = {kind: number / count for kind, number in compared.recognised.items()}
    p = at_least(compared.recognised[WITH_LABEL], count, chance)
    labels = Labels.of(compared.tunes.training)
    return Finding(
        holds=gain.low > 0 and p < _SIGNIFICANT,
        sentence=Sentence(
            "{bits:.3f} bits per note with the label, {without:.3f} without (saved: {gain}), "
            "{ngram:.3f} by an n-gram; of {count} tunes generated for a label {recognised:.1%} "
            "are classified as its tradition, of real ones {real:.1%}, where always naming one "
            "tradition gives {chance:.1%} (p = {p:.2g})",
            bits=with_label.bits.value,
            without=without.bits.value,
            gain=gain,
            ngram=ngram.value,
            count=count,
            recognised=recognised[WITH_LABEL],
            real=recognised[REAL],
            chance=chance,
            p=p,
        ),
        figures={
            "tunes": {"learned": len(compared.tunes.training), "held_out": count},
            "labels": list(labels.names),
            "bits_per_note": {
                "with_label": with_label.bits.value,
                "without": without.bits.value,
                "ngram": ngram.value,
            },
            "saved_by_label": gain.to_json(),
            "saved_over_ngram": over_ngram.to_json(),
            "recognised": recognised,
            "chance": chance,
            "p": p,
        },
        tables=[
            _recognised_table(recognised, count, chance),
            _generated_table(compared.tunes.held_out, labels, with_label.lines),
        ],
        curves=[with_label.curve, without.curve],
    )


def _recognised_table(recognised: Mapping[str, float], count: int, chance: float) -> Table:
    rows = [[Sentence(kind), f"{share:.1%}"] for kind, share in recognised.items()]
    return Table(
        Sentence(
            "{count} tunes, classified by the network of the lesson 'tradition'",
            count=count,
        ),
        ["tunes", "classified as their tradition"],
        [*rows, [Sentence("always naming one tradition"), f"{chance:.1%}"]],
    )


def _generated_table(
    tunes: Sequence[LabelledTune], labels: Labels, lines: Sequence[Sequence[Move]]
) -> Table:
    """The first tune generated for each label, its first notes, from G and an eighth note on."""
    first = dict[str, Sequence[Move]]()
    for tune, line in zip(tunes, lines, strict=True):
        first.setdefault(labels.names[labels.index(tune)], line)
    rows = [[name, _tokens(line)] for name, line in sorted(first.items())]
    return Table("Generated for a label, the first notes of one each", ["label", "notes"], rows)


def _tokens(line: Sequence[Move]) -> str:
    return " ".join(map(token, melody(line[:_SHOWN])))


LESSON = Lesson(
    name="label",
    shape="one to many",
    about="a label in, a tune out: 'Irish, 6/8'",
    claim=(
        "tunes held out take fewer bits per note with their label than without, beyond chance, "
        "and the network of 'tradition' recognises the tradition of the label in what is generated"
    ),
    run=_run,
    model=SequenceConfig(units=64, dropout=0.3),
    fit=FitConfig(epochs=25, learning_rate=1e-2, batch=32, early_stop=False),
    own={"tunes": 400},
    uses=(*NETWORK_SETTINGS, *FIT_SETTINGS, "dropout"),
)
