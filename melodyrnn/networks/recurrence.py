"""What each cell does at one step, as its equation stands in the books.

With x_t the input, h the output, C the cell state: every function here takes z = W x_t + b, which
whoever calls has computed for all steps at once, the state before the step and the recurrent
weights u, and gives the output and the state after it. Shapes: z (B, G H), state (B, H) each,
u (H, G H), for G gates side by side in the order named. They run on NumPy arrays and on
TensorFlow tensors alike: ``math`` brings ``sigmoid``, ``tanh`` and ``split``.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

State = Sequence[Any]  # (h,) or (h, C), each (B, H)


class Functions(Protocol):
    """The functions that a cell needs: two elementwise, and equal parts along the last axis."""

    sigmoid: Callable[[Any], Any]
    tanh: Callable[[Any], Any]
    split: Callable[..., Sequence[Any]]


def simple(math: Functions, z: Any, state: State, u: Any) -> tuple[Any, State]:
    """h_t = tanh(W x_t + U h_{t-1} + b) (Elman 1990)."""
    (h,) = state
    h = math.tanh(z + h @ u)
    return h, (h,)


def lstm(math: Functions, z: Any, state: State, u: Any) -> tuple[Any, State]:
    """Gates i, f, candidate g, gate o (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""
    h, c = state
    i, f, g, o = math.split(z + h @ u, 4, -1)
    c = math.sigmoid(f) * c + math.sigmoid(i) * math.tanh(g)
    h = math.sigmoid(o) * math.tanh(c)
    return h, (h, c)


def gru(math: Functions, z: Any, state: State, u: Any, u_candidate: Any) -> tuple[Any, State]:
    """Gates z, r, candidate (Cho et al. 2014, equations 5 to 8): there z keeps what was.

    ``u`` is that of the gates, (H, 2 H), ``u_candidate`` (H, H) sees what r lets through.
    """
    (h,) = state
    z_update, z_reset, z_candidate = math.split(z, 3, -1)
    u_update, u_reset = math.split(h @ u, 2, -1)
    kept = math.sigmoid(z_update + u_update)
    reset = math.sigmoid(z_reset + u_reset)
    candidate = math.tanh(z_candidate + (reset * h) @ u_candidate)
    h = kept * h + (1 - kept) * candidate
    return h, (h,)


def peephole(math: Functions, z: Any, state: State, u: Any, *peeps: Any) -> tuple[Any, State]:
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


def coupled(math: Functions, z: Any, state: State, u: Any) -> tuple[Any, State]:
    """The LSTM that forgets just what it replaces, C_t = f C_{t-1} + (1 - f) g; gates f, g, o
    (the variant "CIFG" of Greff et al. 2017).
    """
    h, c = state
    f, g, o = math.split(z + h @ u, 3, -1)
    f = math.sigmoid(f)
    c = f * c + (1 - f) * math.tanh(g)
    h = math.sigmoid(o) * math.tanh(c)
    return h, (h, c)


def _seen(c: Any, peep: Any) -> Any:
    return c * peep if len(peep.shape) == 1 else c @ peep


class Equation(NamedTuple):
    """One row of the table."""

    step: Callable[..., tuple[Any, State]]
    states: int  # arrays in its state
    peepholes: int = 0  # weights after u
    candidate_apart: bool = False  # u comes in two parts: of the gates, and of the candidate

    def recurrent(self, u: Any) -> list[Any]:
        """The recurrent weights (H, G H) as ``step`` takes them."""
        return [u[:, : -u.shape[0]], u[:, -u.shape[0] :]] if self.candidate_apart else [u]


EQUATIONS: dict[str, Equation] = {
    "rnn": Equation(simple, 1),
    "lstm": Equation(lstm, 2),
    "gru": Equation(gru, 1, candidate_apart=True),
    "peephole": Equation(peephole, 2, peepholes=3),
    "peephole-full": Equation(peephole, 2, peepholes=3),
    "coupled": Equation(coupled, 2),
}
"""Name -> what a cell does, and with what."""
