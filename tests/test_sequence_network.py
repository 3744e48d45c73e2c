"""Networks over whole sequences: padding counts for nothing, seeds make weights, answers greedy."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.generation.decoding import answer
from melodyrnn.models.config import ModelConfig, SequenceConfig
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.networks.sequence_network import (
    classifier,
    tagger,
    translator,
    vector_classifier,
)
from melodyrnn.models.registry import ATTENTIONS, CELLS
from melodyrnn.sequences.windows import padded, source_and_target

SYMBOLS, CLASSES, LONGEST, MORE = 5, 3, 4, 2
START, END = SYMBOLS, SYMBOLS + 1

sequences = st.lists(st.integers(1, SYMBOLS - 1), min_size=1, max_size=LONGEST)
batches = st.lists(sequences, min_size=1, max_size=3)
more = st.integers(1, MORE)


def config(**settings):
    return SequenceConfig(**{"cell": "lstm", "units": 4, **settings})


@cache
def network(kind, steps, cell="rnn", **settings):
    """The same weights whatever ``steps`` are."""
    made = config(cell=cell, **settings)
    return kind(made, steps, SYMBOLS, CLASSES, seed=3, padded=True)


def predicted(model, x):
    return np.asarray(model(x, training=False))


@settings(max_examples=8, deadline=None)
@given(batches, more)
@pytest.mark.parametrize("both", [False, True])
def test_a_tag_never_depends_on_padding(both, lists, more):
    rows, mask = padded(lists, LONGEST)
    longer, _ = padded(lists, LONGEST + more)
    short = predicted(network(tagger, LONGEST, bidirectional=both), rows)
    long = predicted(network(tagger, LONGEST + more, bidirectional=both), longer)
    np.testing.assert_allclose(long[:, :LONGEST][mask], short[mask], atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(batches, more)
@pytest.mark.parametrize("cell", ["lstm", "coupled"])
def test_a_word_padded_more_has_the_same_logits(cell, lists, more):
    rows, _ = padded(lists, LONGEST)
    longer, _ = padded(lists, LONGEST + more)
    short = predicted(network(classifier, LONGEST, cell), rows)
    np.testing.assert_allclose(
        predicted(network(classifier, LONGEST + more, cell), longer), short, atol=1e-6
    )


@cache
def translators(attention, steps):
    return translator(
        config(cell="gru", attention=attention),
        (steps, LONGEST + 1),
        (SYMBOLS, SYMBOLS + 2),
        seed=3,
    )


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(sequences, sequences), min_size=1, max_size=3), more)
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_an_answer_never_depends_on_the_padding_of_its_source(attention, pairs, more):
    sources, targets = zip(*pairs, strict=True)
    seen = padded([[START, *target] for target in targets], LONGEST + 1)[0]
    short, long = (
        predicted(translators(attention, steps).model, [padded(sources, steps)[0], seen])
        for steps in (LONGEST, LONGEST + more)
    )
    counts = seen > 0
    np.testing.assert_allclose(long[counts], short[counts], atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(sequences)
@pytest.mark.parametrize("attention", ["additive", "dot"])
def test_attention_weighs_the_source_and_nothing_else(attention, source):
    rows = padded([source], LONGEST)[0]
    seen = padded([[START, 1, 2]], LONGEST + 1)[0]
    looks = predicted(translators(attention, LONGEST).looks, [rows, seen])[0, :3]
    np.testing.assert_allclose(looks.sum(-1), 1, atol=1e-5)
    assert (looks >= 0).all()
    np.testing.assert_allclose(looks[:, len(source) :], 0, atol=1e-6)


def test_without_attention_there_are_no_looks():
    assert translators("none", LONGEST).looks is None


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_an_answer_is_what_the_network_finds_likeliest_after_its_own_words(attention):
    model = translators(attention, LONGEST).model
    sources = padded([[1, 2, 3], [4], [2, 1, 4, 3]], LONGEST)[0]
    said = answer(model, sources, START, END, LONGEST + 1)
    batch = source_and_target([[1]] * 3, [row[:-1].clip(1).tolist() for row in said], START, END)
    logits = predicted(model, [sources, batch.x[1]]).copy()
    logits[:, :, [0, START]] = -np.inf
    for row, likeliest in zip(said, logits.argmax(-1), strict=True):
        length = (row == END).argmax() + 1 if END in row else len(row)
        assert row[:length].tolist() == likeliest[:length].tolist()
        assert (row[length:] == 0).all()


class Scripted:
    """Whatever it is given, it finds each word of a text likeliest, after padding and start."""

    def __init__(self, *texts):
        self.texts, self.seen = texts, []

    def predict_on_batch(self, both):
        _, seen = both
        self.seen.append(seen.copy())
        logits = np.zeros((*seen.shape, SYMBOLS + 2))
        logits[:, :, 0], logits[:, :, START] = 9, 8
        for row, text in enumerate(self.texts):
            logits[row, np.arange(len(text)), list(text)] = 7
        return logits


def test_an_answer_ends_and_is_fed_with_itself():
    model = Scripted((1, 2, END, 3), (4, END, 1, 1), (2, 2, 2, 2))
    said = answer(model, np.ones((3, 2)), START, END, 4)
    assert said.tolist() == [[1, 2, END, 0], [4, END, 0, 0], [2, 2, 2, 2]]
    assert model.seen[-1].tolist() == [[START, 1, 2, END], [START, 4, END, END], [START, 2, 2, 2]]


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_the_seed_makes_the_weights_of_a_translator(attention):
    one, same, other = (
        translator(config(attention=attention), (2, 2), (SYMBOLS, SYMBOLS), seed=seed)
        for seed in (1, 1, 2)
    )
    weights = [each.model.get_weights() for each in (one, same, other)]
    assert all(map(np.array_equal, weights[0], weights[1]))
    assert not any(map(np.array_equal, *map(drawn, (weights[0], weights[2]))))


def drawn(weights):
    """Those that are neither biases of a new network nor the fixed vectors of the symbols."""
    return [weight for weight in weights if not np.isin(weight, (0, 1)).all()]


@pytest.mark.parametrize("cell", CELLS)
def test_the_seed_makes_the_weights(cell):
    one, same, other = (
        tagger(config(cell=cell), 3, SYMBOLS, CLASSES, seed=seed).get_weights()
        for seed in (1, 1, 2)
    )
    assert all(map(np.array_equal, one, same))
    assert not all(map(np.array_equal, one, other))


def test_dropout_is_off_at_evaluation():
    model = network(tagger, LONGEST, layers=2, dropout=0.5)
    rows = padded([[1, 2, 3], [4]], LONGEST)[0]
    one, other = predicted(model, rows), predicted(model, rows)
    assert np.array_equal(one, other)
    plain = network(tagger, LONGEST, layers=2)
    plain.set_weights(model.get_weights())
    assert np.array_equal(predicted(plain, rows), one)
    assert not np.allclose(np.asarray(model(rows, training=True)), one)


def test_without_a_head_the_outputs_are_the_logits():
    model = tagger(config(cell="rnn", units=CLASSES, head=False), 3, SYMBOLS, CLASSES)
    logits = predicted(model, np.array([[1, 2, 3]]))
    assert logits.shape == (1, 3, CLASSES)
    assert (np.abs(logits) < 1).all()


def test_vectors_are_read_one_a_step():
    model = vector_classifier(config(), 4, 6, CLASSES)
    assert predicted(model, np.zeros((2, 4, 6), np.float32)).shape == (2, CLASSES)


@pytest.mark.parametrize("cell", CELLS)
def test_a_tagger_can_be_run_one_symbol_at_a_time(cell):
    model = tagger(config(cell=cell, layers=2), 6, SYMBOLS, SYMBOLS, seed=4)
    sequence = np.array([1, 2, 3, 4, 1, 2, 0], dtype=np.int32)
    stepwise = ModelConfig(model=cell, input="onehot", window=1, units=4, layers=2)
    (logits,) = Network(stepwise, SYMBOLS, model.get_weights()).logits([sequence])
    np.testing.assert_allclose(logits, predicted(model, sequence[None, :-1])[0], atol=1e-6)
