"""Notes given to a run, in the tokens that it knows where it lacks theirs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import log2

import numpy as np

from melodyrnn.errors import warn
from melodyrnn.music.notation.text import token
from melodyrnn.music.song import Note
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.tokenizer import NoteTokenizer

_OCTAVE, _OTHER_PITCH = 3.0, 4.0
_RESTED, _OTHER_DURATION, _DOUBLED = 1.0, 3.0, 2.0
"""How far apart notes are: an octave; another pitch class, its semitones added; a shorter one and a
rest of what it lacks; another duration; each time as long or short. So what moves the bars, and
another pitch class, come last.
"""
_SHOWN = 4


def known_ids(notes: Sequence[Note], tokenizer: NoteTokenizer) -> Indices:
    """The ids of ``notes``, (L,), where one is not known those of what is nearest to it.

    What sounds the same under another name is the same note. Where a run knows no rests, each is
    joined to the note before it, and those at the beginning are dropped. A MelodyWarning says what
    was replaced by what.
    """
    rests = {
        note.duration: place for place, note in enumerate(tokenizer.notes) if note and note.is_rest
    }
    joined = not rests and any(note.is_rest for note in notes)
    ids: list[int] = []
    replaced: Counter[tuple[str, str]] = Counter()
    for note in _held(notes) if joined else notes:
        distance, nearest = _nearest(note, tokenizer, rests)
        ids += nearest
        if distance:
            replaced[token(note), " ".join(tokenizer.vocabulary.decode(nearest))] += 1
    _warn(replaced, joined)
    return np.array(ids, dtype=np.int32)


def _held(notes: Sequence[Note]) -> list[Note]:
    """Each note held over the rests that follow it."""
    held: list[Note] = []
    for note in notes:
        if not note.is_rest:
            held.append(note)
        elif held:
            held[-1] = replace(held[-1], duration=held[-1].duration + note.duration)
    return held


def _nearest(
    note: Note, tokenizer: NoteTokenizer, rests: dict[Fraction, int]
) -> tuple[float, list[int]]:
    """How far what is nearest is, 0 where it sounds the same, and its ids: a note, with the rest
    that it lacks where there is one, or for a rest a rest. Of several, the first.
    """
    vocabulary, name = tokenizer.vocabulary, token(note)
    if name in vocabulary:
        return 0.0, [vocabulary.index(name)]
    found = []
    for place, each in enumerate(tokenizer.notes):
        if each and each.is_rest == note.is_rest:
            rest = rests.get(note.duration - each.duration)
            ids = [place] if rest is None else [place, rest]
            found.append((_distance(note, each, rested=rest is not None), ids))
    return min(found)


def _distance(one: Note, other: Note, *, rested: bool) -> float:
    """Of two notes or two rests; 0 where they sound alike."""
    distance = 0.0
    if one.duration != other.duration:
        distance += _RESTED if rested else _OTHER_DURATION
        distance += _DOUBLED * abs(log2(one.duration / other.duration))
    if one.pitch and other.pitch:
        semitones = abs(one.pitch.midi - other.pitch.midi)
        octaves, rest = divmod(semitones, 12)
        distance += _OTHER_PITCH + semitones if rest else _OCTAVE * octaves
    return distance


def _warn(replaced: Counter[tuple[str, str]], joined: bool) -> None:
    """``replaced``: (what was given, what stands for it) -> how often."""
    pairs = [
        f"{given} by {known}" + (f" ({count} times)" if count > 1 else "")
        for (given, known), count in replaced.items()
    ]
    if (more := len(pairs) - _SHOWN) > 0:
        pairs[_SHOWN:] = [f"and {more} more"]
    remarks = ["its rests are joined to the notes before them"] if joined else []
    if pairs:
        remarks.append(f"notes that this run does not know are replaced: {', '.join(pairs)}")
    if remarks:
        warn(f"--primer: {'; '.join(remarks)}")
