"""A network over events: from their factors and pointer candidates it predicts the token of each.

With s_t = (h_t, x_t) of the events so far (``event_reader``) three linear layers make the logits,
each token v having

    l_t(v) = a_v · s_t  +  b_{v - last} · s_t  +  Σ_g [v = candidate_g] c_g · s_t

that is: by where it stands on the scale, by how far it is from the last token, and by which
candidates name it. The last is a pointer into the past (Vinyals et al. 2015): the mixing weight of
each candidate is learned, which token it names need not be.
"""

from melodyrnn.models.backend import tf
from melodyrnn.models.config import EventConfig
from melodyrnn.models.networks.event_reader import (
    PLAIN,
    REACH,
    EventReader,
    Random,
    Shapes,
    by_candidate,
    by_distance,
    entering_width,
    linear,
)
from melodyrnn.models.types import Tensor
from melodyrnn.sequences.events import Events, Layout


class EventNetwork(EventReader):
    """The weights, and logits from them. Call ``start`` or ``load`` first."""

    def __init__(self, layout: Layout, config: EventConfig) -> None:
        state = config.units + entering_width(layout.factors)
        heads: Shapes = {
            "by_token": ((state, layout.vocabulary_size), PLAIN),
            "by_token_bias": ((layout.vocabulary_size,), 0.0),
            "by_distance": ((state, 2 * REACH + 1), PLAIN),
            "by_candidate": ((state, layout.candidates), PLAIN),
            "by_candidate_bias": ((layout.candidates,), 0.0),
        }
        super().__init__(layout.vocabulary_size, layout.factors, config, heads)
        self.layout = layout

    def logits(self, events: Events, random: Random | None = None) -> Tensor:
        """N padded sequences -> (N, L, V). ``random`` is given in training, and drops out."""
        w, size = self.weights, self.layout.vocabulary_size
        s = tf.concat(self._read(events.last, events.factors, random), -1)
        nothing = tf.zeros([2 * REACH + 1])
        token, distance, candidate = linear(
            s,
            [w["by_token"], w["by_distance"], w["by_candidate"]],
            tf.concat([w["by_token_bias"], nothing, w["by_candidate_bias"]], -1),
        )
        around = by_distance(distance, events.last, size)
        return token + around + by_candidate(candidate, events.candidates, size)
