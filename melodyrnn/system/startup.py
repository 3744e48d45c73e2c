"""How TensorFlow is set up where the process is ours: a command's, or a worker's.

Where it finds them Keras imports scikit-learn, for its wrappers, and matplotlib, for its galleries
of pictures; TensorFlow imports SciPy, whose sparse arrays it takes, and JAX. matplotlib is always
there, for the letters in its wheel, and the two others often: they cost 3 s and 95 MB of each
start. All these imports are guarded, so that what cannot be imported counts as not installed.

Nor do several threads share one operation there. The networks here are small: operations side by
side, of two layers or of two parts of the lanes, take less time than one after the other, each on
all cores. And what a command learns is what its workers would, which have one thread each. For
NumPy's products, which are smaller still, threads wait for each other longer than they compute.

Somebody's own program may want Keras whole, has objects of its own for the garbage collector to
look through, and operations for more than one thread. It gets all that: only who says ``claim()``
starts in the quick way.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONAL = ("IPython", "jax", "matplotlib", "pandas", "scipy", "sklearn")

_ours = False


ONE_THREAD = ("TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Of TensorFlow, and of the libraries with which NumPy's wheels multiply."""


def claim() -> None:
    """Say that this process is ours, before NumPy and TensorFlow are imported."""
    global _ours
    _ours = True
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")


def multiplies_on_one_thread() -> bool:
    """Whether NumPy does, as in workers: with several its products differ in their last bits."""
    return all(os.environ.get(variable) == "1" for variable in ONE_THREAD[1:])


def trains_on_one_thread() -> bool:
    """Whether TensorFlow's operations take one thread each, as in workers: with several its sums
    differ in their last bits.
    """
    return os.environ.get(ONE_THREAD[0]) == "1"


@contextmanager
def lean_import() -> Iterator[None]:
    """In a process of ours, import without the optional packages, and never look through what is
    there in the end for garbage: it stays.
    """
    if not _ours:
        yield
        return
    with _without(OPTIONAL):
        yield
    gc.freeze()


@contextmanager
def _without(packages: tuple[str, ...]) -> Iterator[None]:
    """While it lasts they cannot be imported; what was imported before stays.

    ``None`` in ``sys.modules`` makes an import raise ModuleNotFoundError (the Python Language
    Reference, 5.3.1).
    """
    absent = set(packages) - sys.modules.keys()
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]
