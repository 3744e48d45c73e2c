"""The notes that a generation starts from."""

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from melodyrnn.data.gather import gather_one
from melodyrnn.errors import VocabularyError, WindowError
from melodyrnn.files import exists
from melodyrnn.formats.registry import reader
from melodyrnn.music.notation.text import parse_tokens, token
from melodyrnn.music.note_tokens import attributes
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.tokenizer import Dataset, NoteTokenizer

_NOTES = 4
"""Of a song given as primer, the notes taken where the run's window is shorter."""


class Primer(NamedTuple):
    """What every song begins with."""

    indices: Indices  # (P,), P >= window
    pickup: Fraction = Fraction(0)  # the length of its incomplete first bar, quarter notes


def beginning(
    primer: str | Path | Song | None,
    dataset: Dataset,
    window: int,
    *,
    track: str | None = None,
    grid: str | None = None,
) -> Primer:
    """The primer, or else the start symbol, or else the first song's opening.

    Tokens have no pickup, unless that opening begins like them. Raises WindowError,
    VocabularyError.
    """
    start = dataset.tokenizer.opening
    first, pickup = dataset.sequences[0], dataset.songs[0].song.pickup
    if primer is None:
        return Primer(start) if len(start) else Primer(first[:window], pickup)
    if isinstance(primer, str) and not _is_file(primer):
        notes = parse_tokens(primer, "--primer")
    else:
        source = Path(primer) if isinstance(primer, str) else primer
        song = gather_one(source, track=track, grid=grid).song
        notes = song.notes[: max(window, _NOTES) if len(start) else window]
    given = [_index(note, place, dataset.tokenizer) for place, note in enumerate(notes, 1)]
    indices = np.concatenate([start, np.array(given, dtype=np.int32)])
    if len(indices) < window:
        longer = dataset.vocabulary.decode(_completed(indices, dataset, window))
        raise WindowError(
            f"the primer has {len(indices)} notes and this run's window needs {window}; "
            f"give more, such as '{' '.join(longer)}'"
        )
    if not isinstance(primer, str) or _is_file(primer):
        return Primer(indices, song.pickup)
    return Primer(indices, pickup if (indices == first[: len(indices)]).all() else Fraction(0))


def _is_file(primer: str) -> bool:
    """Tokens never end in a suffix of ours, and a path with one is meant as a file."""
    path = Path(primer)
    return bool(primer.strip()) and (bool(reader(path.suffix)) or exists(path))


def _index(note: Note, place: int, tokenizer: NoteTokenizer) -> int:
    """The id of a note, or of one that sounds the same under another name."""
    name = token(note)
    if name in tokenizer.vocabulary:
        return tokenizer.vocabulary.index(name)
    tokens = tokenizer.note_tokens
    pitches = attributes([*tokens, name])  # the last is the note asked for
    *known, (pitch, duration) = pitches
    distance = [abs(p - pitch) + 4 * abs(float(np.log2(d / duration))) for p, d in known]
    order = np.argsort(distance, kind="stable")
    if distance[order[0]] == 0 and not note.is_rest:
        return int(order[0])
    near = ", ".join(tokens[i] for i in order[:3])
    raise VocabularyError(
        f"note {place} of the primer, {name!r}, is not among the {len(tokens)} tokens of "
        f"this run; near it are {near}"
    )


def _completed(beginning: Indices, dataset: Dataset, window: int) -> Indices:
    """A window that starts as ``beginning`` does, from a training song where one has it."""
    for sequence in dataset.sequences:
        for start in range(len(sequence) - window + 1):
            if (sequence[start : start + len(beginning)] == beginning).all():
                return sequence[start : start + window]
    return np.concatenate([beginning, dataset.sequences[0][: window - len(beginning)]])
