"""The one door: every suffix comes in, and what cannot is refused with a remedy."""

import os
import re
import zipfile
from pathlib import Path

import pytest

from melodyrnn.data.gather import Named, gather
from melodyrnn.errors import ConfigError, FileError, MelodyError, MelodyWarning, NotationError
from melodyrnn.formats.abc.write import abc
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.formats.musicxml.write import musicxml
from melodyrnn.formats.read import read_song
from melodyrnn.formats.registry import readers
from melodyrnn.music.notation.text import parse

SONG = parse("title: 나비야\nmeter: 2/4\n\ng8 e8 e4 | f8 d8 d4")
KERN = "!!!OTL: 나비야\n**kern\n*M2/4\n=1\n8g\n8e\n4e\n=2\n8f\n8d\n4d\n==\n*-\n"
CONTAINER = '<container><rootfiles><rootfile full-path="a/나비.xml"/></rootfiles></container>'


def compressed(path, **parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("a/나비.xml", parts.get("score", musicxml(SONG)))


WRITERS = {
    ".txt": lambda path: path.write_text("title: 나비야\nmeter: 2/4\ng8 e8 e4 f8 d8 d4", "utf-8"),
    ".mid": lambda path: path.write_bytes(midi_bytes(SONG)),
    ".midi": lambda path: path.write_bytes(midi_bytes(SONG)),
    ".kar": lambda path: path.write_bytes(midi_bytes(SONG)),
    ".rmi": lambda path: path.write_bytes(midi_bytes(SONG)),
    ".smf": lambda path: path.write_bytes(midi_bytes(SONG)),
    ".musicxml": lambda path: path.write_text(musicxml(SONG), "utf-8"),
    ".xml": lambda path: path.write_text(musicxml(SONG), "utf-8"),
    ".mxl": compressed,
    ".abc": lambda path: path.write_text(abc(SONG), "utf-8"),
    ".krn": lambda path: path.write_text(KERN, "utf-8"),
}


def test_every_suffix_is_tested():
    assert WRITERS.keys() == readers().keys()


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_format_gives_the_same_song(suffix, tmp_path):
    path = tmp_path / f"나비{suffix.upper()}"
    WRITERS[suffix](path)
    assert read_song(path) == SONG


def message(path):
    with pytest.raises(MelodyError) as raised:
        read_song(path)
    return str(raised.value)


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_missing_file_is_named_with_its_nearest(suffix, tmp_path):
    (tmp_path / f"nabiya{suffix}").touch()
    assert message(tmp_path / f"nabija{suffix}") == (
        f"{tmp_path}/nabija{suffix}: no such file; did you mean '{tmp_path}/nabiya{suffix}'?"
    )


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_folder_is_no_file(suffix, tmp_path):
    folder = tmp_path / f"songs{suffix}"
    folder.mkdir()
    assert message(folder) == f"{folder}: a folder; name a file in it"


def pipe(path):
    os.mkfifo(path)


def loop(path):
    path.symlink_to(path)


def huge(path):
    with path.open("wb") as file:
        file.truncate(100_000_000)


def missing(path):
    assert not path.exists()


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("make", [missing, Path.mkdir, pipe, loop, huge])
def test_what_is_no_file_to_read_is_one_class_of_error(suffix, make, tmp_path):
    path = tmp_path / f"song{suffix}"
    make(path)
    with pytest.raises(FileError, match="^" + re.escape(str(path))):
        read_song(path)


@pytest.mark.parametrize("suffix", ["", ".doc"])
@pytest.mark.parametrize("make", [missing, Path.mkdir])
def test_a_suffix_that_nobody_knows_changes_nothing(suffix, make, tmp_path):
    path = tmp_path / f"song{suffix}"
    make(path)
    with pytest.raises(FileError, match="^" + re.escape(str(path))):
        read_song(path)


def test_a_missing_source_is_the_same_error(tmp_path):
    for name in ("song.mid", "song.doc", "folder", "*.mid"):
        with pytest.raises(FileError, match=r"no such file|matches no file"):
            gather(str(tmp_path / name))


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_huge_file_is_refused_unread(suffix, tmp_path):
    path = tmp_path / f"huge{suffix}"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    most = 2 if suffix in (".txt", ".mid", ".midi", ".kar", ".rmi", ".smf") else 20
    assert message(path) == (
        f"{path}: 100 MB is too large for a melody; files of up to {most} MB are read"
    )


def test_an_unknown_suffix_names_those_there_are(tmp_path):
    path = tmp_path / "song.musixml"
    path.touch()
    assert message(path) == (
        f"{path}: unknown kind of file '.musixml'; is it a '.musicxml'? songs end in "
        ".txt .mid .midi .kar .rmi .smf .musicxml .xml .mxl .abc .krn .parquet"
    )


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
NOT_UTF_8 = "byte 0 is not UTF-8 text; save it as UTF-8"


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        (".txt", NOT_UTF_8),
        (".abc", NOT_UTF_8),
        (".krn", NOT_UTF_8),
        (".mxl", "not a compressed score; export it again"),
    ],
)
def test_a_picture_is_no_song(suffix, said, tmp_path):
    path = tmp_path / f"song{suffix}"
    path.write_bytes(PNG)
    assert message(path) == f"{path}: {said}"


@pytest.mark.parametrize("suffix", [".musicxml", ".xml"])
def test_a_picture_is_no_xml(suffix, tmp_path):
    path = tmp_path / f"song{suffix}"
    path.write_bytes(PNG)
    assert message(path) == (
        f"{path}:1:1: not whole XML (not well-formed (invalid token)); export the score again"
    )


@pytest.mark.parametrize(
    ("suffix", "text"),
    [(".txt", "r4 r4"), (".abc", "X:1\nK:C\nz4 |"), (".krn", "**kern\n4r\n*-\n")],
)
def test_rests_alone_are_no_song(suffix, text, tmp_path):
    path = tmp_path / f"song{suffix}"
    path.write_text(text)
    assert re.fullmatch(r".*: (there are no notes in it|no notes with a pitch; .*)", message(path))


def test_a_folder_is_all_songs_below_it(tmp_path):
    (tmp_path / "deep").mkdir()
    for suffix in (".abc", ".krn", ".txt"):
        WRITERS[suffix](tmp_path / "deep" / f"song{suffix}")
    (tmp_path / "broken.abc").write_text("no tune")
    (tmp_path / "notes.md").write_text("no song")
    with pytest.warns(MelodyWarning) as caught:
        songs = gather(tmp_path)
    assert [(named.name, named.song) for named in songs] == [("song", SONG)] * 3
    assert [str(warning.message) for warning in caught] == [
        "left out 1 of 4 tunes: not ABC, in broken.abc; report=True lists them"
    ]
    with pytest.warns(MelodyWarning) as caught:
        gather(tmp_path, report=True)
    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path}/broken.abc: not ABC: no 'K:' line; a tune begins with X:, T:, M:, L: and K:"
    ]


TUNES = """%abc-2.1
C: Trad

X:1
T: One
L:1/4
K:C
CDEF|

X:2
T: Two
M:3/4
L:1/4
K:G
GAB|

X:3
T: No notes
K:C
z4|

X:4
K:C
L:1/11
CDE|
"""
UNWRITABLE = (
    "X:4: bar 1: a note of 4/11 quarter notes cannot be written; "
    "durations are multiples of 1/20160; grid 16 quantises to 16ths"
)


def said(call):
    with pytest.warns(MelodyWarning) as caught:
        result = call()
    return result, [str(warning.message) for warning in caught]


def refused(*sources):
    with pytest.raises(MelodyError) as raised:
        gather(sources)
    return str(raised.value)


def test_an_abc_file_of_many_tunes_is_all_of_them(tmp_path):
    path = tmp_path / "many.abc"
    path.write_text(TUNES)
    named, messages = said(lambda: gather(path))
    assert [one.name for one in named] == ["many-1", "many-2"]
    assert [one.song.title for one in named] == ["One", "Two"]
    assert [one.song.composer for one in named] == ["Trad", "Trad"]
    assert [note.pitch.step for note in named[1].song.notes] == list("gab")
    assert messages == [
        "left out 2 of 4 tunes: no notes with a pitch, a note of … quarter notes cannot be "
        "written, in many.abc; report=True lists them"
    ]
    _, messages = said(lambda: gather(path, report=True))
    assert messages == [
        f"{path}: X:3: no notes with a pitch; choose a score with a melody",
        f"{path}: {UNWRITABLE}",
    ]


def test_one_song_of_many_is_the_first_and_that_is_said(tmp_path):
    path = tmp_path / "many.abc"
    path.write_text(TUNES)
    song, messages = said(lambda: read_song(path))
    assert song.title == "One"
    assert messages == [f"{path}: 4 tunes in it; took the first"]


def test_tunes_of_the_same_number_are_counted(tmp_path):
    path = tmp_path / "same.abc"
    path.write_text("X:1\nK:C\nCDE|\n\nX:1\nK:C\nEDC|\n")
    assert [named.name for named in gather(path)] == ["same-1", "same-2"]


def test_an_error_in_a_tune_names_the_line_of_the_file(tmp_path):
    path = tmp_path / "many.abc"
    path.write_text("X:1\nK:C\nCDE|\n\nX:2\nK:C\nC,,,,,,,,,DE|\n")
    _, messages = said(lambda: gather(path, report=True))
    assert messages[0].startswith(f"{path}:7:1: a pitch with MIDI number")


def test_globs_match_files_and_folders_downwards(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("one.txt", "a/two.txt", "a/b/three.txt", "a/b/.hidden.txt", "a/notes.md"):
        (tmp_path / name).write_text("c4 d4")

    def names(pattern):
        return [named.name for named in gather(pattern)]

    assert names("*.txt") == ["one"]
    assert names("**/*.txt") == ["three", "two", "one"]
    assert names("*/*.txt") == ["two"]
    assert names(f"{tmp_path}/a/*") == ["three", "two"]  # the folder b is searched
    assert names("[o]ne.*") == ["one"]
    assert refused("*.mid") == "*.mid: matches no file; * stands for any name, ** for any folders"
    assert refused("a/*.md") == (
        "a/*.md: no song among 1 matches; songs end in "
        ".txt .mid .midi .kar .rmi .smf .musicxml .xml .mxl .abc .krn .parquet"
    )


def test_a_file_whose_name_looks_like_a_glob_is_itself(tmp_path):
    (tmp_path / "song[1].txt").write_text("c4 d4")
    assert [named.name for named in gather(tmp_path / "song[1].txt")] == ["song[1]"]


def test_a_corpus_of_nothing(tmp_path):
    assert refused(tmp_path) == (
        f"{tmp_path}: no song in this folder; songs end in "
        ".txt .mid .midi .kar .rmi .smf .musicxml .xml .mxl .abc .krn .parquet"
    )
    assert refused() == "no song was given; name a file, such as songs/nabiya.txt"


def test_none_taken_names_the_reasons(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("r4 r4")
    (tmp_path / "4.mid").write_bytes(b"")
    assert refused(tmp_path) == (
        f"{tmp_path}: no song in it: there are no notes in it (3), not a MIDI file"
    )


def test_a_corpus_of_one_tune(tmp_path):
    (tmp_path / "one.txt").write_text("c4 d4")
    assert [named.name for named in gather(tmp_path)] == ["one"]


def test_a_corpus_half_broken_works_and_says_so_in_one_line(tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text("c4 d4" if number % 2 else f"c4 d{number}9")
    named, messages = said(lambda: gather(tmp_path))
    assert len(named) == 10
    assert messages == [
        "left out 10 of 20 tunes: unknown duration '…' (10), in 0.txt, 10.txt, 12.txt and 7 "
        "more; report=True lists them"
    ]


def test_a_file_named_itself_must_be_a_song(tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("c4 d4")
    bad.write_text("h4")
    assert refused(good, bad) == f"{bad}:1:1: unknown pitch 'h4'; pitches are a to g"
    with pytest.raises(NotationError):
        gather([good, bad])
    assert refused(good, tmp_path / "god.txt") == (
        f"{tmp_path}/god.txt: no such file; did you mean '{good}'?"
    )


def test_what_was_decided_is_said_of_few_and_counted_of_many(tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.abc").write_text("X:1\nK:C\n{c}CDE|[K:G]GAB|\n")
    _, messages = said(lambda: gather(tmp_path / "0.abc"))
    assert messages == [
        f"{tmp_path}/0.abc: grace notes are left out: 1",
        f"{tmp_path}/0.abc: key changes are not kept; the song has the first key, C major",
    ]
    _, messages = said(lambda: gather(tmp_path))
    assert messages == [
        "10 notes on tunes: grace notes are left out (5), key changes are not kept (5); "
        "report=True lists them"
    ]
    assert len(said(lambda: gather(tmp_path, report=True))[1]) == 10


def test_sources_come_in_the_order_given(tmp_path, nabiya):
    (tmp_path / "a.krn").write_text(KERN)
    hand = parse("c4 d4")
    named = gather([tmp_path, hand, Named("mine", hand), nabiya])
    assert [one.name for one in named] == ["a", "song", "mine", "nabiya"]


def test_songs_together_are_called_as_they_were_named(tmp_path, monkeypatch, nabiya):
    folder = tmp_path / "my.songs"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "many.abc").write_text("X:1\nK:C\nCDE|\n\nX:2\nK:C\nEDC|\n")
    assert gather("many.abc").name == "many"
    assert gather(["many.abc"]).name == "many"
    assert gather("*.abc").name == "2 songs"
    for itself in (folder, f"{folder}/", ".", "../my.songs"):
        assert gather(itself).name == "my.songs"
    (folder / "deep").mkdir()
    assert gather("deep/..").name == "my.songs"
    assert gather(nabiya).name == gather([nabiya]).name == "nabiya"
    assert gather([nabiya, "many.abc"]).name == "3 songs"
    assert gather([parse("c4"), parse("d4")]).name == "2 songs"
    assert gather(gather("many.abc")).name == "many"
    assert gather("essen/ireland").name == "essen/ireland"


def test_an_impossible_grid_is_said_at_once(tmp_path):
    (tmp_path / "a.txt").write_text("c4 d4")
    with pytest.raises(ConfigError, match="grid"):
        gather(tmp_path, grid="7x")
