import numpy as np
import pytest

from melodyrnn.networks import models
from melodyrnn.networks.arrays import Network
from melodyrnn.networks.config import NETWORKS, ModelConfig, SampleConfig
from melodyrnn.networks.generation import generate, whole_song
from melodyrnn.sequences.counted import COUNTED

CODES, WINDOW = 5, 3
primer = np.array([0, 3, 1, 4, 4], dtype=np.int32)


learned = np.random.default_rng(0).integers(0, CODES, 40).astype(np.int32)


@pytest.fixture(scope="module", params=["lstm", "lstm-stateless", "mlp", "ngram", "ppm", "repeat"])
def predictor(request):
    if request.param in COUNTED:
        return COUNTED[request.param]([learned], WINDOW, CODES)
    config = ModelConfig(request.param, units=8, window=WINDOW)
    return Network.of(models.build(config, CODES, 2), config)


@pytest.mark.parametrize("predictor", ["lstm", "lstm-stateless", "mlp"], indirect=True)
def test_greedy_generation_is_keras_fed_back(predictor):
    network = models.build(predictor.config, CODES, 2)
    song = generate(predictor, primer, 6, SampleConfig(temperature=0.0))[0]
    for layer in models.recurrent_layers(network):
        if layer.stateful:
            layer.reset_state()
    expected = primer.tolist()
    for start in range(len(primer) - WINDOW):  # the primer's own windows, heard first
        network(np.array([expected[start : start + WINDOW]]))
    for _ in range(6):
        expected.append(int(np.argmax(network(np.array([expected[-WINDOW:]])))))
    assert song.tolist() == expected


def test_the_primer_begins_every_song_and_length_counts_what_follows(predictor):
    songs = generate(predictor, primer, 7, SampleConfig(), count=20)
    assert songs.shape == (20, len(primer) + 7)
    assert (songs[:, : len(primer)] == primer).all()
    assert len({song.tobytes() for song in songs}) > 10


def test_a_song_does_not_depend_on_how_many_are_made(predictor):
    many = generate(predictor, primer, 7, SampleConfig(seed=5), count=6)
    few = generate(predictor, primer, 7, SampleConfig(seed=5), count=2)
    other = generate(predictor, primer, 7, SampleConfig(seed=6), count=2)
    assert few.tolist() == many[:2].tolist()
    assert few.tolist() != other.tolist()


def test_whole_song_starts_with_the_first_window_and_has_the_songs_length(predictor):
    song = np.arange(12, dtype=np.int32) % CODES
    played = whole_song(predictor, song)
    assert len(played) == len(song)
    assert played[:WINDOW].tolist() == song[:WINDOW].tolist()


def test_one_step_is_stepping_through_the_song(predictor):
    songs = [learned[:20], learned[15:]]
    for song, logits in zip(songs, predictor.logits(songs), strict=True):
        state = predictor.begin(1)
        for start, row in enumerate(logits):
            logit, state = predictor.step(song[None, start : start + WINDOW], state)
            np.testing.assert_allclose(logit[0], row, atol=1e-5)


def test_every_network_of_the_table_generates():
    for name in NETWORKS:
        config = ModelConfig(name, units=4, window=WINDOW)
        network = Network.of(models.build(config, CODES), config)
        songs = generate(network, primer, 2, SampleConfig(top_k=2), count=3)
        assert ((songs >= 0) & (songs < CODES)).all()
