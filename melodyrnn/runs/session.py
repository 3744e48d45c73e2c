"""One model at work in one run folder: what a row of the registry needs to learn there, or to be
read again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from melodyrnn.data.split import Split
from melodyrnn.errors import RunError
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.ensemble import averaged
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.types import Floats
from melodyrnn.runs.checkpointed_training import train_in_folder
from melodyrnn.runs.network_files import (
    file_of,
    keras_weights,
    load_network,
    load_viewpoints,
    named_weights,
    save_model,
    save_weights,
    written_networks,
)
from melodyrnn.runs.record import FINISHED, INTERRUPTED, TRAINING, Record
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


FirstWeights: TypeAlias = list[Floats] | dict[str, Floats]
"""With which the training of a network begins: a Keras model's, or those of viewpoints by name."""


class TrainedNetwork(NamedTuple):
    """What a training left of a network."""

    record: Record  # with its own epochs and seconds
    files: list[Path]


class SharesNetworks(Protocol):
    """What trains networks of an ensemble elsewhere than in this process."""

    def worth(self, waiting: int, seconds: float | None) -> bool:
        """Whether to share out the networks that are ``waiting``, where the one before them took so
        many ``seconds``; None before the first.
        """

    def train(self, session: "Session", members: Sequence[int]) -> Mapping[int, TrainedNetwork]:
        """Train these networks; those that were done before whoever waits interrupted."""


class Session:
    """Of ``run``; ``data`` are its items, encoded, where they are at hand, and ``base`` the run
    that it is fine-tuned from. Of an ensemble all networks are trained, elsewhere where it is
    ``shared``; or the one ``only``, whose ``first_weights`` are given where ``base`` is elsewhere.
    """

    def __init__(
        self,
        run: RunInFolder,
        data: Split[Any] | None = None,
        progress: Progress = silent,
        tensorboard: bool = False,
        base: RunInFolder | None = None,
        devices: Devices = ALONE,
        shared: SharesNetworks | None = None,
        only: int | None = None,
        first_weights: FirstWeights | None = None,
    ) -> None:
        self.path, self.task, self.record = run.path, run.task, run.record
        self.trained: dict[int, TrainedNetwork] = {}
        self.progress, self.tensorboard = progress, tensorboard
        self._run, self._data, self._base, self._devices = run, data, base, devices
        self._shared, self._only, self._first_weights = shared, only, first_weights
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

    @property
    def files(self) -> list[Path]:
        """What training wrote."""
        return [file for _, done in sorted(self.trained.items()) for file in done.files]

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
            if first := self.first_weights(member):
                model.set_weights(first)
            self._train(model, partial(save_model, model=model, member=member), member)
            return self.task.wrap(Network.of(model, record.model, record.features), record)

        return self._trained(trained, self._network)

    def load_network(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        return self._loaded(self._network)

    def _network(self, member: int) -> Predictor:
        record = self.record
        return self.task.wrap(load_network(self.path, record, member), record)

    def train_viewpoints(self) -> Predictor:
        """As ``train_network``, a network of viewpoints."""
        from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
        from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork

        observer = self.task.observer(self.record)

        def trained(member: int) -> Predictor:
            record = self._record_of(member)
            network = ViewpointNetwork(observer.layout, record.model)
            network.start(record.training.seed)
            if isinstance(first := self.first_weights(member), dict):
                network.load([first[name] for name in network.weights])
            self._train(network, lambda path: save_weights(path, network.named(), member), member)
            return ViewpointPredictor(network.named(), observer)

        load = partial(load_viewpoints, self.path, self.record, observer)
        return self._trained(trained, load)

    def load_viewpoints(self) -> Predictor:
        """The best weights, read without TensorFlow. Raises RunError."""
        observer = self.task.observer(self.record)
        return self._loaded(partial(load_viewpoints, self.path, self.record, observer))

    def first_weights(self, member: int) -> FirstWeights | None:
        """Those of its base; None where it has none, or goes on. Raises RunError."""
        before, base = self.record.base, self._base
        if before is None or file_of(self.path, CHECKPOINT, member).is_file():
            return None
        if self._first_weights is not None:
            return self._first_weights
        if base is None:
            raise RunError(
                f"{self.path}: was cut off before its training began; resume it with --from "
                f"{before.name}"
            )
        read = named_weights if self.config.spec.viewpoints else keras_weights
        return read(base.path, base.record, _own(base, member))

    def _record_of(self, member: int) -> Record:
        """With the seed of a network. Those of two runs whose seeds differ all differ."""
        training, count = self.record.training, self.config.ensemble
        seed = training.seed * count + member - 1
        return replace(self.record, training=replace(training, seed=seed))

    def _trained(
        self, train: Callable[[int], Predictor], load: Callable[[int], Predictor]
    ) -> Predictor:
        """Each network in turn, or shared out, until whoever waits interrupts one: the others are
        left out.
        """
        if self._only:
            return self._trained_here(self._only, train)
        waiting = list(range(1, self.config.ensemble + 1))
        predictors: list[Predictor] = []
        seconds = None
        while waiting and not (self._shared and self._shared.worth(len(waiting), seconds)):
            predictors.append(self._trained_here(member := waiting.pop(0), train))
            seconds = self.trained[member].record.seconds
            if self.trained[member].record.interrupted:
                break
        else:
            predictors += self._trained_elsewhere(waiting, load)
        self.record = self._joined()
        return averaged(predictors)

    def _trained_here(self, member: int, train: Callable[[int], Predictor]) -> Predictor:
        from melodyrnn.training.replicas import replicas_of

        self.computed_by = replicas_of(self._devices).said  # before anything is computed
        return train(member)

    def _trained_elsewhere(
        self, waiting: Sequence[int], load: Callable[[int], Predictor]
    ) -> list[Predictor]:
        if not waiting:
            return []
        assert self._shared, "it was worth sharing"
        found = self._shared.train(self, waiting)
        self.trained |= found
        if not self.trained:
            raise KeyboardInterrupt
        return [load(member) for member in sorted(found)]

    def _joined(self) -> Record:
        """What the run records of all its networks together."""
        records = {member: done.record for member, done in self.trained.items()}
        whole = len(records) == self.config.ensemble
        whole &= not any(record.interrupted for record in records.values())
        return replace(
            next(iter(records.values())),
            status=FINISHED if whole else INTERRUPTED,
            epochs=sum(record.epochs for record in records.values()),
            best_epoch=records[1].best_epoch if 1 in records else 0,
            seconds=round(sum(record.seconds for record in records.values()), 3),
        )

    def _loaded(self, load: Callable[[int], Predictor]) -> Predictor:
        """Every network, or those that there are of a training that was interrupted."""
        return averaged([load(member) for member in written_networks(self.path, self.record)])

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
                self.tensorboard,
                member,
                replicas.agree,
            )
        self.trained[member] = TrainedNetwork(record, files)

    def _progress_of(self, member: int) -> Progress:
        count = self.config.ensemble
        if count == 1:
            return self.progress

        def progress(done: int, total: int, words: str = "") -> None:
            before = (member - 1) * total
            network = Sentence("network {member} of {count}", member=member, count=count)
            self.progress(before + done, count * total, listed(words, network))

        return progress


def _own(base: RunInFolder, member: int) -> int:
    """The network of ``base`` with which a network begins: its only one, or that of its number."""
    return min(member, base.record.model.ensemble)
