"""Names for what TensorFlow and Keras ship no types for, and for what is built of it."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Tensor: TypeAlias = Any
"""A TensorFlow tensor, or anything that TensorFlow takes for one."""

KerasModel: TypeAlias = Any
KerasLayer: TypeAlias = Any
Optimizer: TypeAlias = Any
Initializer: TypeAlias = Any

Floats: TypeAlias = npt.NDArray[np.float32]
Array: TypeAlias = npt.NDArray[Any]
"""An array of any numbers, as a checkpoint keeps them."""

Weights: TypeAlias = list[Floats]
"""The weights of a network, in its own order."""

Arrays: TypeAlias = dict[str, Array]
"""Arrays by name, as a checkpoint holds them."""

States: TypeAlias = list[list[Tensor]]
"""Of each recurrent layer its cell's tensors, each (B, units times a width)."""


class Among(NamedTuple):
    """Rows of a batch of so many. What is dropped out of them is drawn for all, so that it does not
    depend on how a batch is shared out.
    """

    rows: slice
    of: int
