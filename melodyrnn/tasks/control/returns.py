"""Phrases that come back within a song, as a constraint."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.generation.automaton import Automaton
from melodyrnn.generation.constraint import Left, State
from melodyrnn.generation.loops import NoLoops
from melodyrnn.generation.transitions import Table
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.tasks.control.letters import Phrase


class Clock(NamedTuple):
    """When phrases begin, and how long tokens last, in steps of time."""

    lengths: Table  # (V,), 0 for what is no note
    phrase: int  # the length of each but the last, which may be longer
    phrases: int  # how many

    def begins(self, time: int) -> int | None:
        """The number of the phrase that begins at a time, if one does."""
        number, into = divmod(time, self.phrase)
        return number if not into and number < self.phrases else None


class _Song(NamedTuple):
    """A song so far."""

    state: int  # of the automaton
    time: int = 0
    notes: tuple[int, ...] = ()  # its tokens but for what stands at a start or an end
    first: tuple[int, ...] = (0,)  # of each phrase begun, the number of its first note
    following: int | None = None  # the number of the note that is to come again


class Returns:
    """A constraint: that of a frame, in which phrases come back note by note.

    The frame goes first: where it allows the note that is to come back no more, since the end
    would not fit, the phrase goes its own way from there. Its states are the songs so far, (B,).
    """

    def __init__(
        self,
        frame: Automaton,
        phrases: Sequence[Phrase],
        clock: Clock,
        loops: NoLoops | None = None,
    ) -> None:
        """No note of ``frame`` sounds across the beginning of a phrase. ``loops`` rules out new
        notes, but none that comes back, which is asked for.
        """
        self.frame, self.phrases, self.clock, self.loops = frame, phrases, clock, loops
        self.name = frame.name + (f" {loops.name}" if loops else "")

    def begin(self, primer: Indices) -> State:
        return _one(self._begun(primer))

    def _begun(self, primer: Indices) -> _Song:
        song = _Song(self.frame.start)
        for token in primer.tolist():
            song = self._after(song, token)
        return song

    def departure(self, primer: Indices) -> int | None:
        """The number of the first token of ``primer`` (P,) that is not the one to come back."""
        song = _Song(self.frame.start)
        for number, token in enumerate(primer.tolist()):
            if song.following is not None and song.notes[song.following] != token:
                return number
            song = self._after(song, token)
        return None

    def advance(self, states: State, tokens: Indices) -> State:
        following = np.empty(len(states), dtype=object)
        following[:] = [*map(self._after, states, tokens.tolist())]
        return following

    def allowed(self, states: State, left: Left) -> Mask:
        mask = self.frame.allowed(_frame_states(states), left)
        new = []
        for place, song in enumerate(states):
            if song.following is not None and mask[place, token := song.notes[song.following]]:
                mask[place] = False
                mask[place, token] = True
            else:
                new.append(place)
        if self.loops and new:
            ends = [self.loops.begin(np.array(states[place].notes, np.int32)) for place in new]
            mask[new] &= self.loops.allowed(np.array(ends), left)
        return mask

    def whole(self, states: State) -> Mask | None:
        return self.frame.whole(_frame_states(states))

    def _after(self, song: _Song, token: int) -> _Song:
        state = self.frame.after(song.state, token)
        length = int(self.clock.lengths[token])
        if not length:
            return song._replace(state=state)
        follows = song.following is not None and song.notes[song.following] == token
        following = song.following + 1 if follows and song.following is not None else None
        time, notes, first = song.time + length, (*song.notes, token), song.first
        if (number := self.clock.begins(time)) is not None:
            source = self.phrases[number].source
            first = (*first, len(notes))
            following = None if source is None else first[source]
        if following is not None and not self._kept(time, int(notes[following])):
            following = None
        return _Song(state, time, notes, first, following)

    def _kept(self, time: int, token: int) -> bool:
        """Whether a note that begins then ends within what comes back of its phrase."""
        number = min(time // self.clock.phrase, self.clock.phrases - 1)
        ends = time - number * self.clock.phrase + int(self.clock.lengths[token])
        return ends <= self.phrases[number].kept * self.clock.phrase


def _one(song: _Song) -> State:
    """A song as an array without axes, ()."""
    state = np.empty((), dtype=object)
    state[()] = song
    return state


def _frame_states(states: State) -> Table:
    return np.array([song.state for song in states], dtype=np.int32)
