"""Which of several voices is the melody.

The rule, for MIDI files and scores alike:

- ``--track`` chooses, by number (from 1, among the tracks that have notes) or else by name. It may
  say several, ``Melody|Vocal``: the first that the file has is taken; ``auto`` is what follows;
- otherwise a voice that is named as melodies are (``track_names``), of several names the one that
  says most;
- otherwise, and among voices whose names say as much, the one that is most like a melody
  (``evidence``), the first of several. What is named as an accompaniment comes last.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from melodyrnn.errors import ConfigError
from melodyrnn.formats.melody.evidence import Evidence, evidence_of
from melodyrnn.formats.melody.timed_note import Voice
from melodyrnn.formats.melody.track_names import SAYS_NOTHING, rank

AUTO = "auto"
"""What ``--track`` says for the rule's own choice."""
OR = "|"
"""What stands there between tracks, of which the first that a file has is meant."""

ASKED, ALONE = "as asked for", "the only one"
NAMED, LIKELIEST = "by its name", "most like a melody"


@dataclass(frozen=True)
class Choice:
    """The voice that was taken, and why."""

    voices: tuple[Voice, ...]
    taken: int  # its place among them, from 0
    why: str  # ASKED, ALONE, NAMED or LIKELIEST

    @property
    def automatic(self) -> bool:
        """Whether another might have been taken, and nobody said so."""
        return self.why in (NAMED, LIKELIEST)

    @property
    def label(self) -> str:
        """The voice's number and name, as messages say them."""
        return _label(self.voices, self.taken)

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Of each voice, what speaks for it."""
        return evidence_of(self.voices)

    def to_json(self) -> dict[str, object]:
        """The tracks, each with what speaks for it, and which was taken and why."""
        tracks = [
            {"track": number, "name": voice.name, **evidence.to_json()}
            for number, (voice, evidence) in enumerate(
                zip(self.voices, self.evidence, strict=True), 1
            )
        ]
        return {"tracks": tracks, "took": {"track": self.taken + 1, "why": self.why}}


def choose(voices: Sequence[Voice], track: str | int | None, name: str) -> Choice:
    """The voice that the rule takes; ``name`` is the file's.

    Raises ConfigError, which names the nearest and all there are, where it has none that ``track``
    says.
    """
    taken, why = _chosen(voices, None if track is None else str(track).strip(), name)
    choice = Choice(tuple(voices), taken, why)
    if (listener := _listener.get()) is not None:
        listener(choice)
    return choice


_listener: ContextVar[Callable[[Choice], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening() -> Iterator[list[Choice]]:
    """The choices that are made within, in the order they are made."""
    heard: list[Choice] = []
    token = _listener.set(heard.append)
    try:
        yield heard
    finally:
        _listener.reset(token)


def _chosen(voices: Sequence[Voice], asked: str | None, name: str) -> tuple[int, str]:
    """The place of a voice, and why it is taken."""
    for wanted in () if asked is None else (asked, *map(str.strip, asked.split(OR))):
        if found := _called(voices, wanted):
            return _likeliest(voices, found), ASKED
        if wanted.casefold() == AUTO:
            break
    else:
        if asked is not None:
            raise ConfigError(_unknown(voices, asked, name))
    if len(voices) == 1:
        return 0, ALONE
    ranks = [rank(voice.name) for voice in voices]
    best = max(ranks)
    rivals = [place for place, found in enumerate(ranks) if found == best]
    return _likeliest(voices, rivals), NAMED if best > SAYS_NOTHING else LIKELIEST


def _called(voices: Sequence[Voice], wanted: str) -> list[int]:
    """The places of the voices that have that number, or else that name, in any case."""
    if wanted in map(str, range(1, len(voices) + 1)):
        return [int(wanted) - 1]
    return [
        place
        for place, voice in enumerate(voices)
        if wanted and wanted.casefold() in (voice.name.casefold(), voice.track.casefold())
    ]


def _likeliest(voices: Sequence[Voice], places: Sequence[int]) -> int:
    """Of voices that are all meant, the one most like a melody."""
    if len(places) == 1:
        return places[0]
    evidence = evidence_of(voices)
    return max(places, key=lambda place: evidence[place].score)


def _unknown(voices: Sequence[Voice], wanted: str, name: str) -> str:
    names = [voice.name.casefold() for voice in voices]
    close = get_close_matches(wanted.casefold(), filter(None, names), 1, 0.6)
    nearest = f" did you mean {voices[names.index(close[0])].name!r}?" if close else ""
    there = ", ".join(_label(voices, place) for place in range(min(12, len(voices))))
    more = f" … {len(voices)}" if len(voices) > 12 else ""
    return f"{name}: no track {wanted!r};{nearest} tracks with notes are {there}{more}"


def _label(voices: Sequence[Voice], place: int) -> str:
    name = voices[place].name
    return f"{place + 1} {name!r}" if name else f"{place + 1}"
