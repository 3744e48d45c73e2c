"""The one door: every suffix comes in, and what cannot is refused with a remedy."""

import re
import zipfile

import pytest

from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.music.abc import abc
from melodyrnn.music.corpus import READERS, read_song
from melodyrnn.music.midi import midi_bytes
from melodyrnn.music.musicxml import musicxml
from melodyrnn.music.notation import parse
from melodyrnn.workflows.sources import gather

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
    ".musicxml": lambda path: path.write_text(musicxml(SONG), "utf-8"),
    ".xml": lambda path: path.write_text(musicxml(SONG), "utf-8"),
    ".mxl": compressed,
    ".abc": lambda path: path.write_text(abc(SONG), "utf-8"),
    ".krn": lambda path: path.write_text(KERN, "utf-8"),
}


def test_every_suffix_is_tested():
    assert WRITERS.keys() == READERS.keys()


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


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_huge_file_is_refused_unread(suffix, tmp_path):
    path = tmp_path / f"huge{suffix}"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    most = 2 if suffix in (".txt", ".mid", ".midi") else 20
    assert message(path) == f"{path}: 100 MB is no melody; files of up to {most} MB are read"


def test_an_unknown_suffix_names_those_there_are(tmp_path):
    path = tmp_path / "song.musixml"
    path.touch()
    assert message(path) == (
        f"{path}: unknown kind of file '.musixml'; is it a '.musicxml'? songs end in "
        ".txt .mid .midi .musicxml .xml .mxl .abc .krn"
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
        "left out 1 of 4 tunes: not ABC; --report lists them"
    ]
    with pytest.warns(MelodyWarning) as caught:
        gather(tmp_path, report=True)
    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path}/broken.abc: not ABC: no 'K:' line; a tune begins with X:, T:, M:, L: and K:"
    ]
