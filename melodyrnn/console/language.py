"""In which language results are said on a terminal; catalogues lie in ``locale/``.

``--lang`` says which, else LC_ALL, LC_MESSAGES or LANG, as gettext reads them. Documents of
``--json``, files, help and errors are English whatever the language: programs read the first two,
and the last two name options.
"""

import os
import string
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from melodyrnn.console import korean
from melodyrnn.system.sentences import Sentence

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "melodyrnn"
LANGUAGES = {"en": "English", "ko": "한국어"}
"""Those that ``--lang`` knows, and their names."""

_chosen = ""


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """While it lasts, results are said in ``language`` or, where it is None, in that of the
    environment.
    """
    global _chosen
    before, _chosen = _chosen, language or _of_environment()
    try:
        yield
    finally:
        _chosen = before


def said(text: str) -> str:
    """``text`` in the language that is spoken; what its catalogue has not, as it is."""
    catalogue = _catalogue(_chosen)
    if catalogue is None or not text:
        return text
    if not isinstance(text, Sentence):
        return catalogue.gettext(text)
    values = {
        name: said(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return _Speaking().vformat(catalogue.gettext(text.template), (), values)


def cell(text: str) -> str:
    """A cell of a table: sentences are said, names, notes and letters stay as they are."""
    return said(text) if isinstance(text, Sentence) else text


def phrase(template: str, /, **values: Any) -> str:
    """A template filled in the language that is spoken."""
    return said(Sentence(template, **values))


def padded(text: str, width: int) -> str:
    """``text`` followed by spaces up to so many columns of a terminal."""
    return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes: a Korean letter takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _of_environment() -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    named = next((value for name in names if (value := os.environ.get(name))), "")
    language = named.partition(".")[0].partition("_")[0]
    return language if language in LANGUAGES else "en"


@cache
def _catalogue(language: str) -> "NullTranslations | None":
    if language in ("", "en"):
        return None
    # What --help and English are spared.
    from gettext import translation
    from importlib.resources import as_file, files

    with as_file(files("melodyrnn.console") / "locale") as folder:
        return translation(DOMAIN, folder, [language])


class _Speaking(string.Formatter):
    """``{name:을}`` is a word and the particle that follows it."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if format_spec in korean.PARTICLES:
            return f"{value}{korean.particle(str(value), format_spec)}"
        return super().format_field(value, format_spec)
