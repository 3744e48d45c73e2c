"""What new songs are asked to keep to, as constraints on the tokens of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from melodyrnn.data.copies import Copies
from melodyrnn.errors import ConfigError, ConstraintError, NotationError
from melodyrnn.generation.constraint import Constraint
from melodyrnn.generation.loops import NoLoops
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.music.notation.headers import HEADERS
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.control.after_primer import GoesOn, OnTheNewPart
from melodyrnn.tasks.control.bar_frame import Frame, Sounding
from melodyrnn.tasks.control.last_notes import LastNotes
from melodyrnn.tasks.control.letters import Phrase, in_phrases
from melodyrnn.tasks.control.no_copies import NoCopies
from melodyrnn.tasks.control.primer import Primer
from melodyrnn.tasks.control.returns import Returns
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.headers import AskedHeader, TuneHeaders
from melodyrnn.tasks.tokenizer import NoteTokenizer

MOST_NOTES = 100_000

_SHORT_END = (
    "--end: in {}, no tonic as long as the last notes of the training songs fits; songs end on a "
    "shorter one"
)


@dataclass(frozen=True)
class Form:
    """What new songs keep to."""

    like: Song  # whose meter, key, tempo and pickup they have
    constraints: tuple[Constraint, ...]
    length: int  # tokens after the primer, at most
    bars: int = 0  # as many full ones; 0: that is not asked for
    remark: str = ""  # on what is not as the training songs have it


def form_of(
    config: FormConfig,
    dataset: Dataset,
    copies: Copies,
    primer: Primer,
    length: int | None,
    *,
    keep_primer: bool = True,
) -> Form:
    """Without ``keep_primer`` new songs are only what follows it: they begin where it ends, in the
    middle of a bar with the rest of that bar as their pickup, and all that is asked for is asked of
    them alone.

    Without ``length``, as many notes as ``--bars`` hold or else as make the song as long as the
    first song learned; as 99 of 100, where the run knows when a song is over. After a long primer,
    half as many. Raises ConfigError, ConstraintError.
    """
    tokenizer = dataset.tokenizer
    config, phrases = in_phrases(config, length)
    like = _like(config, primer, keep_primer)
    given = primer.indices if keep_primer else tokenizer.opening
    constraints: list[Constraint] = []
    loops = NoLoops("--avoid-loops", len(tokenizer.vocabulary)) if config.avoid_loops else None
    frame = _frame(config, dataset, like, given, length, len(phrases))
    most = _usual(dataset, given) if length is None else length
    if frame.name or tokenizer.end is not None:
        state = frame.after(given)
        fewest = frame.fewest(state)
        if length is not None and fewest > length:
            raise ConstraintError(
                f"{frame.name}: takes {fewest} notes after the primer at least, and --length is "
                f"{length}; give --length {fewest} or more, or leave it out"
            )
        if config.bars:
            most = min(frame.room(state), MOST_NOTES if length is None else length)
        most = max(most, fewest)
        constraints.append(_returns(frame, phrases, given, loops) if phrases else frame.automaton)
    if config.max_copy:
        constraints.append(_no_copies(config.max_copy, copies, given, dataset, frame.sounding))
    if loops and not phrases:
        constraints.append(loops)
    if not keep_primer:
        constraints = [OnTheNewPart(each, tokenizer.opening) for each in constraints]
    if tokenizer.end is not None:
        if most and len(given) > len(tokenizer.opening):
            constraints.append(GoesOn(tokenizer.end, len(tokenizer.vocabulary)))
        most += 1
    remark = _SHORT_END.format(like.meter) if _ends_short(frame, dataset) else ""
    return Form(like, tuple(constraints), most, config.bars or 0, remark)


def _frame(
    config: FormConfig,
    dataset: Dataset,
    like: Song,
    given: Indices,
    length: int | None,
    phrases: int,
) -> Frame:
    """With ``--end`` one that closes as the training songs do, as far as the run's tokens can."""
    make = partial(Frame, config, dataset.tokenizer, like, max(1, phrases))
    last = dataset.endings.of(like.meter) if config.end else None
    if last is None:
        return make()
    for usual in _closing_notes(last, dataset.tokenizer, like):
        frame = make(usual)
        if frame.leads_to_an_end(given, length):
            return frame
    return make()


def _closing_notes(usual: LastNotes, tokenizer: NoteTokenizer, like: Song) -> Iterator[LastNotes]:
    """Those to be tried, one after another: from ``usual`` ones to shorter and shorter ones."""
    yield usual
    yield LastNotes(usual.long)
    lengths = {note.duration / like.meter.bar for note in tokenizer.notes if note}
    yield from map(LastNotes, sorted((each for each in lengths if each < usual.long), reverse=True))


def _ends_short(frame: Frame, dataset: Dataset) -> bool:
    """Whether songs may end on a shorter note than the training songs do."""
    if frame.last is None:
        return False
    usual = dataset.endings.of(frame.like.meter)
    return usual is not None and frame.last.long < usual.long


def _returns(
    frame: Frame, phrases: Sequence[Phrase], given: Indices, loops: NoLoops | None
) -> Returns:
    """Raises ConstraintError where the primer is past a phrase that it does not bring back."""
    returns = Returns(frame.automaton, phrases, frame.clock, loops)
    place = returns.departure(given)
    if place is not None:
        number = place + 1 - len(frame.tokenizer.opening)
        raise ConstraintError(
            f"{frame.name}: note {number} of the primer, "
            f"{frame.tokenizer.vocabulary.symbols[given[place]]}, is not the one that comes back "
            "there; give fewer by --primer-notes, or another --form"
        )
    return returns


def headers_drawn(
    config: FormConfig, learned: TuneHeaders, count: int, drawing: SampleConfig
) -> dict[Song, list[int]]:
    """Songs without notes -> which of ``count`` new songs are like them: in meter, key and pickup
    as is asked for, or else each as one that was ``learned``; with a beam, all as most of them.
    Raises ConfigError.
    """
    try:
        return learned.dealt_out(count, drawing.seed, _asked(config), likeliest=bool(drawing.beam))
    except NotationError as error:
        raise ConfigError(f"{error}{_ANOTHER_PICKUP}") from None


_ANOTHER_PICKUP = "; give another --pickup, or --pickup 0 for none"


def _like(config: FormConfig, primer: Primer, keep_primer: bool) -> Song:
    """Meter, key, tempo and pickup: what is asked for or else the primer's."""
    asked = _asked(config)._asdict().items()
    try:
        like = replace(primer.like, **{name: each for name, each in asked if each is not None})
    except NotationError as error:
        raise ConfigError(f"{error}{_ANOTHER_PICKUP}") from None
    if keep_primer or config.pickup is not None:
        return like
    return replace(like, pickup=(like.pickup - primer.duration) % like.meter.bar)


def _asked(config: FormConfig) -> AskedHeader:
    """Raises ConfigError."""
    given = {name: getattr(config, name) for name in AskedHeader._fields}
    return AskedHeader(
        **{name: _read(name, text) for name, text in given.items() if text is not None}
    )


def _read(name: str, text: str) -> Any:
    if name == "pickup" and text.strip() == "0":
        return Fraction(0)
    try:
        return HEADERS[name].read(text.strip())
    except NotationError as error:
        raise ConfigError(f"--{name}: {error}") from None


def _usual(dataset: Dataset, given: Indices) -> int:
    """Notes after those given where nothing is said."""
    usual = usual_length([named.song for named in dataset.songs], dataset.tokenizer)
    return max(1, usual // 2, usual - len(dataset.tokenizer.only_notes(given)))


def usual_length(songs: Sequence[Song], tokenizer: NoteTokenizer) -> int:
    """Notes of a song where nothing is said: that of the first; at most as many as 99 of 100 songs
    have, where the run knows when a song is over.
    """
    lengths = [len(song) for song in songs]
    return lengths[0] if tokenizer.end is None else sorted(lengths)[(99 * len(lengths) - 1) // 100]


def _no_copies(
    most: int,
    copies: Copies,
    primer: Indices,
    dataset: Dataset,
    sounding: Sequence[Sounding | None],
) -> NoCopies:
    """Raises ConstraintError where the primer copies more."""
    copied = copies.longest(dataset.tokenizer.decode(primer, dataset.songs[0].song))
    if copied.notes > most:
        raise ConstraintError(
            f"--max-copy {most}: the primer itself has {copied.notes} notes in a row of "
            f"{copied.song}; give another --primer, or a higher --max-copy"
        )
    return NoCopies(f"--max-copy {most}", copies, most, sounding)
