"""What every model of the registry keeps to, and one that is added."""

import numpy as np
import pytest

from melodyrnn.models.bar_columns import Lookback
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.model import NgramModel
from melodyrnn.models.networks import step_network
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.registry import MODELS

TOKENS, WINDOW = 5, 3
TRAINING = [np.random.default_rng(seed).integers(0, TOKENS, 30).astype(np.int32) for seed in (1, 2)]
HELD_OUT = [np.random.default_rng(seed).integers(0, TOKENS, 9).astype(np.int32) for seed in (3, 4)]


class Unigram(Predictor):
    """Each token as likely as it is in the training set."""

    def __init__(self, sequences, window, codes):
        self.window = window
        self.counts = np.bincount(np.concatenate(sequences), minlength=codes) + 1

    @property
    def parameters(self):
        return len(self.counts)

    def step(self, rows, state):
        return np.log(np.tile(self.counts, (len(rows), 1))), state

    def logits(self, sequences):
        return [self.step(sequence[self.window :], None)[0] for sequence in sequences]


def ungated(math, z, state, u):
    h = math.tanh(z + state[0] @ u)
    return h, (h,)


ADDED_MODEL = NgramModel(name="unigram", about="frequencies of tokens", predictor=Unigram)
ADDED_CELL = Cell("ungated", "a cell without gates", "ungated network", ungated, gates=1)
ADDED = ["unigram", "ungated", "ungated-stateless"]


@pytest.fixture(scope="module", autouse=True)
def added():
    MODELS.add(ADDED_MODEL)
    CELLS.add(ADDED_CELL)
    yield
    MODELS.remove("unigram")
    CELLS.remove("ungated")


def made(name, seed=0):
    """The predictor of a row; the weights of a network are as they are drawn."""
    row, config = MODELS[name], ModelConfig(name, units=6, window=WINDOW)
    if not row.learns_by_gradient:
        return row.make(TRAINING, WINDOW, TOKENS, config)
    network = Network.of(step_network.build(config, TOKENS, seed), config)
    return (
        LookingBack(network, Lookback([1] * TOKENS, 1), [SequenceContext(4)])
        if row.lookback
        else network
    )


def stepped(predictor, sequences):
    """What ``step`` predicts of sequences of one length, side by side: (L - window, N, V)."""
    rows, state, found = np.stack(sequences), predictor.begin(len(sequences)), []
    for start in range(rows.shape[1] - predictor.window):
        probabilities, state = predictor.step_distribution(
            rows[:, start : start + predictor.window], state
        )
        found.append(probabilities)
    return np.array(found)


def check_distributions(predictor):
    for probabilities, sequence in zip(predictor.distributions(HELD_OUT), HELD_OUT, strict=True):
        assert probabilities.shape == (len(sequence) - WINDOW, TOKENS)
        assert (probabilities >= 0).all()
        np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-6)


def check_steps(predictor):
    at_once = np.stack(predictor.distributions(HELD_OUT), axis=1)
    np.testing.assert_allclose(stepped(predictor, HELD_OUT), at_once, atol=1e-6)


def check_states(predictor):
    """A state can be picked and repeated, and is never changed in place."""
    first = np.stack(HELD_OUT)[:, :WINDOW]
    after = np.stack(HELD_OUT)[:, 1 : WINDOW + 1]
    _, state = predictor.step(first, predictor.begin(2))
    expected, _ = predictor.step_distribution(after, state)
    order = np.array([1, 0, 1])
    picked, _ = predictor.step_distribution(after[order], predictor.pick(state, order))
    np.testing.assert_allclose(picked, expected[order], atol=1e-6)
    again, _ = predictor.step_distribution(after, state)
    np.testing.assert_array_equal(again, expected)


def check_model(make):
    """All that generation and evaluation rely on; ``make(seed)`` gives a Predictor."""
    predictor = make(0)
    assert predictor.window == WINDOW
    assert predictor.parameters >= 0
    check_distributions(predictor)
    check_steps(predictor)
    check_states(predictor)
    for one, same in zip(predictor.logits(HELD_OUT), make(0).logits(HELD_OUT), strict=True):
        np.testing.assert_array_equal(one, same)


@pytest.mark.parametrize("name", [*MODELS, *ADDED])
def test_every_model_keeps_to_the_protocol(name):
    check_model(lambda seed: made(name, seed))


@pytest.mark.parametrize("name", [*MODELS, *ADDED])
def test_the_seed_matters_where_the_row_says_so(name):
    one, other = (made(name, seed).logits(HELD_OUT)[0] for seed in (0, 1))
    assert np.array_equal(one, other) != MODELS[name].draws_at_random


class Unnormalised(Unigram):
    normalised = True  # which it is not


class Apart(Unigram):
    def logits(self, sequences):
        return [logits[:, ::-1] for logits in super().logits(sequences)]


class Overwriting(Unigram):
    """The more steps, the surer it is; they are counted in the state itself."""

    def begin(self, count):
        return np.zeros(count)

    def step(self, rows, state):
        state += 1
        return np.outer(state, np.log(self.counts)), state

    def logits(self, sequences):
        steps = (np.arange(1, len(sequence) - self.window + 1) for sequence in sequences)
        return [np.outer(number, np.log(self.counts)) for number in steps]


class Unseeded(Unigram):
    def __init__(self, *given):
        super().__init__(*given)
        self.counts = np.random.default_rng().integers(1, 1000, TOKENS)


@pytest.mark.parametrize("faulty", [Unnormalised, Apart, Overwriting, Unseeded])
def test_a_faulty_model_is_found(faulty):
    with pytest.raises(AssertionError):
        check_model(lambda seed: faulty(TRAINING, WINDOW, TOKENS))
