"""Learning from whole sequences: Keras's own losses, masks, orders and ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.models.backend import keras
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.networks.sequence_network import classifier, tagger, translator
from melodyrnn.sequences.windows import Batch, padded, source_and_target
from melodyrnn.training.batches import BatchProgram, logits_of, scorer
from melodyrnn.training.trainer import Trainer

SYMBOLS, CLASSES, STEPS = 5, 3, 4
LISTS = [[1, 2, 3, 4], [2, 1], [3], [4, 4, 1]]
TINY = SequenceConfig(cell="rnn", units=4)


def batch_of(lists=LISTS, steps=STEPS):
    x, mask = padded(lists, steps)
    return Batch(x, (x * 2) % CLASSES, mask)


def model_of(seed=0, **changes):
    config = SequenceConfig(**{"cell": "rnn", "units": 4, **changes})
    return tagger(config, STEPS, SYMBOLS, CLASSES, seed=seed, padded=True)


def trainer_of(data=None, model=None, validation=None, jit=False, **settings):
    config = FitConfig(**{"epochs": 6, "learning_rate": 0.05, **settings})
    program = BatchProgram(model or model_of(), data or batch_of(), config, validation, jit)
    return Trainer(program, config)


def losses(trainer):
    trainer.fit()
    return [row.loss for row in trainer.history]


def test_the_losses_are_those_of_keras():
    batch, model = batch_of(), model_of()
    model.compile(
        keras.optimizers.Adam(0.05),
        keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        ),
        jit_compile=False,
    )
    weights = batch.mask.astype(np.float32)
    theirs = [float(model.train_on_batch(batch.x, batch.y, weights)) for _ in range(6)]
    np.testing.assert_allclose(losses(trainer_of()), theirs, rtol=1e-4)


def test_the_loss_is_that_of_the_logits():
    batch, model = batch_of(), model_of()
    score = scorer(model, batch, jit=False)()
    z = logits_of(model, batch).astype(np.float64)
    surprise = np.log(np.exp(z).sum(-1)) - np.take_along_axis(z, batch.y[..., None], -1)[..., 0]
    assert score.loss == pytest.approx(surprise[batch.mask].mean(), abs=1e-5)
    assert score.right == ((z.argmax(-1) == batch.y) & batch.mask).sum()
    assert score.all == batch.mask.sum() == 10
    assert score.accuracy == score.right / 10


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_targets_in_the_padding_weigh_nothing(seed):
    batch, model = batch_of(), model_of()
    anything = np.random.default_rng(seed).integers(0, CLASSES, batch.y.shape)
    other = batch._replace(y=np.where(batch.mask, batch.y, anything).astype(np.int32))
    assert scorer(model, other, jit=False)() == scorer(model, batch, jit=False)()


def test_learning_never_depends_on_padding():
    short = trainer_of()
    longer = tagger(TINY, STEPS + 3, SYMBOLS, CLASSES, seed=0, padded=True)
    long = trainer_of(batch_of(steps=STEPS + 3), longer)
    np.testing.assert_allclose(losses(long), losses(short), rtol=1e-4)


def test_a_short_last_batch_weighs_by_its_examples():
    """Of 4 examples in batches of 3, the loss of an epoch is the mean over all 4."""
    trainer = trainer_of(epochs=1, batch=3, learning_rate=1e-9)
    loss = losses(trainer)[0]
    assert loss == pytest.approx(scorer(model_of(), batch_of(), jit=False)().loss, rel=1e-5)


def test_the_same_seed_gives_the_same_run():
    one, same, other = (losses(trainer_of(batch=2, seed=seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_to_begin_again_is_to_be_new():
    model = model_of(dropout=0.3)
    first, weights = trainer_of(model=model, batch=2, seed=1), model.get_weights()
    before = losses(first)
    first.program.restart(weights, 1)
    assert losses(Trainer(first.program, first.limits)) == before
    first.program.restart(model_of(seed=5).get_weights(), 2)
    assert losses(Trainer(first.program, first.limits)) != before


def test_xla_learns_the_same():
    plain, compiled = trainer_of(), trainer_of(jit=True)
    np.testing.assert_allclose(losses(compiled), losses(plain), rtol=1e-4)


def test_it_stops_when_all_is_right_and_sure():
    learned = trainer_of(epochs=5000, learning_rate=0.1)
    score = learned.fit()
    assert score.right == score.all
    assert score.loss < 0.01
    assert learned.epoch < 5000
    assert learned.best_score == score == scorer(learned.program.model, batch_of(), jit=False)()


def test_it_goes_on_to_the_last_epoch_when_asked_to():
    learned = trainer_of(epochs=450, learning_rate=0.1, early_stop=False)
    seen = []
    learned.fit(lambda done, all_, words: seen.append((done, all_, words.split()[0])))
    assert learned.epoch == 450
    assert seen[0] == (100, 450, "epochs,")
    assert seen[-1][:2] == (450, 450)


def test_a_loss_that_is_no_number_ends_it():
    learned = trainer_of(learning_rate=10.0, epochs=300)
    learned.program.model.set_weights(
        [np.full_like(w, np.nan) for w in learned.program.model.get_weights()]
    )
    learned.fit()
    assert learned.diverged
    assert learned.epoch == 100


def test_a_clipped_gradient_changes_the_run():
    assert losses(trainer_of(clip=1e-3)) != losses(trainer_of())


def test_validation_chooses_the_weights():
    batch = batch_of()
    wrong = batch._replace(y=(batch.y + 1) % CLASSES)
    model = model_of()
    learned = trainer_of(batch, model, wrong, epochs=300)
    learned.fit()
    assert learned.best_epoch == 100  # the more it learns, the worse it predicts the opposite


def test_a_label_a_sequence_is_learned():
    x, _ = padded(LISTS, STEPS)
    batch = Batch(x, np.array([0, 1, 2, 0], dtype=np.int32), np.ones(4, dtype=bool))
    model = classifier(TINY, STEPS, SYMBOLS, CLASSES, padded=True)
    assert trainer_of(batch, model, epochs=1000).fit().accuracy == 1
    assert logits_of(model, batch).shape == (4, CLASSES)


def test_an_answer_a_source_is_learned():
    batch = source_and_target(LISTS, [row[::-1] for row in LISTS], SYMBOLS, SYMBOLS + 1)
    steps = batch.x[0].shape[1], batch.x[1].shape[1]
    config = SequenceConfig(cell="gru", units=8, attention="dot")
    model = translator(config, steps, (SYMBOLS, SYMBOLS + 2)).model
    score = trainer_of(batch, model, epochs=500, learning_rate=0.02).fit()
    assert score.right == score.all == sum(len(row) + 1 for row in LISTS)


@pytest.mark.parametrize("stop", [1, 2])  # calls of the program
def test_a_training_restored_after_any_block_ends_in_the_same_bits(stop, monkeypatch):
    monkeypatch.setattr("melodyrnn.training.batches.BLOCK_STEPS", 4)
    settings = {"batch": 3, "seed": 3}  # so that each epoch draws an order, and dropout a mask
    straight = trainer_of(model=model_of(dropout=0.4), **settings)
    states = []
    assert straight.run(lambda *_: states.append(straight.state()))
    end = straight.state()
    resumed = trainer_of(model=model_of(dropout=0.4), **settings)
    resumed.restore(states[stop - 1])
    assert resumed.epoch == 2 * stop
    assert resumed.run()
    assert resumed.history == straight.history
    for name, array in resumed.state().items():
        assert array.tobytes() == end[name].tobytes(), name
