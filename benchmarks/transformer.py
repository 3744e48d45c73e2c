"""A transformer in place of the LSTM inside the model of viewpoints: which predicts better?

    python benchmarks/transformer.py [SEEDS] [FACTOR OF THE LEARNING RATE]

Both learn the training set of ``train kinder`` with its defaults, seed after seed, for as long as
the LSTM takes until its validation songs are predicted no better. Bits per note of these songs;
what is held out is not touched. Time is that of the processor, compiling of the first epoch left
out.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from melodyrnn.data.gather import gather
from melodyrnn.formats.read import Corpus
from melodyrnn.models.backend import tf
from melodyrnn.models.networks import viewpoint_network
from melodyrnn.models.networks.event_reader import Random, ReaderConfig
from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork
from melodyrnn.models.types import Tensor
from melodyrnn.models.viewpoints.layout import ViewLayout
from melodyrnn.tasks.registry import task_of
from melodyrnn.training.trainer import Trainer

LAYERS, HEADS, DISTANCES = 2, 4, 64
"""Those further back than the last of the distances are as far."""

Spreads = Mapping[str, tuple[tuple[int, ...], float]]


class TransformerNetwork(ViewpointNetwork):
    """Layers of causal attention, each followed by a hidden layer four times as wide, in place of
    the recurrent layer; all else is that of ``ViewpointNetwork``.

    How well j is attended to from i is q_i · (k_j + r_{i-j}) / sqrt(d), where r is learned for each
    distance (Shaw, Uszkoreit and Vaswani 2018). The weights of the LSTM have the right shapes for
    the first layer: W makes queries, keys, values and what goes past them, U the hidden layer.
    """

    def __init__(self, layout: ViewLayout, config: ReaderConfig) -> None:
        units, heads = config.units, viewpoint_network._heads
        more: Spreads = {
            f"{name}{layer}": spread
            for layer in range(LAYERS)
            for name, spread in _layer(units, first=layer == 0).items()
        }
        viewpoint_network._heads = lambda *args: {**heads(*args), **more}
        try:
            super().__init__(layout, config)
        finally:
            viewpoint_network._heads = heads

    def _recurrent(self, x: Tensor, random: Random | None) -> Tensor:
        w = self.weights
        for layer in range(LAYERS):
            inside, bias = (w["kernel"], w["bias"]) if layer == 0 else (w[f"in{layer}"], 0.0)
            wide = w["recurrent_kernel"] if layer == 0 else w[f"wide{layer}"]
            q, k, v, *past = tf.split(x @ inside + bias, inside.shape[-1] // self.config.units, -1)
            attended = self._attend(q, k, v, w[f"distances{layer}"], random)
            h = _normal((past[0] if past else x) + attended @ w[f"joined{layer}"])
            x = _normal(h + tf.nn.relu(h @ wide) @ w[f"narrow{layer}"])
        return x

    def _attend(
        self, q: Tensor, k: Tensor, v: Tensor, distances: Tensor, random: Random | None
    ) -> Tensor:
        """(N, L, H) each -> (N, L, H)."""
        q, k, v = (tf.reshape(part, [*part.shape[:2], HEADS, -1]) for part in (q, k, v))
        steps, width = q.shape[1], q.shape[-1]
        ago = tf.range(steps)[:, None] - tf.range(steps)  # (L, L)
        by_distance = tf.einsum("nihd,chd->nhic", q, tf.reshape(distances, [-1, HEADS, width]))
        place = tf.broadcast_to(
            tf.clip_by_value(ago, 0, DISTANCES - 1), [q.shape[0], HEADS, steps, steps]
        )
        logits = tf.einsum("nihd,njhd->nhij", q, k)
        logits += tf.gather(by_distance, place, batch_dims=3)
        logits = tf.where(ago >= 0, logits * width**-0.5, -1e9)
        weights = tf.nn.softmax(logits)
        if random:
            weights = random.drop(weights, self.config.recurrent_dropout)
        attended = tf.einsum("nhij,njhd->nihd", weights, v)
        return tf.reshape(attended, [*attended.shape[:2], -1])


def _layer(units: int, first: bool) -> Spreads:
    """Names of weights -> shapes and spreads, as ``EventReader`` has them."""
    plain = units**-0.5
    spreads = {
        "distances": ((DISTANCES, units), 0.1),
        "joined": ((units, units), plain),
        "narrow": ((4 * units, units), plain / 2),
    }
    if first:
        return spreads
    return {**spreads, "in": ((units, 3 * units), plain), "wide": ((units, 4 * units), plain)}


def _normal(x: Tensor) -> Tensor:
    """Layer normalisation, without weights."""
    mean, variance = tf.nn.moments(x, -1, keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5)


def trained(program: Any, config: Any, limit: float | None) -> Trainer[Any, Any]:
    """For ``limit`` seconds of the processor, or until the program is satisfied."""
    program.network.start(config.seed)
    program.config = config
    program.restart()
    trainer, start = Trainer(program, config), time.process_time()
    while not trainer.done if limit is None else time.process_time() - start < limit:
        trainer.advance()
    return trainer


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    factor = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    items = gather(Corpus("kinder"))
    task = task_of(items, {})
    record, parts = task.plan(items, {})
    data, layout = task.encode(record, parts), task.observer(record).layout
    limits: dict[int, float] = {}
    for name, kind in (("LSTM", ViewpointNetwork), ("transformer", TransformerNetwork)):
        network = kind(layout, record.model)
        program = task.program(record, data, network)
        program.network.start(0)
        Trainer(program, replace(record.training, epochs=1)).train(1)  # compiles
        for seed in range(seeds):
            rate = record.training.learning_rate * (factor if limits.get(seed) else 1)
            config = replace(record.training, seed=seed, learning_rate=rate)
            start = time.process_time()
            trainer = trained(program, config, limits.get(seed))
            spent = time.process_time() - start
            limits.setdefault(seed, spent)
            assert trainer.best_score
            size = sum(weight.size for weight in network.copy())
            print(
                f"{name:12} seed {seed}  {trainer.best_score.bits:.3f} bits  epoch "
                f"{trainer.best_epoch:2} of {trainer.epoch:3}  {spent:.0f} s  {size:,} parameters",
                flush=True,
            )


if __name__ == "__main__":
    main()
