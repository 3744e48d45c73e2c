"""Several models' distributions made one."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def combine(distributions: npt.ArrayLike, bias: float = 2.0, mean: str = "geometric") -> Floats:
    """The distributions of M models at N places, (M, N, V) -> (N, V).

    A model counts for the more, the surer it is there (Conklin 1990; Pearce 2005):

        w_m = (H(p_m) / log2 V) ** -bias,   H(p) = -Σ p log2 p

    so that with a bias of 0 all count alike. ``mean`` is "arithmetic", Σ w_m p_m / Σ w_m, or
    "geometric", (Π p_m ** w_m) ** (1 / Σ w_m), scaled to 1 (Pearce, Conklin and Wiggins 2004), by
    which a code that one model all but excludes stays excluded.
    """
    p = np.asarray(distributions, dtype=np.float64)
    return MEANS[mean](p, weights_of(p, bias))


def weights_of(p: Floats, bias: float) -> Floats:
    """(M, N, V) -> (M, N, 1), their sum over the models 1."""
    entropy = -(p * np.log2(np.maximum(p, _TINY))).sum(-1, keepdims=True)
    # The weights by their logarithms, so that a model which is certain outweighs the others
    # without a division by 0; log2 V is the same for all and falls out.
    exponents = -bias * np.log(np.maximum(entropy, _TINY))
    weights = np.exp(exponents - exponents.max(0))
    return np.asarray(weights / weights.sum(0), dtype=np.float64)


def _arithmetic(p: Floats, weights: Floats) -> Floats:
    return np.asarray((p * weights).sum(0), dtype=np.float64)


def _geometric(p: Floats, weights: Floats) -> Floats:
    logs = (np.log(np.maximum(p, _TINY)) * weights).sum(0)
    q = np.exp(logs - logs.max(-1, keepdims=True))
    return np.asarray(q / q.sum(-1, keepdims=True), dtype=np.float64)


_TINY = np.finfo(np.float64).tiny

MEANS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "geometric": _geometric,
    "arithmetic": _arithmetic,
}
"""Name -> weighted mean."""
