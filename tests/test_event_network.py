import numpy as np
import pytest

from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import NO_TOKEN, Events, Layout, padded, steps_for
from melodyrnn.training.events import EventProgram
from melodyrnn.training.trainer import AtMost, Trainer

LAYOUT = Layout(vocabulary_size=12, candidates=2, factors=(3, 4))
CONFIG = EventConfig(units=12, batch=4, steps=60, learning_rate=0.02, moves=2)


def events(targets, random=None, candidates=None, factors=None):
    """A sequence with random factors and candidates, where none are given."""
    random = random or np.random.default_rng(len(targets))
    targets = np.array(targets, dtype=np.int32)
    if candidates is None:
        candidates = random.integers(-1, LAYOUT.vocabulary_size, (len(targets), LAYOUT.candidates))
    if factors is None:
        factors = np.stack([random.integers(0, n, len(targets)) for n in LAYOUT.factors], -1)
    last = np.concatenate([[NO_TOKEN], targets[:-1]])
    return Events(targets, *(np.asarray(a, dtype=np.int32) for a in (last, candidates, factors)))


def some(lengths, seed=0):
    random = np.random.default_rng(seed)
    return [events(random.integers(3, 9, length), random) for length in lengths]


@pytest.fixture(scope="module")
def learner():
    """Its programs are made once for all tests."""
    return EventProgram(LAYOUT, CONFIG)


def test_a_distribution_for_each_event(learner):
    learner.network.start(0)
    sequences = some([5, 1, 30, 17, 9])  # more than a batch, of several lengths
    for sequence, p in zip(sequences, learner.predict(sequences), strict=True):
        assert p.shape == (len(sequence.targets), LAYOUT.vocabulary_size)
        assert p.sum(-1) == pytest.approx(np.ones(len(p)))


def test_what_comes_later_changes_nothing_before(learner):
    learner.network.start(1)
    (whole,) = some([20])
    (p,) = learner.predict([whole])
    for cut in (0, 7, 19):
        other = some([20], seed=5)[0]
        parts = zip(whole, other, strict=True)
        changed = Events(*(np.concatenate([a[: cut + 1], b[cut + 1 :]]) for a, b in parts))
        changed.targets[cut] = (whole.targets[cut] + 1) % LAYOUT.vocabulary_size
        (q,) = learner.predict([changed])
        assert q[: cut + 1] == pytest.approx(p[: cut + 1])
        assert cut == 19 or not np.allclose(q, p)


def test_neither_padding_nor_company_changes_predictions(learner):
    learner.network.start(2)
    short, long = some([6, 31])
    (alone,) = learner.predict([short])
    assert learner.predict([long, short])[1] == pytest.approx(alone, abs=1e-6)


def test_learning_does_not_depend_on_what_stands_in_the_padding(learner, monkeypatch):
    """Rubbish beyond the ends of sequences leaves the same weights."""
    sequences = some([5, 9, 12, 20, 20])
    learner.train(sequences, 0, steps=5)
    plain = learner.network.copy()

    def rubbish(sequences, steps):
        filled, mask = padded(sequences, steps)
        for array in filled:
            array[~mask] = 1
        return filled, mask

    monkeypatch.setattr("melodyrnn.training.events.padded", rubbish)
    learner.train(sequences, 0, steps=5)
    for a, b in zip(plain, learner.network.copy(), strict=True):
        assert a == pytest.approx(b, abs=1e-6)


def test_same_seed_same_weights(learner):
    sequences = some([5, 9, 12])
    runs = []
    for seed in (3, 3, 4):
        learner.train(sequences, seed, steps=4)
        runs.append(learner.network.copy())
    assert all((a == b).all() for a, b in zip(*runs[:2], strict=True))
    assert not all((a == b).all() for a, b in zip(*runs[1:], strict=True))


def test_it_learns_which_candidate_deserves_weight(learner):
    """The first candidate is right nine times in ten, the second is noise; pitches are random."""

    def planted(count, seed):
        random = np.random.default_rng(seed)
        made = []
        for _ in range(count):
            targets = random.integers(2, 10, 24)
            right = np.where(random.random(24) < 0.9, targets, random.integers(2, 10, 24))
            made.append(events(targets, random, np.stack([right, random.integers(2, 10, 24)], -1)))
        return made

    learner.train(planted(24, 0), 0)
    test = planted(8, 1)
    predicted = zip(learner.predict(test), test, strict=True)
    chances = [p[np.arange(24), e.targets] for p, e in predicted]
    assert -np.log2(np.concatenate(chances)).mean() < 1.6  # of 3 bits


def test_held_out_sequences_choose_the_steps(learner):
    sequences = some([20] * 6)  # noise: the more is learned, the worse others are predicted
    steps = learner.train(sequences, 0, held_out=some([20] * 6, seed=9))
    assert steps < CONFIG.steps
    chosen = learner.network.copy()
    learner.train(sequences, 0, steps=steps)
    for a, b in zip(chosen, learner.network.copy(), strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def test_learning_goes_on_from_given_weights(learner):
    learner.network.start(7)
    start = learner.network.copy()
    learner.train(some([9]), 0, start=start, steps=0)
    assert all((a == b).all() for a, b in zip(start, learner.network.copy(), strict=True))


def test_long_sequences_run_in_a_loop_and_are_predicted_the_same(learner, monkeypatch):
    learner.network.start(5)
    sequences = some([6, 30])
    monkeypatch.setattr("melodyrnn.models.networks.event_reader.MOST_UNROLLED", 0)
    other = EventProgram(LAYOUT, CONFIG)
    other.network.start(5)
    for a, b in zip(learner.predict(sequences), other.predict(sequences), strict=True):
        assert a == pytest.approx(b, abs=1e-6)
    assert other.train(sequences, 0, steps=2) == 2


def test_moved_along_the_scale():
    (sequence,) = some([8])
    moved = sequence.moved(2)
    assert (moved.targets == sequence.targets + 2).all()
    assert moved.last[0] == NO_TOKEN
    assert ((moved.candidates == NO_TOKEN) == (sequence.candidates == NO_TOKEN)).all()
    assert (moved.factors == sequence.factors).all()


@pytest.mark.parametrize(
    ("length", "steps"), [(1, 32), (32, 32), (33, 48), (64, 64), (65, 96), (129, 192), (300, 384)]
)
def test_steps_for(length, steps):
    assert steps_for(length) == steps


def test_a_training_restored_at_any_evaluation_ends_in_the_same_bits(learner):
    sequences, held_out = some([5, 9, 12, 20, 20]), some([9, 20], seed=9)

    def trainer():
        learner.begin(sequences, 3, held_out=held_out)
        return Trainer(learner, AtMost(60))

    straight, states = trainer(), []
    assert straight.run(lambda *_: states.append(straight.state()))
    end = straight.state()
    assert [len(state["history"]) for state in states] == [25, 50, 60]
    resumed = trainer()
    resumed.restore(states[0])
    assert resumed.run()
    for name, array in resumed.state().items():
        assert array.tobytes() == end[name].tobytes(), name
