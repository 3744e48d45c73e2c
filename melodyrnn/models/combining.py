"""Several models' distributions made one."""

from collections.abc import Callable
from dataclasses import dataclass

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
    return _softmax(np.tensordot(weights, scores, 1))


def _arithmetic(p: Floats, weights: Floats) -> Floats:
    return np.asarray((p * weights).sum(0), dtype=np.float64)


def _geometric(p: Floats, weights: Floats) -> Floats:
    return _softmax((np.log(np.maximum(p, _TINY)) * weights).sum(0))


def _softmax(logs: Floats) -> Floats:
    q = np.exp(logs - logs.max(-1, keepdims=True))
    return np.asarray(q / q.sum(-1, keepdims=True), dtype=np.float64)


_TINY = np.finfo(np.float64).tiny

MEANS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "geometric": _geometric,
    "arithmetic": _arithmetic,
}
"""Name -> weighted mean."""
