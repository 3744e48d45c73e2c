"""Songs as they are written, where a reader plays their repeats."""

from dataclasses import replace

from melodyrnn.music.song import Note, Song

SHORTEST = 8
"""Notes of an opening that is taken for a repeated section, not for a motive."""


def played_once(song: Song) -> Song:
    """``song`` without the second statement of its opening, if it is stated twice at once.

    The last notes of the two may differ in duration, as they do before first and second endings.
    """
    count = _stated_twice(song.notes)
    if not count:
        return song
    end = song.offsets[count]
    cut = song.offsets[2 * count] - end if 2 * count < len(song.notes) else song.duration - end
    changes = tuple(
        (offset if offset < end else offset - cut, meter)
        for offset, meter in song.meter_changes
        if not end <= offset < end + cut
    )
    notes = song.notes[:count] + song.notes[2 * count :]
    return replace(song, notes=notes, meter_changes=changes, chords=())


def _stated_twice(notes: tuple[Note, ...]) -> int:
    """How many notes the longest such opening has, 0 if there is none."""
    for count in range(len(notes) // 2, SHORTEST - 1, -1):
        first, second = notes[:count], notes[count : 2 * count]
        if first[:-1] == second[:-1] and first[-1].pitch == second[-1].pitch:
            return count
    return 0
