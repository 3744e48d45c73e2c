"""Imported before NumPy and TensorFlow: both compute on one thread, as in a command."""

from melodyrnn.system import startup

startup.claim()
