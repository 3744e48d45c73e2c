"""How large things may be, and why: each bound on what comes from a file or a stranger.

A bound is looked at before the work is done that it bounds, so that a small file cannot ask for
much: what is read takes time and memory in proportion to its length. This module imports nothing
of this package but the errors.
"""

from dataclasses import dataclass

from melodyrnn.errors import MelodyError, ScoreError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` of something."""

    most: int
    what: str  # as messages and tables say it
    why: str  # so many, and no more
    remedy: str = "cut the file into shorter ones"

    def check(self, count: int, place: str, kind: type[MelodyError] = ScoreError) -> None:
        """Raise an error of that kind, which names the ``place``, for more than there may be.

        Where whoever catches it adds the place, it is "".
        """
        if count > self.most:
            raise kind(f"{place}: {self.told}" if place else self.told)

    @property
    def told(self) -> str:
        """What is said of more."""
        return f"more than {self.most:,} {self.what}; {self.remedy}"


JOB_MEMORY = 0.5
"""Of the machine's memory, what one training, comparison or lesson in the studio may take: with
more, whatever else is open on the machine would be written to its disk, or ended.
"""

_EXPORT = "export the file again"

TITLE = Limit(1_000, "characters in a title", "what goes beyond it is left out")
NOTES = Limit(20_000, "notes in a melody", "an hour of fast playing")
MIDI_NOTES = Limit(100_000, "notes in a MIDI file", "an opera has fewer")
SCORE_NOTES = Limit(
    200_000,
    "notes and rests in a score",
    "a late string quartet of Beethoven has 26,000",
    "export the part with the melody alone",
)
SCORE_TAGS = Limit(
    2_000_000,
    "tags in a document",
    "such a quartet has 520,000; a million take 250 MB",
    "export the part with the melody alone",
)
BARS = Limit(20_000, "bars in a voice, repeats written out", "a day of music")
VOICES = Limit(1_000, "voices in a score", "an orchestra has fifty")
QUARTERS = Limit(100_000, "quarter notes in a melody", "half a day")
LINE = Limit(50_000, "characters in a line", "a whole song on one line has 5,000", "break the line")
VALUE = Limit(
    400,
    "characters in a number, a meter, a key or a voice's line",
    "such a field has ten",
    _EXPORT,
)
TUNE = Limit(500_000, "characters in a tune", "one of 20,000 notes has 100,000")
TUNES = Limit(200_000, "tunes in a file", "the largest collections have 50,000")
HEADER = Limit(1_000, "lines above the first tune", "they hold for every tune")
DIGITS = Limit(9, "digits in a number", "none in music has more", _EXPORT)
FINENESS = Limit(
    10**12,
    "parts that a quarter note is divided into",
    "notes of unlike tuplets in a row multiply them",
    "write it in fewer kinds of tuplets",
)
SPINE_LINES = Limit(50_000, "lines in a Humdrum piece", "a long movement has 3,000")
SPINE_TOKENS = Limit(200_000, "tokens in a Humdrum piece", "a string quartet has 10,000")
ENTRIES = Limit(1_000, "files in an archive", "a compressed score has three", _EXPORT)
GROUP_ROWS = Limit(
    2_000_000,
    "songs in a row group of a pack",
    "those that this program writes have 10,000",
    "pack it again",
)
GROUP_BYTES = Limit(
    1_000_000_000,
    "bytes in a row group of a pack",
    "a million songs take 300 MB",
    "pack it again",
)

LIMITS: dict[str, Limit] = {name: each for name, each in vars().items() if isinstance(each, Limit)}
"""All of them, by their names."""
