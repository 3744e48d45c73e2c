"""Everything that can go wrong on purpose. This module imports nothing of this package.

    MelodyError
    ├── FileError         a file that is missing, a folder, unreadable, or cannot be written
    ├── NotationError     a token or header of the text notation
    ├── MidiError         a Standard MIDI File
    ├── ScoreError        MusicXML, ABC or Humdrum; a file that cannot be read as a song
    ├── VocabularyError   a token that the vocabulary lacks
    ├── WindowError       a song too short for the window, an impossible window
    ├── RunError          a run folder
    ├── RenderError       a picture or a sound
    ├── ConfigError       a setting out of its range
    │   └── PluginError   a model, cell or format of another package, which is gone or broken
    └── ConstraintError   what new songs shall keep to cannot be kept to

    MelodyWarning         something was decided for the user, who should know it

Each message is one line that names the value, the place and the remedy, such as
``songs/x.txt:3:14: unknown pitch 'h4'; pitches are a to g``.

A message is written with the options of the command line: ``--units 0 is out of range``. Whoever
calls from Python reads the arguments instead: ``units 0 is out of range``, ``overwrite=True
replaces it``. The command line says that it is in front with ``naming_options``; what is quoted,
such as a command line to type, is never changed.
"""

import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

SWITCHES = frozenset(
    {
        "avoid_loops",
        "early_stop",
        "end",
        "exclusion",
        "fast",
        "keep_primer",
        "overwrite",
        "report",
        "resume",
        "tensorboard",
        "ties",
        "update_exclusion",
        "with_short_term",
    }
)
"""The arguments whose options take no value: ``--resume`` stands for ``resume=True``."""

RENAMED = {"from": "from_run", "format": "written_in"}
"""Options whose names Python has a word of its own for, and their arguments."""

_NAME = r"(?:-o[ ]or[ ])?(?<![\w./-])--[a-z]+(?:-[a-z]+)*(?![\w/-]|\.\w)"
_VALUE = r'(?:"[^"]*"|[\w+./]*\d[\w+/]*)'
_PART = re.compile(
    rf"""(?P<quoted>(?<!\w)'[^']*'|(?<!\w)"[^"]*"|\bpip\ install\b[^;]*)
    |(?P<names>{_NAME}(?:,\ {_NAME})+)
    |(?P<given>{_NAME}(?:\ {_VALUE})?(?:\ {_NAME}(?:\ {_VALUE})?)+)
    |(?P<one>{_NAME})""",
    re.VERBOSE,
)
"""What is quoted; option names in a row; options as they were given; an option among words."""

_lock = Lock()
_naming = 0  # how many are ``naming_options`` now


@contextmanager
def naming_options() -> Iterator[None]:
    """While it lasts, in all threads, messages name options, as they are written.

    For the command line; for a worker process, whose messages its caller reads; and for messages
    to be kept, which are ``worded`` when they are shown.
    """
    global _naming
    with _lock:
        _naming += 1
    try:
        yield
    finally:
        with _lock:
            _naming -= 1


@contextmanager
def naming_arguments() -> Iterator[None]:
    """While it lasts, messages name arguments even within ``naming_options``: for a page that a
    command serves, whose settings have no dashes.
    """
    global _naming
    with _lock:
        before, _naming = _naming, 0
    try:
        yield
    finally:
        with _lock:
            _naming = before


def worded(message: str) -> str:
    """``message``, which names options, for the face in front: the command line or Python."""
    return message if _naming else _PART.sub(_arguments, message)


def _arguments(match: re.Match[str]) -> str:
    """The same part of a message with arguments in the place of options."""
    text = match[0]
    if match["quoted"]:
        return text
    if match["names"]:
        return re.sub(_NAME, lambda name: _argument(name[0]), text)
    if match["given"]:
        text = re.sub(rf"(?<!^) (?={_NAME})", ", ", text)
    return re.sub(_NAME, lambda name: _assigned(name[0]), text)


def _argument(option: str) -> str:
    """``--learning-rate`` -> ``learning_rate``."""
    name = option.rpartition("--")[2].replace("-", "_")
    return RENAMED.get(name, name)


def _assigned(option: str) -> str:
    """``--resume`` -> ``resume=True``, ``--no-early-stop`` -> ``early_stop=False``."""
    name = _argument(option)
    if name in SWITCHES:
        return f"{name}=True"
    positive = name.removeprefix("no_")
    return f"{positive}=False" if positive in SWITCHES else name


class _Worded:
    """Says its message for the face in front; pickled, it keeps the message as it is written."""

    def __str__(self) -> str:
        return worded(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class MelodyError(_Worded, Exception):
    """The root of every error that this package raises on purpose."""


class FileError(MelodyError):
    """A file is missing, a folder, unreadable or too large, or cannot be written."""


class NotationError(MelodyError):
    """The text notation cannot be read as written."""


class MidiError(MelodyError):
    """A MIDI file is corrupt, truncated or empty of notes."""


class ScoreError(MelodyError):
    """A score file cannot be read as one melody, or a song cannot be written to it."""


class VocabularyError(MelodyError):
    """A token is not in the vocabulary, or the vocabulary itself is ill-formed."""


class WindowError(MelodyError):
    """A song is no longer than the window, or the window is impossible."""


class RunError(MelodyError):
    """A run folder is missing, corrupt, foreign or in the way."""


class RenderError(MelodyError):
    """A song cannot be drawn or sounded as asked."""


class ConfigError(MelodyError):
    """A setting is out of its range."""


class PluginError(ConfigError):
    """What another package adds is not installed, or cannot be loaded."""


class ConstraintError(MelodyError):
    """What new songs shall keep to cannot be kept to."""


class MelodyWarning(_Worded, UserWarning):
    """A choice was made for the user: a track, a voice, a rounding."""


_PACKAGE = str(Path(__file__).parent)


def warn(message: str) -> None:
    """A MelodyWarning of the line that called this package, however deep it is in there."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, MelodyWarning, stacklevel=level)
