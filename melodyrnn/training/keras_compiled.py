"""What is compiled to train a Keras model: see ``compiled``."""

import json
from collections.abc import Hashable, Sequence
from typing import Any

from melodyrnn.models.backend import keras
from melodyrnn.models.networks.step_network import recurrent_layers
from melodyrnn.models.recurrent.keras_cells import step_of
from melodyrnn.models.types import KerasModel, Tensor
from melodyrnn.training.compiled import Compiled


class KerasCompiled(Compiled):
    """A copy of a Keras model, and an optimiser of it. Subclasses compile programs over both."""

    def __init__(self, model: KerasModel, clip: float | None = None) -> None:
        """``model`` itself is left alone; ``clip``: the longest gradient."""
        self.model = keras.models.clone_model(model)
        self.optimizer = keras.optimizers.Adam(global_clipnorm=clip)
        self.optimizer.build(self.model.trainable_variables)
        self._first_state = [variable.numpy() for variable in self.optimizer.variables]

    @property
    def variables(self) -> Sequence[Tensor]:
        return [*self.model.variables, *self.optimizer.variables]

    def begin(self, model: KerasModel, learning_rate: float) -> None:
        """Be as new, with the weights of ``model``, which is like the first one."""
        for own, given in zip(self.model.variables, model.variables, strict=True):
            own.assign(given)
        for variable, value in zip(self.optimizer.variables, self._first_state, strict=True):
            variable.assign(value)
        self.optimizer.learning_rate = learning_rate


def graph_settings(model: KerasModel) -> Hashable:
    """All that shapes the graph of a Keras model: its layers as Keras saves them, but for how their
    first weights are drawn, and the equations of its cells.
    """
    layers = json.dumps(_of_graph(model.get_config()), sort_keys=True, default=str)
    return layers, *(step_of(layer.cell) for layer in recurrent_layers(model))


def _of_graph(config: Any) -> Any:
    """Without initializers, and without the places of objects in memory."""
    if isinstance(config, dict):
        return {
            name: _of_graph(value)
            for name, value in config.items()
            if not name.endswith("initializer") and name != "shared_object_id"
        }
    return [_of_graph(each) for each in config] if isinstance(config, (list, tuple)) else config
