"""What a model of tunes expects of a note whose time is known.

It predicts tokens, each a pitch with a duration. Where the duration is given, of the pitches q of
an alphabet

    p(pitch | duration, past) = p(pitch, duration | past) / Σ_q p(q, duration | past)

A model of viewpoints predicts the duration first; there this is what its second step says.
"""

from collections.abc import Sequence

import numpy as np

from melodyrnn.experiments.benchmark.rows import Distributions
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.note_tokens import plain_token
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.tasks.dataset import Dataset, logits_of
from melodyrnn.tasks.tokenizer import NoteTokenizer

_SILENT = -1


class PitchesGivenTimes:
    """Of each token of ``tokenizer`` the tokens of its duration, one for each pitch of ``midi``, P
    MIDI numbers. Raises VocabularyError where there is none for one of them.
    """

    def __init__(self, tokenizer: NoteTokenizer, midi: Sequence[int]) -> None:
        index, notes = tokenizer.vocabulary.index, tokenizer.notes
        lasting = {note.duration for note in notes if note and note.pitch}
        alike = {each: [index(plain_token(pitch, each)) for pitch in midi] for each in lasting}
        self._by_duration = np.array([*alike.values()])  # (D, P)
        silent = [_SILENT] * len(midi)
        self._tokens = np.array(  # (V, P)
            [alike[note.duration] if note and note.pitch else silent for note in notes]
        )

    def distributions(
        self, predictor: Predictor, songs: Dataset, *, own_duration: bool = True
    ) -> Distributions:
        """Of each song, of its L notes that sound, (L, P), each given those before. Without its
        ``own_duration`` it is known that a note sounds, and of its time only when it begins.
        """
        found = []
        for ids, logits in zip(songs.sequences, logits_of(predictor, songs), strict=True):
            tokens = self._tokens[ids[predictor.window :]]
            sounds = tokens[:, 0] != _SILENT
            given = np.asarray(logits, dtype=np.float64)[sounds]
            if own_duration:
                given = np.take_along_axis(given, tokens[sounds], axis=1)
            else:
                given = np.logaddexp.reduce(given[:, self._by_duration], axis=1)
            found.append(np.exp(log_softmax(given)))
        return found
