"""Songs with the same past are computed once, and each is predicted as it would be alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.generation.shared_past import SharedPast
from melodyrnn.models.bar_columns import Lookback
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.ngrams.ppm_ensemble import ppm
from melodyrnn.models.ngrams.short_term import with_short_term

CODES, WINDOW = 3, 2


def network(name, **settings):
    config = ModelConfig(name, units=5, window=WINDOW, **settings)
    return Network.of(models.build(config, CODES, 2), config)


learned = np.random.default_rng(0).integers(0, CODES, 40).astype(np.int32)
PLAYERS = {
    "lstm": network("lstm"),
    "mlp": network("mlp"),
    "lookback": LookingBack(network("lookback"), Lookback([1] * CODES, 1), [SequenceContext(4)]),
    "ppm": ppm([learned], WINDOW, CODES),
    "short term": with_short_term(network("lstm"), CODES),
}


class Asked:
    """A player that notes how many songs it is asked for."""

    def __init__(self, player):
        self.player, self.window, self.counts = player, player.window, []
        self.begin, self.pick = player.begin, player.pick

    def step(self, rows, state):
        self.counts.append(len(rows))
        return self.player.step(rows, state)


songs = st.integers(1, 8).flatmap(
    lambda length: st.lists(
        st.lists(st.integers(0, CODES - 1), min_size=length, max_size=length),
        min_size=1,
        max_size=6,
    )
)


@pytest.mark.parametrize("name", PLAYERS)
@given(songs=songs, data=st.data())
def test_each_song_is_predicted_as_it_would_be_alone(name, songs, data):
    player, asked = PLAYERS[name], Asked(PLAYERS[name])
    shared = SharedPast(asked)
    whole = np.pad(np.array(songs, np.int32), ((0, 0), (WINDOW, 0)))  # one primer for all
    ours, theirs = shared.begin(len(songs)), player.begin(len(songs))
    for end in range(WINDOW, whole.shape[1] + 1):
        window = whole[:, end - WINDOW : end]
        (logits, ours), (expected, theirs) = shared.step(window, ours), player.step(window, theirs)
        np.testing.assert_allclose(logits, expected, atol=1e-5)
        assert asked.counts[-1] <= len(np.unique(whole[:, :end], axis=0)) or ours.past is None
        if data.draw(st.booleans()):  # some songs end here
            rows = data.draw(st.lists(st.sampled_from(range(len(whole))), min_size=1, unique=True))
            kept = np.sort(rows)
            whole = whole[kept]
            ours, theirs = shared.pick(ours, kept), player.pick(theirs, kept)


def test_songs_alike_are_one_until_they_part():
    asked = Asked(PLAYERS["lstm"])
    shared = SharedPast(asked)
    whole = np.array([[0, 0, 1, 1, 2, 0], [0, 0, 1, 2, 2, 0], [0, 0, 1, 1, 1, 0]], np.int32)
    state = shared.begin(3)
    for end in range(WINDOW, 7):
        _, state = shared.step(whole[:, end - WINDOW : end], state)
    assert asked.counts == [1, 1, 2, 3, 3]
