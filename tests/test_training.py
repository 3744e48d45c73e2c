"""The compiled program against Keras' own `fit`, and going on after a stop, bit for bit."""

import numpy as np
import pytest

from melodyrnn.models.backend import keras
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.sequences.windows import next_token
from melodyrnn.training.trainer import Trainer
from melodyrnn.training.windows import TrainingSongs, WindowProgram

CODES, WINDOW, EPOCHS = 6, 3, 20
songs = [
    np.random.default_rng(seed).integers(0, CODES, length).astype(np.int32)
    for seed, length in ((0, 17), (1, 9))
]


def trainer_of(model, sequences=(songs[0],), epochs=EPOCHS, batch=1, **settings):
    config = ModelConfig(model, units=16, window=WINDOW)
    network = models.build(config, CODES, 3)
    training = TrainConfig(epochs=epochs, **settings)
    return Trainer(
        WindowProgram(network, TrainingSongs(sequences), config, training, batch), training
    )


class Resets(keras.callbacks.Callback):
    """Empties the states before each epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        for layer in models.recurrent_layers(self.model):
            if layer.stateful:
                layer.reset_state()


def fit(model, batch):
    """As tutorials do by one `fit` an epoch: the state is reset between epochs."""
    network = models.build(ModelConfig(model, units=16, window=WINDOW), CODES, 3)
    network.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    (x, y, _), _ = next_token([songs[0]], WINDOW)
    options = {"batch_size": batch, "epochs": EPOCHS, "shuffle": False, "verbose": 0}
    losses = network.fit(x, y, callbacks=[Resets()], **options).history["loss"]
    return losses, network.get_weights()


@pytest.mark.parametrize(
    ("model", "batch"), [("lstm", 1), ("gru", 1), ("mlp", 5), ("lstm-stateless", 4), ("mlp", 1)]
)
def test_losses_are_those_of_fit(model, batch):
    trainer = trainer_of(model, batch=batch, early_stop=False)
    trainer.run()
    losses, weights = fit(model, batch)
    np.testing.assert_allclose([row.loss for row in trainer.history], losses, atol=1e-4)
    for ours, theirs in zip(trainer.program.model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_the_state_is_reset_at_each_song_start():
    # Learning nothing (a rate of almost 0), the loss of two songs in a row is that of each alone.
    both = trainer_of("lstm", songs, 1, learning_rate=1e-12)
    alone = [trainer_of("lstm", [song], 1, learning_rate=1e-12) for song in songs]
    for trainer in (both, *alone):
        trainer.run()
    counts = [len(song) - WINDOW for song in songs]
    mean = np.average([trainer.history[0].loss for trainer in alone], weights=counts)
    assert both.history[0].loss == pytest.approx(mean, abs=1e-6)


def test_a_trainer_restored_at_any_block_ends_in_the_same_bits(monkeypatch):
    monkeypatch.setattr("melodyrnn.training.windows.BLOCK_STEPS", 5 * 14)
    straight = trainer_of("lstm", epochs=23, early_stop=False)
    states = []
    straight.run(lambda *_: states.append(straight.state()))
    end = straight.state()
    assert [state["history"].shape[0] for state in states] == [5, 10, 15, 20, 23]
    resumed = trainer_of("lstm", epochs=23, early_stop=False)
    for state in states[:-1]:  # what it did before is to leave no trace
        resumed.restore(state)
        resumed.run()
        assert resumed.history == straight.history
        for name, array in resumed.state().items():
            assert array.tobytes() == end[name].tobytes(), name


def test_stops_when_every_song_comes_back_and_keeps_the_best():
    trainer = trainer_of("lstm", epochs=2000, learning_rate=0.01)
    assert trainer.run()
    assert trainer.best_score.is_whole
    assert trainer.epoch < 2000
    trainer.keep_best()
    assert trainer.program.evaluate() == trainer.best_score


def test_no_early_stop_runs_all_epochs_and_still_keeps_the_best():
    trainer = trainer_of("lstm", epochs=400, learning_rate=0.01, early_stop=False)
    trainer.run()
    assert trainer.epoch == 400
    assert trainer.best_score.is_whole
    assert trainer.best_epoch <= 400
    measured = [row for row in trainer.history if row.one_step is not None]
    assert trainer.best_score.right == max(row.one_step for row in measured)


def test_an_interrupt_keeps_what_was_best():
    trainer = trainer_of("lstm", epochs=10**6, early_stop=False)

    def interrupt(done, total, words):
        raise KeyboardInterrupt

    assert not trainer.run(interrupt)
    trainer.keep_best()
    assert trainer.program.evaluate() == trainer.best_score


def test_a_training_that_diverges_ends_and_keeps_what_was_best():
    trainer = trainer_of("mlp", epochs=10**6, batch=5)
    trainer.advance()
    head = trainer.program.model.get_layer("logits").kernel
    head.assign(head * np.inf)  # as a rate far too large does in the end
    with np.errstate(invalid="ignore"):
        assert trainer.run()
    assert trainer.epoch == 2 * trainer.program.block
    state = trainer.state()
    trainer.keep_best()
    assert trainer.program.evaluate() == trainer.best_score
    resumed = trainer_of("mlp", epochs=10**6, batch=5)
    resumed.restore(state)
    assert resumed.done
    assert str(resumed.history) == str(trainer.history)  # in words, for no NaN equals another


def test_validation_songs_choose_the_best_and_end_the_training():
    architecture = ModelConfig("lstm", units=16, window=WINDOW)
    network = models.build(architecture, CODES, 3)
    config = TrainConfig(epochs=2000, learning_rate=0.01)
    parts = TrainingSongs(songs[:1], songs[1:])
    trainer = Trainer(WindowProgram(network, parts, architecture, config, 1), config)
    assert trainer.run()
    measured = [row for row in trainer.history if row.val_bits is not None]
    assert trainer.best_score.bits == min(row.val_bits for row in measured)
    assert len(measured) == trainer.epoch  # each, so that none better is passed over
    assert trainer.epoch - trainer.best_epoch == 40
    trainer.keep_best()
    assert trainer.program.evaluate() == trainer.best_score


def test_bits_are_those_of_the_keras_probabilities():
    trainer = trainer_of("mlp", songs, 1)
    (x, y, _), _ = next_token(songs, WINDOW)
    probabilities = trainer.program.model.predict(x, verbose=0)[np.arange(len(y)), y]
    score = trainer.program.evaluate()
    assert score.bits == pytest.approx(-np.log2(probabilities).mean(), abs=1e-5)
    assert score.all == len(y)
