"""The templates of pages. What is put into one is escaped, but for what was made as markup here."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from melodyrnn.render import fonts
from melodyrnn.render.pages import words


def filled(template: str, **values: object) -> str:
    """The text of a template, such as ``"comparison.html"``, with these values."""
    return _environment().get_template(template).render(values)


def file(name: str) -> Markup:
    """A style sheet or a script that stands beside the templates, as it is."""
    return Markup(files(__package__).joinpath("templates", name).read_text("utf-8"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("melodyrnn.render.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words.FILTERS)
    return environment


def _printable(value: object) -> object:
    """A text on one line, without what nothing can print; anything else as it is."""
    return fonts.printable(value) if type(value) is str else value
