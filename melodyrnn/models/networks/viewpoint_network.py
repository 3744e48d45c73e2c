"""A network of viewpoints: from what is seen of a sequence it predicts the kind of the next symbol,
and then its height.

With s_t = (h_t, x_t) of the symbols so far (``event_reader``) and the vectors y_k of what is known
once the kind k is, side by side, the logits of a kind v are

    (a_v + b_end(v)) · s_t  +  Σ_g [v = candidate_g] c_g · s_t

and those of a height v, given the kind k,

    (A_v + B_{v - last} + D_beyond(v)) · z_k  +  Σ_g [v = candidate_g] C_g · z_k
    + E_{end(k), degree(v)},      z_k = (s_t, y_k, u_k),  u_k = tanh(M s_t + N y_k + b)

so that one state, which knows nothing of the symbol to come, serves all kinds that may come: by
where in its cycle a kind would end, by where a height stands above the origin, by how far it is
from the last one and how far beyond all so far, and by which candidates name either (a pointer,
Vinyals et al. 2015).
"""

from typing import NamedTuple

from melodyrnn.models.backend import tf
from melodyrnn.models.networks.event_reader import (
    FACTOR_WIDTH,
    PLAIN,
    REACH,
    SMALL,
    EventReader,
    Random,
    ReaderConfig,
    Shapes,
    by_candidate,
    by_distance,
    entering_width,
    linear,
    offsets,
)
from melodyrnn.models.types import Tensor
from melodyrnn.models.viewpoints.layout import ViewLayout
from melodyrnn.models.viewpoints.views import Views
from melodyrnn.sequences.events import NO_TOKEN

HIDDEN = 64
"""Units of u_k."""

BEYOND = 5
"""How far beyond the extremes so far heights are distinguished; those further away are as these."""

RULED_OUT = -1e9


class ViewLogits(NamedTuple):
    """Of N sequences, before each symbol."""

    kind: Tensor  # (N, L, K)
    height: Tensor  # (N, L, H), given the kind that came


class ViewpointNetwork(EventReader):
    """The weights, and logits from them. Call ``start`` or ``load`` first."""

    def __init__(self, layout: ViewLayout, config: ReaderConfig) -> None:
        super().__init__(layout.heights, layout.factors, config, _heads(layout, config.units))
        self.layout = layout
        self._given_offsets = offsets(layout.given)

    def logits(self, views: Views, random: Random | None = None) -> ViewLogits:
        """Of N padded sequences. ``random`` is given in training, and drops out."""
        h, x = self._read(views.last, views.factors, random)
        y = self._vectors("given", views.given, self._given_offsets)
        if random:
            y = random.drop(y, self.config.input_dropout, along=True)
        s = tf.concat([h, x], -1)
        return ViewLogits(self._kind(views, s), self._height(views, s, y))

    def _kind(self, views: Views, s: Tensor) -> Tensor:
        w = self.weights
        names = ("kind", "kind_end", "kind_candidate")
        kind, end, candidate = linear(s, [w[name] for name in names], w["kind_bias"])
        kind += tf.gather(end, views.ends, batch_dims=2)
        return kind + by_candidate(candidate, views.kinds, self.layout.kinds)

    def _height(self, views: Views, s: Tensor, y: Tensor) -> Tensor:
        w, heights = self.weights, self.layout.heights
        seen = tf.concat([s, y], -1)
        (mixed,) = linear(seen, [w["mixing"]], w["mixing_bias"])
        names = ("height", "height_distance", "height_beyond", "height_candidate")
        height, distance, beyond, candidate = linear(
            tf.concat([seen, tf.tanh(mixed)], -1), [w[name] for name in names], w["height_bias"]
        )
        logits = height + by_candidate(candidate, views.heights, heights)
        logits += by_distance(distance, views.last, heights)
        logits += by_extremes(beyond, views.extremes, heights)
        by_degree = tf.gather(w["end_degree"], views.given[..., 0])
        logits += tf.gather(by_degree, self.layout.degrees, axis=-1)
        place = tf.range(heights) - views.lowest[:, :, None]
        return tf.where((place >= 0) & (place < self.layout.span), logits, RULED_OUT)


def by_extremes(logits: Tensor, extremes: Tensor, heights: int) -> Tensor:
    """Logits by how far below the lowest or above the highest so far, (N, L, 2 B + 1), the middle
    one for all between, -> of each height, (N, L, H). ``extremes`` (N, L, 2): the highest and the
    lowest; before the first there are none, and no logits.
    """
    height = tf.range(heights)
    highest, lowest = extremes[..., :1], extremes[..., 1:]
    beyond = tf.maximum(height - highest, 0) + tf.minimum(height - lowest, 0)
    place = tf.clip_by_value(beyond, -BEYOND, BEYOND) + BEYOND
    return tf.where(highest != NO_TOKEN, tf.gather(logits, place, batch_dims=2), 0.0)


def _heads(layout: ViewLayout, units: int) -> Shapes:
    state, given = units + entering_width(layout.factors), FACTOR_WIDTH * len(layout.given)
    seen = state + given
    distances, beyond = 2 * REACH + 1, 2 * BEYOND + 1
    out = layout.heights + distances + beyond + layout.height_candidates
    return {
        "given": ((sum(layout.given), FACTOR_WIDTH), SMALL),
        "kind": ((state, layout.kinds), PLAIN),
        "kind_end": ((state, layout.ends), PLAIN),
        "kind_candidate": ((state, layout.kind_candidates), PLAIN),
        "kind_bias": ((layout.kinds + layout.ends + layout.kind_candidates,), 0.0),
        "mixing": ((seen, HIDDEN), seen**-0.5),
        "mixing_bias": ((HIDDEN,), 0.0),
        "height": ((seen + HIDDEN, layout.heights), PLAIN),
        "height_distance": ((seen + HIDDEN, distances), PLAIN),
        "height_beyond": ((seen + HIDDEN, beyond), PLAIN),
        "height_candidate": ((seen + HIDDEN, layout.height_candidates), PLAIN),
        "height_bias": ((out,), 0.0),
        "end_degree": ((layout.ends, layout.octave), 0.0),
    }
