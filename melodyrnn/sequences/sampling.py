"""From what a network expects to the next token."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def log_softmax(logits: npt.ArrayLike) -> Floats:
    """Natural logarithms of the probabilities, along the last axis. Shape as given."""
    z = np.asarray(logits, dtype=np.float64)
    z = z - _greatest(z)
    return np.asarray(z - np.log(_total(np.exp(z))), dtype=np.float64)


class Sampling(NamedTuple):
    """How chances are changed before a token is drawn: what ``probabilities`` is told."""

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None


AS_EXPECTED = Sampling()
"""Not at all."""


def probabilities(
    logits: npt.ArrayLike,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Floats:
    """The distribution to draw from, (B, V) -> (B, V).

    Temperature divides the logits; at 0 all weight is on the first of the likeliest tokens. Then
    only the ``top_k`` likeliest remain, and of these the fewest that together hold at least
    ``top_p`` of their probability (Holtzman et al. 2020). What is left is scaled to 1; the
    likeliest token always is.
    """
    z = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return np.asarray(np.arange(z.shape[-1]) == z.argmax(axis=-1, keepdims=True), np.float64)
    with np.errstate(over="ignore"):  # near 0 the gaps go to infinity, as they should
        p = np.exp((z - _greatest(z)) / temperature)
    if top_k is None and top_p is None:
        return _scaled(p)
    order = np.argsort(-z, axis=-1, kind="stable")  # the likeliest first, ties by index
    ranks = np.argsort(order, axis=-1, kind="stable")
    if top_k is not None:
        p = np.where(ranks < top_k, p, 0.0)
    p = _scaled(p)
    if top_p is not None:
        falling = np.take_along_axis(p, order, axis=-1)
        before = np.cumsum(falling, axis=-1) - falling
        kept = np.where((before < top_p) | (np.arange(z.shape[-1]) == 0), falling, 0.0)
        p = _scaled(np.take_along_axis(kept, ranks, axis=-1))
    return p


def _scaled(p: Floats) -> Floats:
    """To a sum of 1 along the last axis."""
    return np.asarray(p / _total(p), dtype=np.float64)


# Along the last axis, which stays; NumPy's methods of these names go a longer way to the same.
_greatest: Callable[[Floats], Floats] = partial(np.maximum.reduce, axis=-1, keepdims=True)
_total: Callable[[Floats], Floats] = partial(np.add.reduce, axis=-1, keepdims=True)


def draw(p: Floats, uniforms: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """One index a row, (B, V) and uniforms in [0, 1) of shape (B,) -> (B,).

    By the inverse of the cumulated distribution, so that a row depends on its own number only.
    """
    cumulated = np.add.accumulate(p, axis=-1)
    whole = cumulated[:, -1:]
    threshold = np.minimum(np.asarray(uniforms)[:, None] * whole, np.nextafter(whole, 0))
    return np.asarray(np.add.reduce(cumulated <= threshold, axis=-1), dtype=np.int32)


def uniforms(seed: int, numbers: Sequence[int], length: int) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1), a row for each of ``numbers``, from the stream of that number."""
    return np.array([np.random.default_rng((seed, number)).random(length) for number in numbers])
