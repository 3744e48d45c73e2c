"""The page of a comparison: one self-contained HTML file to look at and to listen to.

It asks the network for nothing: letters, glyphs, sounds, styles and script are inside it.
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files

from melodyrnn.music.song import Song
from melodyrnn.render import report_charts, report_tables
from melodyrnn.render.report_data import (
    ONE_STEP,
    WHOLE_SONG,
    Ambiguity,
    Ceiling,
    HeldOut,
    HeldOutRow,
    MemoryRow,
    Pair,
    Report,
    Spread,
    TrainingCurve,
    Version,
    WindowLine,
    WindowPlace,
    WindowsChart,
)
from melodyrnn.render.report_scores import Engraver
from melodyrnn.render.report_sound import notes, sound, tempo_of
from melodyrnn.render.report_words import font_face, named, text

__all__ = [
    "ONE_STEP",
    "WHOLE_SONG",
    "Ambiguity",
    "Ceiling",
    "HeldOut",
    "HeldOutRow",
    "MemoryRow",
    "Pair",
    "Report",
    "Spread",
    "TrainingCurve",
    "Version",
    "WindowLine",
    "WindowPlace",
    "WindowsChart",
    "report",
]

FAMILY = "Letters"
"""The embedded font's name in the style sheet."""

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "media-src blob:; font-src data:; img-src data:"
)
"""Has the browser refuse any request to the network."""

TESTS = {
    ONE_STEP: "One step: each note after the true notes before it",
    WHOLE_SONG: "Whole song: each note after the model\u2019s own notes",
}

MEANINGS = (
    (
        "one step",
        "The model is given the true notes and predicts each next one (teacher-forced): how many "
        "predictions are correct.",
    ),
    (
        "whole song",
        "The model is given the first notes and then its own predictions, to the song\u2019s "
        "length (free-running): how many notes agree, position by position. A whole song given "
        "back is memory.",
    ),
    (
        "bits per note",
        "The cross-entropy: the mean of \u2212log\u2082 of the probability that the model gave to "
        "the true note. 0 for a model that is certain and correct, 1 for a toss between two.",
    ),
    (
        "the ceiling",
        "For each window of notes, the note that follows it most often: no predictor that sees "
        "only the window gets more notes of the song correct.",
    ),
    ("epoch", "One pass of training over the song."),
)


def report(data: Report, *, instrument: str | None = None) -> str:
    """The page, as HTML. The same report gives the same page.

    Raises RenderError where a score or a sound cannot be made.
    """
    return _Page(data, instrument).html()


class _Page:
    """One page being written: its scores share their glyphs, its players their sounds."""

    def __init__(self, data: Report, instrument: str | None) -> None:
        self.data = data
        self.title = data.title or data.song.title or "A melody"
        self.tempo = tempo_of(data.song)
        self.instrument = instrument
        self.engraver = Engraver()
        self.players: list[dict[str, object]] = []
        self.series = {model: n for n, model in enumerate(self._models())}

    def _models(self) -> list[str]:
        """In the order of the table; each has a colour for the whole page."""
        data = self.data
        found = [row.model for row in data.rows]
        found += [version.model for version in data.versions]
        found += [curve.model for curve in data.curves]
        found += [m for case in data.ambiguities for place in case.places for m in place.says]
        found += [line.model for line in data.windows.lines] if data.windows else []
        found += [row.model for row in data.held_out.rows] if data.held_out else []
        return list(dict.fromkeys(found))

    def html(self) -> str:
        sections = list(self._sections())
        links = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in sections)
        body = "".join(
            f'<section id="{name}" aria-labelledby="{name}-title">'
            f'<h2 id="{name}-title">{title}</h2>{content}</section>'
            for name, title, content in sections
        )
        texts = [self.title, self.data.song.composer, *self.series]
        style = font_face(texts, FAMILY) + _file("report.css")
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
            f"<title>{text(self.title)} \u00b7 models compared</title><style>{style}</style></head>"
            f'<body><a class="skip" href="#music">Skip to the music</a>{self._header(links)}'
            f"<main>{body}</main>{self.engraver.definitions()}"
            f'<script type="application/json" id="data">{_json(self._sounds())}</script>'
            f"<script>{_file('report.js')}</script></body></html>\n"
        )

    def _header(self, links: str) -> str:
        data, song = self.data, self.data.song
        facts = [f"{len(song)} notes", str(song.meter), str(song.key)]
        facts.append(f"windows of {data.ceiling.window}")
        facts += [report_tables.seeds(data.seeds)] if data.seeds else []
        composer = f'<p class="composer">{named(song.composer)}</p>' if song.composer else ""
        return (
            f'<header><h1>{named(self.title)}</h1>{composer}<p class="facts">'
            + " \u00b7 ".join(map(text, facts))
            + f'</p><p class="sentence">{text(data.sentence)}</p>'
            f'<nav aria-label="Sections">{links}</nav></header>'
        )

    def _sections(self) -> Iterator[tuple[str, str, str]]:
        """(id, title, HTML) of each section that has something to show."""
        data, series = self.data, self.series
        if data.rows:
            table = report_tables.memory(data.rows, data.ceiling, series)
            yield "table", "What each model remembers", f"{self._ceiling()}{table}"
        yield "music", "The music", self._music()
        if data.ambiguities:
            cases = "".join(report_tables.ambiguity(case, series) for case in data.ambiguities)
            lead = (
                "<p>These windows stand before more than one note. A model that sees only the "
                "window has to predict the same at each of their places; one that carries what "
                "came before need not.</p>"
            )
            yield "ambiguous", "Where the window is not enough", lead + cases
        if data.windows:
            lead = (
                "<p>Notes correct in the one-step test. The shaded region is out of reach for any "
                "model that sees the window only.</p>"
            )
            chart = report_charts.windows(data.windows, series)
            yield "windows", "Longer windows", lead + chart
        if data.curves:
            lead = "<p>One line per seed. The dashed line is the ceiling.</p>"
            yield (
                "curves",
                "How they learned",
                lead + report_charts.curves(data.curves, data.ceiling, series),
            )
        if data.held_out:
            lead = (
                f"<p>{data.held_out.songs} songs, {data.held_out.notes:,} notes, that no model "
                "had in training: what a model expects of new music, not what it remembers. "
                "Fewer bits are better.</p>"
            )
            table = report_tables.held_out(data.held_out, series)
            yield "held-out", "Songs held out", lead + table
        meanings = "".join(f"<div><dt>{word}</dt><dd>{what}</dd></div>" for word, what in MEANINGS)
        yield "words", "What the figures mean", f'<dl class="meanings">{meanings}</dl>'

    def _ceiling(self) -> str:
        c = self.data.ceiling
        only = f"{c.window} notes" if c.window > 1 else "one note"
        return (
            f'<p class="ceiling"><b>{c.right}<span> of {c.all}</span></b> is the most that any '
            f"model can predict correctly which sees only {only}: the ceiling.</p>"
        )

    def _music(self) -> str:
        legend = (
            '<p class="legend"><span><svg viewBox="0 0 20 14" aria-hidden="true">'
            '<circle class="ring" cx="10" cy="7" r="5.5"></circle></svg>'
            "wrong; below it what the song has there</span>"
            '<span><svg viewBox="0 0 20 14" aria-hidden="true"><g class="bracket">'
            '<path d="M3 5 V9 H17 V5"></path></g></svg>given to the model</span>'
            '<label><input type="checkbox" id="follow"> scroll with the music</label></p>'
            '<p class="hint">Press a note to play from there. In a score, the arrow keys go from '
            "note to note and the space bar plays.</p>"
        )
        song = self._player("song", "The song", "", self.data.song, {}, 0)
        groups = "".join(self._group(model) for model in self.series)
        return f"{legend}{song}{groups}"

    def _group(self, model: str) -> str:
        mine = [version for version in self.data.versions if version.model == model]
        if not mine:
            return ""
        return f'<h3 class="model">{report_tables.key(model, self.series[model])}</h3>' + "".join(
            self._version(version) for version in mine
        )

    def _version(self, version: Version) -> str:
        name = f"{self.series[version.model]}-{version.test.replace(' ', '-')}"
        first = min(version.wrong, default=None)
        result = f"<b>{version.right}</b> of {version.all} correct"
        if first is not None:
            result += f", the first wrong one is note {first + 1}"
        if version.seed is not None:
            result += f" \u00b7 seed {version.seed}"
        title = TESTS.get(version.test, version.test)
        label = f"{title} ({version.model})"
        return self._player(
            f"version-{name}", title, result, version.song, version.wrong, version.primer, label
        )

    def _player(
        self,
        name: str,
        title: str,
        result: str,
        song: Song,
        wrong: Mapping[int, str],
        primer: int,
        label: str = "",
    ) -> str:
        self.players.append(
            notes(song, self.tempo) | {"wrong": {str(n): token for n, token in wrong.items()}}
        )
        heading = "h4" if label else "h3"  # a version stands under its model
        label = text(label or title)
        score = self.engraver.score(song, wrong=wrong, primer=primer)
        return (
            f'<article class="player" id="{text(name)}"><header>'
            f'<button type="button" class="play" aria-label="Play: {label}" aria-pressed="false">'
            '<svg viewBox="0 0 24 24" aria-hidden="true"><path class="start" d="M8 5v14l11-7z">'
            '</path><path class="stop" d="M7 5h4v14H7zM13 5h4v14h-4z"></path></svg></button>'
            f'<div><{heading}>{text(title)}</{heading}><p class="result">{result}</p></div>'
            '<output class="now"></output></header>'
            f'<div class="score" role="slider" tabindex="0" aria-label="Note of: {label}" '
            f'aria-valuemin="1" aria-valuemax="{len(song)}" aria-valuenow="1">{score}</div>'
            '<audio preload="none"></audio></article>'
        )

    def _sounds(self) -> dict[str, object]:
        songs = [self.data.song, *(version.song for version in self.data.versions)]
        return {"players": self.players, **sound(songs, self.tempo, self.instrument)}


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _json(value: object) -> str:
    """JSON that may stand within a script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
