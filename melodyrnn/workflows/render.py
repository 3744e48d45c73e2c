"""A song file made visible or audible."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Source, gather_one
from melodyrnn.errors import ConfigError
from melodyrnn.files import is_same
from melodyrnn.formats.registry import writers
from melodyrnn.models.settings import check
from melodyrnn.music.playing import Playing
from melodyrnn.render.instruments import INSTRUMENTS, program
from melodyrnn.render.write import write_song


def suffixes() -> list[str]:
    """How the names of files end that can be written, those of other packages too."""
    return list(writers())


def instruments() -> list[str]:
    """The names of General MIDI, in its order."""
    return list(INSTRUMENTS)


def playing(**asked: float | None) -> Playing | None:
    """How to play, by the settings of ``Playing`` that are not None; None where all are.

    Raises ConfigError.
    """
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    return Playing(**given) if given else None


def samples(
    instrument: str | None, pitches: Sequence[int], *, seconds: float = 2.0
) -> dict[str, object]:
    """How ``instrument`` sounds, for a player: ``rate``, samples per second; ``release``, seconds
    that a note fades; and for each MIDI number ``samples``, 16-bit in base64, ``seconds`` long.

    Raises RenderError, ConfigError.
    """
    # NumPy: files alone are spared it
    from melodyrnn.render.pages.sound import LONGEST, RELEASE, sampled

    check("seconds", seconds, {"real": True, "above": 0.0, "most": LONGEST})
    for pitch in pitches:
        check("pitches", pitch, {"least": 0, "most": 127})
    program(instrument)
    return sampled(dict.fromkeys(pitches, seconds + RELEASE), instrument)


def render(
    song: Source,
    output: str | Path,
    *,
    instrument: str | None = None,
    tempo: float | None = None,
    playing: Playing | None = None,
    track: str | None = None,
    grid: str | None = None,
) -> list[Path]:
    """Write ``song`` to ``output`` in the format of its suffix; returns the files written.

    ``instrument`` is a General MIDI name, ``tempo`` in quarter notes per minute; ``playing`` is how
    MIDI and WAV are played, gently by default.
    Raises MelodyError; nothing is written then.
    """
    if isinstance(song, str | Path) and is_same(Path(song), Path(output)):
        raise ConfigError(f"{output}: is the song itself; choose another --output")
    named = gather_one(song, track=track, grid=grid)
    return write_song(named.song, output, instrument=instrument, tempo=tempo, playing=playing)
