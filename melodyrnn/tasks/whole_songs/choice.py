"""How many candidates a new song has, and what each weighs."""

from collections.abc import Callable
from typing import Any

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.task import Request, Trained
from melodyrnn.tasks.tokenizer import NoteTokenizer


def candidates_of(
    run: Trained[Any], request: Request, form: FormConfig, config: SampleConfig
) -> int:
    """For each new song: as many as the run says where nothing is asked of how it begins and ends,
    and another one can be drawn. Raises ConfigError where none can be weighed.
    """
    drawn = not config.beam and config.temperature > 0
    if config.candidates and config.candidates > 1:
        if not drawn:
            other = f"--beam {config.beam}" if config.beam else "--temperature 0"
            raise ConfigError(f"--candidates has no effect with {other}; leave it out")
        if run.whole_songs is None:
            raise ConfigError(
                f"--candidates has no effect on {run.path}, which has not learned what whole songs "
                "weigh; train a new run, --model viewpoints, on several songs"
            )
    asked = form.bars or form.form or form.end or request.length is not None
    if config.candidates or asked or request.primer is not None or not drawn:
        return config.candidates or 1
    return run.whole_songs.candidates if run.whole_songs else 1


def log_weight_of(
    run: Trained[Any], tokenizer: NoteTokenizer, like: Song, left_out: int
) -> Callable[[Indices], float]:
    """Of the ids of a new song, what it weighs as a whole."""
    whole_songs = run.whole_songs
    assert whole_songs, "the run knows what whole songs weigh"
    return lambda ids: whole_songs.log_weight(tokenizer.decode(ids[left_out:], like))
