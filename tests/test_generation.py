import numpy as np
import pytest

from melodyrnn.errors import ConstraintError
from melodyrnn.generation.generate import generate, whole_song
from melodyrnn.models.bar_columns import Lookback
from melodyrnn.models.config import ModelConfig, SampleConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.model import NgramModel
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.models.ngrams.short_term import with_short_term
from melodyrnn.models.predictor import after_primer
from melodyrnn.models.registry import MODELS
from melodyrnn.sequences.sampling import log_softmax

CODES, WINDOW = 5, 3
primer = np.array([0, 3, 1, 4, 4], dtype=np.int32)


learned = np.random.default_rng(0).integers(0, CODES, 40).astype(np.int32)


@pytest.fixture(scope="module", params=["lstm", "lstm-stateless", "mlp", "ngram", "ppm", "repeat"])
def predictor(request):
    if isinstance(model := MODELS[request.param], NgramModel):
        return model.make([learned], WINDOW, CODES)
    config = ModelConfig(request.param, units=8, window=WINDOW)
    return Network.of(models.build(config, CODES, 2), config)


@pytest.mark.parametrize("predictor", ["lstm", "lstm-stateless", "mlp"], indirect=True)
def test_greedy_generation_is_keras_fed_back(predictor):
    network = models.build(predictor.config, CODES, 2)
    song = generate(predictor, primer, 6, SampleConfig(temperature=0.0)).songs[0]
    for layer in models.recurrent_layers(network):
        if layer.stateful:
            layer.reset_state()
    expected = primer.tolist()
    for start in range(len(primer) - WINDOW):  # the primer's own windows, which come first
        network(np.array([expected[start : start + WINDOW]]))
    for _ in range(6):
        expected.append(int(np.argmax(network(np.array([expected[-WINDOW:]])))))
    assert song.tolist() == expected


def test_the_primer_begins_every_song_and_length_counts_what_follows(predictor):
    songs = np.stack(generate(predictor, primer, 7, SampleConfig(), count=20).songs)
    assert songs.shape == (20, len(primer) + 7)
    assert (songs[:, : len(primer)] == primer).all()
    assert len({song.tobytes() for song in songs}) > 10


def test_a_song_does_not_depend_on_how_many_are_made(predictor):
    many = generate(predictor, primer, 7, SampleConfig(seed=5), count=6)
    few = generate(predictor, primer, 7, SampleConfig(seed=5), count=2)
    other = generate(predictor, primer, 7, SampleConfig(seed=6), count=2)
    assert np.array_equal(few.songs, many.songs[:2])
    assert not np.array_equal(few.songs, other.songs)


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
    for name in MODELS.having(lambda model: model.learns_by_gradient):
        config = ModelConfig(name, units=4, window=WINDOW)
        network = Network.of(models.build(config, CODES), config)
        if config.spec.lookback:
            network = LookingBack(network, Lookback([1] * CODES, 1), [SequenceContext(4)])
        drawn = generate(network, primer, 2, SampleConfig(top_k=2), count=3)
        assert all(0 <= index < CODES for song in drawn.songs for index in song)


class Only:
    """A constraint: after each token only some, (V, V)."""

    name = "--only these"

    def __init__(self, table, whole=True):
        self.table, self.may_end = np.array(table, dtype=bool), whole

    def begin(self, primer):
        return primer[-1]

    def advance(self, states, codes):
        return codes

    def allowed(self, states, left):
        return self.table[states]

    def whole(self, states):
        return np.full(len(states), self.may_end)


up = Only(np.triu(np.ones((CODES, CODES)), 1))  # each token higher than the last
two_kinds = pytest.mark.parametrize("predictor", ["lstm", "ppm"], indirect=True)
low = np.array([4, 4, 4, 2, 0], dtype=np.int32)


def log_probability(predictor, song, start):
    """Of the tokens from ``start`` on, predicted one by one."""
    state, total = predictor.begin(1), 0.0
    for place in range(WINDOW, len(song)):
        logits, state = predictor.step(song[None, place - WINDOW : place], state)
        total += log_softmax(logits)[0, song[place]] * (place >= start)
    return total


@two_kinds
def test_the_log_probability_is_the_models_own(predictor):
    drawn = generate(
        predictor, primer, 6, SampleConfig(top_k=2), 3, constraints=[Only(~np.eye(5, dtype=bool))]
    )
    for song, log_prob in zip(drawn.songs, drawn.log_probability, strict=True):
        assert log_prob == pytest.approx(log_probability(predictor, song, len(primer)), abs=1e-4)


@two_kinds
def test_a_song_ends_where_nothing_may_follow(predictor):
    drawn = generate(predictor, low, 9, SampleConfig(), 8, constraints=[up])
    for song in drawn.songs:
        assert (np.diff(song[4:]) > 0).all()
        assert song[-1] == CODES - 1
    assert len(set(map(len, drawn.songs))) > 1


@two_kinds
@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_constrained_song_does_not_depend_on_how_many_are_made(predictor, count):
    stuck = Only(up.table, whole=False)  # going back as well
    stuck.table[CODES - 1, 0] = stuck.table[0, CODES - 1] = True
    many = generate(predictor, low, 9, SampleConfig(seed=3), 8, constraints=[stuck])
    few = generate(predictor, low, 9, SampleConfig(seed=3), count, constraints=[stuck])
    assert [song.tolist() for song in few.songs] == [song.tolist() for song in many.songs[:count]]
    np.testing.assert_allclose(few.log_probability, many.log_probability[:count], atol=1e-5)


@two_kinds
def test_the_likeliest_token_where_it_may_not_come_leaves_its_place_to_the_next(predictor):
    greedy = generate(predictor, primer, 1, SampleConfig(top_k=1)).songs[0][-1]
    others = Only(np.tile(np.arange(CODES) != greedy, (CODES, 1)))
    logits, _ = predictor.step(primer[None, -WINDOW:], after_primer(predictor, primer, 1))
    second = np.argsort(-logits[0], kind="stable")[1]
    for config in (SampleConfig(top_k=1), SampleConfig(temperature=0.0), SampleConfig(beam=1)):
        assert generate(predictor, primer, 1, config, constraints=[others]).songs[0][-1] == second
    nearly_certain = SampleConfig(top_p=1e-9)
    assert (
        generate(predictor, primer, 1, nearly_certain, constraints=[others]).songs[0][-1] == second
    )


@two_kinds
def test_a_beam_of_one_is_greedy(predictor):
    for constraints in ([], [up], [Only(~np.eye(CODES, dtype=bool))]):
        greedy = generate(predictor, low, 8, SampleConfig(temperature=0.0), constraints=constraints)
        beam = generate(predictor, low, 8, SampleConfig(beam=1), constraints=constraints)
        assert np.array_equal(greedy.songs, beam.songs)
        np.testing.assert_allclose(greedy.log_probability, beam.log_probability, atol=1e-5)


def test_songs_that_learn_while_they_are_made_are_picked_with_what_they_learned():
    both = with_short_term(Ngram([learned], WINDOW, CODES), CODES)
    greedy = generate(both, primer, 12, SampleConfig(temperature=0.0))
    assert np.array_equal(greedy.songs, generate(both, primer, 12, SampleConfig(beam=1)).songs)
    best = generate(both, primer, 12, SampleConfig(beam=20))
    assert best.log_probability[0] >= greedy.log_probability[0]
    expected = log_probability(both, best.songs[0], len(primer))
    assert best.log_probability[0] == pytest.approx(expected)


@two_kinds
@pytest.mark.parametrize("constraints", [[], [up], [Only(~np.eye(CODES, dtype=bool))]])
def test_a_beam_that_holds_all_finds_the_likeliest(predictor, constraints):
    def ways(song, left):
        following = constraints[0].table[song[-1]] if constraints else np.ones(CODES, dtype=bool)
        if not (left and following.any()):
            yield song
        else:
            for index in np.flatnonzero(following).tolist():
                yield from ways([*song, index], left - 1)

    songs = [np.array(song, dtype=np.int32) for song in ways(low.tolist(), 3)]
    expected = np.array([log_probability(predictor, song, len(low)) for song in songs])
    drawn = generate(predictor, low, 3, SampleConfig(beam=200), 4, constraints=constraints)
    np.testing.assert_allclose(drawn.log_probability, np.sort(expected)[::-1][:4], atol=1e-4)
    for song, score in zip(drawn.songs, drawn.log_probability, strict=True):
        place = next(n for n, other in enumerate(songs) if np.array_equal(song, other))
        assert expected[place] == pytest.approx(score, abs=1e-4)
    again = generate(predictor, low, 3, SampleConfig(beam=200, seed=9), 4, constraints=constraints)
    assert all(map(np.array_equal, drawn.songs, again.songs))


def test_a_song_that_got_stuck_goes_back_and_no_further_than_it_must():
    model = Ngram([np.array([0, 1, 2, 3, 4] * 3, dtype=np.int32)], 1, CODES)
    # 0 leads to 1 and 2; from 1 nothing leads on, from 2 a way to 4, where it ends.
    table = np.zeros((CODES, CODES), dtype=bool)
    table[0, [1, 2]] = table[2, 4] = True
    end = Only(table, whole=False)
    end.whole = lambda states: states == 4
    for song in generate(model, np.array([0]), 5, SampleConfig(), 20, constraints=[end]).songs:
        assert song.tolist() == [0, 2, 4]


def test_what_cannot_be_kept_to_is_named():
    model = Ngram([learned], 1, CODES)
    nowhere = Only(np.zeros((CODES, CODES)), whole=False)
    with pytest.raises(ConstraintError) as caught:
        generate(model, np.array([0]), 5, SampleConfig(), constraints=[up, nowhere])
    assert str(caught.value) == (
        "only these only these: no way for song 1 to go on from its primer keeps to this to "
        "the end; ask for less"
    )
    with pytest.raises(ConstraintError) as caught:
        generate(model, np.array([0]), 5, SampleConfig(beam=3), constraints=[nowhere])
    assert str(caught.value) == (
        "only these: none of the 3 likeliest beginnings can be brought to an end; a wider beam "
        "may find one that can"
    )
    step = Only(np.ones((CODES, CODES)), whole=False)
    late = Only(np.ones((CODES, CODES)))
    late.allowed = lambda states, left: np.full((len(states), CODES), left > 1)
    with pytest.raises(ConstraintError, match="no way of the first 200 tried for song 1"):
        generate(model, np.array([0]), 8, SampleConfig(), constraints=[step, late])


def test_a_song_does_not_end_for_a_constraint_that_says_nothing_of_ends():
    model = Ngram([learned], 1, CODES)
    table = np.ones((CODES, CODES))
    table[2] = 0  # a dead end, which is no end
    silent = Only(table)
    silent.whole = lambda states: None
    for config in (SampleConfig(), SampleConfig(beam=4)):
        for song in generate(model, np.array([0]), 9, config, 4, constraints=[silent]).songs:
            assert len(song) == 10
            assert 2 not in song[:-1]
