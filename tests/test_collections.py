"""The named corpora are there, hold what is said of them, and near names are suggested."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from melodyrnn.cli import main
from melodyrnn.cli.corpus import corpus
from melodyrnn.data.collections import COLLECTIONS, count, files, nearest
from melodyrnn.data.gather import gather, gather_one
from melodyrnn.errors import ConfigError, FileError, MelodyError, ScoreError
from melodyrnn.files import package_folder
from melodyrnn.formats.read import Corpus
from melodyrnn.workflows.corpus import contents, listed


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_corpus_has_files_whose_songs_can_be_read(name):
    found = files(name)
    assert found == sorted(set(found))
    assert all(path.is_file() for path in found)
    assert COLLECTIONS[name].tradition


@pytest.mark.parametrize(
    ("name", "tunes"),
    [("essen", 8462), ("essen/china", 1224), ("kinder", 213), ("oneills", 2009)],
)
def test_tunes_are_counted_without_reading_them(name, tunes):
    assert count(name) == tunes


def test_the_children_s_songs_are_those_of_the_literature():
    """Dataset 7 of Pearce (2005), table 4.1: 213 melodies, 8,393 notes, 27 pitches."""
    summary = contents("kinder")
    assert (summary.tunes, summary.notes, len(summary.pitches)) == (213, 8393, 27)
    assert summary.left_out == ()
    assert summary.titles[0] == ("kinder0-1", "SCHLAF KINDLEIN SCHLAF")
    assert next(iter(summary.meters.items())) == ("2/4", 149)
    assert (summary.lowest_name, summary.highest_name) == ("E", "g'")
    assert 150 < summary.different < 213


def test_parts_of_essen_are_in_it_and_its_test_files_are_not():
    essen = set(files("essen"))
    for name in COLLECTIONS:
        if name.startswith("essen/") or name == "kinder":
            assert set(files(name)) < essen
    assert not any(path.name.startswith("test") for path in essen)


def test_songs_are_found_without_music21():
    code = (
        "import sys; from melodyrnn.data.gather import gather; "
        "print(len(gather('essen/ireland')), *{n.split('.')[0] for n in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    number, *modules = done.stdout.split()
    assert number == "62"
    assert not {"music21", "numpy", "tensorflow"} & set(modules)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("kindr", "kinder"),
        ("essen/kinder", "kinder"),
        ("Essen", "essen"),
        ("china", "essen/china"),
        ("essen/chine", "essen/china"),
        ("oneils", "oneills"),
        ("bach-soprano", "bach-sopranos"),
        ("ryans-mamoth", "ryans-mammoth"),
    ],
)
def test_an_unknown_name_suggests_a_near_one(name, meant):
    assert nearest(name) == f" did you mean '{meant}'?"
    with pytest.raises(FileError) as caught:
        gather(name)
    assert str(caught.value) == (
        f"{name}: no such file or corpus; did you mean '{meant}'? "
        "'melodyrnn corpus list' shows those there are"
    )


def test_a_name_like_no_other_says_where_to_look():
    with pytest.raises(FileError) as caught:
        gather("xyzzy")
    assert str(caught.value) == (
        "xyzzy: no such file or corpus; 'melodyrnn corpus list' shows those there are"
    )
    with pytest.raises(ScoreError, match="unknown corpus 'xyzzy'; 'melodyrnn corpus list' shows"):
        files("xyzzy")


def test_what_exists_wins_over_a_corpus_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kinder").mkdir()
    (tmp_path / "kinder" / "song.txt").write_text("c4 d4 e4")
    assert [named.name for named in gather("kinder")] == ["song"]
    asked_for = gather(Corpus("kinder"))
    assert (len(asked_for), asked_for.name) == (213, "kinder")
    with pytest.raises(ConfigError, match="kinder: a corpus, and this takes one song"):
        gather_one(Corpus("kinder"))


def test_a_package_that_is_not_there_says_what_to_install():
    with pytest.raises(MelodyError) as caught:
        package_folder("no_such_package")
    assert str(caught.value) == "no_such_package: no such package; pip install no-such-package"


def test_a_corpus_is_no_one_song(melodyrnn):
    done = melodyrnn("inspect", "kinder")
    assert (done.returncode, done.stderr) == (
        1,
        "error: kinder: a corpus, and this takes one song; "
        "'melodyrnn corpus show kinder' shows its songs\n",
    )


def test_corpus_list(melodyrnn):
    document = json.loads(melodyrnn("corpus", "list", "--json").stdout)
    assert [one["name"] for one in document] == list(COLLECTIONS)
    assert document[0] == listed()[0].to_json()
    assert set(document[0]) == {"name", "tunes", "tradition", "about"}
    shown = melodyrnn("corpus", "list").stdout
    assert "essen/china" in shown
    assert "1,224" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_corpus_show(melodyrnn, tmp_path):
    (tmp_path / "a.txt").write_text("title: One\n\nc4 d4 r4 e4")
    (tmp_path / "b.txt").write_text("h4")
    document = json.loads(melodyrnn("corpus", "show", tmp_path, "--json").stdout)
    assert document == {
        "tunes": 1,
        "different": 1,
        "notes": 3,
        "shortest": 3,
        "middle": 3,
        "longest": 3,
        "pitches": {"60": 1, "62": 1, "64": 1},
        "meters": {"4/4": 1},
        "keys": {"C major": 1},
        "titles": [["a", "One"]],
        "left_out": [f"{tmp_path}/b.txt:1:1: unknown pitch 'h4'; pitches are a to g"],
    }
    shown = melodyrnn("corpus", "show", tmp_path).stdout
    assert shown.startswith("1 tunes, 3 notes\n")
    assert "left out   1: unknown pitch 'h…'; --report lists them" in shown
    assert f"{tmp_path}/b.txt:1:1: unknown pitch" in melodyrnn(
        "corpus", "show", tmp_path, "--report"
    ).stdout.replace("\n", "")


@pytest.mark.parametrize("command", [["train"], ["evaluate"], ["compare"], ["corpus", "show"]])
def test_who_reads_many_songs_can_report(command):
    assert "--report" in CliRunner().invoke(main, [*command, "--help"]).output


def test_a_near_command_is_suggested(melodyrnn):
    assert "No such command 'lst'. Did you mean 'list'?" in melodyrnn("corpus", "lst").stderr
    assert sorted(corpus.commands) == ["export", "list", "pack", "show"]


def test_the_chorales_are_those_of_their_numbers():
    names = [path.stem for path in files("chorales")]
    assert names == [f"bwv{number}" for number in range(253, 439)]
