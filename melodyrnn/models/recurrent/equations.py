"""What each cell computes at one step, as its equation stands in the literature.

With x_t the input, h the output, C the cell state: every function here takes z = W x_t + b, which
the caller has computed for all steps at once, the state before the step and the recurrent
weights u, and returns the output and the state after it. Shapes: z (B, G H), state (B, H) each,
u (H, G H), for G gates side by side in the order named. They run on NumPy arrays and on
TensorFlow tensors alike: ``math`` brings the functions.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

Tensor: TypeAlias = Any
"""A NumPy array or a TensorFlow tensor."""

State: TypeAlias = Sequence[Tensor]
"""(h,) or (h, C), each (B, H), and what else a cell carries."""

REACH = 40
"""The outputs that the cell ``attention`` remembers."""


class Functions(Protocol):
    """The functions that a cell needs, under the names that NumPy and TensorFlow share."""

    sigmoid: Callable[[Tensor], Tensor]
    tanh: Callable[[Tensor], Tensor]
    exp: Callable[[Tensor], Tensor]
    split: Callable[..., Sequence[Tensor]]
    concat: Callable[..., Tensor]
    reshape: Callable[..., Tensor]
    einsum: Callable[..., Tensor]


def simple(math: Functions, z: Tensor, state: State, u: Tensor) -> tuple[Tensor, State]:
    """h_t = tanh(W x_t + U h_{t-1} + b) (Elman 1990)."""
    (h,) = state
    h = math.tanh(z + h @ u)
    return h, (h,)


def lstm(math: Functions, z: Tensor, state: State, u: Tensor) -> tuple[Tensor, State]:
    """Gates i, f, candidate g, gate o (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""
    h, c = state
    i, f, g, o = math.split(z + h @ u, 4, -1)
    c = math.sigmoid(f) * c + math.sigmoid(i) * math.tanh(g)
    h = math.sigmoid(o) * math.tanh(c)
    return h, (h, c)


def gru(
    math: Functions, z: Tensor, state: State, u: Tensor, u_candidate: Tensor
) -> tuple[Tensor, State]:
    """Gates z, r, candidate (Cho et al. 2014, equations 5 to 8): there z keeps the old state.

    ``u`` is that of the gates, (H, 2 H), ``u_candidate`` (H, H) sees the state that r lets through.
    """
    (h,) = state
    z_update, z_reset, z_candidate = math.split(z, 3, -1)
    u_update, u_reset = math.split(h @ u, 2, -1)
    kept = math.sigmoid(z_update + u_update)
    reset = math.sigmoid(z_reset + u_reset)
    candidate = math.tanh(z_candidate + (reset * h) @ u_candidate)
    h = kept * h + (1 - kept) * candidate
    return h, (h,)


def peephole(
    math: Functions, z: Tensor, state: State, u: Tensor, *peeps: Tensor
) -> tuple[Tensor, State]:
    """The LSTM whose gates i and f also see C_{t-1}, and o sees C_t (Gers and Schmidhuber 2000).

    ``peeps`` of i, f and o: one weight a unit, (H,), or full matrices, (H, H).
    """
    h, c = state
    to_i, to_f, to_o = peeps
    i, f, g, o = math.split(z + h @ u, 4, -1)
    i, f = math.sigmoid(i + _seen(c, to_i)), math.sigmoid(f + _seen(c, to_f))
    c = f * c + i * math.tanh(g)
    h = math.sigmoid(o + _seen(c, to_o)) * math.tanh(c)
    return h, (h, c)


def coupled(math: Functions, z: Tensor, state: State, u: Tensor) -> tuple[Tensor, State]:
    """The LSTM that forgets just what it replaces, C_t = f C_{t-1} + (1 - f) g; gates f, g, o
    (the variant "CIFG" of Greff et al. 2017).
    """
    h, c = state
    f, g, o = math.split(z + h @ u, 3, -1)
    f = math.sigmoid(f)
    c = f * c + (1 - f) * math.tanh(g)
    h = math.sigmoid(o) * math.tanh(c)
    return h, (h, c)


def attention(
    math: Functions, z: Tensor, state: State, u: Tensor, *weights: Tensor
) -> tuple[Tensor, State]:
    """An LSTM that attends over its last 40 outputs y (Waite 2016, the "Attention RNN", after
    Vinyals et al. 2015):

        h, C = LSTM(W x_t + V a_{t-1} + b, h, C)
        s_i = v . tanh(K y_i + Q [h, C]),  i = t - 40 .. t - 1
        a_t = sum_i softmax(s)_i y_i
        y_t = O [h, a_t] + c

    What was attended to enters the next step too. The state holds h, C, a, the outputs y and, so
    that each is computed once only, their K y, both side by side in one row, (B, 40 H); before the
    first step all are 0. ``weights``: V, Q of h and of C, v, O of h and of a, c, K.
    """
    h, c, attended, outputs, keys = state
    fed, ask_h, ask_c, score, out_h, out_attended, out_bias, key = weights
    h, (_, c) = lstm(math, z + attended @ fed, (h, c), u)
    asked = h @ ask_h + c @ ask_c
    shape = (-1, REACH, h.shape[-1])
    past, known = math.reshape(outputs, shape), math.reshape(keys, shape)
    # The score is bounded by the length of v, so that its exponential needs no guard.
    weight = math.exp(math.einsum("bnh,h->bn", math.tanh(known + asked[:, None]), score))
    attended = math.einsum("bn,bnh->bh", weight, past) / math.einsum("bn->b", weight)[:, None]
    y = h @ out_h + attended @ out_attended + out_bias
    outputs, keys = _shifted(math, outputs, y), _shifted(math, keys, y @ key)
    return y, (h, c, attended, outputs, keys)


def _shifted(math: Functions, row: Tensor, last: Tensor) -> Tensor:
    """(B, 40 H): the oldest of 40 goes, ``last`` (B, H) comes."""
    return math.concat([row[:, last.shape[-1] :], last], -1)


def _seen(c: Tensor, peep: Tensor) -> Tensor:
    return c * peep if len(peep.shape) == 1 else c @ peep
