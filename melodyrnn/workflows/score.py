"""A song on a screen: its notes with their places in the bars, and its score, whose notes can be
found again.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from melodyrnn.data.gather import Source, gather_one
from melodyrnn.errors import ConfigError
from melodyrnn.music.bars import note_places
from melodyrnn.music.notation.text import format as format_song
from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import Song

if TYPE_CHECKING:
    from melodyrnn.render.screen_score import ScreenScore


@dataclass(frozen=True)
class ScoreResult:
    """A song, and its score."""

    song: Song
    score: "ScreenScore"

    def to_json(self) -> dict[str, Any]:
        places = [
            {"note": note, "ids": ids, "onset": float(onset), "duration": float(each.duration)}
            for note, (ids, onset, each) in enumerate(
                zip(self.score.ids, self.song.offsets, self.song.notes, strict=True)
            )
        ]
        return {"song": song_document(self.song), "svg": self.score.svg, "places": places}


def read_notes(text: str) -> Song:
    """The song that ``text`` writes. Raises NotationError, which calls it ``notes``."""
    return parse(text, "notes")


def score(song: Source, *, width: int = 190, prefix: str = "") -> ScoreResult:
    """The score of ``song`` for a screen, as wide as ``width`` millimetres of paper, without title.

    The ids in it begin with ``prefix``, so that several scores can stand in one page. Raises
    MelodyError.
    """
    from melodyrnn.render.screen_score import screen_score  # Verovio: notes alone are spared it

    if not re.fullmatch(r"[A-Za-z][\w-]{0,40}|", prefix, re.ASCII):
        raise ConfigError(f"the prefix {prefix[:24]!r} is no name; begin with a letter")
    named = gather_one(song)
    return ScoreResult(named.song, screen_score(named.song, width, prefix))


def song_document(song: Song) -> dict[str, Any]:
    """All of a song as JSON has it: ``text`` holds it without loss, ``notes`` its notes one by one,
    in quarter notes, with the number of the bar that each begins in and the beat, from 1.
    """
    plain = replace(song, codes=())  # a vocabulary is no part of a melody that is written on
    return {
        "text": format_song(plain) if song.notes else "",
        "title": song.title,
        "composer": song.composer,
        "meter": str(song.meter),
        "key": str(song.key),
        "tempo": song.tempo,
        "pickup": float(song.pickup),
        "notes": _notes(song),
    }


def _notes(song: Song) -> list[dict[str, Any]]:
    each = zip(to_tokens(song), song.notes, song.offsets, note_places(song), strict=True)
    return [
        {
            "token": token,
            "midi": note.pitch and note.pitch.midi,
            "onset": float(onset),
            "duration": float(note.duration),
            "bar": place.bar,
            "beat": float(place.offset / place.meter.beat) + 1,
        }
        for token, note, onset, place in each
    ]
