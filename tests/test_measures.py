"""What models get right of real songs; and that none that sees a window only passes its ceiling."""

import numpy as np
import pytest

from melodyrnn.data.gather import gather
from melodyrnn.evaluation.measures import agreement, measure
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.ngrams.ngram import Ngram, Repeat, Tally, ceiling
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.training.trainer import Trainer
from melodyrnn.training.windows import TrainingSongs, WindowProgram

WINDOW = 4


@pytest.fixture(scope="module")
def songs(request):
    return Dataset.of(gather(request.config.rootpath / "songs"), WINDOW)


@pytest.mark.parametrize("model", ["mlp", "lstm-stateless"])
def test_no_windowed_network_passes_the_ceiling_of_any_song(songs, model):
    """If one did, it would have seen something besides its window: a leak."""
    config = ModelConfig(model, input="onehot", units=64, window=WINDOW)
    network = models.build(config, len(songs.vocabulary), 1)
    training = TrainConfig(epochs=40, learning_rate=1e-2, early_stop=False)
    program = WindowProgram(
        network, TrainingSongs(songs.sequences), config, training, config.spec.batch
    )
    Trainer(program, training).fit()
    measures = measure(Network.of(network, config), songs)
    assert measures.one_step.right > 0.85 * measures.ceiling.right  # it did learn
    for one_step, sequence in zip(measures.one_steps, songs.sequences, strict=True):
        assert one_step.right <= ceiling([sequence], WINDOW).right
    assert measures.one_step.right <= measures.ceiling.right


@pytest.mark.parametrize("kind", [Ngram, Repeat])
def test_no_model_of_the_window_alone_passes_the_ceiling_of_any_song(songs, kind):
    for sequence in songs.sequences:
        for window in range(1, 9):
            model = kind([sequence], window, len(songs.vocabulary))
            (logits,) = model.logits([sequence])
            right = int((logits.argmax(-1) == sequence[window:]).sum())
            assert right <= ceiling([sequence], window).right


def test_a_model_right_at_every_step_plays_the_song_whole(songs):
    """By induction: as long as it is right, what it is fed is the song."""
    sequence = songs.sequences[0]
    alone = Dataset(songs.songs[:1], songs.tokenizer, (sequence,), (sequence,))
    model = Ngram([sequence], 16, len(songs.vocabulary))
    measures = measure(model, alone)
    assert measures.one_step == measures.whole_song == Tally(len(sequence) - 16, len(sequence) - 16)


def test_agreement_counts_positions_after_the_first_window():
    song = np.array([1, 2, 3, 4, 5, 6])
    assert agreement(song, np.array([1, 2, 9, 4, 5, 9]), 2) == Tally(2, 4)


def test_songs_are_measured_apart_and_together(songs):
    model = Repeat(songs.sequences, WINDOW, len(songs.vocabulary))
    measures = measure(model, songs)
    assert len(measures.bits) == len(songs.songs)
    assert measures.one_step.all == sum(len(s) - WINDOW for s in songs.sequences)
    weights = [tally.all for tally in measures.one_steps]
    assert measures.bits_per_note == pytest.approx(np.average(measures.bits, weights=weights))
