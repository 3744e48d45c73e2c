"""A trained network of viewpoints in plain NumPy: what plays and measures, without TensorFlow.

The equations are those of ``viewpoint_network``, which the tests hold it to; here the height is
computed for every kind that may come, and both make the probability of each symbol.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.context import SequenceContext, for_each
from melodyrnn.models.networks.numpy_network import NumpyMath
from melodyrnn.models.next_tokens import KindRanges, NextTokens, OfKinds
from melodyrnn.models.predictor import Predictor, Rows
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats
from melodyrnn.models.viewpoints.observer import Observed, Observer, Seen
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices

_LANES = 128
"""Sequences predicted at once."""

LogProbs = npt.NDArray[np.float64]


class ViewpointState(NamedTuple):
    """Of B sequences."""

    observed: Observed
    h: Floats  # (B, H)
    c: Floats  # (B, H)


class ViewpointPredictor(Predictor):
    """A trained network of what ``observer`` sees.

    ``contexts`` is one for all sequences, or one for each in their order.
    """

    window = 1
    normalised = True

    def __init__(
        self,
        weights: Mapping[str, Floats],
        observer: Observer,
        contexts: Sequence[SequenceContext] = (),
    ) -> None:
        """``weights`` by the names that ``ViewpointNetwork`` gives them. Raises KeyError,
        ValueError where they are not those of such a network.
        """
        self.observer, self.contexts = observer, tuple(contexts)
        self.weights = dict(weights)
        w, layout, symbols = self.weights, observer.layout, observer.symbols
        self.units = w["recurrent_kernel"].shape[0]
        self.factor_rows = _first_rows(layout.factors)
        self.given_rows = _first_rows(layout.given)
        self.sounding = np.flatnonzero(symbols.sounds)  # the K' kinds that have heights
        # The layers above s, y and u, cut into the parts that each of these multiplies.
        self.kind_kernel = np.concatenate([w["kind"], w["kind_end"], w["kind_candidate"]], 1)
        names = ("height", "height_distance", "height_beyond", "height_candidate")
        nothing = np.zeros((len(w["height"]), 1), np.float32)  # a column of none of them
        kernel = np.concatenate([*(w[name] for name in names), nothing], 1)
        self.height_bias = np.append(w["height_bias"], np.float32(0))
        state = len(w["kind"])
        given = len(w["mixing"]) - state
        self.of_state, self.of_given, self.of_mixed = np.split(kernel, [state, state + given])
        self.mixing_state, self.mixing_given = np.split(w["mixing"], [state])
        self.columns = _HeightColumns.made(layout.heights, w)
        self.of_degree = w["end_degree"][:, layout.degrees]  # (ends, H)
        # Of each lowest height, which can come: 0, or else nothing.
        above = np.arange(layout.heights) - np.arange(layout.heights)[:, None]
        self.possible = np.where((above >= 0) & (above < layout.span), 0, -np.inf)
        # Of each symbol, its place among the kinds that have heights.
        place = np.zeros(symbols.kinds, dtype=np.int64)
        place[self.sounding] = np.arange(len(self.sounding))
        self.has_height = np.flatnonzero(symbols.height != NO_TOKEN)
        self.kind_of, self.height_of = (
            place[symbols.kind[self.has_height]],
            symbols.height[self.has_height],
        )
        self.ranges = KindRanges.of(symbols.kind, symbols.height)
        self._check(state, given)

    def _check(self, state: int, given: int) -> None:
        layout, w = self.observer.layout, self.weights
        entering = w["last"].shape[1] + w["factors"].shape[1] * len(layout.factors)
        shapes = {
            "last": layout.heights + 1,
            "factors": sum(layout.factors),
            "given": sum(layout.given),
            "end_degree": layout.ends,
            "kernel": entering,
        }
        wrong = [name for name, rows in shapes.items() if len(w[name]) != rows]
        if wrong or state != self.units + entering or w["kind"].shape[1] != layout.kinds:
            raise ValueError(f"weights of another network: {', '.join(wrong) or 'kind'}")

    @property
    def parameters(self) -> int:
        return sum(weight.size for weight in self.weights.values())

    def with_contexts(self, contexts: Sequence[SequenceContext]) -> "ViewpointPredictor":
        return ViewpointPredictor(self.weights, self.observer, contexts)

    def begin(self, count: int) -> ViewpointState:
        nothing = np.zeros((count, self.units), np.float32)
        observed = self.observer.begin(for_each(self.contexts, count))
        return ViewpointState(observed, nothing, nothing)

    def pick(self, state: ViewpointState, rows: Rows) -> ViewpointState:
        observed = self.observer.pick(state.observed, rows)
        return ViewpointState(observed, state.h[rows], state.c[rows])

    def step(self, rows: Indices, state: ViewpointState) -> tuple[LogProbs, ViewpointState]:
        """Symbols (B, 1) and state -> log-probabilities (B, V) and the state after them."""
        place, state = self._place(rows, state)
        return self._symbols(place), state

    def expected(self, rows: Indices, state: ViewpointState) -> tuple[NextTokens, ViewpointState]:
        if self.ranges is None:
            return super().expected(rows, state)
        place, state = self._place(rows, state)
        return (
            OfKinds(
                place.kinds,
                lambda which, kinds: self._heights_of(place, which, kinds),
                lambda: self._symbols(place),
                self.ranges,
            ),
            state,
        )

    @np.errstate(over="ignore")
    def _place(self, rows: Indices, state: ViewpointState) -> "tuple[_Place, ViewpointState]":
        w = self.weights
        observed = self.observer.append(state.observed, rows[:, -1])
        seen = observed.seen
        factors = w["factors"][seen.factors + self.factor_rows].reshape(len(rows), -1)
        x = np.concatenate([w["last"][seen.last - NO_TOKEN], factors], 1)
        z = x @ w["kernel"] + w["bias"]
        h, (_, c) = CELLS["lstm"].step(NumpyMath, z, (state.h, state.c), w["recurrent_kernel"])
        s = np.concatenate([h, x], 1)
        place = _Place(
            observed,
            self._kinds(s, seen),
            s @ self.mixing_state + w["mixing_bias"],
            s @ self.of_state + self.height_bias,
        )
        return place, ViewpointState(observed, h, c)

    def logits(self, sequences: Sequence[Indices]) -> list[LogProbs]:
        """Of each sequence (L,) the log-probabilities of all symbols but the first, (L - 1, V)."""
        contexts = for_each(self.contexts, len(sequences))
        order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
        found: dict[int, LogProbs] = {}
        for start in range(0, len(order), _LANES):
            some = order[start : start + _LANES].tolist()
            player = self.with_contexts([contexts[place] for place in some])
            found.update(
                zip(some, player._in_step([sequences[place] for place in some]), strict=True)
            )
        return [found[place] for place in range(len(sequences))]

    def _in_step(self, sequences: Sequence[Indices]) -> list[LogProbs]:
        """Sequences in the order of their lengths, the shortest first."""
        lengths = np.array([len(sequence) for sequence in sequences])
        state, first = self.begin(len(sequences)), 0
        found = [np.empty((length - 1, len(self.observer.symbols.kind))) for length in lengths]
        for step in range(lengths[-1] - 1):
            ended = int(np.searchsorted(lengths, step + 1, "right"))
            state, first = self.pick(state, np.arange(ended - first, len(state.h))), ended
            tokens = np.array([[sequence[step]] for sequence in sequences[first:]])
            predicted, state = self.step(tokens, state)
            for place, row in enumerate(predicted, first):
                found[place][step] = row
        return found

    def hidden_states(self, sequences: Sequence[Indices]) -> list[list[Floats]]:
        contexts = for_each(self.contexts, len(sequences))
        found = []
        for sequence, context in zip(sequences, contexts, strict=True):
            player = self.with_contexts([context])
            state, steps = player.begin(1), []
            for token in sequence[:-1]:
                _, state = player.step(token.reshape(1, 1), state)
                steps.append(state.h)
            found.append([np.concatenate(steps)])
        return found

    @property
    def embeddings(self) -> dict[str, Floats]:
        """Those of the last pitch, of all factors, and of what is known with each kind."""
        return {name: self.weights[name] for name in ("last", "factors", "given")}

    def _kinds(self, s: Floats, seen: Seen) -> LogProbs:
        """(B, K)."""
        layout = self.observer.layout
        first, end = layout.kinds, layout.kinds + layout.ends
        logits = s @ self.kind_kernel + self.weights["kind_bias"]
        rows = np.arange(len(s))[:, None]
        found = logits[:, :first] + logits[:, first:end][rows, seen.ends]
        _point(found, seen.kinds, logits[:, end:])
        return log_softmax(found)

    def _heights_of(self, place: "_Place", rows: Rows, kinds: Indices) -> LogProbs:
        """Of the sequences ``rows`` (N,), given a kind of each, (N,), of all heights that can come
        in it: (N, S).
        """
        observed = place.observed
        given = self.observer.given_kind(observed, kinds, rows)
        known = _Known(
            given.given_factors[:, None],
            given.given_heights[:, None],
            observed.seen.ends[rows, kinds][:, None],
        )
        heights = self._heights(place.of(rows), known)[:, 0]
        columns = observed.fixed.lowest[rows][:, None] + np.arange(self.observer.layout.span)
        return np.asarray(heights[np.arange(len(rows))[:, None], columns])

    def _heights(self, place: "_Place", known: "_Known") -> LogProbs:
        """Given each of K' kinds that have heights, (B, K', H)."""
        layout, shape = self.observer.layout, known.ends.shape
        seen, lowest = place.observed.seen, place.observed.fixed.lowest
        vectors = self.weights["given"][known.factors + self.given_rows]
        y = vectors.reshape(known.ends.size, -1)  # (B K', Y)
        mixed = (y @ self.mixing_given).reshape(*shape, -1)
        u = NumpyMath.tanh(mixed + place.mixed[:, None])
        logits = (y @ self.of_given).reshape(*shape, -1)
        logits += place.of_state[:, None]
        logits += (u.reshape(len(y), -1) @ self.of_mixed).reshape(logits.shape)
        first, last = layout.heights, -layout.height_candidates - 1
        height = logits[..., :first] + self.of_degree[known.ends]
        for columns in self.columns.of_each(seen.last, seen.extremes):  # (B, H)
            height += _taken(logits, columns)
        common = np.broadcast_to(seen.heights[:, None], (*shape, seen.heights.shape[1]))
        _point(height, np.concatenate([common, known.heights], -1), logits[..., last:-1])
        return log_softmax(height + self.possible[lowest][:, None])

    def _symbols(self, place: "_Place") -> LogProbs:
        """The probability of a symbol is that of its kind, and of its height given that: (B, V)."""
        given, sounding = self.observer.given(place.observed), self.sounding
        known = _Known(
            given.given_factors[:, sounding],
            given.given_heights[:, sounding],
            place.observed.seen.ends[:, sounding],
        )
        heights, lowest = self._heights(place, known), place.observed.fixed.lowest
        logs = place.kinds[:, self.observer.symbols.kind]
        columns = self.height_of + lowest[:, None]
        rows = np.arange(len(logs))[:, None]
        logs[:, self.has_height] += heights[rows, self.kind_of, columns]
        return logs


class _Place(NamedTuple):
    """What is known before the next symbol of B sequences, whatever its kind."""

    observed: Observed
    kinds: LogProbs  # (B, K)
    mixed: Floats  # (B, U): of the hidden layer, what the state and what is seen give
    of_state: Floats  # (B, ...): of the layers above, likewise

    def of(self, rows: Rows) -> "_Place":
        """Of the sequences ``rows``, (N,), as far as heights are computed from it."""
        observed = self.observed
        seen = observed.seen
        some = seen._replace(
            last=seen.last[rows], extremes=seen.extremes[rows], heights=seen.heights[rows]
        )
        fixed = observed.fixed._replace(lowest=observed.fixed.lowest[rows])
        return _Place(
            observed._replace(seen=some, fixed=fixed),
            self.kinds,
            self.mixed[rows],
            self.of_state[rows],
        )


class _HeightColumns(NamedTuple):
    """In which columns the logits of H heights stand that depend on how far they are from others;
    the last column is 0.
    """

    distance: Indices  # (H + 1, H): from a last height, NO_TOKEN first
    above: Indices  # (H + 1, H): above the highest, counted from that of one that is not beyond
    below: Indices  # (H + 1, H): below the lowest, from the first column

    @classmethod
    def made(cls, heights: int, w: Mapping[str, Floats]) -> "_HeightColumns":
        reach, beyond = (w[name].shape[1] // 2 for name in ("height_distance", "height_beyond"))
        middle = heights + 2 * reach + 1 + beyond  # that of what is not beyond
        nowhere = middle + beyond + 1 + w["height_candidate"].shape[1]
        other = np.arange(heights)[:, None]
        difference = np.arange(heights) - other
        near = np.where(abs(difference) <= reach, heights + reach + difference, nowhere)
        above = middle + np.clip(difference, 0, beyond)
        below = np.clip(difference, -beyond, 0)
        unknown = np.full((1, heights), nowhere)
        return cls(
            np.concatenate([unknown, near]),
            np.concatenate([unknown, above]),
            np.concatenate([0 * unknown, below]),
        )

    def of_each(self, last: Indices, extremes: Indices) -> tuple[Indices, Indices]:
        """From the last height (B,), and from the highest and the lowest, (B, 2): (B, H) each."""
        highest, lowest = extremes.T + 1
        return self.distance[last + 1], self.above[highest] + self.below[lowest]


class _Known(NamedTuple):
    """What is known once the kind is, of each of K' kinds."""

    factors: Indices  # (B, K', G)
    heights: Indices  # (B, K', 2)
    ends: Indices  # (B, K')


def _taken(logits: Floats, columns: Indices) -> Floats:
    """Of logits (B, K', C) those of columns (B, H), the same for each kind: (B, K', H)."""
    rows, kinds = np.arange(logits.shape[0]), np.arange(logits.shape[1])
    return logits[rows[:, None, None], kinds[:, None], columns[:, None]]


def _point(logits: Floats, candidates: Indices, weights: Floats) -> None:
    """Add to ``logits`` (..., V), all in a row, the weights of candidates, (..., G), where they
    point to, one after the other.
    """
    size = logits.shape[-1]
    there = candidates != NO_TOKEN
    rows = np.arange(logits.size // size).reshape(*logits.shape[:-1], 1)
    cells = rows * size + np.maximum(candidates, 0)
    np.add.at(logits.reshape(-1), cells.ravel(), (weights * there).ravel())


def _first_rows(factors: Sequence[int]) -> Indices:
    """All factors share one table; where the part of each begins."""
    return np.cumsum([0, *factors[:-1]]).astype(np.int32)
