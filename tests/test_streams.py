"""Streams: every symbol predicted once, the state carried and reset where it should be."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import WindowError
from melodyrnn.models.backend import tf
from melodyrnn.models.bar_columns import Lookback, views
from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.networks import step_network as models
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.streams import MeasuredStream, lanes, pieces
from melodyrnn.training import streams as stream_training
from melodyrnn.training.streams import StreamProgram, StreamScorer
from melodyrnn.training.trainer import Trainer

CODES = 5
sequences_of_any_length = st.lists(
    st.lists(st.integers(0, CODES - 1), min_size=2, max_size=12), min_size=1, max_size=8
).map(lambda lists: [np.array(each, dtype=np.int32) for each in lists])


@given(sequences_of_any_length, st.integers(1, 5), st.integers(1, 6))
def test_lanes_predict_each_symbol_once_and_in_order(sequences, batch, steps):
    stream = lanes(sequences, batch, steps)
    assert stream.shape[0] == steps
    assert stream.shape[1] <= batch
    x, y, keep, mask = (np.concatenate(part).T for part in zip(*stream, strict=True))  # (B, K T)
    assert mask.sum() == stream.count
    for place in np.random.default_rng(0).permutation(len(stream)):  # in whatever order
        assert [*map(np.ndarray.tolist, stream[place])] == [
            part[:, place * steps : (place + 1) * steps].T.tolist() for part in (x, y, keep, mask)
        ]
    found = []
    for lane in range(len(x)):
        begins = [*np.flatnonzero(~keep[lane]), int(mask[lane].sum())]
        assert mask[lane, : begins[-1]].all()
        for a, b in pairwise(begins):
            found.append([*x[lane, a:b].tolist(), int(y[lane, b - 1])])
            assert x[lane, a + 1 : b].tolist() == y[lane, a : b - 1].tolist()
    assert sorted(found) == sorted(each.tolist() for each in sequences)


@given(st.integers(2, 60), st.integers(1, 70))
def test_pieces_overlap_by_one_and_are_about_equal(length, count):
    parts = pieces(np.arange(length, dtype=np.int32), count)
    assert np.concatenate([part[1:] for part in parts]).tolist() == list(range(1, length))
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) == min(count, length - 1)


def test_nothing_to_predict_is_an_error():
    for sequences in ([], [np.array([1], dtype=np.int32)]):
        with pytest.raises(WindowError, match="fewer than 2 symbols"):
            lanes(sequences, 2, 4)


def network(model="lstm", **settings):
    config = ModelConfig(model, **STREAM_MODEL | {"units": 8, "embedding": 3} | settings)
    return models.build(config, CODES, 1)


def measured(*arguments):
    return MeasuredStream.plain(lanes(*arguments))


def text(length=150):
    return np.random.default_rng(2).integers(0, CODES, length, dtype=np.int32)


@pytest.mark.parametrize("model", ["lstm", "gru", "rnn", "peephole", "coupled", "attention"])
def test_a_stream_is_scored_as_step_by_step(model):
    built, sequence = network(model, layers=2), text(20)
    score = StreamScorer(built).score(measured([sequence], 1, 7))
    states, bits = models.zero_states(built, 1), []
    for here, after in pairwise(sequence):
        logits, states = models.step(built, tf.constant([[here]]), states)
        bits.append(-log_softmax(logits)[0, after] / np.log(2))
    assert score.bits == pytest.approx(np.mean(bits), abs=1e-5)
    assert score.all == 19


def test_each_sequence_begins_with_an_empty_state():
    built, parts = network(), [text(30), text(30)[:11], text(30)[::-1].copy()]
    together = StreamScorer(built).score(measured(parts, 2, 4))
    alone = [StreamScorer(built).score(measured([part], 1, 4)) for part in parts]
    mean = np.average([each.bits for each in alone], weights=[each.all for each in alone])
    assert together.bits == pytest.approx(mean, abs=1e-5)
    assert together.right == sum(each.right for each in alone)


def trainer_of(epochs=4, dropout=0.2, **settings):
    config = StreamConfig(epochs=epochs, batch=3, steps=10, **settings)
    built = network(dropout=dropout)
    stream = lanes(pieces(text(), 3), 3, 10)
    validation = measured([text(40)], 1, 10)
    return Trainer(StreamProgram(built, lambda epoch: stream, validation, config), config)


@pytest.fixture(scope="module")
def straight():
    """A training, the states after each of its steps, and that at its end."""
    trainer, states = trainer_of(), []
    assert trainer.run(lambda done, total, words: states.append(trainer.state()))
    return trainer, states, trainer.state()


@pytest.fixture(scope="module")
def two_epochs():
    trainer = trainer_of(2)
    trainer.run()
    return trainer


@pytest.fixture
def in_parts(monkeypatch):
    """As with many cores, and as if a lane or two were worth a part."""
    monkeypatch.setattr(stream_training, "cores", lambda: 4)
    monkeypatch.setattr(stream_training, "_WORTH_A_PART", 1)


@pytest.mark.parametrize(
    ("cores", "counts"),  # of parts, of so many lanes
    [
        (1, {1: 1, 500: 1}),
        (2, {1: 1, 500: 1}),
        (4, {1: 1, 31: 1, 32: 2, 70: 2, 500: 2}),
        (8, {31: 1, 32: 2, 500: 2}),
        (16, {31: 1, 32: 2, 70: 4, 500: 4}),
        (64, {31: 1, 32: 2, 70: 4, 500: 4}),
    ],
)
def test_lanes_are_cut_in_parts_where_there_are_cores_for_them(monkeypatch, cores, counts):
    monkeypatch.setattr(stream_training, "cores", lambda: cores)
    assert {count: stream_training._parts(count) for count in counts} == counts


@pytest.mark.parametrize("model", ["lstm", "lookback", "attention"])
def test_a_stream_is_scored_in_parts_as_in_one(model, request):
    built = network(model, layers=2)
    sequences = [text(30), text(30)[:11], text(30)[::-1].copy()]
    if model == "lookback":
        sequences = views(Lookback(np.ones(CODES), 1), sequences, [SequenceContext(4)] * 3)
    stream = measured(sequences, 3, 4)
    whole = StreamScorer(built).score(stream)
    request.getfixturevalue("in_parts")
    assert StreamScorer(built).score(stream).bits == pytest.approx(whole.bits, abs=1e-6)


def test_lanes_in_parts_learn_the_same(request):
    whole = trainer_of(2, dropout=0.0)
    whole.run()
    request.getfixturevalue("in_parts")
    apart = trainer_of(2, dropout=0.0)
    apart.run()
    np.testing.assert_allclose(apart.history, whole.history, rtol=1e-5)
    for one, other in zip(apart.program.states, whole.program.states, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_parts_do_not_hide_the_same(in_parts):
    stream = lanes([text(40), text(40)], 2, 10)
    built = network(dropout=0.5, layers=2)  # what the first layer says is hidden from the second
    config = StreamConfig(epochs=1, batch=2, steps=10)
    known = MeasuredStream.plain(stream)
    trainer = Trainer(StreamProgram(built, lambda epoch: stream, known, config), config)
    trainer.advance()
    first, second = np.asarray(trainer.program.states[1][0])
    assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize("stop", [1, 5, 7])  # within an epoch, at its end, after it
def test_a_training_restored_at_any_step_ends_in_the_same_bits(straight, stop):
    trainer, states, end = straight
    assert len(trainer.program.stream) == 5
    resumed = trainer_of()
    resumed.restore(states[stop - 1])
    assert resumed.run()
    for name, array in resumed.state().items():
        assert array.tobytes() == end[name].tobytes(), name


def test_it_learns_what_can_be_carried():
    # The symbol after 0 is the one that stood before it: no window of one symbol shows that.
    pairs = np.array([[a, 0, a] for a in np.random.default_rng(3).integers(1, CODES, 200)])
    stream = lanes(pieces(pairs.ravel().astype(np.int32), 4), 4, 15)
    config = StreamConfig(epochs=40, batch=4, steps=15, learning_rate=0.02, early_stop=False)
    known = MeasuredStream.plain(stream)
    program = StreamProgram(network(dropout=0.0), lambda epoch: stream, known, config)
    trainer = Trainer(program, config)
    trainer.run()
    trainer.keep_best()
    # Seeing one symbol at a time leaves 2 bits; what is carried brings that to 2/3.
    assert StreamScorer(trainer.program.model).score(known).bits < 1


def test_dropout_is_of_the_seed_and_only_in_training():
    first, same, other = trainer_of(1), trainer_of(1), trainer_of(1, seed=1)
    for trainer in (first, same, other):
        trainer.run()
    assert first.history == same.history
    assert first.history != other.history
    scorer, stream = StreamScorer(first.program.model), first.program.validation
    assert scorer.score(stream) == scorer.score(stream)


@pytest.mark.parametrize("steps", [1, 4])
def test_how_many_steps_go_through_all_layers_at_once_changes_nothing(
    two_epochs, monkeypatch, steps
):
    monkeypatch.setattr(models, "CHUNK", steps)
    in_parts = trainer_of(2)
    in_parts.run()
    np.testing.assert_allclose(in_parts.history, two_epochs.history, rtol=1e-5)


def test_the_step_size_falls_along_half_a_cosine(two_epochs):
    assert two_epochs.history[0].learning_rate == pytest.approx(1e-3 * (1 + np.cos(np.pi * 0.4)))
    constant = trainer_of(1, schedule="constant")
    constant.run()
    assert constant.history[0].learning_rate == pytest.approx(2e-3)


def test_an_interrupt_leaves_a_state_to_go_on_from(straight):
    trainer = trainer_of()

    def interrupt(done, total, words):
        raise KeyboardInterrupt

    assert not trainer.run(interrupt)
    assert trainer.program.place == 1
    resumed = trainer_of()
    resumed.restore(trainer.state())
    resumed.run()
    assert resumed.history == straight[0].history
