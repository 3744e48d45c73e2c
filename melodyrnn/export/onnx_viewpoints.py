"""A network of viewpoints as a graph: what an observer sees goes in, log-probabilities come out.

What is seen of a song before its next note, factors and recalled candidates, is a calculation over
all of the song so far (``models.viewpoints.observer``) and no part of a network: it stays outside.
The equations are those of ``networks.viewpoint_network``.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from melodyrnn.export.onnx_graph import GraphValue, OnnxGraph
from melodyrnn.export.step_interface import AFTER, LOGITS
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.models.viewpoints.past import GIVEN_CANDIDATES
from melodyrnn.runs.network_files import named_weights, written_networks
from melodyrnn.runs.run import Run
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import Indices

RULED_OUT = np.float32(-1e9)
"""The logit of a height that cannot come."""


class SeenInputs(NamedTuple):
    """Of B songs, before their next note, as ``Seen`` has them; and ``Fixed.lowest``."""

    last: GraphValue  # (B,)
    factors: GraphValue  # (B, F)
    extremes: GraphValue  # (B, 2)
    kinds: GraphValue  # (B, 8)
    heights: GraphValue  # (B, 6)
    ends: GraphValue  # (B, K)
    given_factors: GraphValue  # (B, K, G)
    given_heights: GraphValue  # (B, K, 2)
    lowest: GraphValue  # (B,)


def viewpoint_step(graph: OnnxGraph, run: Run) -> None:
    """Write one step of a run's networks into ``graph``. Raises RunError."""
    observer = run.task.observer(run.record)
    seen = _inputs(graph, observer)
    logits = []
    for member in written_networks(run.path, run.record):
        weights = named_weights(run.path, run.record, member)
        of = f"_{member}" if member > 1 else ""
        units = len(weights["recurrent_kernel"])
        state = [graph.input(letter + "1" + of, (units,)) for letter in "hc"]
        found, after = _ViewpointGraph(graph, observer, weights, seen).step(state)
        for letter, value in zip("hc", after, strict=True):
            graph.output(letter + "1" + of + AFTER, value)
        logits.append(found)
    graph.output(LOGITS, graph.averaged(logits))


def _inputs(graph: OnnxGraph, observer: Observer) -> SeenInputs:
    layout = observer.layout
    shapes = {
        "last": (),
        "factors": (len(layout.factors),),
        "extremes": (2,),
        "kinds": (layout.kind_candidates,),
        "heights": (layout.height_candidates - GIVEN_CANDIDATES,),
        "ends": (layout.kinds,),
        "given_factors": (layout.kinds, len(layout.given)),
        "given_heights": (layout.kinds, GIVEN_CANDIDATES),
        "lowest": (),
    }
    return SeenInputs(**{name: graph.input(name, shape, "i") for name, shape in shapes.items()})


class _ViewpointGraph:
    """One network, written into ``graph``."""

    def __init__(
        self, graph: OnnxGraph, observer: Observer, weights: Mapping[str, Floats], seen: SeenInputs
    ) -> None:
        self.graph, self.observer, self.layout = graph, observer, observer.layout
        self.weights, self.seen = weights, seen
        self.sounding = np.flatnonzero(observer.symbols.sounds)

    def step(self, state: list[GraphValue]) -> tuple[GraphValue, list[GraphValue]]:
        """The log-probabilities (B, V), and the state after."""
        graph, w = self.graph, self.weights
        last = graph.rows(w["last"], self.seen.last - NO_TOKEN)
        factors = self._vectors("factors", self.seen.factors, self.layout.factors)
        x = graph.concat([last, factors], 1)
        z = x @ graph.constant(w["kernel"]) + w["bias"]
        recurrent = graph.constant(w["recurrent_kernel"])
        h, after = CELLS["lstm"].step(graph, z, state, recurrent)
        s = graph.concat([h, x], 1)
        return self._symbols(self._kinds(s), self._heights(s)), list(after)

    def _vectors(self, name: str, categories: GraphValue, counts: tuple[int, ...]) -> GraphValue:
        """The learned vectors of categories (..., F), side by side: (..., F W)."""
        first = np.cumsum([0, *counts[:-1]])
        table = self.weights[name]
        vectors = self.graph.rows(table, categories + first)
        width = len(counts) * table.shape[1]
        return self.graph.reshape(vectors, (-1, *categories.shape[1:-1], width))

    def _linear(self, x: GraphValue, names: tuple[str, ...], bias: Floats) -> list[GraphValue]:
        """``x`` (..., D) through several layers, as one product."""
        kernels = [self.weights[name] for name in names]
        made = x @ self.graph.constant(np.concatenate(kernels, 1)) + bias
        ends = np.cumsum([kernel.shape[1] for kernel in kernels]).tolist()
        axis = len(x.shape) - 1
        cuts = zip([0, *ends], ends, strict=False)
        return [self.graph.sliced(made, axis, slice(start, end)) for start, end in cuts]

    def _kinds(self, s: GraphValue) -> GraphValue:
        """(B, K)."""
        names = ("kind", "kind_end", "kind_candidate")
        kind, end, candidate = self._linear(s, names, self.weights["kind_bias"])
        at_end = self._one_hot(self.seen.ends, self.layout.ends)  # (B, K, E)
        logits = kind + self.graph.einsum("bke,be->bk", at_end, end)
        pointed = self._one_hot(self.seen.kinds, self.layout.kinds)  # (B, G, K)
        logits = logits + self.graph.einsum("bgk,bg->bk", pointed, candidate)
        return self.graph.log_softmax(logits)

    def _heights(self, s: GraphValue) -> GraphValue:
        """Given each kind that has heights, (B, K', H)."""
        graph, w, seen = self.graph, self.weights, self.seen
        known = graph.rows(seen.given_factors, self.graph.constant(self.sounding), 1)
        y = self._vectors("given", known, self.layout.given)  # (B, K', Y)
        wide = s[:, None] + np.zeros((len(self.sounding), 1), np.float32)  # (B, K', S)
        both = graph.concat([wide, y], -1)
        u = graph.tanh(both @ graph.constant(w["mixing"]) + w["mixing_bias"])
        names = ("height", "height_distance", "height_beyond", "height_candidate")
        every = graph.concat([both, u], -1)
        height, distance, beyond, weights = self._linear(every, names, w["height_bias"])
        height = height + self._by_distance(distance) + self._by_extremes(beyond)
        ends = graph.rows(seen.ends, graph.constant(self.sounding), 1)  # (B, K')
        height = height + graph.rows(w["end_degree"][:, self.layout.degrees], ends)
        height = height + self._by_candidate(weights)
        place = self._counted() - seen.lowest[:, None]  # (B, H)
        below = graph.floats(graph.less(place, 0))
        beyond_span = graph.floats(graph.less(self.layout.span - 1 - place, 0))
        return graph.log_softmax(height + ((below + beyond_span) * RULED_OUT)[:, None])

    def _by_candidate(self, weights: GraphValue) -> GraphValue:
        """The weights of candidates, (B, K', G), on the heights that they name: (B, K', H)."""
        heights, common = self.layout.heights, self.seen.heights.shape[1]
        of_all = self._one_hot(self.seen.heights, heights)  # (B, G, H)
        given = self.graph.rows(self.seen.given_heights, self.graph.constant(self.sounding), 1)
        of_kind = self._one_hot(given, heights)  # (B, K', G', H)
        return self.graph.einsum("bgh,bkg->bkh", of_all, weights[..., :common]) + (
            self.graph.einsum("bkgh,bkg->bkh", of_kind, weights[..., common:])
        )

    def _by_distance(self, logits: GraphValue) -> GraphValue:
        """(B, K', 2 R + 1) -> (B, K', H); nothing before the first height, and out of reach."""
        last = self.seen.last[:, None]
        reach = (logits.shape[-1] - 1) // 2
        # A distance out of reach is no place, and so is any from a last height that is none.
        far = self._none(last) * (2 * reach + 2 * self.layout.heights)
        place = self._counted() - last + reach + far
        return self._taken(logits, place)

    def _by_extremes(self, logits: GraphValue) -> GraphValue:
        """(B, K', 2 D + 1), by how far beyond the highest and lowest so far -> (B, K', H)."""
        graph, count = self.graph, logits.shape[-1]
        highest, lowest = self.seen.extremes[:, :1], self.seen.extremes[:, 1:]
        above = graph.maximum(self._counted() - highest, 0)
        beyond = above + graph.minimum(self._counted() - lowest, 0)
        bound = (count - 1) // 2
        place = graph.minimum(graph.maximum(beyond, -bound), bound) + bound
        return self._taken(logits, place + self._none(highest) * count)

    def _symbols(self, kinds: GraphValue, heights: GraphValue) -> GraphValue:
        """The probability of a symbol is that of its kind, and of its height given that: (B, V)."""
        graph, symbols, layout = self.graph, self.observer.symbols, self.layout
        logs = graph.rows(kinds, graph.constant(symbols.kind), 1)  # (B, V)
        row = np.cumsum(symbols.sounds) - 1  # of each kind, among those that have heights
        place = np.where(symbols.height == NO_TOKEN, 0, symbols.height)
        flat = np.maximum(row[symbols.kind], 0) * layout.heights + place  # (V,)
        table = graph.reshape(heights, (-1, len(self.sounding) * layout.heights))
        # Heights are counted from the lowest that can come in each song.
        at = self.seen.lowest[:, None] + flat
        of_height = graph.node("GatherElements", [table, at], _along_rows, axis=1)
        has_height = graph.constant((symbols.height != NO_TOKEN).astype(np.float32))
        return logs + of_height * has_height

    def _counted(self) -> GraphValue:
        """Every height, (1, H)."""
        return self.graph.constant(np.arange(self.layout.heights)[None])

    def _none(self, places: GraphValue) -> GraphValue:
        """1 where there is none, else 0."""
        return self.graph.maximum(-places, 0)

    def _one_hot(self, places: GraphValue, count: int) -> GraphValue:
        """(...) -> (..., count); zeros for what is no place."""
        return self.graph.floats(self.graph.equal(places[..., None], np.arange(count)))

    def _taken(self, logits: GraphValue, places: GraphValue) -> GraphValue:
        """Of logits (B, K', C) those at places (B, H), the same for each kind, 0 at what is no
        place: (B, K', H).
        """
        at = self._one_hot(places, logits.shape[-1])  # (B, H, C)
        return self.graph.einsum("bkc,bhc->bkh", logits, at)


def _along_rows(table: Floats, places: Indices) -> Floats:
    return np.take_along_axis(table, places, 1)
