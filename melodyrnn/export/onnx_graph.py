"""A calculation written down as an ONNX graph: what runs on NumPy arrays runs on these values.

The equations of the cells are functions of whatever has operators and a ``math``
(``recurrent.equations``). Given values of a graph they leave nodes in place of numbers, so that a
cell of another package is exported by its one equation, as one of this package is. Each value
carries a sample, which has the shape that it will have, for a batch of one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.models.types import Array

OPSET = 17
"""Of the operators: of 2022, which every runtime in use has."""
IR_VERSION = 8
"""Of the file, the oldest that goes with them."""

BATCH = "batch"
"""The name of the first axis of what goes in and comes out."""

_TYPES = {"f": np.float32, "i": np.int64, "b": np.bool_}
"""What a graph calculates with, by the kind of a NumPy array."""


class GraphValue:
    """A value in a graph, with the operators that equations use."""

    __array_ufunc__ = None  # so that an array on the left leaves the operator to this class

    def __init__(self, graph: "OnnxGraph", name: str, sample: Array) -> None:
        self.graph, self.name, self.sample = graph, name, sample

    @property
    def shape(self) -> tuple[int, ...]:
        """For a batch of one."""
        return self.sample.shape

    def __add__(self, other: "Operand") -> "GraphValue":
        return self.graph.node("Add", [self, other], np.add)

    def __sub__(self, other: "Operand") -> "GraphValue":
        return self.graph.node("Sub", [self, other], np.subtract)

    def __mul__(self, other: "Operand") -> "GraphValue":
        return self.graph.node("Mul", [self, other], np.multiply)

    def __truediv__(self, other: "Operand") -> "GraphValue":
        return self.graph.node("Div", [self, other], np.divide)

    def __matmul__(self, other: "Operand") -> "GraphValue":
        return self.graph.node("MatMul", [self, other], np.matmul)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: "Operand") -> "GraphValue":
        return self.graph.value(other, like=self) - self

    def __neg__(self) -> "GraphValue":
        return self.graph.node("Neg", [self], np.negative)

    def __getitem__(self, index: Any) -> "GraphValue":
        """Slices, new axes and an ellipsis, as NumPy has them."""
        listed = list(index) if isinstance(index, tuple) else [index]
        if Ellipsis in listed:
            place = listed.index(Ellipsis)
            whole = len(self.shape) - sum(each is not None for each in listed) + 1
            listed[place : place + 1] = [slice(None)] * whole
        sliced, new = self, [axis for axis, each in enumerate(listed) if each is None]
        for axis, each in enumerate(each for each in listed if each is not None):
            if each != slice(None):
                sliced = self.graph.sliced(sliced, axis, each)
        return self.graph.widened(sliced, new) if new else sliced


Operand = GraphValue | npt.ArrayLike


class OnnxGraph:
    """A graph that grows by the values asked of it; ``math`` of the cells' equations."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._made = 0

    # What goes in, what comes out

    def input(self, name: str, shape: Sequence[int], kind: str = "f") -> GraphValue:
        """(B, *shape) of floats, or of whole numbers where ``kind`` is "i"."""
        sample: Array = np.zeros((1, *shape), _TYPES[kind])
        self._inputs.append(_described(name, sample))
        return GraphValue(self, name, sample)

    def output(self, name: str, value: GraphValue) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [value.name], [name]))
        self._outputs.append(_described(name, value.sample))

    def model(self, name: str, facts: Mapping[str, str], producer: str) -> bytes:
        """The file, checked; ``facts`` go with it. The same graph gives the same bytes."""
        import onnx
        from onnx import helper

        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name=producer
        )
        helper.set_model_props(model, dict(facts))
        onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content

    # Values

    def constant(self, array: npt.ArrayLike) -> GraphValue:
        """Numbers that the graph holds: weights, and places."""
        from onnx import numpy_helper

        plain = np.asarray(array)
        plain = np.ascontiguousarray(plain, dtype=_TYPES.get(plain.dtype.kind, plain.dtype))
        name = self._fresh("constant")
        self._constants.append(numpy_helper.from_array(plain, name))
        return GraphValue(self, name, plain)

    def value(self, operand: Operand, like: GraphValue | None = None) -> GraphValue:
        """``operand`` in the graph; a single number of the type of ``like``."""
        if isinstance(operand, GraphValue):
            return operand
        single = like is not None and np.ndim(operand) == 0
        return self.constant(np.asarray(operand, like.sample.dtype if like and single else None))

    def node(
        self, kind: str, operands: Sequence[Operand], sample: Any, **attributes: Any
    ) -> GraphValue:
        """One operator of ONNX; ``sample`` is what NumPy has for it, a function of the operands'
        samples.
        """
        from onnx import helper

        like = next(each for each in operands if isinstance(each, GraphValue))
        values = [self.value(each, like) for each in operands]
        name = self._fresh(kind.lower())
        names = [each.name for each in values]
        self._nodes.append(helper.make_node(kind, names, [name], **attributes))
        with np.errstate(all="ignore"):
            made = np.asarray(sample(*(each.sample for each in values)))
        return GraphValue(self, name, made.astype(_TYPES[made.dtype.kind], copy=False))

    # The functions of the cells' equations (``equations.Functions``)

    def sigmoid(self, z: GraphValue) -> GraphValue:
        return self.node("Sigmoid", [z], lambda a: 1 / (1 + np.exp(-a)))

    def tanh(self, z: GraphValue) -> GraphValue:
        return self.node("Tanh", [z], np.tanh)

    def exp(self, z: GraphValue) -> GraphValue:
        return self.node("Exp", [z], np.exp)

    def split(self, z: GraphValue, count: int, axis: int = -1) -> list[GraphValue]:
        width = z.shape[axis] // count
        cuts = range(0, count * width, width)
        return [self.sliced(z, axis, slice(start, start + width)) for start in cuts]

    def concat(self, values: Sequence[GraphValue], axis: int) -> GraphValue:
        return self.node("Concat", values, lambda *a: np.concatenate(a, axis), axis=axis)

    def reshape(self, z: GraphValue, shape: Sequence[int]) -> GraphValue:
        return self.node("Reshape", [z, np.array(shape)], lambda a, s: a.reshape(s))

    def einsum(self, equation: str, *values: GraphValue) -> GraphValue:
        def sample(*arrays: Array) -> Any:
            return np.einsum(equation, *arrays)

        return self.node("Einsum", values, sample, equation=equation)

    # And others

    def relu(self, z: GraphValue) -> GraphValue:
        return self.node("Relu", [z], lambda a: np.maximum(a, 0))

    def softmax(self, z: GraphValue) -> GraphValue:
        return self.node("Softmax", [z], lambda a: a, axis=-1)

    def log_softmax(self, z: GraphValue) -> GraphValue:
        return self.node("LogSoftmax", [z], lambda a: a, axis=-1)

    def log(self, z: GraphValue) -> GraphValue:
        return self.node("Log", [z], np.log)

    def maximum(self, a: GraphValue, b: Operand) -> GraphValue:
        return self.node("Max", [a, b], np.maximum)

    def minimum(self, a: GraphValue, b: Operand) -> GraphValue:
        return self.node("Min", [a, b], np.minimum)

    def equal(self, a: GraphValue, b: Operand) -> GraphValue:
        return self.node("Equal", [a, b], np.equal)

    def less(self, a: GraphValue, b: Operand) -> GraphValue:
        return self.node("Less", [a, b], np.less)

    def where(self, condition: GraphValue, a: GraphValue, b: Operand) -> GraphValue:
        return self.node("Where", [condition, a, self.value(b, a)], np.where)

    def floats(self, z: GraphValue) -> GraphValue:
        """Whole numbers, or truth values as 0 and 1."""
        return self.node("Cast", [z], lambda a: a.astype(np.float32), to=1)

    def rows(self, table: Operand, places: GraphValue, axis: int = 0) -> GraphValue:
        """``table`` at ``places``, as ``numpy.take`` has it."""

        def sample(a: Array, p: Array) -> Array:
            return np.take(a, p, axis)

        values = [table if isinstance(table, GraphValue) else self.constant(table), places]
        return self.node("Gather", values, sample, axis=axis)

    def sliced(self, z: GraphValue, axis: int, part: slice) -> GraphValue:
        start, stop, _ = part.indices(z.shape[axis])

        def sample(a: Array, *_: Array) -> Array:
            return np.take(a, range(start, stop), axis)

        cut = (self.constant([each]) for each in (start, stop, axis))
        return self.node("Slice", [z, *cut], sample)

    def widened(self, z: GraphValue, axes: Sequence[int]) -> GraphValue:
        """With new axes of one place."""

        def sample(a: Array, _: Array) -> Array:
            return np.expand_dims(a, tuple(axes))

        return self.node("Unsqueeze", [z, np.array(axes)], sample)

    def averaged(self, logits: Sequence[GraphValue]) -> GraphValue:
        """Of several networks the logarithm of the mean of their probabilities; of one its own
        logits.
        """
        first, *others = map(self.softmax, logits)
        if not others:
            return logits[0]
        total = first
        for each in others:
            total = total + each
        return self.log(total / len(logits))

    def _fresh(self, kind: str) -> str:
        self._made += 1
        return f"{kind}_{self._made}"


def _described(name: str, sample: Array) -> Any:
    """Of an input or output its type, and its shape for any batch."""
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(sample.dtype)
    return helper.make_tensor_value_info(name, kind, [BATCH, *sample.shape[1:]])
