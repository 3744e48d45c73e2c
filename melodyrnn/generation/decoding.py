"""What networks over whole sequences write: all steps are asked again for each symbol."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.models.config import SampleConfig
from melodyrnn.sequences.sampling import draw, probabilities, uniforms


def answer(model: Any, sources: Any, start: int, end: int, steps: int) -> Any:
    """What a translator writes to ``sources`` (N, S) by itself, each symbol seen by the next.

    Returns the likeliest symbols, (N, steps), all 0 after ``end``. No teacher: what it is given
    of the target is what it wrote.
    """
    seen = np.zeros((len(sources), steps), dtype=np.int32)
    seen[:, 0] = start
    told = np.zeros_like(seen)
    going = np.ones(len(sources), dtype=bool)
    for step in range(steps):
        logits = np.array(model.predict_on_batch([sources, seen])[:, step])
        logits[:, [0, start]] = -np.inf  # the padding and the start stand in no answer
        told[:, step] = np.where(going, logits.argmax(-1), 0)
        going &= told[:, step] != end
        if step + 1 < steps:
            # What follows the end counts no more; a symbol keeps the mask's rows unbroken.
            seen[:, step + 1] = np.where(going, told[:, step], end)
    return told


def write(
    model: Any,
    count: int,
    see: Callable[[npt.NDArray[np.int32]], Any],
    config: SampleConfig,
) -> npt.NDArray[np.int32]:
    """What a one-way tagger of next symbols writes, each symbol seen by the next: (N, T).

    ``see`` makes its input of all T steps, as in training, from what was written before each, (N,
    t). Row i draws from a stream of its own.
    """
    steps = model.output_shape[1]
    told = np.zeros((count, steps), dtype=np.int32)
    numbers = uniforms(config.seed, count, steps)
    for step in range(steps):
        logits = np.asarray(model.predict_on_batch(see(told[:, :step])))[:, step]
        p = probabilities(logits, config.temperature, config.top_k, config.top_p)
        told[:, step] = draw(p, numbers[:, step])
    return told
