"""A run folder may come from anybody: it is read whole or refused in one line, and nothing more."""

import io
import json
import os
import shutil
import zipfile
import zlib
from math import nan

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import open_run
from melodyrnn.cli import main
from melodyrnn.data.packing import unpack
from melodyrnn.errors import RunError
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.numpy_network import read_weights
from melodyrnn.runs import archives
from melodyrnn.runs.carried import FOLDER

ESCAPE = "\x1b]0;owned\x07\x9b31m"


@pytest.fixture
def run(tmp_path):
    """A run on many tunes, of a network."""
    return shutil.copytree(FOLDER / "folk", tmp_path / "run")


def call(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def refused(run, words, *command):
    done = call(*(command or ("generate", run, "--length", "3")))
    assert done.exit_code == 1, done.output
    *_, last = done.stderr.splitlines()
    assert last.startswith(f"error: {run}")
    assert words in last, last
    return last


def record(run, **changes):
    document = json.loads((run / "run.json").read_text("utf-8"))
    (run / "run.json").write_text(json.dumps(document | changes), "utf-8")


def weights(run, change):
    with np.load(run / "weights.npz") as found:
        arrays = change(dict(found))
    np.savez(run / "weights.npz", **arrays)


def header(shape, dtype="<f4"):
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        content, {"descr": dtype, "fortran_order": False, "shape": shape}
    )
    return content.getvalue()


def npz(file, method=zipfile.ZIP_DEFLATED, **entries):
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)


def test_weights_that_unpack_to_more_than_there_can_be(run):
    size = 300_000_000
    npz(run / "weights.npz", last=header((size // 4,)) + bytes(size))
    refused(run, "is damaged or holds another network than run.json says")


@pytest.mark.parametrize(
    "content",
    [
        header((10**12,)),
        header((-1, -4)) + bytes(16),
        header((10**6, 10**6, 10**6, 0)),
        header((4,)) + bytes(15),
        header((1,), "|O") + bytes(8),
        b"\x93NUMPY\x09\x00",
        b"",
    ],
)
def test_an_array_of_other_numbers_than_it_says(run, content):
    npz(run / "weights.npz", last=content)
    refused(run, "weights.npz: is damaged")


def test_an_archive_of_many_entries_or_of_one_twice(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("a.npy", header((0,)))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.npy", header((0,)))
    with pytest.raises(ValueError, match="one twice"):
        archives.arrays((tmp_path / "x.npz").read_bytes(), 100)
    npz(tmp_path / "y.npz", method=zipfile.ZIP_LZMA, a=header((0,)))
    with pytest.raises(ValueError, match="in another way"):
        archives.arrays((tmp_path / "y.npz").read_bytes(), 1000)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite(run, value):
    weights(run, lambda arrays: arrays | {"kind_bias": np.full_like(arrays["kind_bias"], value)})
    refused(run, "weights.npz: is damaged")


def test_weights_of_another_shape(run):
    weights(run, lambda arrays: arrays | {"kind": arrays["kind"][:, :-1]})
    refused(run, "weights.npz: is damaged")


def test_a_file_larger_than_its_record_says(run):
    with (run / "weights.npz").open("r+b") as file:
        file.truncate(2_000_000_000)
    refused(run, "weights.npz: 2,000 MB, and a run such as its run.json says has less than")


@pytest.mark.parametrize("name", ["run.json", "weights.npz", "tunes/train"])
def test_a_link_out_of_the_folder(run, name, tmp_path):
    shutil.move(run / name, tmp_path / "elsewhere")
    (run / name).symlink_to(tmp_path / "elsewhere")
    refused(run, f"{name}: a link out of the run folder; put the file itself there")
    (run / name).unlink()
    shutil.move(tmp_path / "elsewhere", run / "elsewhere")
    (run / name).symlink_to(os.path.relpath(run / "elsewhere", (run / name).parent))
    assert call("generate", run, "--length", "3").exit_code == 0


def test_a_link_to_a_run_is_one(run, tmp_path):
    (tmp_path / "link").symlink_to(run)
    assert call("inspect", tmp_path / "link").exit_code == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"features": [[1.0]]}, "its features are not those of its vocabulary"),
        ({"unknown_rate": nan}, "a rate or a time that none can be"),
        ({"seconds": -1.0}, "a rate or a time that none can be"),
        ({"epochs": 3, "best_epoch": 4}, "its best epoch is 4 of 3"),
        ({"status": ESCAPE}, r"its status is '\x1b]0;owned"),
        ({"vocabulary": []}, "a vocabulary needs at least one symbol"),
        ({"task": ESCAPE}, "which is none of"),
        ({"metrics": 3}, "is damaged or no record of a run"),
        ({"epochs": "x"}, "is damaged or no record of a run"),
        ({"songs": [1]}, "is damaged or no record of a run"),
        ({"from": {"name": "x"}}, "is damaged or no record of a run"),
    ],
)
def test_parts_of_a_record_that_do_not_fit_each_other(run, changes, words):
    record(run, **changes)
    assert "\x1b" not in refused(run, words)


def test_a_record_that_nests_without_end(run):
    (run / "run.json").write_text("[" * 100_000)
    refused(run, "is damaged or no record of a run", "inspect", run)


def test_control_characters_of_a_record_reach_no_terminal(run):
    base = {"name": ESCAPE, "weights": "0", "songs": 1, "from": None}
    metrics = {ESCAPE: 1.0, "[red]x": 2, "songs": {ESCAPE: 3, "x": "y"}, "note": ESCAPE}
    record(run, metrics=metrics, versions={ESCAPE: ESCAPE}, **{"from": base})
    for options in ((), ("--json",)):
        done = call("inspect", run, *options)
        assert done.exit_code == 0, done.output
        assert not {"\x1b", "\x07", "\x9b"} & set(done.output)
    assert "[red]x" in call("inspect", run).output


def test_json_has_no_number_that_is_none(run):
    record(run, metrics={"bits": nan, "more": [float("inf"), {"x": -float("inf")}]})
    document = json.loads(call("inspect", run, "--json").stdout, parse_constant=pytest.fail)
    assert document["metrics"] == {"bits": None, "more": [None, {"x": None}]}


def test_tunes_that_unpack_without_end(run):
    (run / "tunes" / "train").write_bytes(zlib.compress(bytes(100_000_000)))
    refused(run, "tunes/train: is damaged")
    with pytest.raises(ValueError, match="unpacks to more than there can be"):
        unpack(zlib.compress(bytes(100_000_000)))


@pytest.fixture
def hdf5(tmp_path):
    """Changes a weights file of a small perceptron; gives what ``read_weights`` makes of it."""
    shapes = {"embedding": [(3, 2)], "dense": [(4, 5), (5,)], "dense_1": [(5, 3), (3,)]}

    def read(change=lambda layers: None, most=10**4):
        content = io.BytesIO()
        with h5py.File(content, "w") as file:
            for name, arrays in shapes.items():
                for place, shape in enumerate(arrays):
                    file[f"layers/{name}/vars/{place}"] = np.zeros(shape, np.float32)
            change(file["layers"])
        config = ModelConfig("mlp", input="embedding", embedding=2, window=2, layers=1, units=5)
        return read_weights(content.getvalue(), config, most)

    return read


def external(layers):
    del layers["dense/vars/0"]
    layers["dense/vars"].create_dataset(
        "0", (4, 5), "f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)]
    )


def elsewhere(layers):
    del layers["dense/vars/0"]
    layers["dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/x")


def round_about(layers):
    del layers["dense/vars/0"]
    layers["dense/vars/0"] = h5py.SoftLink("/layers/dense_1/vars/0")


def virtual(layers):
    del layers["dense/vars/0"]
    layout = h5py.VirtualLayout((4, 5), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4, 5))
    layers["dense/vars"].create_virtual_dataset("0", layout)


def vast(layers):
    del layers["dense/vars/0"]
    layers["dense/vars"].create_dataset("0", (10**9, 10**3), "f4", chunks=(100, 100))


def words(layers):
    del layers["dense/vars/0"]
    layers["dense/vars/0"] = "words"


def test_weights_are_read(hdf5):
    assert [array.shape for array in hdf5()] == [(3, 2), (4, 5), (5,), (5, 3), (3,)]


@pytest.mark.parametrize("change", [external, elsewhere, round_about, virtual, vast, words])
def test_weights_that_stand_elsewhere_or_are_too_many(hdf5, change):
    with pytest.raises((ValueError, OSError), match=r"weights that are too many|a link to it"):
        hdf5(change)
    with pytest.raises(ValueError, match="too many"):
        hdf5(most=100)


def test_a_run_that_may_not_be_read_is_not_called_damaged(run, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    said = refused(run, "run.json: cannot read: permission denied; ", "inspect", run)
    assert "train again" not in said


def test_want_of_memory_is_called_so(run, monkeypatch):
    def exhausted(*_):
        raise MemoryError

    monkeypatch.setattr("melodyrnn.runs.network_files.arrays", exhausted)
    refused(run, "weights.npz: takes more memory than there is")
    monkeypatch.setattr("melodyrnn.runs.record.Record.from_json", exhausted)
    with pytest.raises(RunError, match="takes more memory than there is"):
        open_run(run)
