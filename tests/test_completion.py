"""Commands are completed by the shell, and what that needs is installed without harm."""

import shutil
import subprocess

import pytest
from click.testing import CliRunner

from melodyrnn.cli import COMMANDS, main
from melodyrnn.system.shells import SHELLS

PLACES = {
    "bash": ".local/share/bash-completion/completions/melodyrnn",
    "zsh": ".local/share/zsh/site-functions/_melodyrnn",
    "fish": ".config/fish/completions/melodyrnn.fish",
}
BEGINNING = "export A=1\nalias b=c"
LINE = "(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}; source {}\n"


def completed(words, place):
    """What bash is told to offer for the word at ``place``."""
    environment = {
        "_MELODYRNN_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(place),
    }
    done = CliRunner().invoke(main, [], prog_name="melodyrnn", env=environment)
    return done.output.split()


@pytest.fixture
def install(tmp_path):
    """Installs for a shell, for somebody whose home is ``tmp_path``."""
    environment = {
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "XDG_DATA_HOME": None,
        "XDG_CONFIG_HOME": None,
        "ZDOTDIR": None,
    }

    def command(shell, **more):
        line = ["completion", shell, "--install"]
        return CliRunner().invoke(main, line, env=environment | more)

    return command


def everything(folder):
    return {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def test_commands_options_and_files_are_completed():
    assert completed("melodyrnn tr", 1) == ["plain,train"]
    assert completed("melodyrnn train --ep", 2) == ["plain,--epochs"]
    assert completed("melodyrnn inspect son", 2) == ["file,son"]
    assert completed("melodyrnn corpus ", 2) == [
        f"plain,{name}" for name in ("export", "list", "pack", "show")
    ]


def test_the_commands_are_offered_without_any_being_imported(monkeypatch):
    monkeypatch.setattr(main, "get_command", lambda *_: pytest.fail("a command was imported"))
    assert completed("melodyrnn ", 1) == [f"plain,{name}" for name in COMMANDS]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_printed_is_what_is_installed_once(shell, install, tmp_path):
    printed = CliRunner().invoke(main, ["completion", shell])
    assert printed.exit_code == 0
    place = tmp_path / PLACES[shell]
    first = install(shell)
    assert (first.exit_code, first.stdout.splitlines()[0]) == (0, str(place))
    assert place.read_text(encoding="utf-8") == printed.stdout
    files = everything(tmp_path)
    assert install(shell).stdout == "installed already\n"
    assert everything(tmp_path) == files
    if shutil.which(shell):
        subprocess.run([shell, "-n", place], check=True)


def test_a_start_up_file_keeps_all_it_has_and_stays_a_link(install, tmp_path):
    real = tmp_path / "dotfiles"
    real.write_text(BEGINNING, encoding="utf-8")
    (tmp_path / ".zshrc").symlink_to(real)
    done = install("zsh")
    place = tmp_path / PLACES["zsh"]
    assert done.stdout.split() == [str(place), str(tmp_path / ".zshrc")]
    assert real.read_text(encoding="utf-8") == f"{BEGINNING}\n{LINE.format(place)}"
    assert (tmp_path / ".zshrc").is_symlink()


def test_other_folders_are_taken_from_the_environment(install, tmp_path):
    data, start = tmp_path / "my data", tmp_path / "zsh"
    start.mkdir()
    install("zsh", XDG_DATA_HOME=str(data), ZDOTDIR=str(start))
    place = data / "zsh" / "site-functions" / "_melodyrnn"
    assert (start / ".zshrc").read_text(encoding="utf-8") == LINE.format(f"'{place}'")
    assert set(everything(tmp_path)) == {place, start / ".zshrc"}


def test_an_older_one_is_replaced_and_somebody_elses_is_not(install, tmp_path):
    place = tmp_path / PLACES["fish"]
    place.parent.mkdir(parents=True)
    place.write_text("function _melodyrnn_completion; end\n", encoding="utf-8")
    assert install("fish").stdout == f"{place}\n"
    place.write_text("complete -c melodyrnn\n", encoding="utf-8")
    done = install("fish")
    assert done.exit_code == 1
    assert done.stderr == f"error: {place}: a completion that is not of melodyrnn; move it away\n"
    assert place.read_text(encoding="utf-8") == "complete -c melodyrnn\n"


def test_a_start_up_file_that_cannot_be_written_is_named_with_the_line(install, tmp_path):
    (tmp_path / ".zshrc").symlink_to(tmp_path / "missing" / "zshrc")
    done = install("zsh")
    assert done.exit_code == 1
    assert done.stderr == (
        f"error: {tmp_path / '.zshrc'}: cannot write: no such file or directory; "
        f"add this line: {LINE.format(tmp_path / PLACES['zsh'])}"
    )
