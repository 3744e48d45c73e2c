"""Where each shell looks for what completes a command's words, and putting it there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from melodyrnn.errors import FileError
from melodyrnn.files import exists, make_folder, reason, write_atomically


@dataclass(frozen=True)
class Shell:
    """Where a shell looks for completions.

    ``variable`` names a folder, or it is ``otherwise`` below the home folder; the completion of a
    command is the file ``place`` below that, with the command's name in the place of ``{}``. What
    a shell does not look for by itself is read at its start by ``line`` in its file ``start_up``,
    which lies in the folder of the environment variable ``start_up_variable`` or at home.
    """

    variable: str
    otherwise: str
    place: str
    start_up: str = ""
    start_up_variable: str = ""
    line: str = ""


SHELLS = {
    "bash": Shell("XDG_DATA_HOME", ".local/share", "bash-completion/completions/{}"),
    "zsh": Shell(
        "XDG_DATA_HOME",
        ".local/share",
        "zsh/site-functions/_{}",
        ".zshrc",
        "ZDOTDIR",
        # Completion may be on already (oh-my-zsh), and turning it on again takes a while.
        "(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}; source {}",
    ),
    "fish": Shell("XDG_CONFIG_HOME", ".config", "fish/completions/{}.fish"),
}
"""Name -> where it looks. bash does so where the package bash-completion is installed."""


def install(
    name: str, command: str, script: str, environment: Mapping[str, str] = os.environ
) -> list[Path]:
    """Put ``script`` where the shell ``name`` looks for the completion of ``command``.

    Returns the files that were written or changed: none where all is there already. A file of
    somebody else's is left alone, and to a start-up file one line is added at its end.

    Raises FileError where such a file stands in the way, or cannot be written.
    """
    shell = SHELLS[name]
    home = Path.home()
    place = _folder(environment, shell.variable, home / shell.otherwise)
    place /= shell.place.format(command)
    changed = []
    old = _text(place)
    if old != script:
        if old and f"_{command}_completion" not in old:
            raise FileError(f"{place}: a completion that is not of {command}; move it away")
        make_folder(place.parent)
        changed.append(write_atomically(place, script))
    if shell.line:
        start_up = _folder(environment, shell.start_up_variable, home) / shell.start_up
        if _add_line(start_up, shell.line.format(_quoted(place))):
            changed.append(start_up)
    return changed


def _folder(environment: Mapping[str, str], variable: str, otherwise: Path) -> Path:
    return Path(environment.get(variable) or otherwise)


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))


def _text(path: Path) -> str:
    """What stands in the file, nothing where there is none."""
    if not exists(path):
        return ""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise FileError(f"{path}: cannot read: {reason(error)}; move it away") from None


def _add_line(path: Path, line: str) -> bool:
    """Add ``line`` at the end of the file, unless it has it; whether it was added."""
    text = _text(path)
    if line in text.splitlines():
        return False
    start = "\n" if text and not text.endswith("\n") else ""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:  # nothing of it is rewritten
            file.write(f"{start}{line}\n")
    except OSError as error:
        raise FileError(f"{path}: cannot write: {reason(error)}; add this line: {line}") from None
    return True
