"""The notes that a generation starts from."""

from pathlib import Path

import numpy as np

from melodyrnn.errors import VocabularyError, WindowError
from melodyrnn.files import exists
from melodyrnn.music.codes import attributes
from melodyrnn.music.corpus import READERS
from melodyrnn.music.notation import parse_tokens, token
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.workflows.dataset import Dataset
from melodyrnn.workflows.sources import gather_one


def beginning(
    primer: str | Path | Song | None,
    dataset: Dataset,
    window: int,
    *,
    track: str | None = None,
    grid: str | None = None,
) -> Indices:
    """The primer's indices, (P,), P >= window. Raises WindowError, VocabularyError."""
    if primer is None:
        return dataset.sequences[0][:window]
    if isinstance(primer, str) and not _is_file(primer):
        notes = parse_tokens(primer, "--primer")
    else:
        source = Path(primer) if isinstance(primer, str) else primer
        notes = gather_one(source, track=track, grid=grid).song.notes[:window]
    indices = np.array(
        [_index(note, place, dataset.vocabulary) for place, note in enumerate(notes, 1)],
        dtype=np.int32,
    )
    if len(indices) < window:
        longer = dataset.vocabulary.decode(_completed(indices, dataset, window))
        raise WindowError(
            f"the primer has {len(indices)} notes and this run's window needs {window}; "
            f"give more, such as '{' '.join(longer)}'"
        )
    return indices


def _is_file(primer: str) -> bool:
    """Tokens never end in a suffix of ours, and a path with one is meant as a file."""
    path = Path(primer)
    return bool(primer.strip()) and (path.suffix.lower() in READERS or exists(path))


def _index(note: Note, place: int, vocabulary: Vocabulary) -> int:
    """The code of a note, or of one that sounds the same under another name."""
    code = token(note)
    if code in vocabulary:
        return vocabulary.index(code)
    pitches = attributes([*vocabulary.symbols, code])  # the last is the note asked for
    *known, (pitch, duration) = pitches
    distance = [abs(p - pitch) + 4 * abs(float(np.log2(d / duration))) for p, d in known]
    order = np.argsort(distance, kind="stable")
    if distance[order[0]] == 0 and not note.is_rest:
        return int(order[0])
    near = ", ".join(vocabulary.symbols[i] for i in order[:3])
    raise VocabularyError(
        f"note {place} of the primer, {code!r}, is not among the {len(vocabulary)} codes that "
        f"this run knows; near it are {near}"
    )


def _completed(beginning: Indices, dataset: Dataset, window: int) -> Indices:
    """A window that starts as ``beginning`` does, from a training song where one has it."""
    for sequence in dataset.sequences:
        for start in range(len(sequence) - window + 1):
            if (sequence[start : start + len(beginning)] == beginning).all():
                return sequence[start : start + window]
    return np.concatenate([beginning, dataset.sequences[0][: window - len(beginning)]])
