"""Symbols and windows, numpy only. Knows neither music nor TensorFlow."""
