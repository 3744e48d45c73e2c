"""The scores of a page that are played: they share their glyphs, and the sounds of their notes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from melodyrnn.music.song import Song
from melodyrnn.render.pages.scores import Engraver
from melodyrnn.render.pages.sound import notes, sound, tempo_of


@dataclass(frozen=True)
class Player:
    """One score with its player, as the template shows it."""

    name: str  # its id in the page
    title: str
    label: str  # what it is called where its title is not seen
    notes: int
    score: Markup
    about: object = None  # what the template says of it


@dataclass
class Players:
    """Those of one page, in the order in which they stand there."""

    tempo: float | None = None  # of all, in quarter notes per minute; each song's own without
    instrument: str | None = None
    songs: list[Song] = field(default_factory=list)
    _engraver: Engraver = field(default_factory=Engraver)
    _data: list[dict[str, object]] = field(default_factory=list)

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
    ) -> Player:
        """One more. ``wrong`` and ``primer`` are those of ``Engraver.score``.

        Raises RenderError where the score cannot be made.
        """
        wrong = wrong or {}
        tempo = self.tempo or tempo_of(song)
        self.songs.append(song)
        marked = {"wrong": {str(n): token for n, token in wrong.items()}}
        self._data.append(notes(song, tempo) | marked)
        score = Markup(self._engraver.score(song, wrong=wrong, primer=primer))
        return Player(name, title, label or title, len(song), score, about)

    @property
    def glyphs(self) -> Markup:
        """What the scores use."""
        return Markup(self._engraver.definitions())

    @property
    def data(self) -> dict[str, object]:
        """What the script plays: of each player its notes, and the sounds of all.

        Raises RenderError where a sound cannot be made.
        """
        return {"players": self._data, **sound(self.songs, self.tempo, self.instrument)}
