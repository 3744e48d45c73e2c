"""The notes that a generation starts from, and what their song says above them."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from melodyrnn.data.gather import gather_one, is_tune
from melodyrnn.errors import NotationError, WindowError, warn
from melodyrnn.files import exists
from melodyrnn.formats.registry import reader
from melodyrnn.music.notation.text import parse_tokens
from melodyrnn.music.silence import after_silence
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.control.known_notes import known_ids
from melodyrnn.tasks.dataset import Dataset


class Primer(NamedTuple):
    """What every song begins with."""

    indices: Indices  # (P,), P >= window, with what stands before the first note
    like: Song  # no notes: the meter, key, tempo and pickup of its song
    duration: Fraction = Fraction(0)  # of its notes as they were given, quarter notes


def beginning(
    primer: str | Path | Song | None,
    dataset: Dataset,
    window: int,
    *,
    notes: int | None = None,
    track: str | None = None,
    grid: str | None = None,
) -> Primer:
    """The primer, the first ``notes`` of it, or else the start symbol, or else the first song's
    opening.

    A song is taken whole but for the silence before its first note, and has a meter, key, tempo and
    pickup of its own; tokens have those of the training songs, and a pickup only where the first
    of these begins like them. What the run does not know is replaced by what is nearest to it, and
    a MelodyWarning says so. Raises WindowError where notes are too few.
    """
    start, first = dataset.tokenizer.opening, dataset.sequences[0]
    if primer is None:
        usual = _usual(dataset)
        if len(start):
            return Primer(start, usual)
        opening = dataset.songs[0].song
        usual = replace(usual, pickup=opening.pickup)
        return Primer(first[:window], usual, _duration(opening.notes[:window]))
    given, song = notes_given(primer, notes, track=track, grid=grid)
    indices = np.concatenate([start, known_ids(given, dataset.tokenizer)])
    if len(indices) < window:
        raise too_short(indices, dataset, window)
    like = header_of(indices, dataset) if song is None else _header(replace(song, notes=given))
    return Primer(indices, like, _duration(given))


def notes_given(
    primer: str | Path | Song,
    notes: int | None = None,
    *,
    track: str | None = None,
    grid: str | None = None,
    silence: bool = False,
) -> tuple[tuple[Note, ...], Song | None]:
    """The primer's notes, the first ``notes`` of them, and its song, None where it is tokens;
    with ``silence`` also what rests before its first note. Raises MelodyError.
    """
    song = _song(primer, track, grid)
    if song is not None and not silence:
        song = after_silence(song)
    given = _tokens(str(primer)) if song is None else song.notes
    return given[:notes], song


def header_of(indices: Indices, dataset: Dataset) -> Song:
    """What tokens, ``indices`` (P,), have above them: that of the training songs, no notes."""
    begins_alike = np.array_equal(indices, dataset.sequences[0][: len(indices)])
    pickup = dataset.songs[0].song.pickup if begins_alike else Fraction(0)
    return replace(_usual(dataset), pickup=pickup)


def too_short(indices: Indices, dataset: Dataset, window: int) -> WindowError:
    """What is said of a primer, (P,), that does not fill the window."""
    longer = dataset.vocabulary.decode(_completed(indices, dataset, window))
    return WindowError(
        f"the primer has {len(indices)} notes and this run's window needs {window}; "
        f"give more, such as '{' '.join(longer)}'"
    )


def _song(primer: str | Path | Song, track: str | None, grid: str | None) -> Song | None:
    """That of a file, a tune's name or an object; None where it is tokens."""
    if isinstance(primer, str) and not (_is_file(primer) or is_tune(primer)):
        return None
    source = Path(primer) if isinstance(primer, str) else primer
    return gather_one(source, track=track, grid=grid).song


def _tokens(primer: str) -> tuple[Note, ...]:
    """Its notes. A word that is none, and near to a song's name, was meant as one. Raises
    MelodyError.
    """
    try:
        return parse_tokens(primer, "--primer")
    except NotationError:
        from melodyrnn.data.source_files import nearest  # what notes are spared

        if len(primer.split()) == 1 and nearest(Path(primer)):
            gather_one(primer)  # which says what there is
        raise


def _is_file(primer: str) -> bool:
    """Tokens never end in a suffix of ours, and a path with one is meant as a file."""
    path = Path(primer)
    return bool(primer.strip()) and (bool(reader(path.suffix)) or exists(path))


def _header(song: Song) -> Song:
    """Without notes; its meter is the first where it changes, and a MelodyWarning says so."""
    if song.meter_changes:
        warn(f"--primer: its meter changes; new songs keep that of its beginning, {song.meter}")
    return Song((), meter=song.meter, key=song.key, tempo=song.tempo, pickup=song.pickup)


def _usual(dataset: Dataset) -> Song:
    """Meter, key and tempo of the first song; of many tunes, the meter and key that most of them
    have. No pickup.
    """
    if dataset.tokenizer.end is None:
        first = dataset.songs[0].song
        return Song((), meter=first.meter, key=first.key, tempo=first.tempo)
    shared = Counter((named.song.meter, named.song.key) for named in dataset.songs)
    (meter, key), _ = shared.most_common(1)[0]
    return Song((), meter=meter, key=key)


def _duration(notes: tuple[Note, ...]) -> Fraction:
    return Song(notes).duration


def _completed(beginning: Indices, dataset: Dataset, window: int) -> Indices:
    """A window that starts as ``beginning`` does, from a training song where one has it."""
    for sequence in dataset.sequences:
        for start in range(len(sequence) - window + 1):
            if (sequence[start : start + len(beginning)] == beginning).all():
                return sequence[start : start + window]
    return np.concatenate([beginning, dataset.sequences[0][: window - len(beginning)]])
