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
from melodyrnn.models.ensemble import averaged
from melodyrnn.models.predictor import Predictor
from melodyrnn.runs.checkpointed_training import train_in_folder
from melodyrnn.runs.network_files import (
    MODEL,
    WEIGHTS,
    file_of,
    keras_weights,
    load_network,
    load_viewpoints,
    named_weights,
    save_model,
    save_weights,
)
from melodyrnn.runs.record import FINISHED, TRAINING, Record
from melodyrnn.runs.training_files import CHECKPOINT
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.progress import Progress, silent
from melodyrnn.system.sentences import Sentence, listed
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
        devices: Devices = ALONE,
    ) -> None:
        self.path, self.task, self.record = run.path, run.task, run.record
        self.files: list[Path] = []
        self._done: list[Record] = []  # of each network, as its training left it
        self._run, self._progress, self._tensorboard = run, progress, tensorboard
        self._data, self._base, self._devices = data, base, devices
        self.computed_by = ""  # what trained it, where that is not this processor alone

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

        def trained(member: int) -> Predictor:
            record = self._record_of(member)
            model = step_network.build(
                record.model, self.vocabulary_size, record.training.seed, record.features
            )
            if base := self._beginning(member):
                model.set_weights(keras_weights(base.path, base.record, _own(base, member)))
            self._train(model, partial(save_model, model=model, member=member), member)
            return self.task.wrap(Network.of(model, record.model, record.features), record)

        return self._trained(trained)

    def load_network(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        record = self.record
        return self._loaded(
            MODEL, lambda member: self.task.wrap(load_network(self.path, record, member), record)
        )

    def train_viewpoints(self) -> Predictor:
        """As ``train_network``, a network of viewpoints."""
        from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
        from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork

        observer = self.task.observer(self.record)

        def trained(member: int) -> Predictor:
            record = self._record_of(member)
            network = ViewpointNetwork(observer.layout, record.model)
            network.start(record.training.seed)
            if base := self._beginning(member):
                known = named_weights(base.path, base.record, _own(base, member))
                network.load([known[name] for name in network.weights])
            self._train(network, lambda path: save_weights(path, network.named(), member), member)
            return ViewpointPredictor(network.named(), observer)

        return self._trained(trained)

    def load_viewpoints(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        observer = self.task.observer(self.record)
        return self._loaded(WEIGHTS, partial(load_viewpoints, self.path, self.record, observer))

    def _beginning(self, member: int) -> RunInFolder | None:
        """The run with whose weights the training of a network begins; None where it has none, or
        goes on. Raises RunError.
        """
        before = self.record.base
        if before is None or file_of(self.path, CHECKPOINT, member).is_file():
            return None
        if self._base is None:
            raise RunError(
                f"{self.path}: was cut off before its training began; resume it with --from "
                f"{before.name}"
            )
        return self._base

    def _record_of(self, member: int) -> Record:
        """With the seed of a network. Those of two runs whose seeds differ all differ."""
        training, count = self.record.training, self.config.ensemble
        seed = training.seed * count + member - 1
        return replace(self.record, training=replace(training, seed=seed))

    def _trained(self, train: Callable[[int], Predictor]) -> Predictor:
        """Each network in turn, until whoever waits interrupts one: the others are left out."""
        from melodyrnn.training.replicas import replicas_of

        replicas = replicas_of(self._devices)  # before anything is computed
        self.computed_by = replicas.said
        predictors = []
        for member in range(1, self.config.ensemble + 1):
            predictors.append(train(member))
            if self._done[-1].interrupted:
                break
        first, last = self._done[0], self._done[-1]
        self.record = replace(
            last,
            epochs=sum(each.epochs for each in self._done),
            best_epoch=first.best_epoch,
            seconds=round(sum(each.seconds for each in self._done), 3),
        )
        return averaged(predictors)

    def _loaded(self, name: str, load: Callable[[int], Predictor]) -> Predictor:
        """Every network, or those that there are of a training that was interrupted."""
        members = range(1, self.config.ensemble + 1)
        if self.record.interrupted:
            written = [member for member in members if file_of(self.path, name, member).is_file()]
            members = range(1, max(1, len(written)) + 1)
        return averaged([load(member) for member in members])

    def _train(self, network: Any, save: Callable[[Path], Path], member: int) -> None:
        """From the last checkpoint, if any, to the end; ``save`` writes the best weights."""
        from melodyrnn.training.replicas import replicas_of
        from melodyrnn.training.trainer import Trainer

        replicas = replicas_of(self._devices)
        with (
            replicas.watched(),
            self.task.program(
                self._record_of(member), self.data, network, self._devices
            ) as program,
        ):
            record, files = train_in_folder(
                self.path,
                self.record,
                Trainer(program, self.record.training),
                save,
                self._progress_of(member),
                self._tensorboard,
                member,
                replicas.agree,
            )
        self._done.append(record)
        self.files += files

    def _progress_of(self, member: int) -> Progress:
        count = self.config.ensemble
        if count == 1:
            return self._progress

        def progress(done: int, total: int, words: str = "") -> None:
            before = (member - 1) * total
            network = Sentence("network {member} of {count}", member=member, count=count)
            self._progress(before + done, count * total, listed(words, network))

        return progress


def _own(base: RunInFolder, member: int) -> int:
    """The network of ``base`` with which a network begins: its only one, or that of its number."""
    return min(member, base.record.model.ensemble)
