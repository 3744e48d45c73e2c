"""Tonics that nobody gave, inferred from pitches alone.

The melodies of a collection differ in key more than in what they do within a key. Here the key of
a melody is a hidden variable of twelve values. For the training melodies it is inferred all at
once, by expectation maximisation of a first-order Markov chain over scale degrees: whatever the
key is called, melodies that move alike about some pitch class are given that one. For a melody to
be predicted it stays unknown, and what is predicted is a mixture over the twelve, each weighted by
how well it has predicted the melody so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

TONICS = 12
"""Pitch classes; which one is 0 does not matter, as long as it is the same for all melodies."""

SHIFTS = np.array([tonic if tonic <= TONICS // 2 else tonic - TONICS for tonic in range(TONICS)])
"""Tonic -> the semitones above pitch class 0 of its nearest octave, -5 to 6."""

_ROUNDS = 30
_START = TONICS  # in the place of a degree before the first note
_FROM_UNIGRAMS = 4.0  # notes that the unigram distribution counts for in each row of the chain
_OF_FINAL = 0.5  # added to the count of each degree as the last one of a melody


@dataclass(frozen=True)
class Tonics:
    """The tonics of some melodies."""

    of: tuple[int, ...]  # of each melody, the likeliest
    prior: Floats  # (12,): how frequent each is, all above 0

    @classmethod
    def inferred(cls, melodies: Sequence[Indices]) -> "Tonics":
        """``melodies``: MIDI numbers, (L,) each, at least one note long.

        It starts from the last note of each as its tonic. The likelihood has three parts: the
        prior of the tonics, the chain, and the degree of the last note.
        """
        steps = np.stack([_transitions(melody) for melody in melodies])  # (N, 12, 13, 12)
        final = np.stack([(melody[-1] - np.arange(TONICS)) % TONICS for melody in melodies])
        posterior = (final == 0).astype(np.float64)  # (N, 12)
        prior = np.full(TONICS, 1 / TONICS)
        for _ in range(_ROUNDS):
            logs = (
                np.log(prior)
                + np.einsum("nkab,ab->nk", steps, np.log(_chain(posterior, steps)))
                + np.log(_finals(posterior, final))[final]
            )
            posterior = np.exp(logs - logs.max(1, keepdims=True))
            posterior /= posterior.sum(1, keepdims=True)
            prior = (posterior.sum(0) + 1) / (len(melodies) + TONICS)
        return cls(tuple(posterior.argmax(1).tolist()), prior)


def mixed_over_tonics(predicted: Floats, targets: Indices, prior: Floats) -> tuple[Floats, int]:
    """Of each of L notes the mixture over the tonics, (L, V), and the likeliest tonic at the end.

    ``predicted`` (12, L, V): with each tonic assumed. The weight of a tonic before note t is
    proportional to ``prior`` times the probability of the ``targets`` before t (L,), so that the
    product along the melody is that of the Bayesian mixture.
    """
    logs = np.log(np.maximum(predicted[:, np.arange(len(targets)), targets], _TINY))  # (12, L)
    evidence = np.log(prior)[:, None] + np.cumsum(np.pad(logs, ((0, 0), (1, 0))), axis=1)
    weights = np.exp(evidence - evidence.max(0))
    weights /= weights.sum(0)
    mixture = np.einsum("kl,klv->lv", weights[:, :-1], predicted)
    return np.asarray(mixture, dtype=np.float64), int(weights[:, -1].argmax())


def _transitions(melody: Indices) -> Floats:
    """How often each degree came after each, (12, 13, 12), by the tonic assumed."""
    counts = np.zeros((TONICS, TONICS + 1, TONICS))
    for tonic in range(TONICS):
        degrees = (melody - tonic) % TONICS
        np.add.at(counts[tonic], (np.concatenate([[_START], degrees[:-1]]), degrees), 1)
    return counts


def _chain(posterior: Floats, steps: Floats) -> Floats:
    """Transition probabilities, (13, 12)."""
    counts = np.einsum("nk,nkab->ab", posterior, steps)
    unigrams = counts.sum(0) + 1
    unigrams /= unigrams.sum()
    return np.asarray(
        (counts + _FROM_UNIGRAMS * unigrams) / (counts.sum(1, keepdims=True) + _FROM_UNIGRAMS)
    )


def _finals(posterior: Floats, final: Indices) -> Floats:
    """How probable each degree is as a melody's last, (12,)."""
    counts = np.bincount(final.ravel(), posterior.ravel(), TONICS) + _OF_FINAL
    return np.asarray(counts / counts.sum())


_TINY = np.finfo(np.float64).tiny
