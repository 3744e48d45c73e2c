"""Packs: one file of many songs, from which they come back as they were, or a line says why not."""

import json
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.cli import main
from melodyrnn.data import song_packs
from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.gather import Named, gather, gather_all, gather_one
from melodyrnn.data.pack_columns import COLUMNS, PackedTune, cells, packed_tune
from melodyrnn.data.song_packs import read_pack, write_pack
from melodyrnn.data.split import split
from melodyrnn.errors import ConfigError, FileError, MelodyError, MelodyWarning, ScoreError
from melodyrnn.limits import GROUP_ROWS, Limit
from melodyrnn.music.notation.text import parse
from melodyrnn.workflows.corpus import pack
from melodyrnn.workflows.train import train
from tests.strategies import songs as any_songs

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

SONG = {"name": "one", "notes": "c4 d4 e4"}
DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def written(tmp_path):
    """A function: columns -> a Parquet file of them."""

    def write(columns, name="tunes.parquet", **options):
        parquet.write_table(pyarrow.table(columns), tmp_path / name, **options)
        return tmp_path / name

    return write


def sounding(song):
    return any(note.pitch for note in song.notes)


@given(any_songs().filter(sounding), st.text(min_size=1).filter(str.isprintable))
def test_every_song_comes_back_as_it_was(song, name):
    packed = PackedTune(FileTune(name, song), "songs", "CC0")
    assert packed_tune(cells(packed), "tunes.parquet: row 1") == packed


@settings(max_examples=20)
@given(st.lists(any_songs(max_size=8).filter(sounding), min_size=1, max_size=6))
def test_many_songs_come_back_from_a_file_in_their_order(tmp_path_factory, songs):
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(song_packs, "_SONGS", 4)  # of a row group
        rows = [PackedTune(FileTune(f"tune {n}", song), "", "") for n, song in enumerate(songs)]
        assert write_pack(path, rows) == len(songs)
    assert parquet.read_metadata(path).num_row_groups == -(-len(songs) // 4)
    assert list(read_pack(path)) == rows


def test_a_pack_is_what_was_packed_and_the_same_bytes_twice(tmp_path):
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    assert pack(["kinder", "songs"], one) == pack(["kinder", "songs"], two) == 235
    assert one.read_bytes() == two.read_bytes()
    before, after = gather(["kinder", "songs"]), gather(one)
    assert list(before) == list(after)
    assert split(before, 0.25) == split(after, 0.25)
    assert after.name == "one"
    assert after.collections == ("one",)
    rows = list(read_pack(one))
    assert {row.source for row in rows} == {"kinder", "songs"}
    assert rows[0].licence.startswith("music21's essenFolksong/license.txt")


def test_a_pack_of_packs_remembers_where_songs_are_from(tmp_path):
    pack("songs", tmp_path / "a.parquet")
    pack([tmp_path / "a.parquet", parse("c4 d4 e4")], tmp_path / "b.parquet")
    *rows, last = read_pack(tmp_path / "b.parquet")
    assert rows == list(read_pack(tmp_path / "a.parquet"))
    assert (last.tune.label, last.source, last.licence) == ("song", "", "")


def test_a_folder_and_a_glob_have_packs_beside_other_files(tmp_path):
    pack(["frere_jacques", "nabiya"], tmp_path / "b.parquet")
    for name in "ac":
        (tmp_path / f"{name}.txt").write_text("c4 d4 e4")
    names = ["a", "frere_jacques", "nabiya", "c"]
    assert [named.name for named in gather(tmp_path)] == names
    assert [named.name for named in gather(f"{tmp_path}/[a-c].*")] == names
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    found = gather_all(tmp_path)
    assert [named.name for named in found.songs] == ["a", "c"]
    assert found.left_out[0].startswith(f"{tmp_path}/b.parquet: no Parquet file")


def test_a_pack_trains_what_its_sources_train(tmp_path):
    pack("songs", tmp_path / "songs.parquet")
    records = []
    for name, source in (("one", "songs"), ("two", tmp_path / "songs.parquet")):
        train(source, output=tmp_path / name, model="ppm", held_out=0.25)
        record = json.loads((tmp_path / name / "run.json").read_text())
        records.append({key: record[key] for key in record if key not in ("seconds", "command")})
    assert records[0] == records[1]
    for part in ("train", "held_out"):
        one, two = ((tmp_path / name / "tunes" / part).read_bytes() for name in ("one", "two"))
        assert one == two


BAD = {
    "columns": ({"a": [1], "b": [2]}, "no column 'name', it has a, b; 'melodyrnn corpus pack'"),
    "no columns": ({}, "no column 'name', it has none; "),
    "type": (
        {**{k: [v] for k, v in SONG.items()}, "tempo": ["fast"]},
        "column 'tempo' is string, not a number; 'melodyrnn corpus pack' writes packs",
    ),
    "lists": ({"name": ["a"], "notes": [[60, 62]]}, "column 'notes' is list<"),
    "empty": ({"name": pyarrow.array([], "string"), "notes": pyarrow.array([], "string")}, "there"),
}
"""Columns -> what is said of the file."""


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_pack_is_one_line(written, kind):
    columns, said = BAD[kind]
    path = written(columns)
    with pytest.raises(ScoreError) as caught:
        gather(path)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert ";" in str(caught.value)


ROWS = {
    "null": ({"notes": None}, "no 'notes' in it; each song has one"),
    "no name": ({"name": None}, "no 'name' in it; each song has one"),
    "token": ({"notes": "c4 x4"}, "'notes': "),
    "rests": ({"notes": "r4 r4"}, "there are no notes in it; leave it out"),
    "meter": ({"meter": "3"}, "'meter': unknown meter '3'; write it as beats/unit, such as"),
    "changes": (
        {"meter_changes": "1e999999999 3/4"},
        "'meter_changes': unknown change of meter '1e999999999 3/4'; write places",
    ),
    "tempo": ({"tempo": float("nan")}, "a tempo of nan; it is in quarter notes per minute"),
    "many": ({"notes": "c4 " * 20_001}, "more than 20,000 notes in a melody; cut the file"),
    "long": ({"title": "a" * 500_001}, "more than 500,000 characters in a tune"),
}
"""Cells -> what is said of the row."""


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_that_is_no_song_is_left_out_and_named(written, kind):
    cells, said = ROWS[kind]
    names = dict.fromkeys([*SONG, *cells])
    path = written({name: [SONG.get(name), {**SONG, **cells}[name]] for name in names})
    found = gather_all(path)
    assert [named.name for named in found.songs] == ["one"]
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith(f"{path}: row 2: {said}")
    with pytest.warns(MelodyWarning, match=r"^left out 1 of 2 tunes: .*, in tunes\.parquet; "):
        gather(path)


def test_columns_that_are_not_known_and_those_that_lack_are_no_fault(written):
    path = written({**{k: [v, v] for k, v in SONG.items()}, "opinion": [1, 2]})
    assert [named.song for named in gather(path)] == [parse("c4 d4 e4")] * 2


def test_a_cut_a_damaged_a_missing_file_and_a_folder_are_one_line(tmp_path, written):
    path = tmp_path / "kinder.parquet"
    pack("kinder", path)
    whole = path.read_bytes()
    middle = bytearray(whole)
    middle[40:400] = bytes(360)
    for content in (whole[:-100], whole[:8], b"", bytes(middle)):
        path.write_bytes(content)
        with pytest.raises(ScoreError, match=f"^{path}: .*; ?|, damaged") as caught:
            gather(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(FileError, match="no such file; did you mean"):
        gather(tmp_path / "kindr.parquet")
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(MelodyError, match=r"no song in this folder; songs end in .*\.parquet"):
        gather(tmp_path / "folder.parquet")


def test_a_row_group_beyond_all_measure_is_refused(written, monkeypatch):
    path = written({name: [value] * 9 for name, value in SONG.items()})
    few = Limit(8, GROUP_ROWS.what, GROUP_ROWS.why, GROUP_ROWS.remedy)
    monkeypatch.setattr(song_packs, "GROUP_ROWS", few)
    with pytest.raises(ScoreError, match="more than 8 songs in a row group of a pack; pack it aga"):
        gather(path)


def test_one_song_is_asked_for_and_a_pack_is_many(written):
    path = written({name: [value] for name, value in SONG.items()})
    with pytest.raises(ConfigError, match="a corpus, and this takes one song; 'melodyrnn corpus"):
        gather_one(path)


def test_without_pyarrow_the_remedy_is_said(written, monkeypatch):
    path = written({name: [value] for name, value in SONG.items()})
    monkeypatch.setattr(song_packs, "find_spec", lambda name: None)
    for work in (lambda: gather(path), lambda: pack("songs", path, overwrite=True)):
        with pytest.raises(ConfigError, match=r"pip install 'melodyrnn\[parquet\]'"):
            work()


def test_the_command_writes_a_pack_and_none_over_another_file(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(main, ["corpus", "pack", *arguments])

    path = str(tmp_path / "songs.parquet")
    assert run("songs", "-o", path).stdout == f"{path}: 22 songs\n"
    assert "already exists; --overwrite replaces it" in run("songs", "-o", path).stderr
    assert run("nabiya", "-o", path, "--overwrite").stdout == f"{path}: 1 songs\n"
    other = run("songs", "-o", str(tmp_path / "songs.csv"))
    assert other.stderr.startswith(f"error: {tmp_path}/songs.csv: a pack ends in .parquet; choose")
    assert list(tmp_path.iterdir()) == [tmp_path / "songs.parquet"]


def test_what_is_left_out_is_said_when_it_is_packed_and_packed_again(tmp_path, written):
    path = written({"name": ["a", None], "notes": ["c4 d4", "e4"]})
    with pytest.warns(MelodyWarning, match="left out 1 of 2 tunes: no 'name' in it, in tunes"):
        pack(path, tmp_path / "again.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gather(tmp_path / "again.parquet") == [Named("a", parse("c4 d4"))]


def test_the_page_has_the_columns() -> None:
    page = (DOCS / "packs.md").read_text(encoding="utf-8")
    rows = [
        f"| `{name}` | {'number' if column.number else 'text'} | {column.about} |"
        for name, column in COLUMNS.items()
    ]
    assert "\n".join(rows) in page
