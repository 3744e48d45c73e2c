"""What each note of new songs costs, whatever tokens a model has: what is predicted is its sound,
MIDI pitch and duration, however it is spelled.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.models.predictor import Logits, Predictor
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.tasks.dataset import Dataset, logits_of
from melodyrnn.tasks.tokenizer import NoteTokenizer


class NoteBits(NamedTuple):
    """Of some songs, what each note cost that was predicted."""

    skipped: int  # notes at the start of each song that were given
    has_ends: bool  # whether the last number of each song is what its end cost
    bits: list[list[float]]  # of each song, of each note after those: -log2 p

    def notes(self, window: int) -> list[int]:
        """How many each song has after the first ``window``, of which this model was given no
        more.
        """
        return [len(song) - self.has_ends + self.skipped - window for song in self.bits]

    def per_note(self, window: int) -> list[float]:
        """Of each song, bits per note: with 0 of all notes, the end paid for too; else of the notes
        after the first ``window`` alone.
        """
        last = -1 if window and self.has_ends else None
        pairs = zip(self.bits, self.notes(window), strict=True)
        return [sum(song[window - self.skipped : last]) / notes for song, notes in pairs]

    def joined(self, other: "NoteBits") -> "NoteBits":
        """These songs and ``other`` ones, of a model of the same kind."""
        return self._replace(bits=[*self.bits, *other.bits])

    def mean(self, window: int) -> float:
        """``per_note`` of all songs together."""
        return float(np.average(self.per_note(window), weights=self.notes(window)))


def common_start(found: Sequence[NoteBits]) -> int:
    """How many notes at the start of each song not all models predict: 0 where all predict whole
    songs, and their ends.
    """
    return max(each.skipped for each in found)


def note_bits(predictor: Predictor, dataset: Dataset, vocabulary: OpenVocabulary) -> NoteBits:
    """What the notes of songs cost that are new to ``predictor``."""
    tokenizer, bits = dataset.tokenizer, []
    for named, logits in zip(dataset.songs, logits_of(predictor, dataset), strict=True):
        tokens = tokenizer.tokens(named.song)
        bits.append(_bits(tokens[len(tokens) - len(logits) :], logits, tokenizer, vocabulary))
    return NoteBits(predictor.window - len(tokenizer.opening), tokenizer.end is not None, bits)


def _bits(
    tokens: Sequence[str], logits: Logits, tokenizer: NoteTokenizer, vocabulary: OpenVocabulary
) -> list[float]:
    """Of each of N tokens, by its logits (N, V): -log2 of the sum over all that sound alike."""
    alike = {token: tokenizer.alike(token) for token in tokens}
    symbols = tokenizer.vocabulary.symbols
    unknown = list(dict.fromkeys(each for some in alike.values() for each in some))
    unknown = [token for token in unknown if token not in tokenizer.vocabulary]
    spelling = [tokenizer.spelling_bits(token) for token in unknown]
    columns = {token: place for place, token in enumerate([*symbols, *unknown])}
    return [
        float(-np.logaddexp.reduce(row[[columns[each] for each in alike[token]]]) / np.log(2))
        for token, row in zip(tokens, vocabulary.widened(logits, spelling), strict=True)
    ]
