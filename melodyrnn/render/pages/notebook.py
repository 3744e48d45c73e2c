"""A song in a notebook: its score and a player, whole in one piece of HTML, without a network."""

import io
import wave
from base64 import b64encode

import numpy as np
from markupsafe import Markup

from melodyrnn.errors import MelodyError
from melodyrnn.music.song import Song
from melodyrnn.render.audio import wav
from melodyrnn.render.pages.environment import filled
from melodyrnn.render.sheet import svg

LONGEST = 300.0
"""Seconds of sound in a page, 18 MB; a longer song is shown without a player."""


def html(song: Song) -> str:
    """The score as SVG and, below, its sound at half the usual rate; or why it has none."""
    try:
        scores = [Markup(_fluid(page)) for page in svg(song)]
        sound = "" if song.seconds > LONGEST else b64encode(_halved(wav(song))).decode()
    except MelodyError as error:
        return filled("unshown.html", song=repr(song), error=str(error))
    return filled("notebook.html", scores=scores, sound=sound)


def _fluid(page: str) -> str:
    """As wide as its place, and no wider than on paper."""
    return page.replace("<svg ", '<svg style="max-width: 100%; height: auto" ', 1)


def _halved(data: bytes) -> bytes:
    """A WAV file at half its rate."""
    with wave.open(io.BytesIO(data)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(-1), "<i2")
    pairs = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate // 2)
        file.writeframes(pairs.mean(axis=1).astype("<i2").tobytes())
    return buffer.getvalue()
