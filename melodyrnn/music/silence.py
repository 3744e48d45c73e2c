"""Songs that begin with silence."""

from dataclasses import replace

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.song import Song


def after_silence(song: Song) -> Song:
    """The song from its first note that sounds on, its bar lines where they were: what is left of
    the bar in which that note stands is the pickup. A song of rests only stays as it is.
    """
    first = next((place for place, note in enumerate(song.notes) if note.pitch), 0)
    silence = song.offsets[first] if song.notes else 0
    if not silence:
        return song
    meter, start, end = next(span for span in bar_spans(song) if span[1] <= silence < span[2])
    if end == song.duration:  # the last bar may be longer than the song
        end = song.pickup if song.pickup and not start else start + meter.bar
    left = end - silence
    return replace(
        song,
        notes=song.notes[first:],
        meter=meter,
        pickup=left if left < meter.bar else type(left)(0),
        meter_changes=tuple(
            (at - silence, changed) for at, changed in song.meter_changes if at > silence
        ),
        # Of the chords before the first note, the last one sounds on.
        chords=tuple({max(at - silence, type(at)(0)): name for at, name in song.chords}.items()),
    )
