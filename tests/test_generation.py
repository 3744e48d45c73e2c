import numpy as np
import pytest

from melodyrnn.networks import models
from melodyrnn.networks.config import MODELS, ModelConfig, SampleConfig
from melodyrnn.networks.generation import Generator

CODES, WINDOW = 5, 3
primer = np.array([0, 3, 1, 4, 4], dtype=np.int32)


@pytest.fixture(scope="module", params=["lstm", "lstm-stateless", "mlp"])
def network(request):
    return models.build(ModelConfig(request.param, units=8, window=WINDOW), CODES, 2)


def test_greedy_generation_is_keras_fed_back(network):
    song = Generator(network, WINDOW).generate(primer, 6, SampleConfig(temperature=0.0))[0]
    for layer in models.recurrent_layers(network):
        if layer.stateful:
            layer.reset_state()
    expected = primer.tolist()
    for start in range(len(primer) - WINDOW):  # the primer's own windows, heard first
        network(np.array([expected[start : start + WINDOW]]))
    for _ in range(6):
        expected.append(int(np.argmax(network(np.array([expected[-WINDOW:]])))))
    assert song.tolist() == expected


def test_the_primer_begins_every_song_and_length_counts_what_follows(network):
    songs = Generator(network, WINDOW).generate(primer, 7, SampleConfig(), count=20)
    assert songs.shape == (20, len(primer) + 7)
    assert (songs[:, : len(primer)] == primer).all()
    assert len({song.tobytes() for song in songs}) > 10


def test_a_song_does_not_depend_on_how_many_are_made(network):
    generator = Generator(network, WINDOW)
    many = generator.generate(primer, 7, SampleConfig(seed=5), count=6)
    few = generator.generate(primer, 7, SampleConfig(seed=5), count=2)
    other = generator.generate(primer, 7, SampleConfig(seed=6), count=2)
    assert few.tolist() == many[:2].tolist()
    assert few.tolist() != other.tolist()


def test_whole_song_starts_with_the_first_window_and_has_the_songs_length(network):
    song = np.arange(12, dtype=np.int32) % CODES
    played = Generator(network, WINDOW).whole_song(song)
    assert len(played) == len(song)
    assert played[:WINDOW].tolist() == song[:WINDOW].tolist()


def test_every_model_of_the_table_generates():
    for name in MODELS:
        network = models.build(ModelConfig(name, units=4, window=WINDOW), CODES)
        songs = Generator(network, WINDOW).generate(primer, 2, SampleConfig(top_k=2), count=3)
        assert ((songs >= 0) & (songs < CODES)).all()
