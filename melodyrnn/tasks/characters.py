"""Texts as ids, in pieces that fill the lanes of a stream, and how well they are predicted."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from melodyrnn.data.texts import Text
from melodyrnn.models.config import StreamConfig
from melodyrnn.models.predictor import Logits, Predictor
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.sequences.score import Score, score_of, total
from melodyrnn.sequences.streams import MeasuredStream, Stream, enough_lanes, lanes, pieces
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.tasks.tokenizer import CODE_POINT_BITS, CharacterTokenizer


class Texts(NamedTuple):
    """Texts, or pieces of them, as ids (``Tokenizer.read``)."""

    seen: list[Indices]  # what a model sees, each (L,)
    targets: list[Indices]  # what it is to predict, each (L,)

    @property
    def predicted(self) -> int:
        """Characters: all but the first of each."""
        return sum(len(targets) - 1 for targets in self.targets)

    def in_pieces(self, config: StreamConfig) -> "Texts":
        """Each cut, so that together they fill the lanes."""
        return Texts(*(_pieces(part, config) for part in self))


def texts_of(tokenizer: CharacterTokenizer, texts: Sequence[Text]) -> Texts:
    """Unknown characters are numbered as they come."""
    unknown: dict[str, int] = {}
    pairs = [tokenizer.read(text.characters, unknown) for text in texts]
    return Texts([seen for seen, _ in pairs], [targets for _, targets in pairs])


def _pieces(sequences: Sequence[Indices], config: StreamConfig) -> list[Indices]:
    length = sum(map(len, sequences))
    count = enough_lanes(length, config.batch, config.steps)
    return [
        piece
        for sequence in sequences
        for piece in pieces(sequence, max(1, round(count * len(sequence) / length)))
    ]


def stream_of(texts: Texts, config: StreamConfig, counted: Sequence[Mask] | None = None) -> Stream:
    """``counted``: of each piece which characters are targets that count, (L,); by default all."""
    cut = _pieces(texts.seen, config)
    return lanes(cut, config.batch, min(config.steps, max(map(len, cut)) - 1), counted)


def measured_stream(
    texts: Texts, vocabulary: OpenVocabulary, known: int, config: StreamConfig
) -> MeasuredStream:
    """New texts, of whose characters a network predicts those below ``known``."""
    targets = _pieces(texts.targets, config)
    charge = sum(_charge(piece[1:], vocabulary, known) for piece in targets)
    stream = stream_of(texts, config, [piece < known for piece in targets])
    return MeasuredStream(stream, sum(len(piece) - 1 for piece in targets), charge)


def score(predictor: Predictor, texts: Texts, vocabulary: OpenVocabulary | None) -> Score:
    """One-step predictions of all characters but the first of each: of new texts over an open
    vocabulary.
    """
    logits = predictor.logits(texts.seen)
    return total(
        [
            _score_of(each, targets[len(targets) - len(each) :], vocabulary)
            for each, targets in zip(logits, texts.targets, strict=True)
        ]
    )


def unigram(learned: Texts, measured: Texts, vocabulary: OpenVocabulary | None) -> Score:
    """The plainest model: how often each character stands in what was learned, add one."""
    counts = np.ones(1 + max(int(sequence.max()) for sequence in learned.seen))
    for sequence in learned.seen:
        counts += np.bincount(sequence, minlength=len(counts))
    surprise = -np.log2(counts / counts.sum())
    targets = np.concatenate([each[1:] for each in measured.targets])
    known = targets[targets < len(counts)]
    charge = 0.0 if vocabulary is None else _charge(targets, vocabulary, len(counts))
    right = int((known == surprise.argmin()).sum())
    new = len(targets) - len(known)
    return Score(right, len(targets), float(surprise[known].sum()) + charge, unknown=new)


def _score_of(logits: Logits, targets: Indices, vocabulary: OpenVocabulary | None) -> Score:
    """As ``OpenVocabulary.widened`` would have it, where all unknown characters cost the same."""
    if vocabulary is None:
        return score_of(logits, targets)
    known = logits.shape[1]
    found = score_of(logits[targets < known], targets[targets < known])
    surprise = found.surprise + _charge(targets, vocabulary, known)
    return replace(found, all=len(targets), surprise=surprise, unknown=len(targets) - found.all)


def _charge(targets: Indices, vocabulary: OpenVocabulary, known: int) -> float:
    """The bits that characters cost beside those of the known ones."""
    new = int((targets >= known).sum())
    return vocabulary.charge(len(targets) - new, [CODE_POINT_BITS] * new)
