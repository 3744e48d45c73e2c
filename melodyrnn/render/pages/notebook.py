"""What a notebook shows: of a song its score and a player, of a training its figures and curves, of
a comparison its table, of a prediction bars; whole in one piece of HTML, without a network.
"""

import json
from collections.abc import Sequence
from hashlib import sha256

from markupsafe import Markup

from melodyrnn.errors import MelodyError
from melodyrnn.music.song import Song
from melodyrnn.render.engrave import Paper
from melodyrnn.render.pages.comparison import tables
from melodyrnn.render.pages.comparison_data import Report
from melodyrnn.render.pages.curves import curves
from melodyrnn.render.pages.environment import file, filled
from melodyrnn.render.pages.players import Players
from melodyrnn.render.pages.scores import Engraver
from melodyrnn.render.pages.training_data import TrainingReport, figures_of
from melodyrnn.render.pages.words import FAMILY, font_face

MOST = 150_000
"""Characters of a song: a notebook keeps all that it shows."""
MOST_SCORE, MOST_NOTES = 70_000, 25_000
"""Of the score, of which only the beginning is shown where it is longer; and of what a player
needs to know of the notes, without which it is not played.
"""
MOST_SOUND = 100_000
MOST_SONGS = 3
"""Of several together."""

PAPERS = {"sheet": Paper(width=190, height=6000, margin=2, cropped=True)}


def html(song: Song) -> str:
    """The score as SVG with a player; or why there is none."""
    players = Players(engraver=Engraver(PAPERS, MOST_SCORE))
    try:
        player = players.add("", song.title or "A melody", song)
        notes = len(json.dumps(players.notes))
        texts = [song.title, song.composer]
        values: dict[str, object] = {
            "name": f"m{sha256(repr((song, player.score)).encode()).hexdigest()[:12]}",
            "player": player,
            "players": players,
            "composer": song.composer,
            "font": Markup(font_face(texts, FAMILY)),
            "style": file("notebook.css") + file("player.css"),
            "script": file("player.js"),
            "cut": f'data-n="{len(song) - 1}"' not in player.score,
            "unplayed": notes > MOST_NOTES,
            "data": {},
        }
        whole = filled("notebook.html", **values)
        if notes <= MOST_NOTES:
            players.most = min(MOST - len(whole) - notes - 1000, MOST_SOUND)
            whole = filled("notebook.html", **values | {"data": players.data})
    except MelodyError as error:
        return filled("unshown.html", song=repr(song), error=str(error))
    return whole


def songs_html(songs: Sequence[Song], about: Sequence[str]) -> str:
    """Each of the first songs, and below it what is said ``about`` it."""
    shown = [
        {"song": Markup(html(song)), "about": said}
        for song, said in zip(songs[:MOST_SONGS], about, strict=False)
    ]
    return filled("notebook_songs.html", songs=shown, more=len(songs) - len(shown))


def training_html(report: TrainingReport) -> str:
    """How a training went: its figures and its curves."""
    return filled(
        "notebook_training.html",
        report=report,
        figures=figures_of(report),
        curves=curves(report.curves, report.shown.ceiling, {report.model: 0}),
        font=Markup(font_face([report.title], FAMILY)),
        style=_style("chart"),
    )


def comparison_html(report: Report) -> str:
    """What a comparison found: its sentence and its tables."""
    return filled(
        "notebook_comparison.html",
        sentence=report.sentence,
        sections=list(tables(report)),
        font=Markup(font_face([report.sentence], FAMILY)),
        style=_style("table", "chart"),
    )


def prediction_html(unit: str, likeliest: Sequence[tuple[str, float]]) -> str:
    """How probable each of the likeliest tokens is, the likeliest first."""
    return filled(
        "notebook_prediction.html",
        unit=unit,
        likeliest=likeliest,
        most=likeliest[0][1],
        font=Markup(font_face([token for token, _ in likeliest], FAMILY)),
        style=_style("table", "chart"),
    )


def _style(*sheets: str) -> Markup:
    return Markup().join(file(f"{name}.css") for name in ("notebook", *sheets))
