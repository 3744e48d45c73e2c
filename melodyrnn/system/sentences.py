"""Sentences that a face may say in another language: English, and what they were made of.

A workflow finds numbers and says them in English, which its documents hold too. Where a person
reads them, the template is looked up in a catalogue (``console.language``) and filled with the same
values.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, Self


class Sentence(str):
    """``template`` with its ``values``, as ``str.format`` joins them: a text like any other."""

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Self:
        return cls._of(template.format(**values), template, values)

    @classmethod
    def _of(cls, text: str, template: str, values: Mapping[str, Any]) -> Self:
        self = super().__new__(cls, text)
        self.template, self.values = template, values
        return self

    def capitalised(self) -> Self:
        """The same with a capital at its start, in English."""
        return self._of(self[:1].upper() + self[1:], self.template, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self)._of, (str(self), self.template, dict(self.values))


def joined(parts: Iterable[Sentence]) -> Sentence:
    """Several in one: ``a; b; c``. At least one."""
    return reduce(lambda a, b: Sentence("{a}; {b}", a=a, b=b), parts)


def listed(*parts: str) -> Sentence:
    """Those that say something: ``a, b, c``. At least one does."""
    return reduce(lambda a, b: Sentence("{a}, {b}", a=a, b=b), map(_sentence, filter(None, parts)))


def _sentence(text: str) -> Sentence:
    return text if isinstance(text, Sentence) else Sentence("{text}", text=text)


def template(text: str) -> str:
    """Marks a template, or a text to be said as it is, for the catalogues, where it becomes a
    sentence elsewhere: ``benchmarks/catalogues.py`` finds it by this.
    """
    return text
