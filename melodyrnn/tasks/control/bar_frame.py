"""The frame of new songs, bars, scale and end, as an automaton; and what cannot be kept of it."""

from fractions import Fraction
from math import gcd
from typing import NamedTuple

import numpy as np

from melodyrnn.errors import ConfigError, ConstraintError
from melodyrnn.generation.automaton import Automaton
from melodyrnn.generation.transitions import NEVER
from melodyrnn.models.config import FormConfig
from melodyrnn.music.durations import GRID, ticks
from melodyrnn.music.scales import in_key, on_tonic, tonic_name
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.control.frame_states import (
    BarsAsked,
    FrameAsked,
    frame_automaton,
    place_transitions,
)
from melodyrnn.tasks.control.last_notes import LastNotes
from melodyrnn.tasks.control.returns import Clock
from melodyrnn.tasks.tokenizer import NoteTokenizer

_START, _END = "start", "end"
_LESS = "give more --bars, or fewer notes of it by --primer-notes"


class Kind(NamedTuple):
    """What of a token matters to the frame."""

    length: int  # in steps of 1/GRID quarter note; 0: never to be drawn
    closing: bool = True  # whether it may end a song
    edge: str = ""  # what stands at the start or at the end, or nothing: a note


Sounding = tuple[int | None, int]
"""What a token sounds: its MIDI number, None for a rest, and its length in steps of 1/GRID."""


class Frame:
    """What ``config`` asks of songs in the tokens of ``tokenizer``, written as ``like`` is."""

    def __init__(
        self,
        config: FormConfig,
        tokenizer: NoteTokenizer,
        like: Song,
        phrases: int = 1,
        last: LastNotes | None = None,
    ) -> None:
        """So many ``phrases`` share the bars; with ``last``, the last note is a usual one.

        Raises ConstraintError where no token at all can do what is asked.
        """
        self.config, self.tokenizer, self.like, self.last = config, tokenizer, like, last
        self.notes = tokenizer.notes
        self.sounding = [_sounding(note) if note else None for note in self.notes]
        self.barred = bool(config.bars or config.meter or config.end)
        if config.ties and not self.barred:
            raise ConfigError("--ties has no effect without --bars, --meter or --end; leave it out")
        self._check_scale()
        self._kinds = [self._kind(token, note) for token, note in enumerate(self.notes)]
        self._table = sorted(set(self._kinds))
        bar, pickup = ticks(like.meter.bar), ticks(like.pickup)
        self.unit = gcd(bar, pickup, *(kind.length for kind in self._table))
        self.bar, self.pickup = bar // self.unit, pickup // self.unit
        self.clock = self._clock(phrases)
        self.automaton = self._automaton()

    @property
    def name(self) -> str:
        """The options that ask for it, "" for none."""
        asked = {
            f"--bars {self.config.bars}": self.config.bars,
            f'--form "{self.config.form}"': self.config.form,
            f"--meter {self.like.meter}": self.config.meter,
            f"--pickup {self.config.pickup}": self.config.pickup and self.barred,
            f'--key "{self.like.key}"': self.config.key,
            "--end": self.config.end,
        }
        return " ".join(option for option, given in asked.items() if given)

    def _automaton(self) -> Automaton:
        """It is whole where the song may end."""
        edges = {kind.edge: i for i, kind in enumerate(self._table) if kind.edge}
        seams = range(self.clock.phrases - 1, 0, -1) if self.config.bars else ()
        bars = BarsAsked(
            lengths=tuple(kind.length // self.unit for kind in self._table),
            closing=tuple(kind.closing for kind in self._table),
            bar=self.bar if self.barred else 0,
            ties=self.config.ties,
            bars=self.config.bars or 0,
            seams=tuple(self._end - number * self.clock.phrase for number in seams),
            full=self.config.end,
            endless=not (edges or self.config.bars or self.config.end),
        )
        places = place_transitions(bars)
        self._timeless = places.size
        self._begin = 0
        if self.barred:
            self._begin = self._end if self.config.bars else -self.pickup % self.bar
        number = {kind: place for place, kind in enumerate(self._table)}
        asked = FrameAsked(
            self.name,
            bars,
            self._begin,
            (edges[_START], edges[_END]) if edges else None,
            tuple(number[kind] for kind in self._kinds),
        )
        return frame_automaton(asked)

    def _kind(self, token: int, note: Note | None) -> Kind:
        if note is None:
            return Kind(0, False, _START if token == self.tokenizer.start else _END)
        if self.config.key and not in_key(note, self.like.key):
            return Kind(0)
        return Kind(ticks(note.duration), not self.config.end or self._closes(note))

    def _closes(self, note: Note) -> bool:
        if not on_tonic(note, self.like.key):  # most are not, and this is quickly seen
            return False
        return self.last is None or self.last.closes(note.duration / self.like.meter.bar)

    def _clock(self, phrases: int) -> Clock:
        lengths = [kind.length // self.unit for kind in self._kinds]
        phrase = (self.config.bars or 0) * self.bar // phrases
        return Clock(np.array(lengths, dtype=np.int32), phrase, phrases)

    def _check_scale(self) -> None:
        sounding, key = [note for note in self.notes if note and note.pitch], self.like.key
        if self.config.key and not any(in_key(note, key) for note in sounding):
            raise ConstraintError(f'--key "{key}": no note of this run is in it; choose another')
        if self.config.end and not any(on_tonic(note, key) for note in sounding):
            raise ConstraintError(
                f"--end: no token of this run sounds {tonic_name(key)}, the tonic of {key}; "
                "choose another --key"
            )

    def after(self, primer: Indices) -> int:
        """The state after the primer. Raises ConstraintError where it breaks the frame itself."""
        walked = self.automaton.walk(primer)
        if len(walked) <= len(primer):
            raise ConstraintError(self._misfit(primer, walked))
        return walked[-1]

    def leads_to_an_end(self, primer: Indices, most: int | None) -> bool:
        """Whether a song can begin with the primer and end, in ``most`` notes more."""
        walked = self.automaton.walk(primer)
        if len(walked) <= len(primer) or self.automaton.fewest(walked[-1]) == NEVER:
            return False
        return most is None or self.fewest(walked[-1]) <= most

    def room(self, state: int) -> int:
        """How many notes at most go into what is left of ``--bars``."""
        shortest = min(kind.length for kind in self._table if kind.length) // self.unit
        return (self._end - self._place(state)) // shortest

    def fewest(self, state: int) -> int:
        """The fewest notes from a state to an end. Raises ConstraintError where there is none."""
        tokens = self.automaton.fewest(state)
        if tokens == NEVER:
            raise ConstraintError(f"{self.name}: {self._why(state)}; {self._remedy}")
        return tokens - (self.tokenizer.end is not None)

    def _misfit(self, primer: Indices, walked: list[int]) -> str:
        """What is wrong with the first note that leads nowhere."""
        place, meter, key = len(walked) - 1, self.like.meter, self.like.key
        note = self.notes[primer[place]]
        assert note is not None, "a primer has a start at its beginning only"
        number = place + 1 - sum(self.notes[token] is None for token in primer[:place])
        words = f"note {number} of the primer, {self.tokenizer.vocabulary.symbols[primer[place]]},"
        if self.config.key and not in_key(note, key):
            return f'--key "{key}": {words} is not in it; give another --primer'
        start, length = self._place(walked[-1]), ticks(note.duration) // self.unit
        if not self.config.ties and length > self.bar - self._into_bar(start):
            which = f"{words} sounds across a bar line of {meter}"
            return f"{self.name}: {which}; give another --primer, or allow --ties"
        if start + length > self._end:
            return f"{self.name}: the primer alone is longer; {_LESS}"
        if start + length > (seam := self._seam(start)):
            which = f"{words} sounds across the end of phrase {seam // self.clock.phrase}"
            return f"{self.name}: {which}; give another --primer, or another --form"
        tonic = f"{tonic_name(key)}, the tonic of {key}"
        return f"{self.name}: {words} fills the last bar and is not {tonic}; {_LESS}"

    def _why(self, state: int) -> str:
        """Where the ways from a state break off, none of which leads to an end."""
        ways = [self._within(each) for each in self.automaton.reached(state).tolist()]
        tokens = "no token of this run" + (f" in {self.like.key}" if self.config.key else "")
        tonic = f"on {tonic_name(self.like.key)}, the tonic"
        stops = [self._place(each) for each in ways if self.automaton.stops(each)]
        if not stops:
            return f"{tokens} ends a bar of {self.like.meter} {tonic}"
        place = max(stops, key=lambda place: (self._into_bar(place), place))
        left, where = self.bar - self._into_bar(place), f"a bar of {self.like.meter}"
        if self.config.bars:
            if self.config.ties:
                left = self._end - place
            if self.config.end and place + left == self._end:
                tokens += f" {tonic},"
            number = -(-(place + left - self.pickup) // self.bar)
            where = f"bar {number} of {self.like.meter}" if number else "the pickup"
            if (seam := self._seam(place)) < place + left:
                left, where = seam - place, f"phrase {seam // self.clock.phrase}"
        quarters = Fraction(left * self.unit, GRID)
        last = "quarter" if quarters == 1 else f"{quarters} quarter{'s' * (quarters > 1)}"
        return f"{tokens} fills the last {last} of {where}"

    @property
    def _remedy(self) -> str:
        others = "--meter or --key" if self.config.key else "--meter"
        return f"choose another {others}" + ("" if self.config.ties else ", or allow --ties")

    @property
    def _end(self) -> int:
        """Of ``--bars``, where the last one ends."""
        return self.pickup + (self.config.bars or 0) * self.bar

    def _seam(self, place: int) -> int:
        """Of ``--bars``, where the phrase ends that a place is in; without, there is no end."""
        number = place // self.clock.phrase + 1 if self.clock.phrase else 0
        return number * self.clock.phrase if 0 < number < self.clock.phrases else self._end

    def _within(self, state: int) -> int:
        """The state where the notes begin in place of one that stands for no place in time."""
        return self._begin if state >= self._timeless else state

    def _place(self, state: int) -> int:
        """The place in time that a state stands for, in bars or in the bar."""
        within = self._within(state)
        return self._end - within if self.config.bars else within

    def _into_bar(self, place: int) -> int:
        return (place - self.pickup) % self.bar if self.config.bars else place % self.bar


def _sounding(note: Note) -> Sounding:
    return note.pitch.midi if note.pitch else None, ticks(note.duration)
