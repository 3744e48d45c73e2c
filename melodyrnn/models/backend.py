"""TensorFlow and Keras, imported without what they print. All other modules take them from here.

On import TensorFlow's libraries write lines about instruction sets and missing graphics cards
straight to file descriptor 2, which no log level stops; they are held back, and shown only where
the import fails. What Python writes meanwhile, such as a progress bar, still appears. So is Ctrl-C,
of which some of these libraries make an error of their own.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from melodyrnn.system.interrupts import uninterrupted
from melodyrnn.system.machine import uncollected
from melodyrnn.system.startup import lean_import


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    errors = sys.stderr
    errors.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held, os.fdopen(saved, "w", 1, errors.encoding) as still_shown:
        os.dup2(held.fileno(), 2)
        if errors is sys.__stderr__:
            sys.stderr = still_shown
        try:
            yield
        except Exception:  # not a second Ctrl-C, which says nothing of the libraries
            os.dup2(saved, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            sys.stderr = errors


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"  # the compiled programs here are TensorFlow's
with uninterrupted(), _quiet_stderr(), uncollected(), lean_import():
    import keras
    import tensorflow as tf

tf.get_logger().setLevel("ERROR")  # each model compiles programs of its own, and is meant to

__all__ = ["keras", "tf"]
