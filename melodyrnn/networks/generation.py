"""Autoregression: each note drawn joins the window for the next. One song or a thousand at once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from melodyrnn.networks.config import SampleConfig
from melodyrnn.networks.predictor import Predictor
from melodyrnn.sequences.sampling import draw, probabilities
from melodyrnn.sequences.vocabulary import Indices


def generate(
    predictor: Predictor,
    primer: Indices,
    length: int,
    config: SampleConfig,
    count: int = 1,
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> Indices:
    """Continue ``primer`` (P,), P >= window, by ``length`` codes, ``count`` times.

    Returns (count, P + length): the primer is part of the song. The state walks over every
    window of the primer first, since the windows it learned from overlapped too. Song i draws
    from a stream of its own, so that it stays the same whatever ``count`` is.
    """
    window = predictor.window
    songs: Indices = np.empty((count, len(primer) + length), dtype=np.int32)
    songs[:, : len(primer)] = primer
    state = predictor.begin(count)
    # Hear the primer, but for its last window, which is the first one to be answered.
    for start in range(len(primer) - window):
        _, state = predictor.step(songs[:, start : start + window], state)
    numbers = uniforms(config.seed, count, length)
    for i in range(length):
        end = len(primer) + i
        logits, state = predictor.step(songs[:, end - window : end], state)
        p = probabilities(logits, config.temperature, config.top_k, config.top_p)
        songs[:, end] = draw(p, numbers[:, i])
        progress(i + 1, length)
    return songs


def uniforms(seed: int, count: int, length: int) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1), (count, length), each row from a stream of its own."""
    return np.array([np.random.default_rng((seed, i)).random(length) for i in range(count)])


def whole_song(predictor: Predictor, song: Indices) -> Indices:
    """The song as the model plays it alone from its first window, (L,) -> (L,)."""
    window, greedy = predictor.window, SampleConfig(temperature=0.0)
    return np.asarray(generate(predictor, song[:window], len(song) - window, greedy)[0])
