"""A form as letters, such as AABA: which phrases of a song come back, and how much of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import FormConfig

USUAL_BARS = 4
"""Bars of a phrase where nothing is said."""

_FEWEST_BARS = 2
_RETURN, _VARIED = Fraction(3, 4), Fraction(1, 2)
"""The share of a phrase that comes back: all but an ending, of four bars the last; or its first
half.
"""


class Phrase(NamedTuple):
    """One letter of a form."""

    source: int | None = None  # the number of the earlier phrase that comes back; None: a new one
    kept: Fraction = Fraction(0)  # how much of that does


def phrases_of(form: str) -> tuple[Phrase, ...]:
    """Raises ConfigError where ``form`` is not letters, each with ' or without."""
    names = re.findall("[A-Za-z]'*", form)
    if not names or "".join(names) != form:
        raise ConfigError(
            f"--form {form!r} is not written in letters; write one a phrase, such as AABA, and ' "
            "after one for a varied return, such as AA'BA"
        )
    return tuple(_phrase(name, names[:number]) for number, name in enumerate(names))


def _phrase(name: str, before: Sequence[str]) -> Phrase:
    """What is called the same comes back, or else what has the same letter, varied."""
    if name in before:
        return Phrase(before.index(name), _RETURN)
    letters = [each[0] for each in before]
    return Phrase(letters.index(name[0]), _VARIED) if name[0] in letters else Phrase()


def in_phrases(config: FormConfig, length: int | None) -> tuple[FormConfig, tuple[Phrase, ...]]:
    """``config`` with as many bars as its form has, and its phrases; none where it has no form.

    Raises ConfigError where the bars are not phrases of the same length, or too short ones.
    """
    if config.form is None:
        return config, ()
    phrases = phrases_of(config.form)
    count = len(phrases)
    if length is not None:
        raise ConfigError("--length has no effect with --form, which fills its bars; leave it out")
    config = replace(config, bars=config.bars or USUAL_BARS * count)
    assert config.bars, "a form has bars"
    each, over = divmod(config.bars, count)
    if each < _FEWEST_BARS:
        raise ConfigError(
            f'--form "{config.form}": {_bars(config.bars)} for {_phrases(count)} leave less than '
            f"{_FEWEST_BARS} to each; give --bars {_FEWEST_BARS * count} or more"
        )
    if over:
        raise ConfigError(
            f'--form "{config.form}": {_bars(config.bars)} are no {_phrases(count)} of the same '
            f"length; give --bars {each * count} or {(each + 1) * count}"
        )
    return config, phrases


def _bars(count: int) -> str:
    return f"{count} bar{'s' * (count > 1)}"


def _phrases(count: int) -> str:
    return f"{count} phrase{'s' * (count > 1)}"
