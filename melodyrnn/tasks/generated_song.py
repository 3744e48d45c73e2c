"""One new song, and what is known of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from melodyrnn.data.copies import Copied
from melodyrnn.evaluation.take_score import TakeScore
from melodyrnn.generation.loops import Loop
from melodyrnn.music.song import Song
from melodyrnn.system.sentences import Sentence


@dataclass(frozen=True)
class GeneratedSong:
    """One new song."""

    song: Song
    tokens: tuple[str, ...]
    primer: int  # notes at its start that were given
    take: int  # which of those drawn it is, from 1
    copied: Copied  # the longest run of notes that a training song has too, in whatever key
    loop: Loop | None  # in which it ends, if it does
    log_probability: float  # of what follows the primer, as the model has it; natural logarithm
    score: TakeScore  # by which several are ranked
    files: tuple[Path, ...] = ()  # all that were written of it

    @property
    def file(self) -> Path | None:
        """The first of its files."""
        return self.files[0] if self.files else None

    @property
    def copied_words(self) -> Sentence:
        """What it copies, in words."""
        copied = self.copied
        return Sentence(
            "{notes} of {all} notes in a row, from note {start}, stand in {song}, from note "
            "{place}",
            notes=copied.notes,
            all=len(self.tokens),
            start=copied.start + 1,
            song=copied.song,
            place=copied.place + 1,
        )

    def to_json(self) -> dict[str, Any]:
        document = {
            "tokens": list(self.tokens),
            "meter": str(self.song.meter),
            "key": str(self.song.key),
            "primer": self.primer,
            "take": self.take,
            "score": self.score.to_json(),
            "copied": self.copied.to_json(),
            "loop": self.loop and self.loop._asdict(),
            "log_probability": self.log_probability,
        }
        written = {"file": str(self.file), "files": list(map(str, self.files))}
        return document | (written if self.files else {})
