"""Songs of the package and tunes of corpora by name, wherever a song may stand."""

import pytest

from melodyrnn.data.gather import gather, gather_one
from melodyrnn.data.tune_names import find_tune
from melodyrnn.errors import ConfigError, FileError, MelodyError, RunError
from melodyrnn.tasks.control.primer import notes_given
from melodyrnn.workflows.corpus import export
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_song_of_the_package_is_known_by_name_from_anywhere():
    names = sorted(path.stem for path in (ROOT / "songs").iterdir())
    assert [named.name for named in gather("songs")] == names
    for name in names:
        assert gather_one(name) == gather_one(ROOT / "songs" / f"{name}.txt")


@pytest.mark.filterwarnings("ignore:.*sung words are left out")
@pytest.mark.parametrize("name", ["kinder0-121", "nabiya", "0001-0050-12", "bwv253"])
def test_a_tune_by_name_is_the_one_of_its_corpus(name):
    alone = gather_one(name)
    assert alone.name == name
    assert [*gather(name)] == [alone]
    assert gather(name).name == name


def test_names_are_those_that_lines_about_tunes_print():
    for named in gather("kinder")[::50]:
        assert gather_one(named.name) == named


def test_what_exists_wins_over_a_tune_of_its_name(tmp_path):
    (tmp_path / "nabiya").mkdir()
    (tmp_path / "nabiya" / "own.txt").write_text("c4 d4 e4 f4")
    assert [named.name for named in gather("nabiya")] == ["own"]


def test_a_tune_is_a_primer():
    notes, song = notes_given("kinder0-121", 5)
    assert notes == song.notes[:5] == gather_one("kinder0-121").song.notes[:5]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("nabia", "nabiya"),
        ("ode_to_joi", "ode_to_joy"),
        ("kinder0-999", "kinder0-99"),
        ("kindr0-121", "kinder0-121"),
        ("bwv253-2", "bwv253"),
    ],
)
def test_an_unknown_tune_suggests_a_near_one(name, meant):
    for read in (gather, gather_one):
        with pytest.raises(FileError) as caught:
            read(name)
        assert str(caught.value) == (
            f"{name}: no such file or corpus; did you mean '{meant}'? "
            "'melodyrnn corpus list' shows those there are"
        )


@pytest.mark.parametrize(
    ("primer", "error"),
    [
        ("kinder0-999", "kinder0-999: no such file or corpus; did you mean 'kinder0-99'?"),
        ("nabia", "nabia: no such file or corpus; did you mean 'nabiya'?"),
        ("mysong", "mysong: no such file or corpus; did you mean 'mysongs'?"),
        ("kinder", "kinder: a corpus, and this takes one song;"),
        ("h4", "primer:1:1: unknown pitch 'h4'; pitches are a to g"),
        ("g8 kinder0-999", "primer:1:4: unknown pitch 'kinder0-999'"),
    ],
)
def test_a_primer_that_is_near_to_a_name_is_told_the_name(primer, error, tmp_path):
    (tmp_path / "mysongs").mkdir()
    with pytest.raises(MelodyError) as caught:
        notes_given(primer)
    assert str(caught.value).startswith(error)


@pytest.mark.parametrize("name", ["", "kinder0", "kinder0-", "-", "g8 e8", "a" * 300, "x\0y"])
def test_what_names_no_tune_is_none(name):
    assert find_tune(name) is None


def test_commands_take_names(melodyrnn, tmp_path):
    assert melodyrnn("render", "kinder0-121", "-o", "x.abc", cwd=tmp_path).stdout == "x.abc\n"
    assert [path.name for path in tmp_path.iterdir()] == ["x.abc"]


@pytest.mark.parametrize("suffix", ["abc", "mid", "musicxml", "txt"])
def test_an_exported_corpus_reads_back_as_it_is(suffix):
    written = export(["nabiya", "kinder0-121"], f"out-{suffix}", suffix)
    assert [path.name for path in written] == [f"nabiya.{suffix}", f"kinder0-121.{suffix}"]
    for path in written:
        read = gather_one(path).song
        assert [(n.pitch and n.pitch.midi, n.duration) for n in read] == [
            (n.pitch and n.pitch.midi, n.duration) for n in gather_one(path.stem).song
        ]


def test_nothing_is_exported_over_what_stands_there(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(RunError, match="out: stands there and is no folder of songs"):
        export("nabiya", "out", "abc")
    with pytest.raises(ConfigError, match="written_in 3gp: no format of songs; choose one of txt"):
        export("nabiya", "new", "3gp")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
