"""Files that mean harm: refused in one line or read, in time and memory that grow with the file."""

import re
import signal
import time
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile import FILES, NOTE, abc, measure, note, xml, zipped

from melodyrnn.cli import main
from melodyrnn.errors import FileError, MelodyError, MelodyWarning, ScoreError
from melodyrnn.formats.deadline import TimeUpError, deadline
from melodyrnn.formats.format import Format
from melodyrnn.formats.read import read_song
from melodyrnn.limits import LIMITS, TITLE
from melodyrnn.music.song import Song

GIVEN = {
    "broken.abc": (abc("A" + ">" * 6000), ":6:5: two broken rhythms in a row"),
    "digits.abc": (abc(head=f"Q:{'9' * 400}\n"), "read"),
    "more-digits.abc": (abc(head=f"Q:{'1' * 5000}\n"), ": field Q: more than 400 characters"),
    "most-digits.abc": (abc(head=f"Q:{'1' * 60_000}\n"), ":5: more than 50,000 characters"),
    "brackets.abc": (abc("A" + "[" * 60_000), ":6: more than 50,000 characters in a line"),
    "ending.abc": (abc("[1 " + "C|" * 19_000), "read"),
    "ties.abc": (abc("A-" * 20_001), ":6:40001: more than 20,000 notes in a melody"),
    "rests.abc": (abc("A" + "Z999" * 2000), ": more than 20,000 bars in a voice"),
    "notes.mxl": (zipped(xml(measure(NOTE * 21_000))), ": more than 20,000 notes in a melody"),
    "beats.xml": (FILES["beats.xml"](10**7), ": bar 1: <beats> is 10000000, and lies from 0 to 99"),
    "ending.xml": (FILES["ending.xml"](10**9), ": bar 1: <ending number> is 1000000000, and at"),
    "negative.xml": (xml(measure(note("-1") + NOTE * 9)), ": bar 1: <duration> is -1, and lies"),
    "infinite.xml": (xml(measure(note("inf") + NOTE * 9)), ": bar 1: <duration> is inf, and lies"),
    "entries.mxl": (zipped(xml(measure(NOTE * 9)), 1001), ": more than 1,000 files in an archive"),
    "spines.krn": (FILES["notes.krn"](60_000), ": more than 50,000 lines in a Humdrum piece"),
    "digits.krn": (FILES["digits.krn"](5000), ": line 3: '4444444444…' is no duration"),
    "notes.txt": (b"c4 d4 " * 20_000, ":1:1: more than 20,000 notes in a melody"),
    "notes.mid": (FILES["notes.mid"](100_001), ": more than 100,000 notes in a MIDI file"),
    "melody.mid": (FILES["notes.mid"](20_001), ": more than 20,000 notes in a melody"),
}
"""File -> what it holds, and what is said of it; "read" where it is a song."""


@pytest.mark.parametrize("name", GIVEN)
def test_a_file_that_means_harm_is_one_line_or_a_song(name, tmp_path):
    content, said = GIVEN[name]
    path = tmp_path / name
    path.write_bytes(content)
    begun = time.process_time()
    done = CliRunner().invoke(main, ["inspect", str(path), "--window", "1"])
    assert time.process_time() - begun < 5
    assert done.exit_code == (said != "read"), done.output
    if said != "read":
        *_, last = done.stderr.splitlines()
        assert last.startswith(f"error: {path}{said}")
        assert ";" in last


def seconds(name, size, folder, times):
    """Of reading the file; the best of so many ``times``."""
    path = folder / f"{size}-{name}"
    path.write_bytes(FILES[name](size))
    taken = []
    for _ in range(times):
        begun = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MelodyWarning)
            try:
                assert isinstance(read_song(path), Song)
            except MelodyError as error:
                message = str(error)
                assert message.startswith(str(path))
                assert "fault of melodyrnn" not in message
                assert len(message) < 1000
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("name", FILES)
def test_time_grows_with_the_file(name, tmp_path):
    """Four times the size takes four times as long; the square would be sixteen. On a busy machine
    one time of three.
    """
    size = 150 if Path(name).suffix in (".xml", ".krn", ".mxl") else 1000
    taken = []
    for times in (1, 2, 2):
        little, much = (seconds(name, count, tmp_path, times) for count in (size, 4 * size))
        if much < 8 * little + 0.2:
            return
        taken.append((little, much))
    raise AssertionError(taken)


def test_the_square_would_be_seen(tmp_path, monkeypatch):
    def slow(path):
        end = time.process_time() + (path.stat().st_size / 30_000) ** 2
        while time.process_time() < end:
            pass
        return Song(())

    monkeypatch.setattr("test_limits.read_song", slow)
    with pytest.raises(AssertionError):
        test_time_grows_with_the_file("notes.txt", tmp_path)


def test_a_long_title_is_cut():
    for title in ("x" * 10**6, "\u0301\u0323" * 10**6, "\u0958" * 1000, "a " * 10**6):
        song = Song((), title=title)
        assert len(song.title) <= TITLE.most
        assert Song((), title=song.title) == song


def spin(*_, **__):
    while True:
        time.process_time()


def swallow(*_, **__):
    """As a library that catches everything."""
    for _ in range(3):
        try:
            spin()
        except BaseException:
            continue
    spin()


def exhausted(*_, **__):
    raise MemoryError


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="no clock of the processor's time")
@pytest.mark.parametrize("reader", ["spin", "swallow"])
def test_what_takes_too_long_is_ended(reader, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("melodyrnn.formats.format.PATIENCE", 0.1)
    slow = Format("slow", (".slow",), read=f"test_limits:{reader}", file_seconds=0)
    with pytest.raises(FileError, match=r"^x\.slow: not read after 0 seconds of work; cut it, or"):
        slow.read_song(b"", "x.slow", None, None)
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_a_clock_that_is_in_use_is_left_alone():
    before = signal.signal(signal.SIGPROF, swallow)
    try:
        with deadline(0.01):
            begun = time.process_time()
            while time.process_time() < begun + 0.1:
                pass
    finally:
        signal.signal(signal.SIGPROF, before)
    with pytest.raises(TimeUpError), deadline(0.01):
        spin()


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        ("exhausted", "takes more memory than there is; cut it"),
        ("missing", "cannot be read as odd .AttributeError: .*, which is a fault of melodyrnn"),
    ],
)
def test_whatever_goes_wrong_is_one_line(reader, said, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    odd = Format("odd", (".odd",), read=f"test_limits:{reader}")
    with pytest.raises(FileError if reader == "exhausted" else ScoreError, match=f"^x.odd: {said}"):
        odd.read_song(b"", "x.odd", None, None)


def test_the_page_has_the_same_table():
    page = (Path(__file__).parent.parent / "docs" / "safety.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\d,]+) \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert rows == [(f"{each.most:,}", each.what, each.why) for each in LIMITS.values()]


def test_every_limit_says_why():
    assert len(LIMITS) > 10
    for limit in LIMITS.values():
        assert limit.most > 0
        assert limit.why
        assert re.fullmatch(r"more than [\d,]+ \w.*; \w.*", limit.told)
