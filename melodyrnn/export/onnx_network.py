"""A run as an ONNX file: one step of its network as a graph, for any program that runs one."""

import json

import numpy as np

from melodyrnn.errors import ConfigError
from melodyrnn.export.onnx_graph import GraphValue, OnnxGraph
from melodyrnn.export.onnx_viewpoints import viewpoint_step
from melodyrnn.export.step_interface import (
    AFTER,
    LOGITS,
    columns_of,
    plain_networks,
    states_of,
)
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.plain_weights import PlainWeights, RecurrentWeights
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.runs.run import Run
from melodyrnn.system.extras import require_extra

PRODUCER = "melodyrnn"


def onnx_file(run: Run) -> bytes:
    """The content of the file. Raises ConfigError where the package onnx is not here, or a cell of
    another package asks for what no graph has; RunError.
    """
    require_extra("onnx")
    graph, config = OnnxGraph(), run.record.model
    write = viewpoint_step if config.spec.viewpoints else _step
    try:
        write(graph, run)
    except (AttributeError, TypeError, ValueError) as error:
        if config.spec.cell not in CELLS.added:
            raise
        raise ConfigError(
            f"{run.path}: the equation of the cell {config.spec.cell} asks for more than a graph "
            f"has: {error}; write it with the functions of equations.Functions"
        ) from None
    facts = {
        "run": run.path.name,
        "model": config.model,
        "settings": json.dumps(config.to_json()),
        "vocabulary": json.dumps(run.vocabulary.to_json(), ensure_ascii=False),
    }
    return graph.model(config.model, facts, PRODUCER)


def _step(graph: OnnxGraph, run: Run) -> None:
    """Windows and state -> logits and the state after them."""
    config, networks = run.record.model, plain_networks(run)
    seen = [graph.input(name, (config.window,), "i") for name in columns_of(config)]
    logits = []
    for member, weights in enumerate(networks, 1):
        x = _entering(graph, weights, seen)
        if config.spec.cell:
            h = _recurrent(graph, config, weights, x, member)
        else:
            h = _feed_forward(graph, weights, x)
        logits.append(h @ graph.constant(weights.output.kernel) + weights.output.bias)
    graph.output(LOGITS, graph.averaged(logits))


def _entering(graph: OnnxGraph, weights: PlainWeights, seen: list[GraphValue]) -> GraphValue:
    """Columns, (B, T) each -> the vectors of all of them side by side, (B, T, E)."""
    vectors = [graph.rows(*pair) for pair in zip(weights.tables, seen, strict=True)]
    return graph.concat(vectors, -1) if len(vectors) > 1 else vectors[0]


def _feed_forward(graph: OnnxGraph, weights: PlainWeights, x: GraphValue) -> GraphValue:
    """(B, T, E) -> the output of the last layer, (B, H)."""
    h = graph.reshape(x, (-1, x.shape[1] * x.shape[2]))
    for kernel, bias in weights.dense:
        h = graph.relu(h @ graph.constant(kernel) + bias)
    return h


def _recurrent(
    graph: OnnxGraph, config: ModelConfig, weights: PlainWeights, x: GraphValue, member: int
) -> GraphValue:
    """(B, T, E) -> the last output of the last layer, (B, H). Its state goes in and comes out,
    where it carries one.
    """
    steps = (graph.sliced(x, 1, slice(step, step + 1)) for step in range(x.shape[1]))
    seen = [graph.reshape(step, (-1, x.shape[2])) for step in steps]
    carried = states_of(config, member)
    for depth, layer in enumerate(weights.recurrent):
        if carried:
            state = [graph.input(name, (width,)) for name, width in carried[depth]]
        else:
            state = _nothing(graph, config, seen[0])
        seen, state = _layer(graph, config, layer, seen, state)
        if carried:
            for (name, _), value in zip(carried[depth], state, strict=True):
                graph.output(name + AFTER, value)
    return seen[-1]


def _nothing(graph: OnnxGraph, config: ModelConfig, x: GraphValue) -> list[GraphValue]:
    """The state before a window of a network that forgets: zeros, as many rows as ``x`` (B, E)."""
    zeros = x[:, :1] * 0.0
    sizes = CELLS[config.spec.cell].sizes(config.units)
    return [zeros @ graph.constant(np.zeros((1, size), np.float32)) for size in sizes]


def _layer(
    graph: OnnxGraph,
    config: ModelConfig,
    weights: RecurrentWeights,
    seen: list[GraphValue],
    state: list[GraphValue],
) -> tuple[list[GraphValue], list[GraphValue]]:
    """T times x (B, E) and the state -> T times the output (B, H), and the state after the last:
    the cell's own equation, written into the graph.
    """
    cell = CELLS[config.spec.cell]
    kernel, bias = graph.constant(weights.kernel), graph.constant(weights.bias)
    constants = [*cell.recurrent(weights.recurrent), *weights.others]
    recurrent = [graph.constant(each) for each in constants]
    outputs = []
    for x in seen:
        h, after = cell.step(graph, x @ kernel + bias, state, *recurrent)
        outputs.append(h)
        state = list(after)
    return outputs, state
