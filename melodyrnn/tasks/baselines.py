"""N-gram models that stand beside every network: what it must pass to have understood anything."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.models.config import StreamConfig
from melodyrnn.models.ngrams.ppm_ensemble import ppm
from melodyrnn.runs.record import Record
from melodyrnn.sequences.score import score_of, total
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, joined, template
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.task import Baseline
from melodyrnn.tasks.tokenizer import NoteTokenizer

STRONGEST = "ppm --memory both+"

BASELINES: Mapping[str, Mapping[str, Any]] = {
    "order-2 PPM": {"order": 2},
    "PPM*": {},
    STRONGEST: {"memory": "both+"},
}
"""Name -> the settings of an n-gram model (``ppm_ensemble.ppm``)."""


def baselines(
    train: Sequence[Named],
    held_out: Sequence[Named],
    tokenizer: NoteTokenizer,
    window: int,
    progress: Progress,
) -> tuple[Baseline, ...]:
    """N-gram models that learned ``train`` and predict the notes of ``held_out`` after the first
    windows.

    ``tokenizer`` is to have the tokens of ``train`` and no others, such as transposition makes:
    each more would take some probability from these.
    """
    learned, test = (Dataset.of(songs, window, tokenizer) for songs in (train, held_out))
    vocabulary = tokenizer.opened(tokenizer.unknown_rate(train))
    known = len(tokenizer.vocabulary)
    found = []
    for name, settings in BASELINES.items():
        words = Sentence("songs, {name} predicts", name=name)
        progress(0, len(test.songs), words)
        model, scores = ppm(learned.sequences, window, known, **settings), []
        for place, sequence in enumerate(test.sequences):
            progress(place, len(test.songs), words)
            (log_probs,) = model.log_probs([sequence])
            widened, targets, _ = test.scored(place, log_probs, vocabulary)
            scores.append(score_of(widened, targets, end=tokenizer.end, known=known))
        found.append(Baseline(name, total(scores)))
    return tuple(found)


def advice(record: Record, bits: float, compared: Sequence[Baseline], songs: int) -> str:
    """What to try where an n-gram model predicts better than a network that learned from so many
    ``songs``; "" where none does.
    """
    best = min(compared, key=lambda each: each.bits, default=None)
    if best is None or best.bits >= bits or not record.model.spec.learns_by_gradient:
        return ""
    remedies = [Sentence(remedy) for is_open, remedy in _REMEDIES if is_open(record, songs)]
    return Sentence(
        "The n-gram model {model} is better by {bits:.2f} bits: {remedies}.",
        model=best.model,
        bits=bits - best.bits,
        remedies=joined(remedies) if remedies else "",
    )


def _few(record: Record, songs: int) -> bool:
    return songs < _MANY


def _sees_less(record: Record, songs: int) -> bool:
    return not record.model.spec.viewpoints


def _never_moved(record: Record, songs: int) -> bool:
    """To a model that counts pitches from the tonic it is all the same."""
    training = record.training
    never = isinstance(training, StreamConfig) and not training.transpose
    return never and _sees_less(record, songs)


def _stopped_by_epochs(record: Record, songs: int) -> bool:
    return record.best_epoch == record.training.epochs


_MANY = 1000
"""Songs from which on networks have passed n-gram models wherever we measured."""

_REMEDIES: Sequence[tuple[Callable[[Record, int], bool], str]] = (
    (_few, template("these songs are few for a network; add others of their kind")),
    (
        _sees_less,
        template("choose --model viewpoints, which sees bars, degrees and what came before"),
    ),
    (
        _never_moved,
        template("move them, by --transpose 5 or so, that it learns intervals and not keys"),
    ),
    (_stopped_by_epochs, template("it was still learning; allow more --epochs")),
)
"""When it may help -> what."""
