"""What a training is shared out to: devices of this machine, or processes on several machines.

Processes of one training meet before they begin: the first listens at its address, the others come
to it, and it compares what each is about to train.
"""

import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Self

from melodyrnn.errors import ConfigError
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

NUMBERS = ("MELODYRNN_PROCESS", "RANK", "SLURM_PROCID")
"""Variables of the environment that say which process this is: our own, that of torchrun and
Kubernetes' training jobs, and that of SLURM's srun.
"""

WAIT = 120.0
"""Seconds for which the processes wait for each other: they read the songs first."""

_AGAIN = 0.2  # seconds between two attempts
_ANSWER = 30.0  # seconds for a process that is connected
_LONGEST = 1 << 16  # bytes of what a process says of itself


@dataclass(frozen=True)
class Devices:
    """``local`` devices of this machine, of which 1 is the one that TensorFlow prefers; and the
    addresses of the processes that train together, of which this is number ``process``.
    """

    local: int = 1
    hosts: tuple[str, ...] = ()
    process: int = 0

    @classmethod
    def of(cls, given: int | str | None = None, process: int | None = None) -> Self:
        """From a number, such as 2, or addresses, such as ``a:2222,b:2222``. Raises ConfigError."""
        text = "" if given is None else str(given).strip()
        if not text or re.fullmatch(r"\d+", text):
            if process is not None:
                raise ConfigError(
                    "--process has no effect without addresses in --devices; leave it out"
                )
            if text and int(text) < 1:
                raise ConfigError(f"--devices {text} is out of range; it is at least 1")
            return cls(local=int(text or 1))
        hosts = tuple(host.strip() for host in text.split(","))
        for host in hosts:
            if not (found := re.fullmatch(r"\S+:(\d+)", host)) or not 0 < int(found[1]) < 2**16:
                raise ConfigError(
                    f"--devices: {host!r} is neither a number of devices nor an address such as "
                    "10.0.0.1:2222"
                )
        if len(set(hosts)) < len(hosts):
            raise ConfigError("--devices has an address twice; each process has one of its own")
        number = _number() if process is None else process
        if not 0 <= number < len(hosts):
            raise ConfigError(
                f"--process {number} is out of range; --devices has {len(hosts)} addresses, from 0"
            )
        return cls(hosts=hosts, process=number)

    @property
    def processes(self) -> int:
        return max(1, len(self.hosts))

    @property
    def alone(self) -> bool:
        """Whether nothing is shared out."""
        return self.local == self.processes == 1

    @property
    def leads(self) -> bool:
        """Whether this process leaves the run: one of them does."""
        return self.process == 0

    @property
    def given(self) -> str:
        """As the option has it."""
        return ",".join(self.hosts) or str(self.local)


ALONE = Devices()
"""One device of one process."""


def _number() -> int:
    for name in NUMBERS:
        if (text := os.environ.get(name, "")).isdigit():
            return int(text)
    raise ConfigError("--devices with addresses needs --process: which of them this one is, from 0")


def meet(devices: Devices, about: Mapping[str, Any], progress: Progress) -> None:
    """Wait for the other processes, and see that all are ``about`` to train the same.

    Raises ConfigError where one does not come, or is about to train something else.
    """
    if devices.processes == 1:
        return
    try:
        if devices.leads:
            _lead(devices, about, progress)
        else:
            _follow(devices, about, progress)
    except (TimeoutError, ValueError, OSError) as error:
        said = " ".join(str(error).split())[:100]
        raise ConfigError(
            f"--devices {devices.given}: the processes cannot meet ({said}); look at the addresses"
        ) from None


def _lead(devices: Devices, about: Mapping[str, Any], progress: Progress) -> None:
    host, port = _parted(devices.hosts[0])
    missing = set(range(1, devices.processes))
    deadline = time.monotonic() + WAIT
    with ExitStack() as opened:
        listening = opened.enter_context(_listening(host, port, devices))
        waiting = []
        while missing:
            progress(devices.processes - len(missing), devices.processes, "processes are here")
            listening.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                raise ConfigError(_absent(devices, min(missing))) from None
            opened.enter_context(connection)
            if (said := _introduced(connection)) is None:
                continue
            waiting.append(connection)
            number, theirs = said
            if problem := _problem(number, theirs, about, missing):
                for each in waiting:
                    _send(each, {"error": problem})
                raise ConfigError(problem)
            missing.remove(number)
        for each in waiting:
            _send(each, {})
            each.settimeout(_ANSWER)
            each.recv(1)  # who came hangs up first, and the port is free for what follows


def _follow(devices: Devices, about: Mapping[str, Any], progress: Progress) -> None:
    host, port = _parted(devices.hosts[0])
    deadline = time.monotonic() + WAIT
    words = Sentence("processes: waiting for {host}", host=devices.hosts[0])
    while True:
        progress(0, devices.processes, words)
        try:
            connection = socket.create_connection((host, port), timeout=_ANSWER)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise ConfigError(_absent(devices, 0)) from None
            time.sleep(_AGAIN)
    with connection:
        _send(connection, {"process": devices.process, "about": dict(about)})
        answer = _receive(connection, WAIT + _ANSWER)
    if "error" in answer:
        raise ConfigError(str(answer["error"]))


def _absent(devices: Devices, number: int) -> str:
    return (
        f"--devices: nobody answers at {devices.hosts[number]} after {WAIT:g} seconds; begin the "
        f"same command there with --process {number}"
    )


def _introduced(connection: socket.socket) -> tuple[int, Mapping[str, Any]] | None:
    """The number of the process that came, and what it is about to train; None of a stranger."""
    try:
        said = _receive(connection)
    except (ValueError, OSError):
        return None
    number, theirs = said.get("process"), said.get("about")
    return (number, theirs) if isinstance(number, int) and isinstance(theirs, dict) else None


def _problem(
    number: int, theirs: Mapping[str, Any], about: Mapping[str, Any], missing: set[int]
) -> str:
    """Why that process cannot take part; "" where it can."""
    if number not in missing:
        return f"--process {number} is there twice; give each process a number of its own"
    for name, here in about.items():
        if theirs.get(name) != here:
            return (
                f"--devices: process {number} has {name} {theirs.get(name)}, and process 0 has "
                f"{here}; give the same command on both"
            )
    return ""


@contextmanager
def _listening(host: str, port: int, devices: Devices) -> Iterator[socket.socket]:
    try:
        server = socket.create_server((host, port), backlog=devices.processes)
    except OSError as error:
        raise ConfigError(
            f"--devices: process 0 cannot listen at {devices.hosts[0]} ({error.strerror}); give "
            "an address of this machine, and a port that is free"
        ) from None
    with server:
        yield server


def _parted(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _send(connection: socket.socket, said: Mapping[str, Any]) -> None:
    connection.sendall(json.dumps(said).encode() + b"\n")


def _receive(connection: socket.socket, seconds: float = _ANSWER) -> dict[str, Any]:
    """One line of JSON. Raises ValueError, OSError."""
    connection.settimeout(seconds)
    line = b""
    while not line.endswith(b"\n"):
        part = connection.recv(4096)
        line += part
        if not part or len(line) > _LONGEST:
            raise ValueError("one hung up, or said something else")
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("one said something else")
    return found
