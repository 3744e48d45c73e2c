"""The page of new songs or texts: each as a score with a player, and what is known of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from melodyrnn.music.song import Song
from melodyrnn.render.pages.players import Players
from melodyrnn.render.pages.web_page import Section, WebPage, html

MOST_SOUND = 400_000
"""Characters of all sounds together."""


@dataclass(frozen=True)
class Take:
    """One new song."""

    song: Song
    primer: int  # notes at its start that were given
    remarks: Sequence[str]  # what it copies, its score
    files: Sequence[str] = ()  # the names of those that it stands in


@dataclass(frozen=True)
class WrittenText:
    """One new text."""

    given: str  # its beginning
    text: str  # what follows
    remarks: Sequence[str]


@dataclass(frozen=True)
class Takes:
    """Everything on the page."""

    title: str
    facts: Sequence[str]  # the run, the seed, what was asked
    songs: Sequence[Take] = ()
    texts: Sequence[WrittenText] = ()


def takes_page(takes: Takes, *, instrument: str | None = None) -> str:
    """The page, as HTML. The same takes give the same page.

    Raises RenderError where a score or a sound cannot be made.
    """
    players = Players(instrument=instrument, most=MOST_SOUND)
    sections = list(_sections(takes, players))
    texts = [word for each in takes.songs for word in (each.song.title, *each.remarks)]
    texts += [part for each in takes.texts for part in (each.given, each.text)]
    page = WebPage(takes.title, "new songs", sections, facts=takes.facts, texts=texts)
    return html(page, players if takes.songs else None)


def _sections(takes: Takes, players: Players) -> Iterator[Section]:
    if takes.songs:
        drawn = [
            players.add(
                f"take-{number}",
                take.song.title or f"Take {number}",
                take.song,
                primer=take.primer,
                about=take,
            )
            for number, take in enumerate(takes.songs, 1)
        ]
        title = "A new song" if len(drawn) == 1 else f"{len(drawn)} new songs"
        given = any(take.primer for take in takes.songs)
        yield Section("music", title, {"players": drawn, "given": given}, "takes")
    if takes.texts:
        title = "A new text" if len(takes.texts) == 1 else f"{len(takes.texts)} new texts"
        texts = [
            {"given": each.given.split("\n"), "text": each.text.split("\n"), "about": each}
            for each in takes.texts
        ]
        yield Section("texts", title, {"texts": texts})
