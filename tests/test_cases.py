"""Small files with the right answers, each standing for its kind: `cases/FOLDER/expected.json`.

Of each case `notes` is a list of [MIDI number or null for a rest, length in quarter notes], or null
where the file is to be refused. Rests side by side count as one; a final rest counts for nothing.
Other fields are compared as text where given, `chords` as the header writes them; `track` is what
--track asks for.
"""

import json
import warnings
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.formats.read import read_song
from melodyrnn.music.notation.headers import write_chords

CASES = Path(__file__).parent / "cases"
FIELDS = ("key", "meter", "title", "composer", "pickup", "tempo")

NOT_YET = []
"""What is not read right yet, by the names of the files."""


def cases():
    for folder in ("scores", "midi"):
        for case in json.loads((CASES / folder / "expected.json").read_text("utf-8")):
            late = Path(case["file"]).stem in NOT_YET
            marks = [pytest.mark.xfail(strict=True, reason="not read right yet")] if late else []
            yield pytest.param(folder, case, marks=marks, id=f"{case['file']}: {case['about']}")


def melody(notes):
    """One rest for several side by side, none at the end."""
    joined = []
    for rest, together in groupby(notes, key=lambda note: note[0] is None):
        kept = list(together)
        joined += [(None, sum(length for _, length in kept))] if rest else kept
    return joined[:-1] if joined and joined[-1][0] is None else joined


@pytest.mark.parametrize(("folder", "case"), list(cases()))
def test_is_read_right(folder, case):
    options = {"track": case["track"]} if "track" in case else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MelodyWarning)
        if case["notes"] is None:
            with pytest.raises(MelodyError):
                read_song(CASES / folder / case["file"], **options)
            return
        song = read_song(CASES / folder / case["file"], **options)
    notes = [(note.pitch.midi if note.pitch else None, note.duration) for note in song.notes]
    expected = [(pitch, Fraction(length)) for pitch, length in case["notes"]]
    assert melody(notes) == melody(expected)
    if "chords" in case:
        assert write_chords(song.chords) == case["chords"]
    for field in FIELDS:
        if field in case:
            assert str(getattr(song, field)) == str(case[field])
