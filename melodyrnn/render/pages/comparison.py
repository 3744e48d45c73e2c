"""The page of a comparison: what each model remembers and plays, and how it predicts new songs."""

from collections.abc import Iterator, Mapping

from melodyrnn.music.song import Song
from melodyrnn.render.pages import curves
from melodyrnn.render.pages.comparison_data import ONE_STEP, WHOLE_SONG, Report, Version
from melodyrnn.render.pages.meanings import MEANINGS, MEANINGS_OF_HELD_OUT, MEANINGS_OF_MEMORY
from melodyrnn.render.pages.players import Players, ScorePlayer
from melodyrnn.render.pages.sound import tempo_of
from melodyrnn.render.pages.web_page import Section, WebPage, html
from melodyrnn.render.pages.words import seeds

TESTS = {
    ONE_STEP: "One step: each note after the true notes before it",
    WHOLE_SONG: "Whole song: each note after the model\u2019s own notes",
}


def report(data: Report, *, instrument: str | None = None) -> str:
    """The page, as HTML. The same report gives the same page.

    Raises RenderError where a score or a sound cannot be made.
    """
    return _Comparison(data, instrument).html()


def tables(data: Report) -> Iterator[Section]:
    """Its tables alone."""
    yield from _tables(data, _series(data))


def _tables(data: Report, series: Mapping[str, int]) -> Iterator[Section]:
    if data.held_out:
        top = max(row.high for row in data.held_out.rows) * 1.05 or 1.0
        interval = f"{data.held_out.confidence:.0%} interval"
        found = {"data": data.held_out, "top": top, "interval": interval, "series": series}
        yield Section("held-out", "Songs held out", found)
    if data.ceiling and data.rows:
        known = {"rows": data.rows, "ceiling": data.ceiling, "series": series}
        yield Section("table", "What each model remembers", known)


def _series(data: Report) -> dict[str, int]:
    """Model -> its colour for the whole page, in the order of the table."""
    found = [row.model for row in data.rows]
    found += [version.model for version in data.versions]
    found += [curve.model for curve in data.curves]
    found += [m for case in data.ambiguities for place in case.places for m in place.says]
    found += [line.model for line in data.windows.lines] if data.windows else []
    found += [row.model for row in data.held_out.rows] if data.held_out else []
    return {model: number for number, model in enumerate(dict.fromkeys(found))}


class _Comparison:
    """One page being made."""

    def __init__(self, data: Report, instrument: str | None) -> None:
        self.data = data
        self.players = Players(tempo_of(data.song), instrument) if data.song else None
        self.series = _series(data)

    def html(self) -> str:
        song = self.data.song
        page = WebPage(
            self.data.title or (song and song.title) or "A melody",
            "models compared",
            list(self._sections()),
            composer=song.composer if song else "",
            facts=list(self._facts()),
            sentence=self.data.sentence,
            texts=list(self.series),
        )
        return html(page, self.players)

    def _facts(self) -> Iterator[str]:
        data = self.data
        if data.song:
            yield from (f"{len(data.song)} notes", str(data.song.meter), str(data.song.key))
        if data.ceiling:
            yield f"windows of {data.ceiling.window}"
        if data.held_out:
            yield f"{data.held_out.songs} held out"
        if data.seeds:
            yield seeds(data.seeds)

    def _sections(self) -> Iterator[Section]:
        """Each that has something to show."""
        data, series = self.data, self.series
        yield from _tables(data, series)
        if data.song and self.players:
            yield Section("music", "The music", self._music(data.song, self.players), "versions")
        if data.ambiguities:
            cases = {"cases": data.ambiguities, "series": series}
            yield Section("ambiguous", "Where the window is not enough", cases)
        if data.windows:
            drawing = curves.windows(data.windows, series)
            drawn = {"data": data.windows, "drawing": drawing, "series": series}
            yield Section("windows", "Longer windows", drawn)
        if data.curves:
            dashed = " The dashed line is the ceiling." if data.ceiling else ""
            lead = f"One line per seed; each model has axes of its own.{dashed}"
            figures = curves.curves(data.curves, data.ceiling, series)
            yield Section("curves", "How they learned", {"lead": lead, "figures": figures})
        meanings = {
            **(MEANINGS_OF_MEMORY if data.song else {}),
            **(MEANINGS_OF_HELD_OUT if data.held_out else {}),
            **MEANINGS,
        }
        yield Section("words", "What the figures mean", {"meanings": meanings})

    def _music(self, song: Song, players: Players) -> dict[str, object]:
        return {
            "song": players.add("song", "The song", song),
            "groups": [
                {"model": model, "series": number, "players": mine}
                for model, number in self.series.items()
                if (mine := [self._player(each, players) for each in self._versions(model)])
            ],
        }

    def _versions(self, model: str) -> list[Version]:
        return [version for version in self.data.versions if version.model == model]

    def _player(self, version: Version, players: Players) -> ScorePlayer:
        title = TESTS.get(version.test, version.test)
        return players.add(
            f"version-{self.series[version.model]}-{version.test.replace(' ', '-')}",
            title,
            version.song,
            wrong=version.wrong,
            primer=version.primer,
            label=f"{title} ({version.model})",
            about=version,
        )
