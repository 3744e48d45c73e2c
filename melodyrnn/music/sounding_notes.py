"""The notes of a song that sound, as whole numbers, each computed once."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from melodyrnn.music.song import Song


@dataclass(frozen=True)
class SoundingNotes:
    """N notes of a song. Times are in ticks from its start."""

    song: Song

    @cached_property
    def steps(self) -> list[int]:
        """How long each note of the song lasts, rests too."""
        return self.song.steps

    @cached_property
    def places(self) -> list[int]:
        """Among all notes of the song, (N,)."""
        return [place for place, note in enumerate(self.song.notes) if note.pitch]

    @cached_property
    def pitches(self) -> list[int]:
        """MIDI numbers, (N,)."""
        return [note.pitch.midi for note in self.song.notes if note.pitch]

    @cached_property
    def lengths(self) -> list[int]:
        """How long each sounds, (N,)."""
        return [self.steps[place] for place in self.places]

    @cached_property
    def onsets(self) -> list[int]:
        """When each begins, (N,)."""
        starts = list(accumulate(self.steps, initial=0))
        return [starts[place] for place in self.places]

    @cached_property
    def total(self) -> int:
        """How long the song is."""
        return sum(self.steps)

    @cached_property
    def intervals(self) -> list[int]:
        """Semitones from each note that sounds to the next, (N - 1,)."""
        return [after - before for before, after in pairwise(self.pitches)]
