import io
import subprocess
import sys
import wave

import mido
import pypdfium2
import pytest

import melodyrnn
from melodyrnn.errors import FileError, MelodyError, NotationError, RenderError
from melodyrnn.formats.read import read_song
from melodyrnn.formats.registry import writers
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song
from melodyrnn.render.write import write_song

SONG = parse("title: 나비야\nmeter: 2/4\ntempo: 100\ng8 e8 e4 | f8 d8 d4 | c8 d8 e8 f8 | g8 g8 g4")
LONG = parse("title: 긴 노래\n" + "c4 d8 e8 f4 g4 a4 b8 c'8 r4 d'4~ d'2 e2 " * 45)

BEGINNINGS = {
    ".mid": b"MThd",
    ".midi": b"MThd",
    ".musicxml": b"<?xml",
    ".xml": b"<?xml",
    ".abc": b"%abc",
    ".txt": "title: 나비야".encode(),
    ".svg": b"<svg ",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".wav": b"RIFF",
}


def test_every_format_is_tested_here():
    assert BEGINNINGS.keys() == writers().keys()


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_suffix_is_the_format(tmp_path, suffix):
    path = tmp_path / f"나비야{suffix.upper()}"
    assert write_song(SONG, path) == [path]
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".xml", ".abc", ".txt"])
def test_what_was_written_reads_as_the_same_song(tmp_path, suffix):
    [path] = write_song(SONG, tmp_path / f"song{suffix}")
    again = read_song(path)
    assert (again.notes, again.meter, again.title) == (SONG.notes, SONG.meter, SONG.title)
    assert again.tempo == SONG.tempo


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_the_same_song_gives_the_same_bytes(tmp_path, suffix):
    [first] = write_song(SONG, tmp_path / f"a{suffix}")
    [second] = write_song(SONG, tmp_path / f"b{suffix}")
    assert first.read_bytes() == second.read_bytes()


def test_an_existing_file_is_replaced(tmp_path):
    path = tmp_path / "song.txt"
    path.write_text("what was here before, and longer than what comes now " * 9)
    write_song(SONG, path)
    assert parse(path.read_text(encoding="utf-8")) == SONG


def test_a_path_may_be_text(tmp_path):
    assert write_song(SONG, str(tmp_path / "song.txt")) == [tmp_path / "song.txt"]


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_further_pages_stand_beside_the_first(tmp_path, suffix):
    written = write_song(LONG, tmp_path / f"song{suffix}")
    assert written == [tmp_path / f"song{suffix}", tmp_path / f"song-2{suffix}"]
    assert written[0].read_bytes() != written[1].read_bytes()


def test_a_pdf_holds_all_its_pages(tmp_path):
    [path] = write_song(LONG, tmp_path / "song.pdf")
    assert len(pypdfium2.PdfDocument(path.read_bytes())) == 2


def test_instrument_and_tempo_go_into_the_midi_file(tmp_path):
    [path] = write_song(SONG, tmp_path / "song.mid", instrument="Flute", tempo=60)
    messages = [message for track in mido.MidiFile(path).tracks for message in track]
    assert [m.program for m in messages if m.type == "program_change"] == [73]
    assert [m.tempo for m in messages if m.type == "set_tempo"] == [1_000_000]


def test_a_tempo_goes_into_the_score_and_the_sound(tmp_path):
    [score] = write_song(SONG, tmp_path / "song.svg", tempo=72)
    assert 'aria-label="\xa0=\xa072"' in score.read_text(encoding="utf-8")
    [sound] = write_song(SONG, tmp_path / "song.wav", tempo=60)
    with wave.open(io.BytesIO(sound.read_bytes())) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(8.5, abs=1)


FORMATS = ".txt .mid .midi .musicxml .xml .abc .svg .png .pdf .wav"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("song.pnk", "unknown format '.pnk'; did you mean '{}/song.png'? formats are " + FORMATS),
        ("song.mp3", "unknown format '.mp3'; formats are " + FORMATS),
        ("song", "no suffix names a format; formats are " + FORMATS),
    ],
)
def test_an_unknown_format_is_refused_before_anything_is_done(tmp_path, name, words):
    with pytest.raises(RenderError) as caught:
        write_song(SONG, tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: " + words.format(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_an_empty_song_is_refused_and_an_old_file_stays(tmp_path, suffix):
    path = tmp_path / f"song{suffix}"
    path.write_text("old")
    with pytest.raises(RenderError) as caught:
        write_song(Song(()), path)
    assert str(caught.value) == f"{path}: a song without notes cannot be written; give it one"
    assert path.read_text() == "old"


@pytest.mark.parametrize("suffix", [".wav", ".mid", ".svg"])
def test_a_wrong_instrument_or_tempo_names_the_file(tmp_path, suffix):
    path = tmp_path / f"song{suffix}"
    with pytest.raises(RenderError) as caught:
        write_song(SONG, path, instrument="flut")
    assert str(caught.value) == (
        f"{path}: unknown instrument 'flut'; did you mean 'flute', 'pan flute'?"
    )
    with pytest.raises(NotationError) as caught:
        write_song(SONG, path, tempo=-3)
    assert str(caught.value) == (
        f"{path}: a tempo of -3; it is in quarter notes per minute, 5 to 1000"
    )
    assert not path.exists()


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path):
    with pytest.raises(MelodyError) as caught:
        write_song(SONG, tmp_path / "nowhere" / "song.png")
    assert str(caught.value) == (
        f"{tmp_path}/nowhere/song.png: cannot write: no such file or directory; "
        "make the folder first"
    )
    with pytest.raises(FileError) as caught:
        write_song(SONG, tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: a folder; name a file to write, such as {tmp_path}/song.mid"
    )
    (tmp_path / "song.wav").mkdir()
    with pytest.raises(MelodyError, match=r"song\.wav: a folder; name a file in it to write"):
        write_song(SONG, tmp_path / "song.wav")


def test_the_command_starts_without_numbers():
    code = "import sys, melodyrnn.workflows.render; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


HEAVY = {"numpy", "verovio", "uharfbuzz", "fontTools", "reportlab", "PIL"} | {
    "matplotlib",
    "music21",
    "tensorflow",
}


@pytest.mark.parametrize(
    ("suffix", "allowed"),
    [
        (".txt", set()),
        (".mid", set()),
        (".musicxml", set()),
        (".svg", {"verovio", "uharfbuzz"}),
        (".png", {"verovio", "uharfbuzz"}),
        (".pdf", {"verovio", "uharfbuzz", "fontTools", "reportlab", "PIL"}),
        (".wav", {"numpy"}),
    ],
)
def test_a_format_imports_only_what_it_needs(tmp_path, suffix, allowed):
    code = (
        "import sys\n"
        "from melodyrnn import parse, write_song\n"
        f"write_song(parse('c4 d4'), {str(tmp_path / f'x{suffix}')!r})\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY <= allowed


def test_nothing_is_said_on_the_terminal(tmp_path, capfd):
    for suffix in BEGINNINGS:
        write_song(SONG, tmp_path / f"song{suffix}")
    assert capfd.readouterr() == ("", "")


def test_write_song_is_public():
    assert melodyrnn.write_song is write_song
