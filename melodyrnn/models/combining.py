"""Several models' distributions made one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A weighted mean of M models' distributions.

    A model counts for the more, the surer it is at a place (Conklin 1990; Pearce 2005):

        w_m = (H(p_m) / log2 V) ** -bias / Σ ...,   H(p) = -Σ p log2 p

    so that with a bias of 0 all count alike. ``mean`` is "arithmetic", Σ w_m p_m, or "geometric",
    Π p_m ** w_m, scaled to 1 (Pearce, Conklin and Wiggins 2004), by which a token that one model
    all but excludes stays excluded. Fitted ``weights`` (M,), one a model, as
    ``mixing_weights.fit`` finds them, multiply the w_m of a geometric mean, whose exponents then
    need not add up to 1: a log-linear pool.
    """

    bias: float = 2.0
    mean: str = "geometric"
    weights: Floats | None = None

    def combine(self, distributions: npt.ArrayLike) -> Floats:
        """The distributions of M models at N places, (M, N, V) -> (N, V)."""
        p = np.asarray(distributions, dtype=np.float64)
        if self.weights is not None:
            return pooled(self.weights, log_scores(p, self.bias))
        return MEANS[self.mean](p, entropy_weights(p, self.bias))


@dataclass(frozen=True, slots=True)
class SongPool:
    """A log-linear pool of M models whose weights change along a song:

        log q_t = Σ_m (a_m + b_m d_t) w_m log p_m + constant,   d_t = exp(-t / 16)

    for its note t from 0, w_m as in ``Mixture`` with a bias of 1/4. At the start of a song a model
    of what came in it knows nothing; later it knows most.
    """

    always: Floats  # a, (M,)
    at_start: Floats  # b, (M,)

    def combine(self, distributions: npt.ArrayLike) -> Floats:
        """Those of the models at all L notes of a song, (M, L, V) -> (L, V)."""
        p = np.asarray(distributions, dtype=np.float64)
        return pooled(np.concatenate([self.always, self.at_start]), song_scores(p))


def song_scores(p: Floats) -> Floats:
    """What a and b of ``SongPool`` weigh, of one song's distributions: (M, L, V) -> (2 M, L, V)."""
    scores = log_scores(p, _SONG_BIAS)
    start = np.exp(-np.arange(p.shape[1]) / _START_LASTS)
    return np.concatenate([scores, scores * start[:, None]])


_SONG_BIAS = 0.25
_START_LASTS = 16  # notes


class Combination(Protocol):
    """What makes one distribution of several."""

    def combine(self, distributions: npt.ArrayLike) -> Floats:
        """Those of M models at N places, (M, N, V) -> (N, V)."""
        ...


@dataclass(frozen=True, slots=True)
class Joined:
    """A model p joined by a second one, s, as far as that is certain:

        log q = (1 + a c) log p + b c log s + constant,   c = √(1 - H(s) / log2 V)

    with the ``weights`` (a, b). Where s is uniform, as a memory is that holds nothing yet, c is 0
    and q is p. With (-1, 1) q is the weighted geometric mean of the two, c the weight of s.
    """

    weights: tuple[float, float] = (-1.0, 1.0)

    def combine(self, distributions: npt.ArrayLike) -> Floats:
        """Those of p and s at N places, (2, N, V) -> (N, V)."""
        base, scores = certain_scores(np.asarray(distributions, dtype=np.float64))
        return softmax(base + np.tensordot(np.array(self.weights), scores, 1))


def certain_scores(p: Floats) -> tuple[Floats, Floats]:
    """Log p (N, V), and what a and b of ``Joined`` weigh, (2, N, V), of distributions (2, N, V)."""
    logs, second = np.log(np.maximum(p, _TINY)), p[1]
    entropy = -(second * logs[1]).sum(-1, keepdims=True) / np.log(max(p.shape[-1], 2))
    certainty = np.sqrt(np.maximum(1 - entropy, 0.0))
    # What rounding leaves of a uniform distribution's is no certainty.
    return logs[0], np.where(certainty > _NO_CERTAINTY, certainty, 0.0) * logs


_NO_CERTAINTY = 1e-6  # the root of 1e-12


def entropy_weights(p: Floats, bias: float) -> Floats:
    """The w_m of distributions (M, N, V) -> (M, N, 1), their sum over the models 1."""
    entropy = -(p * np.log2(np.maximum(p, _TINY))).sum(-1, keepdims=True)
    # The weights by their logarithms, so that a model which is certain outweighs the others
    # without a division by 0; log2 V is the same for all and falls out.
    exponents = -bias * np.log(np.maximum(entropy, _TINY))
    weights = np.exp(exponents - exponents.max(0))
    return np.asarray(weights / weights.sum(0), dtype=np.float64)


def log_scores(p: Floats, bias: float) -> Floats:
    """w_m log p_m, (M, N, V) -> (M, N, V)."""
    return np.asarray(entropy_weights(p, bias) * np.log(np.maximum(p, _TINY)))


def pooled(weights: Floats, scores: Floats) -> Floats:
    """The distribution whose logarithm is Σ weights_m scores_m, (M,) and (M, N, V) -> (N, V)."""
    return softmax(np.tensordot(weights, scores, 1))


def _arithmetic(p: Floats, weights: Floats) -> Floats:
    return np.asarray((p * weights).sum(0), dtype=np.float64)


def _geometric(p: Floats, weights: Floats) -> Floats:
    return softmax((np.log(np.maximum(p, _TINY)) * weights).sum(0))


def softmax(logs: Floats) -> Floats:
    """Logits (N, V), whatever constant they have -> distributions."""
    q = np.exp(logs - logs.max(-1, keepdims=True))
    return np.asarray(q / q.sum(-1, keepdims=True), dtype=np.float64)


_TINY = np.finfo(np.float64).tiny

MEANS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "geometric": _geometric,
    "arithmetic": _arithmetic,
}
"""Name -> weighted mean."""
