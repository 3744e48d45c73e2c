"""Tokens that a vocabulary lacks: first predicted as unknown, then spelled out.

A model knows the tokens of its training set and is asked about songs that have others. It gives a
new token the probability u q(token), where u is the probability that a token is unknown, and q a
fixed distribution over all tokens that can be written, by which the token is spelled; a token of
the vocabulary has (1 - u) p(token), p the model's own distribution. Over everything that can be
written the sum is 1, whatever the model: so two models with different vocabularies can be
compared, and no song need be left out.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import Floats, log_softmax

Token = TypeVar("Token", bound=Hashable)

_TINY = np.finfo(np.float64).tiny


def _alone(token: Token) -> Iterable[Token]:
    return (token,)


def unknown_rate(
    sequences: Iterable[Sequence[Token]], covers: Callable[[Token], Iterable[Token]] = _alone
) -> float:
    """How often a token of a new sequence is unknown: as often as in ``sequences`` when each is
    left out in turn, the share of their tokens that no other sequence has. (So Good 1953, who
    leaves out single tokens, as is done here where there is one sequence only.) Half a token is
    added on both sides, for nothing is impossible.

    ``covers``: the tokens that a vocabulary has because a sequence has this one.
    """
    counts: Counter[Token] = Counter()
    holders: Counter[Token] = Counter()  # in how many sequences
    number = 0
    for sequence in sequences:  # one is in hand at a time
        number += 1
        counts.update(sequence)
        holders.update({each for token in set(sequence) for each in covers(token)})
    if number == 1:
        new = sum(count == 1 for count in counts.values())
    else:
        new = sum(count for token, count in counts.items() if holders[token] == 1)
    return rate_of(new, counts.total())


def rate_of(unknown: int, tokens: int) -> float:
    """How often a token is unknown where so many of ``tokens`` were; never 0 or 1."""
    return (unknown + 0.5) / (tokens + 1)


@dataclass(frozen=True)
class OpenVocabulary:
    """A vocabulary of V tokens, and what is paid for others."""

    rate: float  # u
    taken: float = 0.0  # Σ q' of the tokens that are known, q' the distribution by which to spell

    def spelled(self, spelling: npt.ArrayLike) -> Floats:
        """-log2 (u q) of unknown tokens, q = q' / (1 - taken), of their -log2 q', (E,) -> (E,)."""
        left = max(1 - self.taken, _TINY)
        bits = np.asarray(spelling, dtype=np.float64) - np.log2(self.rate / left)
        return np.asarray(bits, dtype=np.float64)

    @property
    def known(self) -> float:
        """-log2 (1 - u): what a known token costs beside its own bits."""
        return float(-np.log2(1 - self.rate))

    def widened(self, logits: npt.ArrayLike, spelling: npt.ArrayLike = ()) -> Floats:
        """Logits (N, V) and -log2 q' of E unknown tokens -> log-probabilities (N, V + E + 1), of
        the tokens known, of these unknown ones, and of all others together.
        """
        known = log_softmax(logits) + np.log1p(-self.rate)
        named = np.exp2(-self.spelled(spelling))
        others = max(self.rate - named.sum(), _TINY)
        new = np.log(np.append(named, others))
        return np.concatenate([known, np.broadcast_to(new, (len(known), len(new)))], axis=1)

    def charge(self, known: int, spelling: npt.ArrayLike = ()) -> float:
        """What ``known`` tokens and unknown ones cost together, in bits, beside the -log2 p of the
        known ones.
        """
        return known * self.known + float(self.spelled(spelling).sum())
