"""The first half of a tune in, the second half out: does it help to look back?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.formats.read import Corpus
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
from melodyrnn.lessons.shared.corpus_tunes import Alphabet, Tune, Tunes, fit, gathered
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.counted.ngram import Ngram
from melodyrnn.music.moves import Move
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Parts, difference, mean
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch, source_and_target

HALF = 24
"""The most moves of a half: a tune has up to twice as many."""

CORPORA = {
    "German": Corpus("kinder"),
    "of Erk": Corpus("essen/erk"),
    "Chinese": Corpus("essen/china"),
}
"""Where the tunes come from: the corpora with many short ones."""

CUTS = (1 / 3, 1 / 2, 2 / 3)
"""Where a learned tune is cut: each one teaches three pairs. Tunes held out are cut in halves."""

_ORDERS = (1, 2, 3, 4)

Bits = Sequence[npt.NDArray[np.float64]]  # of each tune, of each move of its second half


class Pairs(NamedTuple):
    """Tunes cut in two."""

    sources: Sequence[Sequence[Move]]
    targets: Sequence[Sequence[Move]]


def cut(tunes: Sequence[Tune], places: Sequence[float]) -> Pairs:
    """Each tune at each of ``places``, parts of its length; of a part, the HALF nearest moves."""
    sources, targets = [], []
    for tune in tunes:
        for place in places:
            middle = int(len(tune.moves) * place)
            sources.append(tune.moves[max(0, middle - HALF) : middle])
            targets.append(tune.moves[middle : middle + HALF])
    return Pairs(sources, targets)


class Writer(NamedTuple):
    """A model that answers the first halves of the tunes held out."""

    bits: Bits  # of the true second halves, each move told by those before it
    told: Sequence[Sequence[int]]  # by itself, the likeliest move each time
    looks: npt.NDArray[np.float32] | None = None  # (N, T, S), how it weighed the source
    curve: Curve | None = None

    @property
    def per_note(self) -> Parts:
        return mean([bits.mean() for bits in self.bits], [len(bits) for bits in self.bits])


def _network(
    lesson: Lesson, attention: str, moves: Alphabet, tunes: Tunes, progress: Progress
) -> Writer:
    from melodyrnn.generation.decoding import answer
    from melodyrnn.models.networks.sequence_network import translator
    from melodyrnn.training.batches import logits_of

    start, end = len(moves) + 1, len(moves) + 2  # 0 is the padding, a move its place and 1

    def batch(pairs: Pairs) -> Batch:
        sources, targets = ([(moves.encode(s) + 1).tolist() for s in part] for part in pairs)
        return source_and_target(sources, targets, start, end, steps=(HALF, HALF + 1))

    learned, validation, held_out = (
        batch(cut(part, places))
        for part, places in zip(tunes, (CUTS, (1 / 2,), (1 / 2,)), strict=True)
    )
    made = translator(
        replace(lesson.model, attention=attention),
        (HALF, HALF + 1),
        (end + 1, end + 1),
        seed=lesson.fit.seed,
    )
    name = f"attention: {attention}"
    curve = fit(lesson, made.model, learned, validation, progress, name)
    logits = log_softmax(logits_of(made.model, held_out)[..., 1:start])  # moves alone
    targets = [moves.encode(line) for line in cut(tunes.held_out, (1 / 2,)).targets]
    bits = [
        -row[np.arange(len(target)), target] / np.log(2)
        for row, target in zip(logits, targets, strict=True)
    ]
    sources = held_out.x[0]
    told = answer(made.model, sources, start, end, HALF + 1)
    looks = None
    if made.looks:
        looks = np.asarray(made.looks.predict(list(held_out.x), verbose=0))
    written = [[int(index) - 1 for index in row if 0 < index < start] for row in told]
    return Writer(bits, written, looks, curve)


def _counted(moves: Alphabet, tunes: Tunes) -> Writer:
    """An n-gram, of the order that tells the tunes of validation best; it hears the first half
    as far as it reaches back, and writes on from it.
    """
    learned, validation, held_out = ([moves.encode(tune.moves) for tune in part] for part in tunes)

    def told(model: Ngram, lines: Sequence[Indices]) -> Bits:
        return [model.bits(line, len(line) // 2)[:HALF] for line in lines]

    models = [Ngram(learned, order, len(moves)) for order in _ORDERS]
    best = min(models, key=lambda model: np.concatenate(told(model, validation)).mean())
    written = []
    for line in held_out:
        heard = line[: len(line) // 2].tolist()
        for _ in range(min(HALF, len(line) - len(line) // 2)):
            heard.append(int(best.probabilities(tuple(heard[-best.window :])).argmax()))
        written.append(heard[len(line) // 2 :])
    return Writer(told(best, held_out), written)


def _in_place(writer: Writer, targets: Sequence[Sequence[int]]) -> Parts:
    """The part of each second half that stands in its place in what was written freely."""
    right = [
        sum(a == b for a, b in zip(told, target, strict=False))
        for told, target in zip(writer.told, targets, strict=True)
    ]
    return Parts(np.array(right, dtype=np.float64), np.array(list(map(len, targets)), np.float64))


def _teach(lesson: Lesson, progress: Progress) -> Finding:
    tunes = gathered(lesson.own["tunes"], progress, longest=2 * HALF + 1, corpora=CORPORA)
    moves = Alphabet(tunes)
    writers = {
        "with attention": _network(lesson, lesson.model.attention, moves, tunes, progress),
        "without": _network(lesson, "none", moves, tunes, progress),
        "n-gram": _counted(moves, tunes),
    }
    pairs = cut(tunes.held_out, (1 / 2,))
    targets = [moves.encode(line).tolist() for line in pairs.targets]
    bits = {name: writer.per_note for name, writer in writers.items()}
    free = {name: _in_place(writer, targets) for name, writer in writers.items()}
    saved = {name: difference(bits[name], bits["with attention"]) for name in ("without", "n-gram")}
    looking = writers["with attention"]
    gains = [
        a.mean() - b.mean() for a, b in zip(writers["without"].bits, looking.bits, strict=True)
    ]
    shown = int(np.argmax(gains))
    return Finding(
        holds=saved["n-gram"].low > 0,
        sentence=(
            f"bits per note of {len(targets)} second halves held out: "
            f"{bits['with attention'].value:.3f} with attention, {bits['without'].value:.3f} "
            f"without (saved: {saved['without']}), {bits['n-gram'].value:.3f} by an n-gram "
            f"(saved: {saved['n-gram']}); written freely, {free['with attention'].value:.1%}, "
            f"{free['without'].value:.1%} and {free['n-gram'].value:.1%} stand in their place"
        ),
        figures={
            "tunes": {"learned": len(tunes.learned), "held_out": len(targets)},
            "bits_per_note": {name: parts.value for name, parts in bits.items()},
            "saved_by_attention": saved["without"].to_json(),
            "saved_over_ngram": saved["n-gram"].to_json(),
            "written_in_place": {name: parts.value for name, parts in free.items()},
        },
        tables=[
            Table(
                f"The second halves of {len(targets)} tunes held out",
                ["model", "bits per note", "written freely, in place"],
                [[name, f"{bits[name].value:.3f}", f"{free[name].value:.1%}"] for name in writers],
            ),
            _compared(tunes.held_out[shown], pairs, shown, moves, writers),
        ],
        pictures=_pictures(tunes.held_out[shown], pairs, shown, looking),
        curves=[writer.curve for writer in writers.values() if writer.curve],
    )


def _compared(
    tune: Tune, pairs: Pairs, place: int, moves: Alphabet, writers: Mapping[str, Writer]
) -> Table:
    """What each model makes of one tune: the second half as it is, and as each writes it."""
    rows = [
        ["first half", _spelled(pairs.sources[place]), ""],
        ["second half", _spelled(pairs.targets[place]), ""],
    ]
    for name, writer in writers.items():
        told = _spelled(moves.decode(writer.told[place]))
        rows.append([name, told, f"{writer.bits[place].mean():.2f}"])
    title = f"{tune.song.title or tune.name}, held out: the one that attention helps most"
    return Table(title, ["", "moves", "bits per note"], rows)


def _spelled(line: Sequence[Move]) -> str:
    return "  ".join(map(str, line))


def _pictures(tune: Tune, pairs: Pairs, place: int, writer: Writer) -> list[HeatMap]:
    """How the writer weighed the first half at each move of the second."""
    if writer.looks is None:
        return []
    source, target = pairs.sources[place], pairs.targets[place]
    weights = writer.looks[place, : len(target), : len(source)]
    title = f"{tune.song.title or tune.name}: where each move of the answer looks"
    rows, columns = list(map(str, target)), list(map(str, source))
    drawn = weights.tolist()
    return [
        HeatMap("attention", title, rows, columns, drawn, down="second half", across="first half")
    ]


LESSON = Lesson(
    name="answer",
    shape="encoder–decoder",
    about="half a tune in, the other half out",
    claim=(
        "second halves of tunes held out take fewer bits per note with attention than by an "
        "n-gram, beyond chance; a network without attention stands beside them"
    ),
    teach=_teach,
    model=SequenceConfig(units=64, embedding=32, dropout=0.3, attention="additive"),
    fit=FitConfig(epochs=15, learning_rate=5e-3, batch=64, early_stop=False),
    own={"tunes": 300},
    uses=(*NETWORK, *LEARNING, "dropout", "embedding", "attention"),
)
