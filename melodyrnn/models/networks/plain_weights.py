"""The weights of a trained network as plain matrices, whatever its tokens are made of.

A symbol that has parts is learned by them; once learned, it has one vector and one logit like any
other. What plays a network, here or in another program, needs no more than these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.models.bar_columns import SYMBOLS, kinds
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats
from melodyrnn.sequences.vocabulary import Indices


class RecurrentWeights(NamedTuple):
    """Of one layer of H units, whose cell has G gates."""

    kernel: Floats  # (F, G H)
    recurrent: Floats  # (H, G H)
    bias: Floats  # (G H,)
    others: tuple[Floats, ...]  # what else the cell's equation takes


class DenseWeights(NamedTuple):
    """Of one layer, or of the logits."""

    kernel: Floats  # (F, H)
    bias: Floats  # (H,)


@dataclass(frozen=True)
class PlainWeights:
    """Of a network over windows of tokens, each seen alone or with columns beside it."""

    tables: tuple[Floats, ...]  # of each column the vectors of its values, (V_c, F_c)
    recurrent: tuple[RecurrentWeights, ...]  # of each layer, the first one first
    dense: tuple[DenseWeights, ...]  # of each layer of a network without a cell
    output: DenseWeights  # (H, V): of the logits
    parameters: int  # how many numbers were learned

    @classmethod
    def of(
        cls,
        config: ModelConfig,
        vocabulary_size: int,
        weights: Sequence[Floats],
        ids: Indices | None = None,
    ) -> Self:
        """``weights`` in the order of ``model.get_weights()``; ``ids`` (V, A) the kinds of parts of
        each symbol, where they are factored. Raises ValueError where these are missing, or the
        weights are more or fewer than such a network has.
        """
        if config.tokenization != "factored":
            ids = None
        elif ids is None:
            raise ValueError("factored tokens without the parts of each")
        parameters, remaining = sum(w.size for w in weights), iter(weights)
        try:
            tables = [next(remaining)]
            if config.spec.lookback:
                symbols = _table_of_parts(tables[0], with_none(vocabulary_size, ids))
                marks = np.split(next(remaining), np.cumsum(kinds(vocabulary_size)[SYMBOLS:])[:-1])
                tables = [symbols] * SYMBOLS + marks
            elif ids is not None:
                tables = [_table_of_parts(tables[0], ids)]
            elif config.input != "embedding":
                parameters -= tables[0].size  # the attributes, which are not learned
            cell = config.spec.cell
            recurrent = [_recurrent(cell, remaining) for _ in range(config.depth if cell else 0)]
            dense = [_dense(remaining) for _ in range(0 if cell else config.depth)]
        except StopIteration:
            raise ValueError("fewer weights than such a network has") from None
        kernel, bias = remaining
        if ids is not None:
            kernel, bias = (_sum_of_parts(part, ids) for part in (kernel, bias))
        output = DenseWeights(kernel, bias)
        return cls(tuple(tables), tuple(recurrent), tuple(dense), output, parameters)


def parts(features: npt.ArrayLike) -> Indices:
    """Attributes of each symbol, (V, A) -> the place of each among the distinct ones, (V, A)."""
    columns = np.asarray(features, dtype=np.float64).T
    return np.stack([np.unique(c, return_inverse=True)[1] for c in columns], 1).astype(np.int32)


def with_none(vocabulary_size: int, ids: Indices | None = None) -> Indices:
    """The parts of each symbol, by default itself alone, and last those of none: (V + 1, A)."""
    known = np.arange(vocabulary_size)[:, None] if ids is None else ids
    return np.concatenate([known, known.max(axis=0, keepdims=True) + 1]).astype(np.int32)


def _recurrent(cell: str, weights: Iterator[Floats]) -> RecurrentWeights:
    kernel, recurrent, bias = (next(weights), next(weights), next(weights))
    return RecurrentWeights(
        kernel, recurrent, bias, tuple(next(weights) for _ in range(len(CELLS[cell].others)))
    )


def _dense(weights: Iterator[Floats]) -> DenseWeights:
    return DenseWeights(next(weights), next(weights))


def _table_of_parts(table: Floats, ids: Indices) -> Floats:
    """The vectors of all kinds of parts, (total, W) -> of symbols, (V, A W)."""
    return table[_rows(ids)].reshape(len(ids), -1)


def _sum_of_parts(values: Floats, ids: Indices) -> Floats:
    """Values of all kinds of parts, (..., total) -> of symbols, (..., V)."""
    return np.asarray(values[..., _rows(ids)].sum(axis=-1), dtype=np.float32)


def _rows(ids: Indices) -> Indices:
    """Parts of one table for all: (V, A) -> rows of it, (V, A)."""
    kinds = ids.max(axis=0) + 1
    return np.asarray(ids + np.cumsum([0, *kinds[:-1]]), dtype=np.int32)
