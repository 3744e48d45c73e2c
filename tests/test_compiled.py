"""What is compiled for one training serves the next one, which ends in the bits of a fresh one."""

import numpy as np
import pytest

from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.sequences.streams import MeasuredStream, lanes
from melodyrnn.training import program as programs
from melodyrnn.training.compiled import Compiled, CompiledPool, graph_seed
from melodyrnn.training.keras_compiled import graph_settings
from melodyrnn.training.streams import StreamProgram
from melodyrnn.training.trainer import Trainer
from melodyrnn.training.windows import TrainingSongs, WindowProgram

CODES, WINDOW = 5, 2


@pytest.fixture
def pool(monkeypatch):
    """An empty one in place of the process's own."""
    monkeypatch.setattr(programs, "POOL", CompiledPool(2, 1_000_000))
    return programs.POOL


def song(seed):
    return np.random.default_rng(seed).integers(0, CODES, 12).astype(np.int32)


def windows(seed, **settings):
    """Of a song and with random masks of its own: nothing of an earlier training may remain."""
    config = ModelConfig("mlp", units=4, layers=1, window=WINDOW, dropout=0.5)
    network = models.build(config, CODES, seed)
    training = TrainConfig(**{"epochs": 3, "seed": seed, "early_stop": False, **settings})
    songs = TrainingSongs([song(seed)])
    return network, WindowProgram(network, songs, config, training, 4), training


def stream(seed, **settings):
    config = ModelConfig("lstm", **STREAM_MODEL | {"units": 4, "embedding": 3, "dropout": 0.5})
    network = models.build(config, CODES, seed)
    training = StreamConfig(**{"epochs": 2, "batch": 2, "steps": 3, "seed": seed, **settings})
    seen = lanes([song(seed), song(seed + 50)], 2, 3)
    measured = MeasuredStream.plain(lanes([song(9), song(8)], 2, 3))
    return network, StreamProgram(network, lambda epoch: seen, measured, training), training


def trained(made):
    """All that a training leaves, as bytes."""
    network, program, training = made
    with program:
        trainer = Trainer(program, training)
        assert trainer.run()
        state = {name: array.tobytes() for name, array in trainer.state().items()}
        trainer.keep_best()
    best = [weight.tobytes() for weight in network.get_weights()]
    assert best == [state[f"best/{place}"] for place in range(len(best))]
    return state


@pytest.mark.parametrize("make", [windows, stream])
def test_a_training_in_what_another_left_ends_in_the_bits_of_a_fresh_one(make, pool):
    fresh = trained(make(1, learning_rate=0.01))
    assert len(pool) == 1
    dropped = make(1)[1]
    with pytest.raises(KeyboardInterrupt), dropped:
        raise KeyboardInterrupt
    assert len(pool) == 0
    other = trained(make(2))
    assert len(pool) == 1
    compiled = make(1, learning_rate=0.01)
    assert len(pool) == 0  # it is in use
    beside = make(3)  # makes one of its own
    assert beside[1].model is not compiled[1].model
    assert trained(compiled) == fresh != other


SAME = [{"seed": 7}, {"ensemble": 3}]
OTHER = [
    {"units": 5},
    {"dropout": 0.2},
    {"model": "gru"},
    {"layers": 2},
    {"tokenization": "factored"},
]


def graph_of(model="lstm", seed=0, **settings):
    config = ModelConfig(model, **STREAM_MODEL | {"units": 4, "embedding": 3} | settings)
    parts = np.array([[token % 2, token // 2] for token in range(CODES)])
    return graph_settings(models.build(config, CODES, seed, parts))


def test_networks_of_other_seeds_share_and_others_do_not():
    graph = graph_of()
    assert [graph_of(**settings) == graph for settings in SAME] == [True] * len(SAME)
    assert [graph_of(**settings) == graph for settings in OTHER] == [False] * len(OTHER)


class Sized(Compiled):
    """Of so many numbers."""

    def __init__(self, count=1):
        self.count = count

    @property
    def variables(self):
        return [np.zeros(self.count)]


def test_a_few_are_kept_each_for_one_at_a_time():
    pool, made = CompiledPool(2, 40), [Sized(1), Sized(2), Sized(3)]
    for name, compiled in zip("abc", made, strict=True):
        assert pool.take(Sized, name, lambda compiled=compiled: compiled) is compiled
    for name, compiled in zip("abc", made, strict=True):
        pool.give_back(name, compiled)
    assert len(pool) == 2
    assert pool.take(Sized, "b", Sized) is made[1]
    assert pool.take(Sized, "b", Sized) is not made[1]
    assert pool.take(Sized, "a", Sized) is not made[0]  # made way for a later one
    pool.give_back("large", Sized(11))
    assert len(pool) == 1


def test_any_seed_is_one_that_graphs_take():
    assert [int(graph_seed(seed)) for seed in (0, 5, 2**31 - 1, 2**31 + 5)] == [0, 5, 2**31 - 1, 5]
    assert graph_seed(64 * 10**18 + 63).dtype == np.int32
