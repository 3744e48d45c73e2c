"""One training on several devices, and in several processes."""

import csv
import json
import socket
import subprocess
import threading
from contextlib import ExitStack, contextmanager, suppress

import numpy as np
import pytest
from processes import running, wait_until

import melodyrnn
from melodyrnn.errors import ConfigError, MelodyError
from melodyrnn.models.backend import tf
from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig
from melodyrnn.models.networks import step_network
from melodyrnn.sequences.streams import MeasuredStream, lanes
from melodyrnn.system import devices as system
from melodyrnn.system.devices import ALONE, Devices, meet
from melodyrnn.system.progress import silent
from melodyrnn.training import replicas
from melodyrnn.training.replicas import Replicas, cut, replicas_of
from melodyrnn.training.streams import StreamProgram
from melodyrnn.training.trainer import Trainer

SETTINGS = {
    "model": "lstm",
    "held_out": 0.2,
    "epochs": 2,
    "units": 8,
    "dropout": 0.3,  # what is dropped out does not depend on who computes it
    "steps": 8,
    "batch": 6,
    "learning_rate": 0.01,
}


@pytest.fixture
def addresses():
    """Of two processes on this machine, at ports that are free."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = [each.getsockname()[1] for each in (one, other)]
    return tuple(f"127.0.0.1:{port}" for port in ports)


@pytest.fixture(autouse=True)
def nobody_says_which(monkeypatch):
    for name in system.NUMBERS:
        monkeypatch.delenv(name, raising=False)


def test_devices_are_a_number_or_addresses(monkeypatch):
    assert Devices.of() == Devices.of("1") == ALONE
    assert Devices.of(" 2 ") == Devices(local=2)
    both = Devices(hosts=("a:1", "b:2"), process=1)
    assert Devices.of("a:1, b:2", 1) == both
    assert (both.processes, both.leads, both.alone) == (2, False, False)
    monkeypatch.setenv("SLURM_PROCID", "1")
    assert Devices.of("a:1,b:2") == both
    assert Devices.of("a:1,b:2", 0).leads


@pytest.mark.parametrize(
    ("given", "process", "words"),
    [
        (0, None, "devices 0 is out of range; it is at least 1"),
        (2, 1, "process has no effect without addresses in devices; leave it out"),
        (None, 0, "process has no effect without addresses"),
        ("a:1,b", 0, "'b' is neither a number of devices nor an address such as 10.0.0.1:2222"),
        ("a:1,b:70000", 0, "'b:70000' is neither"),
        ("a:1,a:1", 0, "has an address twice; each process has one of its own"),
        ("a:1,b:2", 2, "process 2 is out of range; devices has 2 addresses, from 0"),
        ("a:1,b:2", None, "needs process: which of them this one is, from 0"),
    ],
)
def test_bad_devices_are_named(given, process, words):
    with pytest.raises(ConfigError) as caught:
        Devices.of(given, process)
    assert words in str(caught.value)


@pytest.mark.parametrize("settings", [{"model": "ppm"}, {"model": "mlp"}, {"songs": 1}])
def test_devices_without_effect_are_refused(nabiya, tmp_path, settings):
    songs = nabiya if settings.pop("songs", 0) else "songs"
    with pytest.raises(ConfigError, match="devices has no effect with"):
        melodyrnn.train(songs, devices=2, output=tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


def meeting(devices, *about):
    """What each process is told, by its number."""
    told = {}

    def come(number, said):
        process = Devices(hosts=devices, process=number)
        try:
            told[len(told), number] = meet(process, said, silent)
        except MelodyError as error:
            told[len(told), number] = str(error)

    threads = [threading.Thread(target=come, args=each) for each in about]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {number: said for (_, number), said in sorted(told.items())}


def test_processes_meet(addresses):
    same = {"batch": 32}
    assert meeting(addresses, (1, same), (0, same)) == {0: None, 1: None}


def test_a_stranger_is_passed_over(addresses):
    host, _, port = addresses[0].partition(":")
    leader = threading.Thread(target=meet, args=(Devices(hosts=addresses), {}, silent))
    leader.start()
    for said in (b"GET / HTTP/1.0\n", b"[]\n", b'{"process": "one"}\n'):
        connection = None
        while connection is None:
            with suppress(OSError):
                connection = socket.create_connection((host, int(port)))
        with connection:
            connection.sendall(said)
    meet(Devices(hosts=addresses, process=1), {}, silent)
    leader.join(timeout=10)
    assert not leader.is_alive()


def test_those_about_to_train_something_else_are_told_so(addresses):
    told = meeting(addresses, (1, {"batch": 16}), (0, {"batch": 32}))
    words = "process 1 has batch 16, and process 0 has 32; give the same command on both"
    assert told == dict.fromkeys((0, 1), f"devices: {words}")


def test_a_number_is_given_once(addresses):
    three = (*addresses, "127.0.0.1:1")
    told = meeting(three, (1, {}), (1, {}), (0, {}))
    assert told == dict.fromkeys(
        (0, 1), "process 1 is there twice; give each process a number of its own"
    )


@pytest.mark.parametrize("number", [0, 1])
def test_an_address_where_nobody_answers_is_named(addresses, monkeypatch, number):
    monkeypatch.setattr(system, "WAIT", 0.3)
    told = meeting(addresses, (number, {}))
    other = 1 - number
    assert told[number] == (
        f"devices: nobody answers at {addresses[other]} after 0.3 seconds; begin the same "
        f"command there with process {other}"
    )


def test_an_address_of_another_machine_is_named():
    told = meeting(("192.0.2.1:2222", "127.0.0.1:2223"), (0, {}))  # RFC 5737: nobody's
    assert "process 0 cannot listen at 192.0.2.1:2222" in told[0]


def test_rows_are_cut_evenly():
    assert cut(slice(2, 9), 3) == [slice(2, 5), slice(5, 7), slice(7, 9)]
    assert cut(slice(0, 1), 2) == [slice(0, 1), slice(1, 1)]


def trained(devices):
    config = StreamConfig(epochs=2, batch=5, steps=4)
    text = np.random.default_rng(2).integers(0, 7, (5, 13), dtype=np.int32)
    stream = lanes(list(text), 5, 4)
    settings = STREAM_MODEL | {"units": 8, "embedding": 3, "dropout": 0.3}
    model = step_network.build(ModelConfig("lstm", **settings), 7, 1)
    few = MeasuredStream.plain(lanes(list(text[:1]), 1, 4))  # a lane for two devices
    trainer = Trainer(StreamProgram(model, lambda epoch: stream, few, config, devices), config)
    trainer.run()
    return trainer


@pytest.fixture
def two_places(monkeypatch):
    """Two devices in one, for that of the tests was made before."""
    monkeypatch.setattr(replicas, "_places", lambda count: ["/CPU:0"] * count)
    yield Devices(local=2)
    replicas_of.cache_clear()


def test_two_devices_learn_what_one_does(two_places):
    one, two = trained(ALONE), trained(two_places)
    np.testing.assert_allclose(two.history, one.history, atol=1e-4)
    for mine, other in zip(one.program.states, two.program.states, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


def test_more_devices_than_lanes_are_refused(monkeypatch):
    monkeypatch.setattr(replicas, "_places", lambda count: ["/CPU:0"] * count)
    try:
        with pytest.raises(ConfigError, match="devices 6: 6 devices for 5 lanes; give fewer"):
            trained(Devices(local=6))
    finally:
        replicas_of.cache_clear()


def test_no_more_devices_than_there_are():
    replicas_of(ALONE)
    tf.constant(1) + 1  # TensorFlow has begun
    with pytest.raises(ConfigError, match="with fewer in this process; begin another one"):
        Replicas(Devices(local=3))


@contextmanager
def two_processes(addresses, folder, **settings):
    """A training by two commands at once."""
    asked = {**SETTINGS, **settings}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    with ExitStack() as opened:
        yield [
            opened.enter_context(
                running(
                    *("train", "songs", "-o", "together", "--devices", ",".join(addresses)),
                    *("--process", number, *options, "--json"),
                    cwd=folder,
                    stdout=subprocess.PIPE,
                )
            )
            for number in (0, 1)
        ]


def losses(run):
    with (run / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row["loss"]), float(row["val_bits"])] for row in rows])


def test_two_processes_train_one_model(addresses, tmp_path):
    with two_processes(addresses, tmp_path) as processes:
        alone = melodyrnn.train("songs", output=tmp_path / "alone", **SETTINGS)
        told = [each.communicate(timeout=120) for each in processes]
    assert [each.returncode for each in processes] == [0, 0], told
    first, second = (json.loads(output) for output, _ in told)
    assert (first["run"], second["run"]) == ("together", None)
    assert (first["devices"], second["devices"]) == ("process 0 of 2", "process 1 of 2")
    assert first["bits_per_note"] == second["bits_per_note"]
    assert first["bits_per_note"] == pytest.approx(alone.bits, abs=1e-4)
    np.testing.assert_allclose(losses(tmp_path / "together"), losses(alone.run.path), atol=1e-4)
    assert {each.name for each in tmp_path.iterdir()} == {"alone", "together"}


def test_a_process_that_is_killed_ends_the_others_and_the_run_goes_on(addresses, tmp_path):
    run = tmp_path / "together"
    with two_processes(addresses, tmp_path, epochs=100_000, patience=100_000) as processes:
        first, second = processes
        wait_until((run / "checkpoint" / "state.npz").exists, first)
        second.kill()
        _, errors = first.communicate(timeout=60)
    said = errors.decode().splitlines()[-1]
    assert first.returncode == 1
    assert said.startswith(f"error: --devices {','.join(addresses)}: another process is gone")
    with np.load(run / "checkpoint" / "state.npz") as state:
        before = len(state["history"])
    resumed = melodyrnn.train("songs", output=run, resume=True, epochs=before + 1)
    assert (resumed.record.status, resumed.record.epochs) == ("finished", before + 1)
