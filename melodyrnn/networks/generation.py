"""Autoregression: each note drawn joins the window for the next. One song or a thousand at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.networks import models
from melodyrnn.networks.backend import tf
from melodyrnn.networks.config import SampleConfig
from melodyrnn.sequences.sampling import draw, probabilities
from melodyrnn.sequences.vocabulary import Indices


class Generator:
    """A model that goes on with given beginnings."""

    def __init__(self, model: Any, window: int) -> None:
        self.model, self.window = model, window

        @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
        def step(windows: Any, states: Any) -> Any:
            return models.step(model, windows, states)

        self._step = step

    def generate(
        self,
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
        songs: Indices = np.empty((count, len(primer) + length), dtype=np.int32)
        songs[:, : len(primer)] = primer
        states = models.zero_states(self.model, count)
        for start in range(len(primer) - self.window):
            _, states = self._step(tf.constant(songs[:, start : start + self.window]), states)
        uniforms = self._uniforms(config.seed, count, length)
        for i in range(length):
            end = len(primer) + i
            logits, states = self._step(tf.constant(songs[:, end - self.window : end]), states)
            p = probabilities(logits.numpy(), config.temperature, config.top_k, config.top_p)
            songs[:, end] = draw(p, uniforms[:, i])
            progress(i + 1, length)
        return songs

    @staticmethod
    def _uniforms(seed: int, count: int, length: int) -> npt.NDArray[np.float64]:
        return np.array([np.random.default_rng((seed, i)).random(length) for i in range(count)])

    def whole_song(self, song: Indices) -> Indices:
        """The song as the network plays it alone from its first window, (L,) -> (L,)."""
        length = len(song) - self.window
        return np.asarray(
            self.generate(song[: self.window], length, SampleConfig(temperature=0.0))[0]
        )
