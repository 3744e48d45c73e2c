"""Songs as sequences of ids, and what is known of each song beside its ids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Self

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.models.context import Change, SequenceContext
from melodyrnn.models.predictor import Logits, Predictor
from melodyrnn.models.viewpoints.views import StoredViews
from melodyrnn.models.viewpoints.views import views as viewpoints
from melodyrnn.music.durations import ticks
from melodyrnn.music.song import Song
from melodyrnn.music.viewpoints import full_bars, meter_class, tonic_above_c
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.sequences.stored import IdsOnDemand, StoredIds, lengths_of
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import Mask, windows
from melodyrnn.tasks.control.last_notes import Endings
from melodyrnn.tasks.headers import TuneHeaders
from melodyrnn.tasks.tokenizer import NoteTokenizer, SongTokenizer

if TYPE_CHECKING:  # nine classes, which take as long to make as all of music
    from melodyrnn.models.config import ModelConfig

MODES = ("major", "minor")

AT_ONCE = 64
"""Songs that are predicted together: the logits of thousands, each of all tokens, would fill a
gigabyte.
"""


def context_of(song: Song) -> SequenceContext:
    """Its bars and its key; how many bars it has is not known."""
    changes = (
        Change(ticks(at), ticks(meter.bar), meter_class(meter)) for at, meter in song.meter_changes
    )
    return SequenceContext(
        ticks(song.meter.bar),
        ticks(song.pickup),
        meter_class(song.meter),
        tonic_above_c(song),
        MODES.index(song.key.mode),
        changes=tuple(changes),
    )


@dataclass(frozen=True)
class Dataset:
    """Songs as sequences of ids."""

    songs: tuple[Named, ...]
    tokenizer: NoteTokenizer
    sequences: Sequence[Indices]  # as a model sees them, each (L,)
    targets: Sequence[Indices]  # as it is to predict them, each (L,): see ``Tokenizer.read``
    unknown: tuple[str, ...] = ()  # the tokens that the vocabulary lacks: V, V + 1 … of the targets

    @classmethod
    def of(
        cls, songs: Sequence[Named], window: int, tokenizer: NoteTokenizer | None = None
    ) -> Self:
        """``tokenizer`` is that of the songs by themselves where none is given.

        Raises WindowError for a song no longer than ``window``, which it names.
        """
        tokenizer = tokenizer or SongTokenizer.of([named.song for named in songs])
        unknown: dict[str, int] = {}
        sequences, targets = StoredIds(), StoredIds()
        for named in songs:
            seen, target = tokenizer.read(named.song, unknown)
            windows(seen, window, named.name)
            sequences.append(seen)
            targets.append(target)
        if not unknown:  # then they are the same
            targets = sequences
        return cls(tuple(songs), tokenizer, sequences, targets, tuple(unknown))

    @classmethod
    def on_demand(cls, songs: Sequence[Named], tokenizer: NoteTokenizer) -> Self:
        """The same of songs that a run has learned, each read when its sequence is asked for."""
        lengths = [tokenizer.length(named.song) for named in songs]
        seen = IdsOnDemand(lengths, lambda place: tokenizer.read(songs[place].song, {})[0])
        return cls(tuple(songs), tokenizer, seen, seen)

    def chosen(self, which: Sequence[bool]) -> "Dataset":
        """The songs for which ``which``, (S,), is true."""
        return replace(
            self,
            songs=tuple(compress(self.songs, which)),
            sequences=tuple(compress(self.sequences, which)),
            targets=tuple(compress(self.targets, which)),
        )

    def part(self, places: slice) -> "Dataset":
        """The songs of these places; what is unknown keeps its number."""
        return replace(
            self,
            songs=self.songs[places],
            sequences=self.sequences[places],
            targets=self.targets[places],
        )

    def scored(
        self, place: int, logits: Logits, vocabulary: OpenVocabulary | None = None
    ) -> tuple[Logits, Indices, Sequence[str]]:
        """Of a song the log-probabilities of its last N tokens, (N, W), up to a number that is the
        same for all, the targets, (N,), and the tokens of columns V and after.

        ``logits``: (N, V). With ``vocabulary`` it is open, and W = V + E + 1 for the E tokens of
        the song that it lacks and all others; else the song has only known ones, and W = V.
        """
        targets = self.targets[place]
        last = targets[len(targets) - len(logits) :]
        if vocabulary is None:
            return logits, last, ()
        known = len(self.vocabulary)
        new = np.unique(targets[targets >= known])
        tokens = [self.unknown[number - known] for number in new.tolist()]
        spelling = [self.tokenizer.spelling_bits(token) for token in tokens]
        columns = np.where(last < known, last, known + np.searchsorted(new, last))
        return vocabulary.widened(logits, spelling), columns.astype(np.int32), tokens

    def charge(self, vocabulary: OpenVocabulary, window: int) -> float:
        """Bits that all tokens after the first windows cost beside those of the known ones."""
        known, spelling = 0, list[float]()
        for targets in self.targets:
            numbers = targets[window:] - len(self.vocabulary)
            known += int((numbers < 0).sum())
            new = (self.unknown[number] for number in numbers[numbers >= 0].tolist())
            spelling += map(self.tokenizer.spelling_bits, new)
        return vocabulary.charge(known, spelling)

    def vocabularies(
        self, vocabulary: OpenVocabulary, learned: Iterable[bool]
    ) -> list[OpenVocabulary | None]:
        """Of each song that over which it is measured: its own tokens where it was ``learned``,
        the open one where it is new. (A fine-tuned run may have learned tokens that its vocabulary
        lacks as others; then it is open, too.)
        """
        pairs = zip(learned, self.known(), strict=True)
        return [None if is_learned and known.all() else vocabulary for is_learned, known in pairs]

    def known(self) -> list[Mask]:
        """Of each song which tokens the vocabulary has, (L,)."""
        return [targets < len(self.vocabulary) for targets in self.targets]

    def notes(self, window: int) -> int:
        """How many notes are predicted: those that a window stands before; an end is none."""
        ends = len(self.songs) * (self.tokenizer.end is not None)
        return sum(len(targets) - window for targets in self.targets) - ends

    @property
    def vocabulary(self) -> Vocabulary:
        return self.tokenizer.vocabulary

    @property
    def contexts(self) -> tuple[SequenceContext, ...]:
        """What is known of each song."""
        return tuple(context_of(named.song) for named in self.songs)

    @cached_property
    def endings(self) -> Endings:
        """How the songs end."""
        return Endings(named.song for named in self.songs)

    @cached_property
    def headers(self) -> TuneHeaders:
        """Their meters, pickups and keys, by how often they have them."""
        return TuneHeaders([named.song for named in self.songs])

    def views(self, *, told: bool = False) -> StoredViews:
        """The sequences as a network of viewpoints learns them; ``told`` how long each is."""
        contexts: Sequence[SequenceContext] = self.contexts
        if told:
            contexts = [
                context._replace(cycles=full_bars(each.song), end=ticks(each.song.duration))
                for each, context in zip(self.songs, contexts, strict=True)
            ]
        return viewpoints(self.tokenizer.observer(), self.sequences, contexts)

    def inputs(self, config: "ModelConfig") -> Sequence[Indices]:
        """The sequences as the network of ``config`` sees them: each (L,), or (L, F) with what
        stood bars ago beside each token.
        """
        if not config.spec.lookback:
            return self.sequences
        lookback, sequences, songs = self.tokenizer.lookback(), self.sequences, self.songs
        return IdsOnDemand(
            lengths_of(sequences),
            lambda place: lookback.view(sequences[place], context_of(songs[place].song)),
        )


def logits_of(predictor: Predictor, dataset: Dataset) -> Iterator[Logits]:
    """Of each song the logits of its tokens, (N, V), given those before."""
    for start in range(0, len(dataset.songs), AT_ONCE):
        some = dataset.part(slice(start, start + AT_ONCE))
        yield from predictor.with_contexts(some.contexts).logits(some.sequences)


def long_enough(
    songs: Sequence[Named], tokenizer: NoteTokenizer, window: int
) -> tuple[list[Named], list[str]]:
    """The songs that are longer than ``window``, and of each other why it cannot be predicted."""
    kept, reasons = [], []
    for named in songs:
        if tokenizer.length(named.song) > window:
            kept.append(named)
        else:
            count = f"{len(named.song)} note{'s' * (len(named.song) != 1)}"
            reasons.append(f"{named.name}: no longer than the run's window: {count}")
    return kept, reasons
