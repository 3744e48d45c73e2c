"""A trained network in plain NumPy: what plays and measures, without TensorFlow.

A step of a small network is a few products of small matrices, and starting TensorFlow for it takes
longer than playing a song. The cells are those of ``recurrent.cells``, which training runs too, and
the tests hold both ways to the same logits.
"""

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.plain_weights import PlainWeights, RecurrentWeights, parts
from melodyrnn.models.predictor import Predictor, Rows
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats, KerasModel
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import side_by_side, windows

State = list[list[Floats]]  # of each recurrent layer its cell's arrays, each (B, H)

_LANES = 64
"""Sequences predicted at once."""
_Hdf5: TypeAlias = Any  # h5py has no types
_ROWS = 4096
"""Windows predicted at once where no state is carried."""

# As arrays, which NumPy takes sooner than numbers: that is a fifth of a sigmoid of one row.
_ONE, _MINUS_TWO = np.array(1.0, np.float32), np.array(-2.0, np.float32)
_MANY = 4096
"""Numbers, of which five quick operations take less time than a slow one."""


class NumpyMath:
    """What the cells need of NumPy. An exponential may overflow: its reciprocal is 0, as it should
    be.
    """

    exp = staticmethod(np.exp)
    reshape, einsum = staticmethod(np.reshape), staticmethod(np.einsum)
    concat = staticmethod(np.concatenate)

    @staticmethod
    def split(z: Floats, count: int, axis: int = -1) -> list[Floats]:
        """Parts of the last axis; NumPy's own takes more time than the product before it."""
        width = z.shape[-1] // count
        return [z[..., start : start + width] for start in range(0, count * width, width)]

    @staticmethod
    def sigmoid(z: Floats) -> Floats:
        """1 / (1 + exp(-z))."""
        y = np.negative(z)
        np.exp(y, out=y)
        y += _ONE
        return np.reciprocal(y, out=y)

    @staticmethod
    def tanh(z: Floats) -> Floats:
        """Of many, 1 - 2 / (1 + exp(2 z)): NumPy's exp is twice as quick as its tanh."""
        if z.size < _MANY:
            return np.tanh(z)
        y = z + z
        np.exp(y, out=y)
        y += _ONE
        np.divide(_MINUS_TWO, y, out=y)
        y += _ONE
        return y


class Network(Predictor):
    """A trained model. ``weights`` are in the order of ``model.get_weights()``.

    ``ids`` (V, A) are the kinds of parts of each symbol, where they are factored.
    """

    def __init__(
        self,
        config: ModelConfig,
        vocabulary_size: int,
        weights: Sequence[Floats],
        ids: Indices | None = None,
    ) -> None:
        """Raises ValueError where the weights are not those of such a network."""
        self.window, self.config = config.window, config
        plain = PlainWeights.of(config, vocabulary_size, weights, ids)
        self._parameters = plain.parameters
        self.cells = [_Layer(config, layer) for layer in plain.recurrent]
        self.dense, self.output = plain.dense, plain.output
        tables = plain.tables
        self.embedding = tables[0][:vocabulary_size]  # of each token, (V, W)
        # What enters the first layer depends on each column only: on rows of this table.
        self.input_table = self.cells[0].project_each(tables) if self._recurs else tables[0]
        self._first_rows = np.cumsum([0, *map(len, tables[:-1])])
        seen = (1, self.window, len(tables)) if config.spec.lookback else (1, self.window)
        logits, _ = self.step(np.zeros(seen, np.int32), self.begin(1))
        if logits.shape != (1, vocabulary_size):
            raise ValueError(f"{logits.shape[-1]} logits for {vocabulary_size} tokens")
        if len(self.input_table) < vocabulary_size:
            raise ValueError(f"{len(self.input_table)} vectors for {vocabulary_size} tokens")

    @classmethod
    def of(
        cls, model: KerasModel, config: ModelConfig, features: npt.ArrayLike | None = None
    ) -> "Network":
        """The Keras model that ``models.build`` makes of ``config``."""
        ids = (
            parts(features) if config.tokenization == "factored" and features is not None else None
        )
        return cls(config, model.output_shape[-1], model.get_weights(), ids)

    @property
    def parameters(self) -> int:
        return self._parameters

    @property
    def _recurs(self) -> bool:
        return bool(self.config.spec.cell)

    def begin(self, count: int) -> State:
        return [cell.begin(count) for cell in self.cells]

    def step(self, rows: Indices, state: State) -> tuple[Floats, State]:
        """Windows (B, T[, F]) and state -> logits (B, V) and the state after them."""
        hidden, after = self._through(rows, state)
        return self._logits(hidden[-1]), after

    @np.errstate(over="ignore")
    def _through(self, rows: Indices, state: State) -> tuple[list[Floats], State]:
        """Windows and state -> the last output of each layer, (B, H), and the state after them."""
        hidden = []
        if not self._recurs:
            h = self.input_table[rows].reshape(len(rows), -1)
            for kernel, bias in self.dense:
                h = np.maximum(h @ kernel + bias, 0)
                hidden.append(h)
            return hidden, state
        before = state if self.config.spec.stateful else self.begin(len(rows))
        after = []
        seen: list[Floats] = list(self._entering(rows.swapaxes(0, 1)))  # T times (B, G H)
        for depth, cell in enumerate(self.cells):
            if depth:
                seen = [cell.project(h) for h in seen]
            seen, last = cell.run(seen, before[depth])
            hidden.append(seen[-1])
            after.append(last)
        return hidden, after if self.config.spec.stateful else state

    def _entering(self, rows: Indices) -> Floats:
        """(..., B) or, with columns, (..., B, F) -> (..., B, G H)."""
        if not self.config.spec.lookback:
            return self.input_table[rows]
        return np.asarray(self.input_table[rows + self._first_rows].sum(-2), dtype=np.float32)

    def pick(self, state: State, rows: Rows) -> State:
        """The state of the songs ``rows`` (R,)."""
        return [[array[rows] for array in cell] for cell in state]

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        """Of each sequence the logits of all its windows, (N, V), the state carried."""
        if not self.config.spec.stateful:
            return [self._of_windows(windows(s, self.window)[:, :-1]) for s in sequences]
        order = sorted(range(len(sequences)), key=lambda place: len(sequences[place]))
        logits: dict[int, Floats] = {}
        for start in range(0, len(order), _LANES):
            some = order[start : start + _LANES]
            batch = side_by_side([sequences[place] for place in some], self.window)
            state, whole = self.begin(len(some)), []
            for rows in batch.x:
                predicted, state = self.step(rows, state)
                whole.append(predicted)
            stacked = np.stack(whole)  # (M, S, V)
            for lane, place in enumerate(some):
                logits[place] = stacked[batch.mask[:, lane], lane]
        return [logits[place] for place in range(len(sequences))]

    def hidden_states(self, sequences: Sequence[Indices]) -> list[list[Floats]]:
        return [self._hidden(windows(sequence, self.window)[:, :-1]) for sequence in sequences]

    def _hidden(self, rows: Indices) -> list[Floats]:
        """Of all windows of a sequence, (N, T[, F]), what each layer gives, (N, H)."""
        if not self.config.spec.stateful:
            return self._through(rows, [])[0]
        state, steps = self.begin(1), []
        for row in rows:
            hidden, state = self._through(row[None], state)
            steps.append(hidden)
        return [np.concatenate(layer) for layer in zip(*steps, strict=True)]

    @property
    def embeddings(self) -> dict[str, Floats]:
        return {"tokens": self.embedding}

    def _of_windows(self, rows: Indices) -> Floats:
        parts = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
        return np.concatenate([self.step(part, [])[0] for part in parts])

    def _logits(self, h: Floats) -> Floats:
        kernel, bias = self.output
        return np.asarray(h @ kernel + bias, dtype=np.float32)


def read_weights(content: bytes, config: ModelConfig, most: int) -> list[Floats]:
    """The weights in the model.weights.h5 of a model.keras, in the order of
    ``model.get_weights()``; ``most`` is how many bytes they can be together.

    Keras names a layer by its class, and the second of a class ``dense_1``. Raises ValueError for
    more, and for numbers that stand elsewhere; and whatever HDF5 raises.
    """
    import h5py

    factored = config.tokenization == "factored"
    hidden = CELLS[config.spec.cell].keras_name if config.spec.cell else "dense"
    embedding = "factored_embedding" if factored else "embedding"
    if config.spec.lookback:
        embedding = "lookback_embedding"
    names = [embedding, *[hidden] * config.depth]
    names.append("factored_logits" if factored else "dense")
    weights: list[Floats] = []
    seen = Counter[str]()
    with h5py.File(io.BytesIO(content)) as layers:
        for name in names:
            number = seen[name]
            seen[name] += 1
            layer = _within(layers, "layers", f"{name}_{number}" if number else name)
            found = _within(layer, "cell" if "cell" in layer else "vars")
            found = _within(found, "vars") if "cell" in layer else found
            for place in range(len(found)):
                array = _within(found, str(place))
                most -= array.nbytes
                if most < 0 or array.external or array.is_virtual or array.dtype.kind != "f":
                    raise ValueError("weights that are too many, or stand in other files")
                weights.append(np.array(array))
    return weights


def _within(group: _Hdf5, *names: str) -> _Hdf5:
    """What stands in a group under these names, each the next one's group: in this file, not where
    a link leads. Raises KeyError, ValueError.
    """
    import h5py

    for name in names:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"no {name}, or a link to it")
        group = group[name]
    return group


class _Layer:
    """One recurrent layer."""

    def __init__(self, config: ModelConfig, weights: RecurrentWeights) -> None:
        self.row = CELLS[config.spec.cell]
        self.units = config.units
        self.kernel, self.bias = weights.kernel, weights.bias
        self.weights = [*self.row.recurrent(weights.recurrent), *weights.others]

    def begin(self, count: int) -> list[Floats]:
        return [np.zeros((count, size), np.float32) for size in self.row.sizes(self.units)]

    def project(self, x: Floats) -> Floats:
        return np.asarray(x @ self.kernel + self.bias, dtype=np.float32)

    def project_each(self, tables: Sequence[Floats]) -> Floats:
        """Vectors that are to stand side by side in x, and whose rows then only have to be added:
        tables (V_c, F_c) -> all of them below each other, (V_1 + ..., G H).
        """
        parts = np.split(self.kernel, np.cumsum([table.shape[1] for table in tables])[:-1])
        first, *others = (table @ part for table, part in zip(tables, parts, strict=True))
        return np.concatenate([first + self.bias, *others]).astype(np.float32)

    def run(
        self, projected: Sequence[Floats], state: Sequence[Floats]
    ) -> tuple[list[Floats], list[Floats]]:
        """T times z (B, G H) -> T times the output (B, H), and the state after the last."""
        outputs = []
        for z in projected:
            h, state = self.row.step(NumpyMath, z, state, *self.weights)
            outputs.append(h)
        return outputs, list(state)
