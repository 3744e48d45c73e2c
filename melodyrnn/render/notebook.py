"""A song in a notebook: its score and a player, whole in one piece of HTML, without a network."""

import io
import wave
from base64 import b64encode
from html import escape

import numpy as np

from melodyrnn.errors import MelodyError
from melodyrnn.music.song import Song
from melodyrnn.render.audio import wav
from melodyrnn.render.sheet import svg

LONGEST = 300.0
"""Seconds of sound in a page, 18 MB; a longer song is shown without a player."""


def html(song: Song) -> str:
    """The score as SVG and, below, its sound at half the usual rate; or why it has none."""
    try:
        pages = "".join(f"<div>{_fluid(page)}</div>" for page in svg(song))
        if song.seconds > LONGEST:
            player = "<p>too long to be played here; write it with write_song(song, 'song.wav')</p>"
        else:
            sound = b64encode(_halved(wav(song))).decode()
            player = f'<audio controls src="data:audio/wav;base64,{sound}"></audio>'
    except MelodyError as error:
        return f"<pre>{escape(repr(song))}\n{escape(str(error))}</pre>"
    return f'<div style="max-width: 56em">{pages}{player}</div>'


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
