"""The first half of a tune in, the second half out: does attention help?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.formats.read import Corpus
from melodyrnn.lessons.lesson import (
    FIT_SETTINGS,
    NETWORK_SETTINGS,
    Finding,
    LearningCurve,
    Lesson,
    Table,
)
from melodyrnn.lessons.shared.corpus_tunes import (
    LabelledTune,
    MoveVocabulary,
    Training,
    TuneSplit,
    gather_split,
)
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.music.interval_tokens import Move
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Ratio, difference, mean
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch, source_and_target
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

HALF = 24
"""The most moves of a half: a tune has up to twice as many."""

CORPORA = {
    "German": Corpus("kinder"),
    "of Erk": Corpus("essen/erk"),
    "Chinese": Corpus("essen/china"),
}
"""Where the tunes come from: the corpora with many short ones."""

CUTS = (1 / 3, 1 / 2, 2 / 3)
"""Where a tune of the training set is cut, into three pairs; other tunes are cut in halves."""
HALVES = (1 / 2,)

_ORDERS = (1, 2, 3, 4)

Bits = Sequence[npt.NDArray[np.float64]]
"""Of each tune, of each move of its second half: -log2 of its probability."""


class Halves(NamedTuple):
    """Tunes cut in two."""

    sources: Sequence[Sequence[Move]]
    targets: Sequence[Sequence[Move]]


def cut(tunes: Sequence[LabelledTune], places: Sequence[float]) -> Halves:
    """Each tune at each of ``places``, fractions of its length; of each part, the HALF moves
    nearest the cut.
    """
    sources, targets = [], []
    for tune in tunes:
        for place in places:
            middle = int(len(tune.moves) * place)
            sources.append(tune.moves[max(0, middle - HALF) : middle])
            targets.append(tune.moves[middle : middle + HALF])
    return Halves(sources, targets)


class Continuations(NamedTuple):
    """What a model makes of the second halves of the tunes held out, given the first ones."""

    bits: Bits  # each move predicted from those before it
    written: Sequence[Sequence[int]]  # free-running: the most probable move each time
    looks: npt.NDArray[np.float32] | None = None  # (N, T, S): the attention weights
    curve: LearningCurve | None = None

    @property
    def per_note(self) -> Ratio:
        return mean([bits.mean() for bits in self.bits], [len(bits) for bits in self.bits])


class Encoding:
    """Moves as symbols of an encoder–decoder: 0 is the padding, a move its index plus 1."""

    def __init__(self, moves: MoveVocabulary) -> None:
        self.moves, self.start, self.end = moves, len(moves) + 1, len(moves) + 2

    def batch(self, tunes: Sequence[LabelledTune], places: Sequence[float]) -> Batch:
        sources, targets = (
            [(self.moves.encode(line) + 1).tolist() for line in part] for part in cut(tunes, places)
        )
        return source_and_target(sources, targets, self.start, self.end, steps=(HALF, HALF + 1))

    def bits(self, logits: npt.NDArray[np.float32], targets: Sequence[Sequence[Move]]) -> Bits:
        """Of ``targets``, where one of the moves follows, and not the end."""
        log_p = log_softmax(logits[..., 1 : self.start])
        return [
            -row[np.arange(len(target)), self.moves.encode(target)] / np.log(2)
            for row, target in zip(log_p, targets, strict=True)
        ]

    def decode(self, rows: npt.NDArray[np.int32]) -> list[list[int]]:
        """The indices of the moves of each row."""
        return [[int(index) - 1 for index in row if 0 < index < self.start] for row in rows]


def _network(
    fitting: Training, attention: str, moves: MoveVocabulary, tunes: TuneSplit
) -> Continuations:
    from melodyrnn.generation.decoding import answer
    from melodyrnn.models.networks.sequence_network import translator
    from melodyrnn.training.batches import logits_of

    lesson, encoding = fitting.lesson, Encoding(moves)
    held_out = encoding.batch(tunes.held_out, HALVES)
    made = translator(
        replace(lesson.model, attention=attention),
        (HALF, HALF + 1),
        (encoding.end + 1, encoding.end + 1),
        seed=lesson.fit.seed,
    )
    training = encoding.batch(tunes.training, CUTS)
    validation = encoding.batch(tunes.validation, HALVES)
    curve = fitting.fit(made.model, training, validation, f"attention: {attention}")
    targets = cut(tunes.held_out, HALVES).targets
    bits = encoding.bits(logits_of(made.model, held_out), targets)
    written = answer(made.model, held_out.x[0], encoding.start, encoding.end, HALF + 1)
    looks = None
    if made.looks:
        looks = np.asarray(made.looks.predict(list(held_out.x), verbose=0))
    return Continuations(bits, encoding.decode(written), looks, curve)


def _ngram(moves: MoveVocabulary, tunes: TuneSplit) -> Continuations:
    """An n-gram of the order that predicts the validation set best. Its context reaches back into
    the first half, and it writes on from there.
    """
    training, validation, held_out = ([moves.encode(tune.moves) for tune in part] for part in tunes)

    def bits(model: Ngram, lines: Sequence[Indices]) -> Bits:
        return [model.bits(line, len(line) // 2)[:HALF] for line in lines]

    models = [Ngram(training, order, len(moves)) for order in _ORDERS]
    best = min(models, key=lambda model: np.concatenate(bits(model, validation)).mean())
    return Continuations(bits(best, held_out), [_continue(best, line) for line in held_out])


def _continue(model: Ngram, line: Indices) -> list[int]:
    """The second half of ``line`` as ``model`` writes it, always the most probable move."""
    half = len(line) // 2
    written: list[int] = line[:half].tolist()
    for _ in range(min(HALF, len(line) - half)):
        context = tuple(written[-model.window :])
        written.append(int(model.probabilities(context).argmax()))
    return written[half:]


def _in_place(found: Continuations, targets: Sequence[Sequence[int]]) -> Ratio:
    """The proportion of the moves of the second halves that were written at their own places."""
    right = [
        sum(a == b for a, b in zip(written, target, strict=False))
        for written, target in zip(found.written, targets, strict=True)
    ]
    return Ratio(np.array(right, dtype=np.float64), np.array(list(map(len, targets)), np.float64))


@dataclass(frozen=True)
class AnswerComparison:
    """All models on the tunes held out."""

    tunes: TuneSplit
    moves: MoveVocabulary
    models: Mapping[str, Continuations]

    @property
    def pairs(self) -> Halves:
        return cut(self.tunes.held_out, HALVES)

    @property
    def bits(self) -> dict[str, Ratio]:
        """Bits per note of each model."""
        return {name: model.per_note for name, model in self.models.items()}

    @property
    def in_place(self) -> dict[str, Ratio]:
        targets = [self.moves.encode(line).tolist() for line in self.pairs.targets]
        return {name: _in_place(model, targets) for name, model in self.models.items()}

    @property
    def example(self) -> int:
        """The number of the tune that attention helps most."""
        without, looking = self.models["without"].bits, self.models["with attention"].bits
        gains = [a.mean() - b.mean() for a, b in zip(without, looking, strict=True)]
        return int(np.argmax(gains))


def _run(lesson: Lesson, progress: Progress) -> Finding:
    tunes = gather_split(lesson.own["tunes"], progress, longest=2 * HALF + 1, corpora=CORPORA)
    moves, fitting = MoveVocabulary(tunes), Training(lesson, progress)
    models = {
        template("with attention"): _network(fitting, lesson.model.attention, moves, tunes),
        template("without"): _network(fitting, "none", moves, tunes),
        template("n-gram"): _ngram(moves, tunes),
    }
    return _finding(AnswerComparison(tunes, moves, models))


def _finding(compared: AnswerComparison) -> Finding:
    bits, free, count = compared.bits, compared.in_place, len(compared.tunes.held_out)
    saved = {name: difference(bits[name], bits["with attention"]) for name in ("without", "n-gram")}
    looking, without, ngram = (bits[name].value for name in compared.models)
    return Finding(
        holds=saved["n-gram"].low > 0,
        sentence=Sentence(
            "bits per note of {count} held-out second halves: {looking:.3f} with attention, "
            "{without:.3f} without (saved: {saved}), {ngram:.3f} by an n-gram (saved: "
            "{saved_over_ngram}); free-running, {written:.1%}, {written_without:.1%} and "
            "{written_by_ngram:.1%} of the moves are correct",
            count=count,
            looking=looking,
            without=without,
            saved=saved["without"],
            ngram=ngram,
            saved_over_ngram=saved["n-gram"],
            written=free["with attention"].value,
            written_without=free["without"].value,
            written_by_ngram=free["n-gram"].value,
        ),
        figures={
            "tunes": {"learned": len(compared.tunes.training), "held_out": count},
            "bits_per_note": {name: parts.value for name, parts in bits.items()},
            "saved_by_attention": saved["without"].to_json(),
            "saved_over_ngram": saved["n-gram"].to_json(),
            "written_in_place": {name: parts.value for name, parts in free.items()},
        },
        tables=[_models_table(bits, free, count), _example_table(compared)],
        pictures=_pictures(compared),
        curves=[model.curve for model in compared.models.values() if model.curve],
    )


def _models_table(bits: Mapping[str, Ratio], free: Mapping[str, Ratio], count: int) -> Table:
    return Table(
        Sentence(
            "The second halves of {count} tunes held out",
            count=count,
        ),
        ["model", "bits per note", "correct, free-running"],
        [[Sentence(name), f"{bits[name].value:.3f}", f"{free[name].value:.1%}"] for name in bits],
    )


def _example_table(compared: AnswerComparison) -> Table:
    """One tune: its second half, and as each model writes it."""
    place, pairs = compared.example, compared.pairs
    rows = [
        [Sentence("first half"), _spelled(pairs.sources[place]), ""],
        [Sentence("second half"), _spelled(pairs.targets[place]), ""],
    ]
    for name, model in compared.models.items():
        written = _spelled(compared.moves.decode(model.written[place]))
        rows.append([Sentence(name), written, f"{model.bits[place].mean():.2f}"])
    title = Sentence(
        "{title}, held out: the one that attention helps most",
        title=compared.tunes.held_out[place].title,
    )
    return Table(title, ["", "moves", "bits per note"], rows)


def _spelled(line: Sequence[Move]) -> str:
    return "  ".join(map(str, line))


def _pictures(compared: AnswerComparison) -> list[HeatMap]:
    """The attention weights of one tune, at each move of its second half."""
    place, looks = compared.example, compared.models["with attention"].looks
    if looks is None:
        return []
    source, target = (part[place] for part in compared.pairs)
    return [
        HeatMap(
            "attention",
            f"{compared.tunes.held_out[place].title}: attention at each move of the second half",
            list(map(str, target)),
            list(map(str, source)),
            looks[place, : len(target), : len(source)].tolist(),
            down="second half",
            across="first half",
        )
    ]


LESSON = Lesson(
    name="answer",
    shape="encoder–decoder",
    about="half a tune in, the other half out",
    claim=(
        "second halves of tunes held out take fewer bits per note with attention than by an "
        "n-gram, beyond chance; a network without attention is compared with them"
    ),
    run=_run,
    model=SequenceConfig(units=64, embedding=32, dropout=0.3, attention="additive"),
    fit=FitConfig(epochs=15, learning_rate=5e-3, batch=64, early_stop=False),
    own={"tunes": 300},
    uses=(*NETWORK_SETTINGS, *FIT_SETTINGS, "dropout", "embedding", "attention"),
)
