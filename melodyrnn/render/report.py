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

MEANINGS_OF_MEMORY = (
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
        "the ceiling",
        "For each window of notes, the note that follows it most often: no predictor that sees "
        "only the window gets more notes of the song correct.",
    ),
)

MEANINGS_OF_HELD_OUT = (
    (
        "held out",
        "Songs that no model had in training, the same for all models; variants of one tune are "
        "never on both sides.",
    ),
    (
        "validation set",
        "Songs that no weights are fitted to and that choose a network\u2019s best epoch. A model "
        "without epochs learns from them, too.",
    ),
    (
        "a note",
        "Its pitch, however spelled, and its duration. One that the training set lacks costs what "
        "it takes to say so and to spell it.",
    ),
)

MEANINGS = (
    (
        "bits per note",
        "The cross-entropy: the mean of \u2212log\u2082 of the probability that the model gave to "
        "the true note. 0 for a model that is certain and correct, 1 for a toss between two.",
    ),
    ("epoch", "One pass of training over the training set."),
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
        self.title = data.title or (data.song and data.song.title) or "A melody"
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
        composer = self.data.song.composer if self.data.song else ""
        texts = [self.title, composer, *self.series]
        skip = '<a class="skip" href="#music">Skip to the music</a>' if self.data.song else ""
        style = font_face(texts, FAMILY) + _file("report.css")
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
            f"<title>{text(self.title)} \u00b7 models compared</title><style>{style}</style></head>"
            f"<body>{skip}{self._header(composer, links)}"
            f"<main>{body}</main>{self.engraver.definitions()}"
            f"{self._player_script()}</body></html>\n"
        )

    def _header(self, composer: str, links: str) -> str:
        data, song, facts = self.data, self.data.song, list[str]()
        if song:
            facts += [f"{len(song)} notes", str(song.meter), str(song.key)]
        if data.ceiling:
            facts.append(f"windows of {data.ceiling.window}")
        if data.held_out:
            facts.append(f"{data.held_out.songs} held out")
        facts += [report_tables.seeds(data.seeds)] if data.seeds else []
        composer = f'<p class="composer">{named(composer)}</p>' if composer else ""
        return (
            f'<header><h1>{named(self.title)}</h1>{composer}<p class="facts">'
            + " \u00b7 ".join(map(text, facts))
            + f'</p><p class="sentence">{text(data.sentence)}</p>'
            f'<nav aria-label="Sections">{links}</nav></header>'
        )

    def _sections(self) -> Iterator[tuple[str, str, str]]:
        """(id, title, HTML) of each section that has something to show."""
        data, series = self.data, self.series
        if data.held_out:
            table = report_tables.held_out(data.held_out, series)
            yield "held-out", "Songs held out", self._new(data.held_out) + table
        if data.ceiling and data.rows:
            table = report_tables.memory(data.rows, data.ceiling, series)
            yield "table", "What each model remembers", f"{self._most(data.ceiling)}{table}"
        if data.song:
            yield "music", "The music", self._music(data.song)
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
            dashed = " The dashed line is the ceiling." if data.ceiling else ""
            charts = report_charts.curves(data.curves, data.ceiling, series)
            yield "curves", "How they learned", f"<p>One line per seed.{dashed}</p>{charts}"
        words = [
            *(MEANINGS_OF_MEMORY if data.song else ()),
            *(MEANINGS_OF_HELD_OUT if data.held_out else ()),
            *MEANINGS,
        ]
        meanings = "".join(f"<div><dt>{word}</dt><dd>{what}</dd></div>" for word, what in words)
        yield "words", "What the figures mean", f'<dl class="meanings">{meanings}</dl>'

    def _new(self, held_out: HeldOut) -> str:
        return (
            f"<p>{held_out.songs} songs that no model had in training: what a model expects of new "
            f"music, not what it remembers. Bits are counted of {held_out.scored}. Fewer are "
            "better.</p>"
        )

    def _most(self, c: Ceiling) -> str:
        only = f"{c.window} notes" if c.window > 1 else "one note"
        return (
            f'<p class="ceiling"><b>{c.right}<span> of {c.all}</span></b> is the most that any '
            f"model can predict correctly which sees only {only}: the ceiling.</p>"
        )

    def _music(self, song: Song) -> str:
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
        player = self._player("song", "The song", "", song, {}, 0)
        groups = "".join(self._group(model) for model in self.series)
        return f"{legend}{player}{groups}"

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

    def _player_script(self) -> str:
        """What plays the song, where there is one."""
        if not self.data.song:
            return ""
        songs = [self.data.song, *(version.song for version in self.data.versions)]
        sounds = {"players": self.players, **sound(songs, self.tempo, self.instrument)}
        return (
            f'<script type="application/json" id="data">{_json(sounds)}</script>'
            f"<script>{_file('report.js')}</script>"
        )

    @property
    def tempo(self) -> float:
        """Of everything that is played, in quarter notes per minute."""
        assert self.data.song, "only a song is played"
        return tempo_of(self.data.song)


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _json(value: object) -> str:
    """JSON that may stand within a script element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
