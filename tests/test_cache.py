"""The cache saves time, and nothing else: whatever becomes of it, the songs are the same."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import warnings
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.data import cache, cached_files, cut_files, reading
from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.gather import gather
from melodyrnn.data.packing import join, pack, unpack, unpack_all
from melodyrnn.data.source_files import source_files
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.music.notation.text import parse
from tests.strategies import songs


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty cache's file; its folder is not there yet."""
    monkeypatch.setenv("MELODYRNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(reading, "_WORTH_KEEPING", 0.0)
    return tmp_path / "cache" / "tunes.sqlite"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "songs"
    folder.mkdir()
    for number, step in enumerate("cdefg"):
        (folder / f"{number}.mid").write_bytes(midi_bytes(parse(f"{step}4 a4 b8 r8")))
    (folder / "broken.mid").write_bytes(b"MThd")
    return folder


@pytest.fixture
def parsed(monkeypatch):
    """How often a file was parsed."""
    calls = []
    read_tunes = reading.read_tunes
    monkeypatch.setattr(reading, "read_tunes", lambda *a: calls.append(a) or read_tunes(*a))
    return calls


def quietly(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        return gather(source, **options)


def test_what_was_read_once_is_not_parsed_again(shelf, folder, parsed):
    first = quietly(folder)
    assert len(first) == 5
    assert len(parsed) == 6
    assert shelf.is_file()
    assert quietly(folder) == first
    assert len(parsed) == 6


def test_what_is_said_of_a_tune_is_said_again_with_its_name(shelf, folder):
    said = []
    for _ in range(2):
        with pytest.warns(MelodyWarning) as caught:
            gather(folder, report=True)
        said.append([str(one.message) for one in caught])
    other = folder.rename(folder.with_name("moved"))
    with pytest.warns(MelodyWarning) as caught:
        gather(other, report=True)
    said.append([str(one.message).replace("moved", "songs") for one in caught])
    assert said[0] == said[1] == said[2]
    assert said[0][0].startswith(f"{folder}/broken.mid: byte 4: it stops in its header")


def test_a_file_is_known_by_its_content(shelf, folder, parsed):
    quietly(folder)
    path = folder / "0.mid"
    known = path.stat()
    path.write_bytes(midi_bytes(parse("g4 a4 b8 r8")))
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))
    (folder / "1.mid").rename(folder / "new.mid")
    assert [named.song.notes[0].pitch.step for named in quietly(folder)] == list("gefgd")
    assert len(parsed) == 6  # g4 a4 b8 r8 is there under another name


def test_the_options_of_reading_are_part_of_the_key(shelf, folder, parsed):
    quietly(folder)
    quietly(folder, grid="8")
    quietly(folder, track="1")
    assert len(parsed) == 18


def test_other_readers_read_anew(shelf, folder, parsed, monkeypatch):
    quietly(folder)
    cache._way.cache_clear()
    monkeypatch.setattr(cache, "_readers", lambda: "others")
    quietly(folder)
    cache._way.cache_clear()
    assert len(parsed) == 12


@pytest.fixture
def opened(monkeypatch):
    """The files that were opened, in a world where none was changed lately."""
    monkeypatch.setattr(cache, "_SETTLED", -1)
    paths = []
    read_file = reading.read_file
    for reader in (reading, cached_files):
        monkeypatch.setattr(reader, "read_file", lambda path: paths.append(path) or read_file(path))
    return paths


def test_untouched_files_are_not_even_opened(shelf, folder, opened):
    songs = quietly(folder)
    opened.clear()
    assert quietly(folder) == songs
    assert opened == []


def test_a_touched_file_is_opened_and_all_is_right(shelf, folder, opened, parsed):
    quietly(folder)
    (folder / "3.mid").write_bytes(midi_bytes(parse("b4 b4 b8 r8")))
    opened.clear()
    assert [named.song.notes[0].pitch.step for named in quietly(folder)] == list("cdebg")
    assert opened
    assert len(parsed) == 7
    (folder / "3.mid").unlink()
    assert [named.song.notes[0].pitch.step for named in quietly(folder)] == list("cdeg")
    assert len(parsed) == 7


def test_other_options_of_untouched_files_open_them(shelf, folder, opened):
    quietly(folder)
    opened.clear()
    quietly(folder, track="1")
    assert opened


def test_files_changed_just_now_are_known_by_content_alone(folder, monkeypatch):
    paths = list(map(str, sorted(folder.iterdir())))
    assert cache.state_of(paths, None) is None
    monkeypatch.setattr(cache, "_SETTLED", -1)
    known = cache.state_of(paths, None)
    assert known == cache.state_of(paths, None) != cache.state_of(paths, "other options")
    assert known != cache.state_of(paths[1:], None)
    assert cache.state_of([str(folder / "absent.mid")], None) is None


DAMAGE = {
    "no database": lambda path: path.write_bytes(b"damaged" * 1000),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "empty": lambda path: path.write_bytes(b""),
    "another's": lambda path: (path.unlink(), sqlite3.connect(path).close()),
    "other values": lambda path: spoil(path, b"x"),
    "a changed value": lambda path: spoil(path, None),
    "a value of another shape": lambda path: spoil(path, pack([])[:-1] + b"?"),
}


def spoil(path, value):
    with sqlite3.connect(path) as database:
        for key, old in database.execute("SELECT key, value FROM tunes").fetchall():
            new = value or bytes([*old[:-6], old[-6] ^ 1, *old[-5:]])
            database.execute("UPDATE tunes SET value = ? WHERE key = ?", (new, key))
    database.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_read_anew_and_heals(damage, shelf, folder, parsed, opened):
    songs = quietly(folder)
    DAMAGE[damage](shelf)
    assert quietly(folder) == songs
    assert len(parsed) == 12
    quietly(folder)  # where it was no database, this is when it is made anew
    assert quietly(folder) == songs
    assert len(parsed) <= 18


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_WORTH_KEEPING", 0.0)
    (tmp_path / "file").touch()
    monkeypatch.setenv("MELODYRNN_CACHE", str(tmp_path / "file"))
    assert len(quietly(folder)) == 5


def test_the_cache_can_be_turned_off(shelf, folder, parsed, monkeypatch):
    monkeypatch.setenv("MELODYRNN_CACHE", "off")
    quietly(folder)
    quietly(folder)
    assert len(parsed) == 12
    assert not shelf.exists()


def test_the_cache_lies_in_the_user_s_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("MELODYRNN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache._place() == tmp_path / "melodyrnn" / "tunes.sqlite"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache._place().is_relative_to(tmp_path)


def aged(shelf, days, keys=None):
    """As if what is kept, or what is under ``keys``, had been used so many days before."""
    with sqlite3.connect(shelf) as database:
        for key in keys or [key for (key,) in database.execute("SELECT key FROM tunes").fetchall()]:
            database.execute("UPDATE tunes SET used = used - ? WHERE key = ?", (days * 86_400, key))
    database.close()


KEYS = [bytes([number]) * 16 for number in range(100)]


@pytest.fixture
def full(shelf, monkeypatch):
    """A cache of 100 values of 1,000 bytes, which is larger than it is to be."""
    assert cache.remember({key: key * 62 for key in KEYS})
    monkeypatch.setattr(cache, "LARGEST", 100_000)
    return shelf


def test_what_was_not_used_for_longest_goes_past_the_limit(full):
    aged(full, 9, KEYS[40:70])
    aged(full, 3, KEYS[:40])
    assert cache.recall(KEYS[40:50]).keys() == set(KEYS[40:50])  # now they were used
    size = full.stat().st_size
    cache.remember({b"new": b"value"})
    kept = cache.recall([*KEYS, b"new"]).keys()
    assert not kept & set(KEYS[50:70])
    assert kept >= {*KEYS[40:50], *KEYS[70:], b"new"}
    assert 41 < len(kept) < 80
    assert full.stat().st_size < size


def test_a_limit_takes_nothing_that_was_used_within_a_day(full):
    cache.remember({b"new": b"value"})
    assert len(cache.recall([*KEYS, b"new"])) == 101


def test_what_is_no_longer_to_be_kept_goes_though_nothing_comes(shelf):
    cache.remember({b"part": b"1", b"whole": b"2"})
    assert cache.remember({}, [b"part"])
    assert cache.recall([b"part", b"whole"]) == {b"whole": b"2"}


def test_a_reading_larger_than_the_cache_is_kept_whole(shelf, folder, parsed, monkeypatch):
    monkeypatch.setattr(cache, "LARGEST", 1)
    monkeypatch.setattr(cached_files, "_KEEP_EVERY", 0.0)  # each file by itself
    songs = quietly(folder)
    assert quietly(folder) == songs
    assert len(parsed) == 6


def test_a_cache_of_another_layout_is_begun_anew(shelf, folder, parsed):
    shelf.parent.mkdir()
    with sqlite3.connect(shelf) as database:
        database.execute("CREATE TABLE tunes (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    database.close()
    songs = quietly(folder)
    assert quietly(folder) == songs
    assert len(parsed) == 6


def test_what_cannot_be_written_now_is_written_later(shelf, folder, parsed, monkeypatch):
    monkeypatch.setattr(cached_files, "_KEEP_EVERY", 0.0)
    remember, busy = cache.remember, iter([True] * 3)
    monkeypatch.setattr(
        cache, "remember", lambda *values: not next(busy, False) and remember(*values)
    )
    songs = quietly(folder)
    assert quietly(folder) == songs
    assert len(parsed) == 6


def test_a_changed_file_of_many_changes_its_block_alone(shelf, tmp_path, opened, monkeypatch):
    monkeypatch.setattr(cached_files, "_BLOCK", 8)
    (tmp_path / "songs").mkdir()
    for number in range(60):
        (tmp_path / "songs" / f"{number:02}.txt").write_text("c4 d4 e4")
    quietly(tmp_path / "songs")
    for name, last in (("17.txt", "f"), ("175.txt", "g")):  # one is changed and one is new
        (tmp_path / "songs" / name).write_text(f"c4 d4 {last}4")
    opened.clear()
    songs = quietly(tmp_path / "songs")
    assert [named.song.notes[-1].pitch.step for named in songs[16:20]] == list("efge")
    assert 2 <= len(set(opened)) <= 30
    opened.clear()
    assert quietly(tmp_path / "songs") == songs
    assert opened == []


KILLED = """
import os, signal, sys
from melodyrnn.data import cached_files, reading
from melodyrnn.data.gather import gather

cached_files._KEEP_EVERY = reading._WORTH_KEEPING = 0.0
read_one = reading.read_one


def once(file):
    if file.file.endswith("3.mid"):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_one(file)


reading.read_one = once
gather(sys.argv[1])
"""


def test_a_reading_that_is_killed_loses_nothing_that_was_read(shelf, folder, parsed):
    ended = subprocess.run([sys.executable, "-c", KILLED, folder], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(quietly(folder)) == 5
    assert len(parsed) == 3  # 3.mid, 4.mid and broken.mid


def test_ctrl_c_in_a_reading_loses_nothing_that_was_read(shelf, folder, parsed, monkeypatch):
    def stopped(file):
        if file.file.endswith("3.mid"):
            raise KeyboardInterrupt
        return read_one(file)

    read_one = reading.read_one
    with monkeypatch.context() as once:
        once.setattr(reading, "read_one", stopped)
        with pytest.raises(KeyboardInterrupt):
            quietly(folder)
    assert len(parsed) == 3
    assert len(quietly(folder)) == 5
    assert len(parsed) == 6


def test_one_short_song_touches_no_cache(tmp_path, monkeypatch, nabiya):
    monkeypatch.setenv("MELODYRNN_CACHE", str(tmp_path / "cache"))
    gather(nabiya)
    assert not (tmp_path / "cache").exists()


@given(songs(), st.text(max_size=5), st.lists(st.text(max_size=9), max_size=2))
def test_any_tune_comes_back_from_its_bytes(song, label, remarks):
    tunes = [FileTune(label, song, remarks=tuple(remarks)), FileTune("", None, "ScoreError", "why")]
    assert unpack(pack(tunes)) == tunes


def test_equal_notes_are_one_object_after_reading():
    a, b = (unpack(pack([FileTune("", parse("c4 d4. c4"))]))[0].song for _ in range(2))
    assert a == b
    assert a.notes[0] is a.notes[2] is b.notes[0]


@given(st.lists(songs(), max_size=3))
def test_packs_of_files_are_joined(all_songs):
    files = [[FileTune(str(number), song)] for number, song in enumerate(all_songs)]
    assert unpack_all(join(map(pack, files))) == files


@given(st.binary(max_size=60))
def test_other_bytes_are_refused(data):
    with pytest.raises(ValueError, match="no packed tunes"):
        unpack(data)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=8))
def test_other_documents_are_refused_or_are_tunes(document):
    with suppress(ValueError):
        found = unpack(zlib.compress(json.dumps(document).encode()))
        assert all(isinstance(tune, FileTune) for tune in found)


def test_workers_read_the_same_songs(shelf, folder, monkeypatch, parsed):
    here = quietly(folder)
    shelf.unlink()
    calls = []
    monkeypatch.setattr(reading, "_WORTH_A_WORKER", 1e-6)
    monkeypatch.setattr(reading, "cores", lambda: 2)
    there = quietly(folder, progress=lambda done, all_, _: calls.append((done, all_)))
    assert there == here
    assert len(parsed) == 6  # none here the second time
    assert calls[0] == (0, 6)
    assert calls[-1] == (6, 6)
    assert quietly(folder) == here


@pytest.fixture
def many(tmp_path, monkeypatch):
    """An ABC file of many tunes, which is cut into some ten parts; two of five tunes are none."""
    monkeypatch.setattr(reading, "_WORTH_A_WORKER", 1e-6)
    monkeypatch.setattr(reading, "_CUT", 0.0)
    monkeypatch.setattr(reading, "_PART", 5e-4)
    monkeypatch.setattr(reading, "cores", lambda: 2)
    lines = ["% tunes", "C: Trad", "M: 3/4", ""]
    for number in range(1, 41):
        music = ("CDE|", "{c}GAB|[K:G]c3|", "C,,,,,,,,,DE|", "z4|", "ABc|")[number % 5]
        lines += [f"X:{number}", f"T: Tune {number}", "L:1/4", "K:C", music, "% between", ""]
    path = tmp_path / "many.abc"
    path.write_text("\n".join(lines))
    return path


def uncut(monkeypatch, path):
    """What it is read as, whole and here."""
    with monkeypatch.context() as one:
        one.setenv("MELODYRNN_CACHE", "off")
        one.setattr(reading, "_WORTH_A_WORKER", 1e9)
        return reading.read(source_files(path))


def test_a_cut_file_is_read_as_a_whole_one_is(shelf, many, monkeypatch, parsed):
    whole = uncut(monkeypatch, many)
    assert [tune.label for tune in whole[0]] == [str(number) for number in range(1, 41)]
    assert whole[0][1].why.startswith(f"{many}:16:1: a pitch with MIDI number")
    parsed.clear()
    calls = []
    cut = reading.read(source_files(many), progress=lambda *call: calls.append(call[:2]))
    assert cut == whole
    assert calls[-1][0] == calls[-1][1] > 5  # parts
    assert reading.read(source_files(many)) == whole
    assert parsed == []  # by workers, or not at all
    with sqlite3.connect(shelf) as database:  # the whole, twice: by its content and by its state
        assert database.execute("SELECT count(*) FROM tunes").fetchone()[0] <= 2
    database.close()


@pytest.mark.parametrize("times", [0, 1])
def test_a_file_that_is_cut_short_goes_on_where_it_was(times, shelf, many, monkeypatch):
    whole, read = uncut(monkeypatch, many), []

    def stop(units, jobs):
        for number, (unit, task, _) in enumerate(units):
            if number == 4:
                raise KeyboardInterrupt
            read.append(unit)
            units.put(unit, *reading.read_some([task])[0])

    with monkeypatch.context() as one:
        one.setattr(reading, "_share_out", stop)
        for _ in range(times + 1):
            with pytest.raises(KeyboardInterrupt):
                reading.read(source_files(many))
    assert len(set(read)) == len(read) == 4 * (times + 1)
    assert reading.read(source_files(many)) == whole


def test_the_text_of_one_file_is_in_hand_at_a_time(many, monkeypatch):
    other = many.with_name("other.abc")
    other.write_bytes(many.read_bytes())
    whole, cut, begun = uncut(monkeypatch, many.parent), cut_files.CutFile.of, []

    def here(units, jobs):
        for unit, task, _ in units:
            assert unit[0] == len(begun) - 1  # the file that was cut last
            units.put(unit, *reading.read_some([task])[0])

    monkeypatch.setattr(cut_files.CutFile, "of", lambda *how: begun.append(how) or cut(*how))
    monkeypatch.setattr(reading, "_share_out", here)
    calls = []
    told = lambda *call: calls.append(call[:2])  # noqa: E731
    assert reading.read(source_files(many.parent), progress=told) == whole
    assert len(begun) == 2
    assert calls[-1][0] == calls[-1][1]


def test_a_tune_that_kills_its_reader_costs_itself_only(many, monkeypatch, tmp_path):
    whole = uncut(monkeypatch, many)[0]
    (tmp_path / "deadly.py").write_text("import os\n\n\ndef read(*_):\n    os._exit(9)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    import deadly

    list_tunes = cut_files.list_tunes

    def with_one(*how):
        tunes = list_tunes(*how)
        return [*tunes[:7], (tunes[7][0], deadly.read), *tunes[8:]]

    monkeypatch.setattr(cut_files, "list_tunes", with_one)
    found = reading.read(source_files(many))[0]
    assert found[:7] + found[8:] == whole[:7] + whole[8:]
    assert found[7].why.startswith(f"{many}: tune 8: whoever read it was killed")


def test_a_file_that_vanishes_is_left_out(shelf, folder):
    found = source_files(folder)
    (folder / "0.mid").unlink()
    tunes = reading.read(found)
    assert tunes[0][0].why.startswith(f"{folder}/0.mid: no such file; did you mean '{folder}/")
    assert tunes[1][0].song


def test_a_song_s_own_table_and_marks_come_back():
    song = parse(
        "title: T\ncomposer: C\nmeter: 3/4\nkey: d minor\ntempo: 90\ncodes: c4 d4\n\nc4 d4"
    )
    assert unpack(pack([FileTune("1", song)]))[0].song == song
