"""After a training: what its songs lack as wholes, learned from as many as it draws."""

from pathlib import Path

from melodyrnn.data.song_families import family_numbers
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.song import Song
from melodyrnn.runs import pretraining, whole_songs
from melodyrnn.runs.run import Run
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.drawing import drawn_together
from melodyrnn.tasks.task import Request
from melodyrnn.tasks.whole_songs.weights import WholeSongs

_EACH, _MOST = 12, 2000
"""As many songs are drawn for each one learned, and at most."""

_LOOKED_AT = 4000
"""Of the songs learned, at most."""


def learn_whole_songs(run: Run, predictor: Predictor, progress: Progress = silent) -> list[Path]:
    """The file in which it is kept; none where no song sounds. Raises MelodyError."""
    learned = run.learned
    some = [named.song for named in learned[:: -(-len(learned) // _LOOKED_AT)]]
    drawn = drawn_songs(run, predictor, min(_MOST, _EACH * len(learned)), progress)
    before = pretraining.kept(run.path).slopes if run.record.base else None
    found = WholeSongs.learned(some, family_numbers(some), drawn, before)
    return [whole_songs.keep(run.path, found)] if found else []


def drawn_songs(
    run: Run, predictor: Predictor, count: int, progress: Progress = silent
) -> list[Song]:
    """As many as the network draws by itself, asked for nothing. Raises MelodyError."""
    task, config = run.task, SampleConfig(candidates=1, seed=run.record.training.seed)
    prompts = task.prompts(run, Request(count=count), FormConfig(), config)
    songs = []
    groups = drawn_together(
        task.aligned(predictor, prompts), prompts, config, _told(progress, count)
    )
    for prompt, drawn in zip(prompts, groups, strict=True):
        assert prompt.like is not None, "new songs are like one"
        songs += [run.tokenizer.decode(ids, prompt.like) for ids in drawn.songs]
    return songs


def _told(progress: Progress, count: int) -> Progress:
    def told(done: int, total: int, words: str = "") -> None:
        progress(done * count // total, count, "songs drawn, to see what they lack as wholes")

    return told
