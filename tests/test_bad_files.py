"""One bad file stops nothing: it is left out, and it is said which one and why."""

import json
import os
import sys

import pytest
from click.testing import CliRunner
from hostile import FILES, abc

from melodyrnn.cli import main
from melodyrnn.data import reading
from melodyrnn.data.cached_files import FileToRead
from melodyrnn.data.file_tunes import FILE, FileTune
from melodyrnn.data.gather import gather, gather_all
from melodyrnn.data.reading import read_one
from melodyrnn.errors import MelodyWarning
from melodyrnn.files import shown
from melodyrnn.formats.format import Format

SCALE = "c4 d4 e4 f4 g4 a4 b4 c'4\n"
NOT_UTF8 = os.fsdecode(b"caf\xe9.txt")


def test_a_folder_with_a_bad_tune_is_learned(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "bad.abc").write_bytes(FILES["tempo.abc"](5000))
    (tmp_path / "songs" / "good.txt").write_text(SCALE)
    done = CliRunner().invoke(main, ["train", "songs", "--model", "ngram", "--quiet"])
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("note: left out 1 of 2 tunes: more than … characters in a number")
    assert ", in bad.abc; --report lists them" in done.stderr
    record = json.loads((tmp_path / "runs" / "good-ngram" / "run.json").read_text())
    assert [song["name"] for song in record["songs"]] == ["good"]


def explode(data, name, **_):
    raise {
        b"memory": MemoryError(),
        b"deep": RecursionError("too deep"),
        b"odd": ZeroDivisionError("division by zero"),
    }[data]


def stop(*_, **__):
    os._exit(9)


@pytest.fixture
def odd(monkeypatch):
    """``.txt`` files are read by the functions above."""

    def by(function):
        monkeypatch.syspath_prepend(os.path.dirname(__file__))  # noqa: PTH120
        row = Format("text", (".txt",), read=f"test_bad_files:{function}")
        monkeypatch.setattr(reading, "format_of", lambda path: row)

    return by


def test_whatever_goes_wrong_with_a_file_leaves_out_that_one(tmp_path, odd):
    odd("explode")
    for kind in ("memory", "deep", "odd"):
        (tmp_path / f"{kind}.txt").write_text(kind)
    (tmp_path / "tune.abc").write_bytes(abc())
    with pytest.raises(Exception, match="no song in it"):
        gather_all(tmp_path)
    for kind, words in {
        "memory": "takes more memory than there is",
        "deep": "cannot be read as text (RecursionError: too deep)",
        "odd": "cannot be read as text (ZeroDivisionError: division by zero)",
    }.items():
        _, packed = read_one(FileToRead(str(tmp_path / f"{kind}.txt"), None, None))
        [tune] = reading.unpack(packed)
        assert tune.why.startswith(f"{FILE}: {words}")


def test_what_may_be_read_another_time_is_not_kept(tmp_path, odd):
    odd("explode")
    (tmp_path / "x.txt").write_text("memory")
    assert read_one(FileToRead(str(tmp_path / "x.txt"), None, None))[0] == b""
    (tmp_path / "x.txt").write_text("odd")
    assert read_one(FileToRead(str(tmp_path / "x.txt"), None, None))[0]


def work(files):
    """Of a worker, which some files kill."""
    names = [file.file for file in files]
    if "deadly" in names:
        os._exit(9)
    return [(b"", reading.pack([FileTune(name, None)])) for name in names]


def test_a_file_that_kills_its_reader_is_left_out(monkeypatch):
    monkeypatch.syspath_prepend(os.path.dirname(__file__))  # noqa: PTH120
    monkeypatch.setattr(reading, "read_some", work)
    monkeypatch.setattr(reading, "_cost", lambda file: 0.2)  # seconds: two in a part, two workers
    names = ["a", "deadly", "b", "c", "d"]
    found = {}
    reading._read(
        {number: FileToRead(name, None, None) for number, name in enumerate(names)},
        lambda number, tunes, key, packed: found.update({names[number]: tunes}),
    )
    [tune] = found.pop("deadly")
    assert tune.why == f"{FILE}: {reading._LOST}"
    assert found == {name: [FileTune(name, None)] for name in "abcd"}


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are Unicode here")
def test_a_name_that_is_no_utf8_is_read_and_shown_escaped(tmp_path, melodyrnn):
    (tmp_path / NOT_UTF8).write_text(SCALE)
    (tmp_path / f"bad{NOT_UTF8}").write_text("h4")
    with pytest.warns(MelodyWarning, match=r"in badcaf\\xe9\.txt; "):
        [named] = gather(tmp_path)
    assert named.name == r"caf\xe9"
    done = melodyrnn("train", NOT_UTF8, "--model", "ngram", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["run"] == "runs/caf-xe9-ngram"
    assert melodyrnn("inspect", "runs/caf-xe9-ngram", cwd=tmp_path).returncode == 0
    done = melodyrnn("inspect", f"bad{NOT_UTF8}", cwd=tmp_path)
    assert (
        done.stderr == r"error: badcaf\xe9.txt:1:1: unknown pitch 'h4'; pitches are a to g" + "\n"
    )
    done = melodyrnn("inspect", f"no{NOT_UTF8}", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: nocaf")
    done = melodyrnn("render", NOT_UTF8, "-o", os.fsdecode(b"\xff.mid"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / os.fsdecode(b"\xff.mid")).is_file()


def test_names_are_shown():
    assert shown("나비야.txt") == "나비야.txt"
    assert shown(NOT_UTF8) == r"caf\xe9.txt"
    assert shown("\ud800") == r"\ud800"
