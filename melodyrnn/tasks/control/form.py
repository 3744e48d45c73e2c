"""What new songs are asked to keep to, as constraints on the tokens of a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from melodyrnn.data.copies import Copies
from melodyrnn.errors import ConfigError, ConstraintError, NotationError
from melodyrnn.generation.constraint import Constraint
from melodyrnn.generation.loops import NoLoops
from melodyrnn.models.config import FormConfig
from melodyrnn.music.notation.headers import HEADERS
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.control.bar_frame import Frame, Sounding
from melodyrnn.tasks.control.no_copies import NoCopies
from melodyrnn.tasks.tokenizer import Dataset

MOST_NOTES = 100_000


@dataclass(frozen=True)
class Form:
    """What new songs keep to."""

    like: Song  # whose meter, key, tempo and pickup they have
    constraints: tuple[Constraint, ...]
    length: int  # tokens after the primer, at most


def form_of(
    config: FormConfig,
    dataset: Dataset,
    copies: Copies,
    primer: Indices,
    pickup: Fraction,
    length: int | None,
) -> Form:
    """``pickup`` is that of the primer (P,), which holds unless ``config`` has one.

    Without ``length``, as many notes as ``--bars`` hold or else as make the song as long as the
    first song learned; as the longest, where the run knows when a song is over. Raises
    ConfigError, ConstraintError.
    """
    like, tokenizer = _like(config, dataset, pickup), dataset.tokenizer
    ends = tokenizer.end is not None
    constraints: list[Constraint] = []
    frame = Frame(config, tokenizer, like)
    most = _usual(dataset, primer) if length is None else length
    if frame.name or ends:
        state = frame.after(primer)
        fewest = frame.fewest(state)
        if length is not None and fewest > length:
            raise ConstraintError(
                f"{frame.name}: takes {fewest} notes after the primer at least, and --length is "
                f"{length}; give --length {fewest} or more, or leave it out"
            )
        if config.bars:
            most = min(frame.room(state), MOST_NOTES if length is None else length)
        most = max(most, fewest)
        constraints.append(frame.automaton)
    if config.max_copy:
        constraints.append(_no_copies(config.max_copy, copies, primer, dataset, frame.sounding))
    if config.avoid_loops:
        constraints.append(NoLoops("--avoid-loops", len(tokenizer.vocabulary)))
    return Form(like, tuple(constraints), most + ends)


def _like(config: FormConfig, dataset: Dataset, pickup: Fraction) -> Song:
    """Meter, key, tempo and pickup: what is asked for or else the first song's; of many tunes, the
    meter and key that most of them have.
    """
    like = dataset.songs[0].song
    if dataset.tokenizer.end is not None:
        shared = Counter((named.song.meter, named.song.key) for named in dataset.songs)
        (meter, key), _ = shared.most_common(1)[0]
        like = Song((), meter=meter, key=key)
    fields = {name: getattr(config, name) for name in ("meter", "key", "pickup")}
    given = {name: _read(name, text) for name, text in fields.items() if text is not None}
    try:
        return replace(like, notes=(), meter_changes=(), **{"pickup": pickup} | given)
    except NotationError as error:
        raise ConfigError(f"{error}; give another --pickup, or --pickup 0 for none") from None


def _read(name: str, text: str) -> Any:
    if name == "pickup" and text.strip() == "0":
        return Fraction(0)
    try:
        return HEADERS[name].read(text.strip())
    except NotationError as error:
        raise ConfigError(f"--{name}: {error}") from None


def _usual(dataset: Dataset, primer: Indices) -> int:
    """Notes after the primer where nothing is said."""
    if (
        dataset.tokenizer.end is not None
    ):  # start and end are no notes, nor is the start of the primer
        return max(1, max(map(len, dataset.sequences)) - 1 - len(primer))
    return max(1, len(dataset.sequences[0]) - len(primer))


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
