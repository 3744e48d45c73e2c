"""What a network knows: each window of the songs themselves, the state carried."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.networks import models
from melodyrnn.networks.backend import tf
from melodyrnn.sequences.measuring import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import side_by_side


class Evaluator:
    """A compiled program that walks all ``sequences`` at once, each in a lane of its own."""

    def __init__(self, model: Any, sequences: Sequence[Indices], window: int) -> None:
        self.sequences, self.windows = sequences, side_by_side(sequences, window)
        x = tf.constant(self.windows.x, tf.int32)  # (M, S, T)
        steps, lanes, _ = self.windows.x.shape
        codes = model.output_shape[-1]

        @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
        def run() -> Any:
            logits = tf.TensorArray(tf.float32, steps, element_shape=(lanes, codes))
            states = models.zero_states(model, lanes)
            for m in tf.range(steps):
                tf.autograph.experimental.set_loop_options(maximum_iterations=steps)
                logit, states = models.step(model, tf.gather(x, m), states)
                logits = logits.write(m, logit)
            return logits.stack()  # (M, S, V)

        self._run = run

    def logits(self) -> list[npt.NDArray[np.float32]]:
        """For each sequence the logits of its windows, (N, V), with the model's present weights."""
        logits, mask = self._run().numpy(), self.windows.mask
        return [logits[mask[:, lane], lane] for lane in range(mask.shape[1])]

    def score(self) -> Score:
        """Over all windows of all sequences."""
        told = self.windows.y.T[self.windows.mask.T]  # lane after lane, as the logits are
        return score_of(np.concatenate(self.logits()), told)
