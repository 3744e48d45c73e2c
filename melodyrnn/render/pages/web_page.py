"""One page: whole in one file, which asks the network for nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from melodyrnn.render.pages.environment import file, filled
from melodyrnn.render.pages.players import Players
from melodyrnn.render.pages.words import FAMILY, font_face

POLICY = Markup(
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "media-src blob:; font-src data:; img-src data:"
)
"""Has the browser refuse any request to the network."""


@dataclass(frozen=True)
class Section:
    """A part of a page under a title: a template of ``sections/`` and its values."""

    name: str  # its id in the page
    title: str
    values: Mapping[str, object]
    template: str = ""  # its name, by default that of the section

    def __post_init__(self) -> None:
        object.__setattr__(self, "template", self.template or self.name)


@dataclass(frozen=True)
class WebPage:
    """What stands on a page."""

    title: str
    kind: str  # what sort of page it is, behind the title in the browser's tab
    sections: Sequence[Section]
    composer: str = ""
    facts: Sequence[str] = ()  # in a line below the title
    sentence: str = ""  # what it shows, in words
    texts: Sequence[str] = field(default=(), kw_only=True)  # others, perhaps beyond Latin letters


def html(page: WebPage, players: Players | None = None) -> str:
    """The page as HTML, with what its players need. The same page gives the same bytes."""
    texts = [page.title, page.composer, page.sentence, *page.facts, *page.texts]
    return filled(
        "base.html",
        page=page,
        players=players,
        policy=POLICY,
        style=style(texts),
        script=file("player.js") if players else "",
    )


def style(texts: Iterable[str]) -> Markup:
    """Of a page that shows ``texts``, with those of their letters that a reader may not have."""
    sheets = [file(f"{name}.css") for name in ("style", "table", "chart", "player")]
    return Markup(font_face(texts, FAMILY)) + Markup().join(sheets)
