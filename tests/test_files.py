import os
import stat
from pathlib import Path

import pytest
from marks import unprivileged

from melodyrnn.errors import MelodyError
from melodyrnn.files import exists, is_folder, numbered, read_bytes, suggest, write_atomically

TOO_LONG = "x" * 300


def message(call, *arguments):
    with pytest.raises(MelodyError) as caught:
        call(*arguments)
    return str(caught.value)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "song.txt"
    path.write_text("old")
    assert write_atomically(path, "나비야") == path
    assert path.read_bytes() == "나비야".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "kept").mkdir()
    link = tmp_path / "song.txt"
    link.symlink_to(tmp_path / "kept" / "there.txt")
    assert write_atomically(link, "new") == link
    assert link.is_symlink()
    assert (tmp_path / "kept" / "there.txt").read_text() == "new"


def test_a_name_as_long_as_the_system_takes_can_be_written(tmp_path):
    path = tmp_path / ("나" * 83 + ".txt")  # 253 bytes of 255
    write_atomically(path, "song")
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_the_system_refuses_is_one_line(tmp_path):
    path = tmp_path / TOO_LONG
    assert not exists(path)
    assert not is_folder(path)
    for call in (lambda: read_bytes(path, 9), lambda: write_atomically(path, "")):
        assert message(call).startswith(f"{path}: cannot ")
        assert "name too long" in message(call)


def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "song.txt"
    os.mkfifo(path)
    assert message(read_bytes, path, 9) == f"{path}: not a regular file; name a file"
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_the_nearest_name_is_never_the_one_that_was_asked_for(tmp_path):
    link = tmp_path / "song.txt"
    link.symlink_to(tmp_path / "nowhere")
    assert suggest(link) == ""
    (tmp_path / "songs.txt").touch()
    assert suggest(link) == f"; did you mean '{tmp_path / 'songs.txt'}'?"


def test_a_file_larger_than_allowed_is_not_read(tmp_path):
    path = tmp_path / "big.txt"
    path.write_bytes(bytes(3_000_000))
    assert message(read_bytes, path, 2_000_000) == (
        f"{path}: 3 MB is too large for a melody; files of up to 2 MB are read"
    )


@unprivileged
def test_a_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    said = message(write_atomically, Path(tmp_path, "song.mid"), "")
    tmp_path.chmod(0o700)
    assert said == (
        f"{tmp_path}/song.mid: cannot write: permission denied; choose another place with output"
    )


def test_several_files_are_numbered_in_order():
    assert numbered(Path("a/take.mid"), 1) == [Path("a/take.mid")]
    names = [path.name for path in numbered(Path("a/take.two.mid"), 10)]
    assert names[0] == "take.two-01.mid"
    assert names == sorted(names)
    assert len(set(names)) == 10
