# ruff: noqa: E501 - a table of messages keeps one row a line
"""Errors speak of arguments to whoever calls from Python, of options on the command line."""

import pickle
import re
import warnings
from threading import Thread

import click
import pytest
from click.testing import CliRunner

from melodyrnn import compare, errors, generate, read_song, run_lesson, sweep, train, train_text
from melodyrnn.cli import main
from melodyrnn.data.file_tunes import FILE, read_tunes
from melodyrnn.errors import (
    RENAMED,
    SWITCHES,
    ConfigError,
    MelodyError,
    MelodyWarning,
    NotationError,
    naming_options,
    worded,
)
from melodyrnn.formats.registry import reader
from melodyrnn.music.notation.reader import UnreadableError
from melodyrnn.system.place import Place
from melodyrnn.system.sharing import share_out

MESSAGES = [
    ("--units 0 is out of range; it must be at least 1", "units 0 is out of range; it must be at least 1"),
    ("--held-out 0.2 of 3 songs leaves none", "held_out 0.2 of 3 songs leaves none"),
    ("--model 'lsmt' is unknown; did you mean 'lstm'?", "model 'lsmt' is unknown; did you mean 'lstm'?"),
    ("x: already exists; --overwrite replaces it, --resume goes on with it, or choose another --output", "x: already exists; overwrite=True replaces it, resume=True goes on with it, or choose another output"),
    ("--no-early-stop goes on to the last epoch", "early_stop=False goes on to the last epoch"),
    ("choose another place with -o or --output", "choose another place with output"),
    ("it takes --units, --learning-rate, --early-stop", "it takes units, learning_rate, early_stop"),
    ("--bars 8 --max-copy 3: no code fits", "bars 8, max_copy 3: no code fits"),
    ('--meter 3/4 --key "D major" --end: no code; allow --ties', 'meter 3/4, key "D major", end=True: no code; allow ties=True'),
    ("--primer:1:3: unknown pitch 'h'", "primer:1:3: unknown pitch 'h'"),
    ("s.abc: durations are multiples of 1/20160; --grid 16 quantises to 16ths", "s.abc: durations are multiples of 1/20160; grid 16 quantises to 16ths"),
]  # fmt: skip

UNCHANGED = [
    "'melodyrnn train SONG --output runs/x --resume' goes on with it",
    'primer: "c\'4 --units" is no note',
    "a package is not here; pip install --force-reinstall resvg_py",
    "runs/my--song.txt:1:2: unknown duration '3'",
    "songs/--odd.mid: no such file",
    "--odd.mid: no such file",
    "e--4 c--: two flats -- or a dash",
]


@pytest.mark.parametrize(("option", "argument"), MESSAGES)
@pytest.mark.parametrize("kind", [ConfigError, NotationError, MelodyWarning])
def test_each_face_reads_its_own_words(kind, option, argument):
    problem = kind(option)
    assert (str(problem), f"{problem}") == (argument, argument)
    assert repr(problem) == f"{kind.__name__}({argument!r})"
    with naming_options():
        assert str(problem) == option
    assert worded(argument) == argument


@pytest.mark.parametrize("message", UNCHANGED)
def test_what_is_quoted_or_no_option_stays(message):
    assert str(MelodyError(message)) == message


def test_every_kind_has_both_faces():
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, Exception)
    ]
    assert len(kinds) == 13
    for kind in kinds:
        assert str(kind("give --count")) == "give count"


def commands(command, context):
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), context)
    else:
        yield command


def test_every_option_without_a_value_is_known_as_such():
    options = [
        option
        for command in commands(main, click.Context(main))
        for option in command.params
        if isinstance(option, click.Option)
    ]
    # What only the command line has:
    printed = {"as_json", "quiet", "run_all", "text", "installs", "no_browser"}
    assert {option.name for option in options if option.is_flag} - printed == SWITCHES
    words = {argument: option for option, argument in RENAMED.items()}
    for option in options:
        if option.name not in printed:
            word = words.get(option.name, option.name.replace("_", "-"))
            assert f"--{word}" in option.opts


BOTH = [
    ("train", lambda song: train(song, units=0), ["--units", 0], "units 0 is out of range"),
    ("train", lambda song: train(song, learning_rate=-1.0), ["--learning-rate", -1], "learning_rate -1.0 is out of range"),
    ("train", lambda song: train(song, layers=0, overwrite=True), ["--layers", 0, "--overwrite"], "layers 0 is out of range"),
    ("train", lambda song: train(song, early_stop=False, epochs=0), ["--no-early-stop", "--epochs", 0], "epochs 0 is out of range"),
    ("train", lambda song: train(song, resume=True, output="none"), ["--resume", "-o", "none"], "none: no such run folder"),
    ("train", lambda song: train(song, from_run="folk", model="lstm"), ["--from", "folk", "--model", "lstm"], "model lstm: from_run "),
    ("train", lambda song: train(song, model="ppm", units=3), ["--model", "ppm", "--units", "3"], "units has no effect with model ppm; leave it out"),
    ("train", lambda song: train(song, batch=3), ["--batch", "3"], "batch has no effect with model lstm, whose state is carried from window to window; leave it out"),
    ("compare", lambda song: compare(song, models="ppm,repeat", units=3), ["--models", "ppm,repeat", "--units", "3"], "units has no effect with model ppm, repeat; leave it out"),
    ("compare", lambda song: compare(song, models="lstm", cell="gru"), ["--models", "lstm", "--cell", "gru"], "cell gru names models, as models does; leave one out"),
    ("train", lambda song: train(song, cell="gru", model="lstm"), ["--cell", "gru", "--model", "lstm"], "cell gru names the model, as model does"),
    ("compare", lambda song: compare(song, models="lstm,lstm"), ["--models", "lstm,lstm"], "models names each model once"),
    ("compare", lambda song: compare(song, windows="x"), ["--windows", "x"], "windows 'x' is not like"),
    ("compare", lambda song: compare(song, output="."), ["-o", "."], "choose another output"),
    ("sweep", lambda song: sweep(song, grid=["unit=3"]), ["--grid", "unit=3"], "grid unit: there is no such setting"),
    ("sweep", lambda song: sweep(song, grid=["units=3"], jobs=0), ["--grid", "units=3", "--jobs", 0], "jobs 0 is out of range"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "call", "options", "message"), BOTH)
def test_a_mistake_from_both_sides(command, call, options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    song = tmp_path / "song.txt"
    song.write_text("c4 d4 e4 f4 g4 a4 b4 c'4", encoding="utf-8")
    with pytest.raises(MelodyError, match=message) as caught:
        call(song)
    done = CliRunner().invoke(main, [command, str(song), *map(str, options)])
    assert done.exit_code == 1, done.output
    assert worded(done.stderr) == f"error: {caught.value}\n"


def test_more_mistakes_from_python(trained, tmp_path):
    run = trained[0] / "runs" / "nabiya-lstm"
    text = tmp_path / "text.txt"
    text.write_text("abc", encoding="utf-8")
    for call, message in {
        lambda: generate(run, count=3, beam=2): "count 3 is more than beam 2 finds",
        lambda: generate(run, top_k=2, beam=2): "top_k has no effect with beam",
        lambda: generate(run, ties=True): "ties=True has no effect without bars, meter or end=True",
        lambda: generate(run, epochs=3): "epochs has no effect here",
        lambda: train_text(text, held_out=0.1): "held_out 0.1",
        lambda: train(read_song(text.with_name("nothing.txt"))): "no such file",
        lambda: run_lesson(
            "anatomy", epochs=3
        ): "epochs has no effect on lesson anatomy; it takes cell, units, seed",
    }.items():
        with pytest.raises(MelodyError, match=message) as caught:
            call()
        assert not re.search(r"(?<!\w)--\w", str(caught.value))


def test_the_command_line_leaves_no_trace():
    problem = ConfigError("give --count")
    assert CliRunner().invoke(main, ["lesson", "nobody"]).exit_code == 1
    assert str(problem) == "give count"
    with naming_options(), naming_options():
        pass
    assert str(problem) == "give count"


def test_all_threads_have_the_same_face():
    messages = []
    with naming_options():
        thread = Thread(target=lambda: messages.append(str(ConfigError("give --count"))))
        thread.start()
        thread.join()
    assert messages == ["give --count"]


def test_a_warning_is_shown_and_filtered_by_its_words():
    with pytest.warns(MelodyWarning, match="^report=True lists them$"):
        warnings.warn("--report lists them", MelodyWarning, stacklevel=1)


def test_a_pickled_error_is_worded_where_it_is_read():
    error = pickle.loads(pickle.dumps(UnreadableError("give --count", 3, 2)))
    assert (str(error), error.column, error.line) == ("give count", 3, 2)
    with naming_options():
        assert error.at("x.txt") == "x.txt:2:4: give --count"


def fail(task):
    """The work of a worker: an error that quotes another."""
    try:
        raise ConfigError("--jobs 0 is out of range")
    except ConfigError as error:
        raise MelodyError(f"{task}: {error}; choose another --output") from None


def test_the_error_of_a_worker_is_worded_by_its_caller(monkeypatch):
    monkeypatch.syspath_prepend(__file__.rpartition("/")[0])
    with pytest.raises(MelodyError) as caught:
        share_out(fail, {0: "x"}, Place(1), lambda *_: None)
    assert str(caught.value) == "x: jobs 0 is out of range; choose another output"
    with naming_options():
        assert str(caught.value) == "x: --jobs 0 is out of range; choose another --output"


def test_what_is_kept_of_a_collection_is_worded_when_it_is_shown():
    [tune] = read_tunes(b"X:1\nL:1/8\nK:C\nC/100 D2 E2\n", reader(".abc"), None, None)
    assert "; --grid 16 quantises to 16ths" in tune.why
    assert "; grid 16 quantises to 16ths" in tune.of_file("x.abc").why
    with naming_options():
        assert tune.of_file("x.abc").why == tune.why.replace(FILE, "x.abc")
