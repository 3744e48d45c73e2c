"""The table of recurrent cells: what a layer does at one step."""

from functools import partial
from typing import Any

from melodyrnn.networks.backend import keras

CELLS: dict[str, Any] = {
    "lstm": keras.layers.LSTM,
    "gru": partial(keras.layers.GRU, reset_after=False),  # as Cho et al. (2014) write it
    "rnn": keras.layers.SimpleRNN,
}
"""Name -> what makes the Keras layer; its ``cell`` holds the equations."""
