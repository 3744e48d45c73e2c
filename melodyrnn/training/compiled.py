"""What is compiled for a training, kept for the next one that needs the same.

Tracing and compiling the programs of a small network takes about three times as long as training
it, and networks that differ in their seed, their songs or their first weights need the same ones:
those of an ensemble, of a comparison over several seeds, of one fold after another, of a fine-tuned
run. So what is compiled holds nothing of one training: its data, its seeds and its learning rate
are arguments, and whoever takes it gives all variables their first values.
"""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import TypeVar

import numpy as np

from melodyrnn.models.types import Tensor

MOST = 8
"""As many are kept: the networks of a benchmark's rows, which take turns, are six."""

LARGEST = 32_000_000
"""Bytes of variables beyond which none is kept: large networks train so long that compiling is
nothing beside it."""


class Compiled(ABC):
    """Variables, and the programs over them."""

    @property
    @abstractmethod
    def variables(self) -> Sequence[Tensor]:
        """All that it has."""


C = TypeVar("C", bound=Compiled)


class CompiledPool:
    """Those that no training uses now, at most one of each kind and settings; the latest of them.

    Each is in one hand at a time, so that trainings side by side, in threads too, share nothing:
    who finds none makes one.
    """

    def __init__(self, most: int, largest: int) -> None:
        self._most, self._largest = most, largest
        self._free: OrderedDict[Hashable, Compiled] = OrderedDict()
        self._lock = Lock()

    def take(self, kind: type[C], settings: Hashable, make: Callable[[], C]) -> C:
        """One of that kind for ``settings``, which are to be all that shapes its programs: one that
        was given back, its variables as they were left, or a new one.
        """
        with self._lock:
            found = self._free.pop((kind, settings), None)
        return found if isinstance(found, kind) else make()

    def give_back(self, settings: Hashable, compiled: Compiled) -> None:
        """Keep it for who takes one of the same kind and ``settings`` next."""
        size = sum(4 * int(np.prod(variable.shape)) for variable in compiled.variables)
        if size > self._largest:
            return
        with self._lock:
            self._free[type(compiled), settings] = compiled
            self._free.move_to_end((type(compiled), settings))
            while len(self._free) > self._most:
                self._free.popitem(last=False)

    def __len__(self) -> int:
        return len(self._free)


POOL = CompiledPool(MOST, LARGEST)
"""That of this process."""


def graph_seed(seed: int) -> np.int32:
    """As TensorFlow's functions of a seed take it, of any seed."""
    return np.int32(seed % 2**31)
