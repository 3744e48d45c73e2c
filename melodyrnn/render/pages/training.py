"""The page of a training: its curves, and what the model plays and expects."""

from collections.abc import Iterator, Sequence

from melodyrnn.render.pages.curves import curves
from melodyrnn.render.pages.meanings import MEANINGS, MEANINGS_OF_HELD_OUT, MEANINGS_OF_MEMORY
from melodyrnn.render.pages.players import Players, ScorePlayer
from melodyrnn.render.pages.training_data import Example, Expected, TrainingReport, figures_of
from melodyrnn.render.pages.web_page import Section, WebPage, html

MOST_SOUND = 100_000
"""Characters of all sounds together."""
LEAST_SURE = 8
"""Places of a song in the table of those where the model is least sure."""
MOST_SONGS = 8
"""Songs held out at each end of the table."""


def training_page(report: TrainingReport) -> str:
    """The page, as HTML, of less than 600 kB. The same report gives the same page.

    Raises RenderError where a score or a sound cannot be made.
    """
    return _Training(report).html()


class _Training:
    """One page being made."""

    def __init__(self, report: TrainingReport) -> None:
        self.report, self.shown = report, report.shown
        self.players = Players(most=MOST_SOUND)

    def html(self) -> str:
        report, shown, song = self.report, self.shown, self.shown.song
        sections = list(self._sections())
        names = [each.title for each in shown.songs]
        page = WebPage(
            report.title,
            "training",
            sections,
            composer=song.song.composer if song and shown.title else "",
            facts=report.facts,
            sentence=report.sentence,
            texts=[*names, shown.text],
        )
        return html(page, self.players if self.players.songs else None)

    def _sections(self) -> Iterator[Section]:
        report, shown = self.report, self.shown
        if report.figures or report.bits:
            yield Section("figures", "What it learned", figures_of(report))
        if shown.song and shown.played:
            yield from self._by_heart(shown.song, shown.played)
        if shown.songs:
            yield Section("songs", "Songs held out, each by itself", self._songs())
        if shown.examples:
            found = [self._player(f"example-{n}", each) for n, each in enumerate(shown.examples)]
            name = "examples" if shown.song else "music"
            values = {"players": found, "legend": not shown.song}  # which is said once
            yield Section(name, "The best and the worst predicted", values, "players")
        if shown.text:
            given = len(shown.given)
            values = {"given": shown.given.split("\n"), "text": shown.text[given:].split("\n")}
            yield Section("sample", "What it writes", values)
        if report.curves:
            dashed = " The dashed line is the ceiling." if shown.ceiling else ""
            dot = "The dot is the best epoch, whose weights are kept."
            figures = curves(report.curves, shown.ceiling, {report.model: 0})
            yield Section("curves", "How it learned", {"lead": dot + dashed, "figures": figures})
        unit, general = report.unit, MEANINGS.items()
        meanings = {
            **(MEANINGS_OF_MEMORY if shown.song else {}),
            **({} if report.memory or report.unit != "note" else MEANINGS_OF_HELD_OUT),
            **{name.replace("note", unit): said.replace("note", unit) for name, said in general},
        }
        yield Section("words", "What the figures mean", {"meanings": meanings})

    def _by_heart(self, song: Example, played: Example) -> Iterator[Section]:
        players = [self._player("song", song), self._player("played", played)]
        values = {"players": players, "legend": True}
        yield Section("music", "The music", values, "players")
        yield Section("expected", "Where it is least sure", {"places": _least_sure(song.expected)})

    def _player(self, name: str, each: Example) -> ScorePlayer:
        return self.players.add(
            name,
            each.title,
            each.song,
            wrong=each.wrong,
            primer=each.primer,
            expected=each.expected,
            about=each,
        )

    def _songs(self) -> dict[str, object]:
        songs = self.shown.songs
        cut = len(songs) > 2 * MOST_SONGS
        rows = [*songs[:MOST_SONGS], *songs[-MOST_SONGS:]] if cut else songs
        top = max(each.bits for each in songs) or 1.0
        return {"rows": rows, "top": top, "left_out": len(songs) - len(rows), "half": MOST_SONGS}


def _least_sure(expected: Sequence[Expected | None]) -> list[tuple[int, Expected, float]]:
    """Index, what was expected there and the probability of what came, in the song's order."""
    asked = [
        (index, said, next(each.share for each in said if each.came))
        for index, said in enumerate(expected)
        if said is not None
    ]
    return sorted(sorted(asked, key=lambda place: place[2])[:LEAST_SURE])
