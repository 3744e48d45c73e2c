"""A model made of several."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import Combination, Mixture
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.predictor import Floats, Logits, Predictor, Rows, State
from melodyrnn.sequences.vocabulary import Indices


class Ensemble(Predictor):
    """Models over one vocabulary and window, whose distributions a ``Combination`` makes one."""

    normalised = True

    def __init__(self, members: Sequence[Predictor], mixture: Combination | None = None) -> None:
        """``mixture``: by default the weighted geometric mean. Raises ValueError for no member,
        or members of different windows.
        """
        if len(windows := {member.window for member in members}) != 1:
            raise ValueError(f"members with the windows {sorted(windows)}; all need the same")
        self.members, self.mixture = tuple(members), mixture or Mixture()
        (self.window,) = windows

    @property
    def parameters(self) -> int:
        return sum(member.parameters for member in self.members)

    def with_contexts(self, contexts: Sequence[SequenceContext]) -> "Ensemble":
        return Ensemble([member.with_contexts(contexts) for member in self.members], self.mixture)

    def begin(self, count: int) -> list[State]:
        return [member.begin(count) for member in self.members]

    def pick(self, state: list[State], rows: Rows) -> list[State]:
        return [member.pick(s, rows) for member, s in zip(self.members, state, strict=True)]

    def step(self, rows: Indices, state: list[State]) -> tuple[Floats, list[State]]:
        each = [
            member.step_distribution(rows, s) for member, s in zip(self.members, state, strict=True)
        ]
        return self._mixed([p for p, _ in each]), [after for _, after in each]

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        each = [member.distributions(sequences) for member in self.members]
        return [self._mixed(parts) for parts in zip(*each, strict=True)]

    def hidden_states(self, sequences: Sequence[Indices]) -> Sequence[Sequence[Logits]]:
        """The layers of all members, those of the first one first."""
        each = [member.hidden_states(sequences) for member in self.members]
        return [[layer for layers in of for layer in layers] for of in zip(*each, strict=True)]

    @property
    def embeddings(self) -> dict[str, Logits]:
        """Those of the second member are named ``tokens_2`` and so on."""
        return {
            f"{name}_{number}" if number > 1 else name: vectors
            for number, member in enumerate(self.members, 1)
            for name, vectors in member.embeddings.items()
        }

    def _mixed(self, distributions: Sequence[npt.NDArray[np.float64]]) -> Floats:
        """(N, V) of each member -> (N, V), the logarithm."""
        p = self.mixture.combine(distributions)
        return np.asarray(np.log(np.maximum(p, np.finfo(np.float64).tiny)), dtype=np.float64)


def averaged(members: Sequence[Predictor]) -> Predictor:
    """The arithmetic mean of models that all count alike; one model is itself."""
    one, *others = members
    return Ensemble(members, Mixture(bias=0.0, mean="arithmetic")) if others else one
