"""The scores of a page that are played: they share their glyphs, and the sounds of their notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from melodyrnn.music.song import Song
from melodyrnn.render.pages.scores import Engraver
from melodyrnn.render.pages.sound import notes, sound, tempo_of
from melodyrnn.render.pages.training_data import Expected


@dataclass(frozen=True)
class ScorePlayer:
    """One score with its player, as the template shows it."""

    name: str  # its id in the page
    title: str
    label: str  # what it is called where its title is not seen
    notes: int
    score: Markup
    about: object  # what the template says of it
    expects: bool  # whether what a model expected is known of each note


@dataclass
class Players:
    """Those of one page, in the order in which they stand there."""

    tempo: float | None = None  # of all, in quarter notes per minute; each song's own without
    instrument: str | None = None
    most: int | None = None  # characters of all sounds together: see ``sound``
    engraver: Engraver = field(default_factory=Engraver)
    songs: list[Song] = field(default_factory=list)
    notes: list[dict[str, object]] = field(default_factory=list)  # of each song

    def add(
        self,
        name: str,
        title: str,
        song: Song,
        *,
        wrong: Mapping[int, str] | None = None,
        primer: int = 0,
        label: str = "",
        about: object = None,
        expected: Sequence[Expected | None] = (),
    ) -> ScorePlayer:
        """One more. ``wrong`` and ``primer`` are those of ``Engraver.score``, ``expected`` what a
        model held likeliest at each note, None where it was not asked.

        Raises RenderError where the score cannot be made.
        """
        wrong = wrong or {}
        tempo = self.tempo or tempo_of(song)
        self.songs.append(song)
        data: dict[str, object] = {"wrong": {str(n): token for n, token in wrong.items()}}
        if expected:
            data["expected"] = list(map(_written, expected))
        self.notes.append(notes(song, tempo) | data)
        score = Markup(self.engraver.score(song, wrong=wrong, primer=primer))
        return ScorePlayer(name, title, label or title, len(song), score, about, bool(expected))

    @property
    def glyphs(self) -> Markup:
        """What the scores use."""
        return Markup(self.engraver.definitions())

    @property
    def data(self) -> dict[str, object]:
        """What the script plays: of each player its notes, and the sounds of all.

        Raises RenderError where a sound cannot be made.
        """
        sounds = sound(self.songs, self.tempo, self.instrument, self.most)
        return {"players": self.notes, **sounds}


def _written(expected: Expected | None) -> list[tuple[str, float, int]] | None:
    """As the script reads it."""
    if expected is None:
        return None
    return [(each.token, round(each.share, 3), int(each.came)) for each in expected]
