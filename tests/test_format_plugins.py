"""Other packages add formats by entry points: used everywhere, and none harms another."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from melodyrnn.errors import ConfigError, MelodyWarning, RenderError, ScoreError
from melodyrnn.formats import registry
from melodyrnn.formats.format import Format
from melodyrnn.formats.read import read_song
from melodyrnn.music.notation.text import parse
from melodyrnn.render.write import write_song

SOLFA = """
from melodyrnn.formats.format import Format

FORMAT = Format("Sol-fa", (".solfa",), read="solfa:read", write="solfa:write")
NAMES = dict(zip("do re mi fa sol la ti".split(), "cdefgab"))

def read(data, name):
    from melodyrnn import parse
    return parse(" ".join(f"{NAMES[word]}4" for word in data.decode().split()), name)

def write(song):
    letters = {letter: name for name, letter in NAMES.items()}
    return " ".join(letters[note.pitch.step] for note in song)
"""


def install(folder, package, module, row="FORMAT", version="1.0"):
    """A package of one module, as pip lays it out, in ``folder``."""
    (folder / f"{package}.py").write_text(textwrap.dedent(module))
    info = folder / f"{package}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.GROUP}]\n{package} = {package}:{row}\n", "utf-8"
    )
    return folder


@pytest.fixture
def site(tmp_path):
    """A folder with the package solfa in it, and a song of its format beside it."""
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "scale.solfa").write_text("do re mi fa sol la ti do re mi")
    return install(folder, "solfa", SOLFA)


def command(*arguments, cwd, site=None):
    path = os.pathsep.join(filter(None, [str(site or ""), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, "-m", "melodyrnn", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def test_the_command_line_reads_it(site, tmp_path):
    done = command("render", "scale.solfa", "-o", "scale.abc", cwd=tmp_path, site=site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "scale.abc\n", "")
    assert read_song(tmp_path / "scale.abc").notes == parse("c4 d e f g a b c d e").notes


def test_the_command_line_writes_it(site, tmp_path):
    (tmp_path / "x.txt").write_text("g4 e e")
    done = command("render", "x.txt", "-o", "x.SOLFA", cwd=tmp_path, site=site)
    assert (done.returncode, done.stdout, done.stderr) == (0, "x.SOLFA\n", "")
    assert (tmp_path / "x.SOLFA").read_text() == "sol mi mi"


def test_help_and_errors_list_it(site, tmp_path):
    shown = " ".join(command("render", "--help", cwd=tmp_path, site=site).stdout.split())
    assert ".pdf .wav or .solfa" in shown
    (tmp_path / "x.solfo").touch()
    done = command("inspect", "x.solfo", cwd=tmp_path, site=site)
    assert (done.returncode, done.stderr) == (
        1,
        "error: x.solfo: unknown kind of file '.solfo'; is it a '.solfa'? songs end in "
        ".txt .mid .midi .kar .rmi .smf .musicxml .xml .mxl .abc .krn .solfa .parquet\n",
    )


def test_songs_of_it_are_inspected_and_learned(site, tmp_path):
    done = command("inspect", "scale.solfa", "--json", cwd=tmp_path, site=site)
    assert json.loads(done.stdout)["tokens"][:3] == ["c4", "d4", "e4"]
    (tmp_path / "songs").mkdir()
    (tmp_path / "scale.solfa").rename(tmp_path / "songs" / "scale.solfa")
    done = command(
        *("train", "songs", "--model", "ngram", "--output", "run", "--json"),
        cwd=tmp_path,
        site=site,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "song.mid").is_file()


def test_without_the_package_the_error_lists_what_there_is(tmp_path, site):
    done = command("render", "scale.solfa", "-o", "x.mid", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "error: scale.solfa: unknown kind of file '.solfa'; songs end in "
        ".txt .mid .midi .kar .rmi .smf .musicxml .xml .mxl .abc .krn .parquet\n",
    )


@pytest.fixture
def added(monkeypatch, tmp_path):
    """Makes the packages in a folder known to this process; forgets them afterwards."""
    for cached in (registry.readers, registry.writers, registry._added):
        cached.cache_clear()
    folder = tmp_path / "added"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for cached in (registry.readers, registry.writers, registry._added):
        cached.cache_clear()


def module(name, **functions):
    """The text of a package with a format of this name, its functions given as their bodies."""
    row = ", ".join(f"{kind}='{name}:{kind}'" for kind in functions)
    bodies = "\n".join(f"def {kind}(*given):\n    {body}" for kind, body in functions.items())
    return (
        "from melodyrnn.formats.format import Format\n"
        f"FORMAT = Format('{name}', ('.{name}',), {row})\n{bodies}\n"
    )


@pytest.mark.parametrize(
    ("broken", "row", "problem"),
    [
        ("import nowhere_at_all", "FORMAT", "ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)", "FORMAT", "SystemExit: 3"),
        ("FORMAT = 7", "FORMAT", "broken_format:FORMAT is a int, not a Format"),
        ("FORMAT = 7", "ROW", "AttributeError: module 'broken_format' has no attribute 'ROW'"),
        (
            "from melodyrnn.formats.format import Format\nFORMAT = Format('x', ('x',), read='a:b')",
            "FORMAT",
            "ConfigError: format 'x': suffix 'x'; write it with its dot",
        ),
    ],
)
def test_a_broken_package_breaks_no_other(added, tmp_path, monkeypatch, broken, row, problem):
    monkeypatch.delitem(sys.modules, "broken_format", raising=False)
    monkeypatch.delitem(sys.modules, "solfa", raising=False)
    install(install(added, "broken_format", broken, row), "solfa", SOLFA)
    (tmp_path / "x.solfa").write_text("do")
    with pytest.warns(MelodyWarning) as caught:
        assert read_song(tmp_path / "x.solfa").notes == parse("c4").notes
    assert len(caught) == 1
    said = str(caught[0].message)
    assert said.startswith("the format 'broken_format' of the package broken_format cannot be used")
    assert problem in said
    assert said.endswith("; update the package, or uninstall it")
    assert list(registry.readers())[-1] == ".solfa"
    (tmp_path / "y.txt").write_text("d4")
    assert read_song(tmp_path / "y.txt").notes == parse("d4").notes


@pytest.mark.parametrize(
    ("number", "body", "said"),
    [
        (
            1,
            "return 1 / 0",
            ": cannot be read as {0} (ZeroDivisionError: division by zero), which the package {0} "
            "does; update it",
        ),
        (2, "return 'c4'", ": its reader gave a str, not a Song; update it"),
        (3, "from melodyrnn import parse; return parse('r4')", ": there are no notes in it"),
        (4, "from melodyrnn import parse; return parse('h4', given[1])", ":1:1: unknown pitch"),
        (5, "from melodyrnn import MelodyError; raise MelodyError('bar 3: odd')", ": bar 3: odd"),
    ],
)
def test_a_reader_that_fails_is_one_line(added, tmp_path, number, body, said):
    name = f"fails{number}"
    install(added, name, module(name, read=body))
    path = tmp_path / f"x.{name}"
    path.touch()
    with pytest.raises(ScoreError) as caught:
        read_song(path)
    assert str(caught.value).startswith(f"{path}{said.format(name)}")
    assert "\n" not in str(caught.value)


def test_a_writer_that_fails_is_one_line_and_writes_nothing(added, tmp_path):
    install(added, "failswrite", module("failswrite", write="raise OSError('no\\nink')"))
    path = tmp_path / "x.failswrite"
    with pytest.raises(RenderError) as caught:
        write_song(parse("c4"), path)
    assert str(caught.value) == (
        f"{path}: cannot be written as failswrite (OSError: no ink), which the package failswrite "
        "does; update it"
    )
    assert not path.exists()


def test_a_file_of_many_tunes(added, tmp_path):
    from melodyrnn.data.gather import gather

    install(
        added,
        "manytunes",
        module(
            "manytunes",
            read="return next(tunes(*given))[1]()",
            tunes="from melodyrnn import parse\n"
            "    for label in given[0].decode().split():\n"
            "        yield label, lambda: parse(f'{label}4')",
        ),
    )
    (tmp_path / "x.manytunes").write_text("c d e")
    songs = gather(tmp_path / "x.manytunes")
    assert [named.name for named in songs] == ["x-c", "x-d", "x-e"]
    assert [named.song[0].pitch.step for named in songs] == ["c", "d", "e"]


def test_a_format_of_ours_stays_ours(added, tmp_path):
    text = module("usurper", read="return 7").replace("('.usurper',)", "('.txt', '.usurper')")
    install(added, "usurper", text)
    assert registry.readers()[".txt"].package == ""
    assert registry.readers()[".usurper"].package == "usurper"
    (tmp_path / "x.txt").write_text("c4")
    assert read_song(tmp_path / "x.txt").notes == parse("c4").notes


def test_what_we_only_read_another_package_may_write(added, tmp_path):
    text = module("kernwriter", write="return '**kern'").replace("'.kernwriter'", "'.krn'")
    install(added, "kernwriter", text)
    [path] = write_song(parse("c4"), tmp_path / "x.krn")
    assert path.read_text() == "**kern"
    assert registry.readers()[".krn"].package == ""


def test_the_cache_keeps_no_tune_of_another_package(added, tmp_path, monkeypatch):
    from melodyrnn.data import reading
    from melodyrnn.data.gather import gather

    monkeypatch.setenv("MELODYRNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(reading, "_WORTH_KEEPING", 0.0)
    install(
        added,
        "changing",
        module(
            "changing",
            read="from melodyrnn import parse\n    return parse(TEXT)",
            write="return ''",
        )
        + "TEXT = 'c4'\n",
    )
    songs = tmp_path / "songs"
    songs.mkdir()
    for number in range(25):
        (songs / f"{number}.changing").write_text(str(number))
    (songs / "ours.txt").write_text("g4")
    assert {named.song[0].pitch.step for named in gather(songs)} == {"c", "g"}
    monkeypatch.setattr(sys.modules["changing"], "TEXT", "d4")  # a new version of its reader
    assert {named.song[0].pitch.step for named in gather(songs)} == {"d", "g"}


@pytest.mark.parametrize("suffix", ["mid", ".MID", ""])
def test_a_suffix_is_written_in_one_way(suffix):
    with pytest.raises(ConfigError, match="write it with its dot and in lower case"):
        Format("x", (suffix,), read="a:b")


@pytest.mark.parametrize("function", ["read", "module:", ":read"])
def test_a_function_is_named_with_its_module(function):
    with pytest.raises(ConfigError, match="write it as 'module:function'"):
        Format("x", (".x",), read=function)


def test_a_row_does_something():
    with pytest.raises(ConfigError, match="give it a suffix, and 'read' or 'write'"):
        Format("x", (".x",))


@pytest.mark.parametrize("row", registry.FORMATS, ids=lambda row: row.name)
def test_every_function_of_ours_is_there(row):
    from importlib import import_module

    for named in filter(None, (row.read, row.write, row.tunes)):
        module, _, function = named.partition(":")
        assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("suffix", ["txt", "mid", "abc"])
def test_other_packages_are_looked_for_only_where_they_may_be_needed(tmp_path, suffix):
    code = (
        "import sys\n"
        "from melodyrnn import parse, read_song, write_song\n"
        "from melodyrnn.formats.registry import _added\n"
        f"write_song(parse('c4'), {str(tmp_path / f'x.{suffix}')!r})\n"
        f"read_song({str(tmp_path / f'x.{suffix}')!r})\n"
        "print(_added.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
