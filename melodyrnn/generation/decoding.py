"""Decoding by networks over whole sequences: all steps are computed again for each symbol."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.models.config import SampleConfig
from melodyrnn.sequences.sampling import draw, probabilities, uniforms
from melodyrnn.sequences.vocabulary import Indices


class SequenceModel(Protocol):
    """What is used here of a Keras model."""

    @property
    def output_shape(self) -> tuple[int, ...]: ...

    def predict_on_batch(self, x: object) -> npt.NDArray[np.float32]:
        """Inputs of all steps, one array or several -> logits (N, T, V)."""
        ...


def answer(model: SequenceModel, sources: Indices, start: int, end: int, steps: int) -> Indices:
    """What a translator writes to ``sources`` (N, S) by itself, each symbol seen by the next.

    Returns the likeliest symbols, (N, steps), all 0 after ``end``. Free-running: what it is given
    of the target is what it wrote itself.
    """
    seen = np.zeros((len(sources), steps), dtype=np.int32)
    seen[:, 0] = start
    written = np.zeros_like(seen)
    going = np.ones(len(sources), dtype=bool)
    for step in range(steps):
        logits = np.array(model.predict_on_batch([sources, seen])[:, step])
        logits[:, [0, start]] = -np.inf  # the padding and the start stand in no answer
        written[:, step] = np.where(going, logits.argmax(-1), 0)
        going &= written[:, step] != end
        if step + 1 < steps:
            # What follows the end counts no more; a symbol keeps the mask's rows unbroken.
            seen[:, step + 1] = np.where(going, written[:, step], end)
    return written


def write(
    model: SequenceModel,
    count: int,
    see: Callable[[Indices], npt.NDArray[np.generic]],
    config: SampleConfig,
) -> Indices:
    """What a one-way tagger of next symbols writes, each symbol seen by the next: (N, T).

    ``see`` makes its input of all T steps, as in training, from what was written before each, (N,
    t). Row i draws from a stream of its own.
    """
    steps = model.output_shape[1]
    written = np.zeros((count, steps), dtype=np.int32)
    numbers = uniforms(config.seed, range(count), steps)
    for step in range(steps):
        logits = np.asarray(model.predict_on_batch(see(written[:, :step])))[:, step]
        p = probabilities(logits, config.temperature, config.top_k, config.top_p)
        written[:, step] = draw(p, numbers[:, step])
    return written
