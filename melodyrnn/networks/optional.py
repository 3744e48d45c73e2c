"""Packages that Keras and TensorFlow import for what nothing here uses, left out of our processes.

Where it finds them Keras imports scikit-learn, for its wrappers, and matplotlib, for its galleries
of pictures; TensorFlow imports SciPy, whose sparse arrays it takes, and JAX. The first three are
always there, for the data that lie in their wheels: they cost 3 s and 95 MB of each start. All
these imports are guarded, so that what cannot be imported counts as not installed.

Somebody's own program may want Keras whole. It gets it: only a command and the workers of a
comparison, whose processes are their own, say ``leave_out()``.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONAL = ("IPython", "jax", "matplotlib", "pandas", "scipy", "sklearn")

_left_out: set[str] = set()


def leave_out() -> None:
    """From now on Keras and TensorFlow are imported without the optional packages."""
    _left_out.update(OPTIONAL)


@contextmanager
def without_optional() -> Iterator[None]:
    """While it lasts, packages to be left out cannot be imported; what was imported before stays.

    ``None`` in ``sys.modules`` makes an import raise ModuleNotFoundError (the Python Language
    Reference, 5.3.1).
    """
    absent = _left_out - sys.modules.keys()
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]
