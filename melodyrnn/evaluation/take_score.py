"""How good a new song is, as one number in bits per note: by what several takes are ranked.

It is the model's own likelihood, less what is copied beyond what people copy, less what the form
lacks of that of people's songs. No classifier has a say in it. docs/generating.md has the formula.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, median
from typing import Any, Self

from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.generation.loops import Loop
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.song import Note, Song
from melodyrnn.music.statistics import self_similarity
from melodyrnn.music.tonic import estimated_tonic
from melodyrnn.system.documents import JSON
from melodyrnn.system.sentences import Sentence, listed, template

REPEATED = 4.0
"""Bits for a note that is only copied, beyond what people copy, and for one that a loop plays
again: what a note costs that is one of 16."""

MISSING = 0.5
"""Bits per note for a thing that a song lacks and all people's songs have."""

LIKENESS = 1.0
"""Bits per note for bars that are as unlike earlier ones as can be where people's are all alike, or
the other way round."""

_SONGS, _FEW = 100, 20
"""Songs of people that are looked at, at most, and where each is compared with the others."""

_USUALLY_COPIED = 5
"""Notes in a row, where a run knows one song only: the median of German children's songs."""


@dataclass(frozen=True)
class TakeScore:
    """The parts of a song's score, each in bits per note and 0 at best."""

    likelihood: float  # log2 of the probability of its new notes, by the model
    copying: float
    form: float
    missing: tuple[str, ...] = ()  # what its form lacks

    @property
    def total(self) -> float:
        return self.likelihood + self.copying + self.form

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> Sentence:
        """The figures, and what its form lacks."""
        figures = Sentence(
            "{total:.2f}: likelihood {likelihood:.2f}, copying {copying:.2f}, form {form:.2f}",
            total=self.total,
            likelihood=self.likelihood,
            copying=self.copying,
            form=self.form,
        )
        if not self.missing:
            return figures
        missing = listed(*(Sentence("no {what}", what=what) for what in self.missing))
        return Sentence("{figures} ({missing})", figures=figures, missing=missing)

    def to_json(self) -> dict[str, float | list[str]]:
        return {
            "total": self.total,
            "likelihood": self.likelihood,
            "copying": self.copying,
            "form": self.form,
            "missing": list(self.missing),
        }


@dataclass(frozen=True)
class Usage:
    """How people's songs are, those that a run knows."""

    copied: float  # notes in a row that stand in another of them, the median
    likeness: float  # of their bars to earlier ones, the median; 0 to 1
    shares: Mapping[str, float]  # what a form may lack -> the share of songs that has it

    @classmethod
    def of(cls, parts: Split[Sequence[Named]], copies: Copies) -> Self:
        """``copies`` are those from the training set."""
        train, new = _some(parts.train, _SONGS), _some([*parts.validation, *parts.held_out], _SONGS)
        songs = [named.song for named in (*train, *new)]
        forms = [_form(song) for song in songs]
        return cls(
            _usually_copied(parts.train, new, copies),
            median(self_similarity(song) or 0.0 for song in songs),
            {name: fmean(form[name] for form in forms) for name in forms[0]},
        )

    def to_json(self) -> dict[str, JSON]:
        return {"copied": self.copied, "likeness": self.likeness, "shares": dict(self.shares)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(document["copied"], document["likeness"], document["shares"])

    def score(
        self, song: Song, log_probability: float, tokens: int, copied: int, loop: Loop | None
    ) -> TakeScore:
        """``log_probability``: the natural logarithm, of the ``tokens`` that were drawn;
        ``copied``: notes in a row of the song that stand in a training song.
        """
        form = _form(song)
        missing = {name: share for name, share in self.shares.items() if share and not form[name]}
        away = abs((self_similarity(song) or 0.0) - self.likeness)
        looped = loop.period * (loop.rounds - 1) if loop else 0
        faults = MISSING * sum(missing.values()) + LIKENESS * away + REPEATED * looped / len(song)
        return TakeScore(
            log_probability / log(2) / tokens,
            0.0 - REPEATED * max(0.0, copied - self.copied) / len(song),
            0.0 - faults,
            (*missing, template("end without a loop")) if loop else tuple(missing),
        )


def _form(song: Song) -> dict[str, bool]:
    """What a good form has, in words -> whether ``song`` does."""
    sounding = [note for note in song.notes if note.pitch]
    last = sounding[-1] if sounding else None
    *_, (meter, start, end) = bar_spans(song)
    return {
        template("full last bar"): end - start in (meter.bar, meter.bar - song.pickup),
        template("last note on the tonic"): last is not None and _on_tonic(last, sounding),
        template("last note a beat long"): last is not None and last.duration >= meter.beat,
    }


def _on_tonic(last: Note, sounding: Sequence[Note]) -> bool:
    """The tonic is the one that the notes themselves suggest: a run on tunes in many keys writes
    one key above all.
    """
    pitches = [note.pitch.midi for note in sounding if note.pitch]
    tonic = estimated_tonic(pitches, Song(tuple(sounding)).steps)
    return pitches[-1] % 12 == tonic.pitch_class


def _usually_copied(train: Sequence[Named], new: Sequence[Named], copies: Copies) -> float:
    """Of songs that were not learned, what stands in those that were; without any, of each of
    those that were, what stands in the others.
    """
    if new:
        return median(copies.longest(named.song).notes for named in new)
    if len(train) == 1:
        return _USUALLY_COPIED
    few = _some(train, _FEW)
    return median(
        Copies([other for other in few if other is not named]).longest(named.song).notes
        for named in few
    )


def _some(songs: Sequence[Named], most: int) -> Sequence[Named]:
    """At most so many of them, evenly spaced."""
    return songs[:: -(-len(songs) // most)] if len(songs) > most else songs
