"""One model at work in one run folder: what a row of the registry needs to learn there, or to be
read again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

from melodyrnn.data.split import Split
from melodyrnn.errors import RunError
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.predictor import Predictor
from melodyrnn.runs.checkpointed_training import train_in_folder
from melodyrnn.runs.record import (
    CHECKPOINT,
    FINISHED,
    TRAINING,
    Record,
    keras_weights,
    load_network,
    load_viewpoints,
    named_weights,
    save_model,
    save_weights,
)
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.task import Task


class RunInFolder(Protocol):
    """What a session needs of a run."""

    @property
    def path(self) -> Path: ...
    @property
    def record(self) -> Record: ...
    @property
    def task(self) -> Task[Any, Any]: ...
    @property
    def parts(self) -> Split[Any]: ...


class Session:
    """Of ``run``; ``data`` are its items, encoded, where they are at hand, and ``base`` the run
    that it is fine-tuned from.
    """

    def __init__(
        self,
        run: RunInFolder,
        data: Split[Any] | None = None,
        progress: Progress = silent,
        tensorboard: bool = False,
        base: RunInFolder | None = None,
    ) -> None:
        self.path, self.task, self.record = run.path, run.task, run.record
        self.files: list[Path] = []
        self._run, self._progress, self._tensorboard = run, progress, tensorboard
        self._data, self._base = data, base

    @cached_property
    def data(self) -> Split[Any]:
        """The items, encoded; of a run that is only read again, those it learned from."""
        if self._data is not None:
            return self._data
        return self.task.encode(self.record, Split(self._run.parts.train, (), ()))

    @property
    def config(self) -> ModelConfig:
        return self.record.model

    @property
    def vocabulary_size(self) -> int:
        return len(self.record.vocabulary)

    @property
    def sequences(self) -> Sequence[Indices]:
        """What is learned, each (L,)."""
        return self.task.sequences(self.data.train)

    def fit(self) -> Predictor:
        """Learn; ``record`` and ``files`` are what was written then. Raises MelodyError."""
        predictor = self.config.spec.fit(self)
        if self.record.status == TRAINING:  # what is not trained step by step is done at once
            self.record = replace(self.record, status=FINISHED)
        return predictor

    def load(self) -> Predictor:
        """What was learned before. Raises RunError."""
        return self.config.spec.load(self)

    def train_network(self) -> Predictor:
        """Train from the last checkpoint, if any, to the end; write what was learned."""
        from melodyrnn.models.networks import step_network
        from melodyrnn.models.networks.numpy_network import Network

        record = self.record
        model = step_network.build(
            record.model, self.vocabulary_size, record.training.seed, record.features
        )
        if base := self._beginning():
            model.set_weights(keras_weights(base.path, base.record))
        self._train(model, partial(save_model, model=model))
        return self.task.wrap(Network.of(model, record.model, record.features), self.record)

    def load_network(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        return self.task.wrap(load_network(self.path, self.record), self.record)

    def train_viewpoints(self) -> Predictor:
        """As ``train_network``, a network of viewpoints."""
        from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
        from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork

        observer = self.task.observer(self.record)
        network = ViewpointNetwork(observer.layout, self.record.model)
        network.start(self.record.training.seed)
        if base := self._beginning():
            known = named_weights(base.path, base.record)
            network.load([known[name] for name in network.weights])
        self._train(network, lambda path: save_weights(path, network.named()))
        return ViewpointPredictor(network.named(), observer)

    def load_viewpoints(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        return load_viewpoints(self.path, self.record, self.task.observer(self.record))

    def _beginning(self) -> RunInFolder | None:
        """The run whose weights the training begins with; None where it has none, or goes on.
        Raises RunError.
        """
        before = self.record.base
        if before is None or (self.path / CHECKPOINT).is_file():
            return None
        if self._base is None:
            raise RunError(
                f"{self.path}: was cut off before its training began; resume it with --from "
                f"{before.name}"
            )
        return self._base

    def _train(self, network: Any, save: Callable[[Path], Path]) -> None:
        """From the last checkpoint, if any, to the end; ``save`` writes the best weights."""
        from melodyrnn.training.trainer import Trainer

        program = self.task.program(self.record, self.data, network)
        self.record, self.files = train_in_folder(
            self.path,
            self.record,
            Trainer(program, self.record.training),
            save,
            self._progress,
            self._tensorboard,
        )
