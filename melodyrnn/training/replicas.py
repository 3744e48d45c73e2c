"""One training on several devices, and in several processes, which may be on other machines.

Every device holds the same weights for a step, and computes the gradient of its own rows of the
batch; gradients are summed, and each process makes the same step (synchronous data parallelism;
Chen et al. 2016, Revisiting distributed synchronous SGD). Within a process the devices are parts of
one graph. Between processes sums are TensorFlow's collectives (``tf.distribute``), on the
processors, so that one with a graphics card and one without train together.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from melodyrnn.errors import ConfigError, RunError
from melodyrnn.models.backend import tf
from melodyrnn.models.compiled_loops import program
from melodyrnn.models.types import Arrays, Tensor
from melodyrnn.system.devices import Devices

_AT_ONCE = 1 << 22  # numbers of a state that are sent in one piece


class Share(NamedTuple):
    """Rows of a batch, and the device that computes them: "" for whichever TensorFlow chooses."""

    rows: slice
    device: str


class Replicas:
    """The devices of this process, and its place among the others."""

    def __init__(self, devices: Devices) -> None:
        """Raises ConfigError where there are too few. Before anything else is computed."""
        self.devices = devices
        self.places = _places(devices.local)
        self._strategy = _strategy(devices) if devices.processes > 1 else None
        self._summed = program(self.total, reduce_retracing=True)

    def own(self, rows: int) -> slice:
        """Those of a batch that this process computes; none where there are too few."""
        return cut(slice(0, rows), self.devices.processes)[self.devices.process]

    def shares(self, rows: int, parts: int = 1) -> list[Share]:
        """Those rows by device or, on one device, in so many ``parts`` side by side."""
        count = max(len(self.places), parts)
        return [
            Share(part, self.places[number % len(self.places)])
            for number, part in enumerate(cut(self.own(rows), count))
            if part.start < part.stop
        ]

    def check(self, rows: int, what: str) -> None:
        """Raise ConfigError where a batch of so many leaves a device with nothing to do."""
        devices = self.devices
        if rows < (count := devices.processes * devices.local):
            raise ConfigError(
                f"--devices {devices.given}: {count} devices for {rows} {what}; give fewer devices "
                "or a larger --batch"
            )

    def total(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The sums of each over all processes, in a program that all of them call."""
        if self._strategy is None:
            return list(tensors)
        tensors = [tf.convert_to_tensor(tensor) for tensor in tensors]
        flat = tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], 0)  # one message a step
        gathered = self._strategy.run(lambda: flat)
        summed = self._strategy.reduce(tf.distribute.ReduceOp.SUM, gathered, axis=None)
        parts = tf.split(summed, [tf.size(tensor) for tensor in tensors])
        return [
            tf.reshape(part, tf.shape(tensor)) for part, tensor in zip(parts, tensors, strict=True)
        ]

    def sums(self, numbers: Sequence[float]) -> list[float]:
        """As ``total``, of numbers in hand."""
        if self._strategy is None:
            return list(numbers)
        (found,) = self._summed([tf.constant(numbers, tf.float64)])
        return [float(number) for number in found]

    def agree(self, state: Arrays) -> Arrays:
        """The state of the process that leads, in all of them."""
        if self._strategy is None:
            return state
        sent = BytesIO()
        if self.devices.leads:
            np.savez(sent, **state)  # type: ignore[arg-type]
        mine = np.frombuffer(sent.getvalue(), dtype=np.uint8)
        (size,) = self.sums([len(mine)])
        whole = np.zeros(int(size), dtype=np.int32)
        whole[: len(mine)] = mine
        pieces = [
            self._summed([tf.constant(whole[start : start + _AT_ONCE])])[0].numpy()
            for start in range(0, len(whole), _AT_ONCE)
        ]
        with np.load(BytesIO(np.concatenate(pieces).astype(np.uint8).tobytes())) as found:
            return dict(found)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While it lasts, that another process is gone is an error of this package: RunError."""
        try:
            yield
        except tf.errors.OpError as error:
            if self._strategy is None:
                raise
            raise RunError(
                f"--devices {self.devices.given}: another process is gone, and the training with "
                f"it ({type(error).__name__}); give the same command with --resume on each"
            ) from None

    @property
    def said(self) -> str:
        """What computes, where that is not the processor alone."""
        names = [_name(gpu) for gpu in tf.config.list_physical_devices("GPU")[: len(self.places)]]
        kinds = sorted(set(names))
        words = [f"{names.count(kind)} {kind}" for kind in kinds]
        if not names and len(self.places) > 1:
            words = [f"{len(self.places)} parts of the processor"]
        if self._strategy is not None:
            words.append(f"process {self.devices.process} of {self.devices.processes}")
        return ", ".join(words)


def gradients_of(tape: Any, loss: Tensor, variables: Sequence[Tensor]) -> list[Tensor]:
    """Zeros where this process has no rows of a batch."""
    zero = tf.UnconnectedGradients.ZERO
    return list(tape.gradient(loss, variables, unconnected_gradients=zero))


def cut(rows: slice, count: int) -> list[slice]:
    """A run of rows in ``count`` runs of equal lengths, but for one row."""
    whole, more = divmod(rows.stop - rows.start, count)
    ends = [rows.start + whole * number + min(number, more) for number in range(count + 1)]
    return [slice(*ends) for ends in pairwise(ends)]


@cache
def replicas_of(devices: Devices) -> Replicas:
    """One for each: a process takes part in one group only."""
    return Replicas(devices)


def _places(count: int) -> list[str]:
    """The names of so many devices: graphics cards or, where there are none, parts of the
    processor, which take no less time together than it does alone, and show that all is well.
    """
    if count == 1:
        return [""]
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        if len(gpus) < count:
            raise ConfigError(f"--devices {count}: this machine has {len(gpus)} graphics cards")
        return [f"/GPU:{number}" for number in range(count)]
    (cpu,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
    try:
        tf.config.set_logical_device_configuration(cpu, parts)
    except RuntimeError:  # TensorFlow has computed something already
        if len(tf.config.list_logical_devices("CPU")) < count:
            raise ConfigError(
                f"--devices {count}: TensorFlow is at work with fewer in this process; begin "
                "another one"
            ) from None
    return [f"/CPU:{number}" for number in range(count)]


def _strategy(devices: Devices) -> Any:
    """TensorFlow's own, of as many processes, which all have been met. It opens a port to them."""
    cluster = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": list(devices.hosts)}),
        task_type="worker",
        task_id=devices.process,
        num_accelerators={"GPU": 0},  # sums are made on the processors
        rpc_layer="grpc",
    )
    try:
        return tf.distribute.MultiWorkerMirroredStrategy(
            cluster,
            tf.distribute.experimental.CommunicationOptions(
                implementation=tf.distribute.experimental.CommunicationImplementation.RING
            ),
        )
    except (tf.errors.OpError, RuntimeError) as error:
        said = " ".join(str(error).split())[:100]
        raise ConfigError(
            f"--devices {devices.given}: TensorFlow cannot connect the processes ({said}); look "
            "at the addresses, or begin another process"
        ) from None


def _name(gpu: Any) -> str:
    name = tf.config.experimental.get_device_details(gpu).get("device_name", "graphics card")
    return str(name)
