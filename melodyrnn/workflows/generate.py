"""New songs, or more of a text, from a run."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.generation import generate as generation
from melodyrnn.models.config import FormConfig, SampleConfig, check_beam, configure
from melodyrnn.models.settings import check
from melodyrnn.models.settings_types import GenerateSettings
from melodyrnn.music.song import Song
from melodyrnn.runs.run import Run, open_run
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.task import Made, Request, Settings
from melodyrnn.tasks.text import GeneratedText

MOST_SONGS = 100_000


@dataclass(frozen=True, repr=False)
class GenerateResult:
    """What was made, and how it was drawn."""

    made: tuple[Made, ...]  # songs or, of a run on text, texts
    config: SampleConfig  # how they were drawn, with the seed that draws them again
    form: FormConfig | None  # what songs keep to
    ranked: bool = False  # whether they are the best of more, the best first

    @property
    def songs(self) -> tuple[GeneratedSong, ...]:
        return tuple(each for each in self.made if isinstance(each, GeneratedSong))

    @property
    def texts(self) -> tuple[GeneratedText, ...]:
        return tuple(each for each in self.made if isinstance(each, GeneratedText))

    @property
    def files(self) -> tuple[Path, ...]:
        """All that were written."""
        return tuple(file for each in self.made for file in each.files)

    def __repr__(self) -> str:
        what = "song" if self.songs else "text"
        many = "s" * (len(self.made) != 1)
        return f"<GenerateResult {len(self.made)} {what}{many}, seed {self.config.seed}>"

    def to_json(self) -> dict[str, Any]:
        document = self.config.to_json() | (self.form.to_json() if self.form else {})
        kinds: dict[str, Sequence[Made]] = {"songs": self.songs, "texts": self.texts}
        made = {name: [each.to_json() for each in some] for name, some in kinds.items() if some}
        return document | made


def generate(
    run: "str | PathLike[str]",
    *,
    primer: str | Path | Song | None = None,
    primer_notes: int | None = None,
    keep_primer: bool = True,
    length: int | None = None,
    count: int = 1,
    best: int | None = None,
    output: str | Path | Sequence[str | Path] | None = None,
    formats: str | Sequence[str] | None = None,
    title: str | None = None,
    tempo: float | None = None,
    instrument: str | None = None,
    track: str | None = None,
    grid: str | None = None,
    overwrite: bool = False,
    with_short_term: bool = False,
    progress: Progress = silent,
    **settings: Unpack[GenerateSettings],
) -> GenerateResult:
    """Draw ``count`` songs that begin with ``primer`` and go on for ``length`` notes; of a run on
    text, as many texts, which go on for ``length`` characters, by default 500.

    ``primer``: tokens such as ``"g8 e8 e4 f8"``, or a song or its file, which is taken from its
    first note on with its meter, key, tempo and pickup; ``primer_notes`` takes so many notes of it.
    A MelodyWarning says which the run does not know, and what it gets for them. Without a primer,
    the opening of the first training song or text, or nothing where the run learned how songs
    begin. Without ``keep_primer`` songs are only what follows it. ``length`` is the most where a
    song ends by itself; by default, songs are as long as the first training song, or half as much
    longer than a long primer. ``with_short_term``: joined by a model of the song so far.

    ``best``: only so many of the songs, those with the highest ``score``. ``output``: a file or
    several, whose suffixes say the formats, their names numbered where there are several songs; or
    folders for the ``formats``, which replace others with ``overwrite`` only. ``tempo`` is in
    quarter notes per minute, ``settings`` are fields of SampleConfig and FormConfig. Raises
    MelodyError; nothing is written then, unless the disk fills up between two songs.
    """
    config, form = configure(settings, SampleConfig, FormConfig)
    request = Request(
        primer=primer,
        primer_notes=primer_notes,
        keep_primer=keep_primer,
        length=length,
        count=count,
        best=best,
        outputs=_outputs(output),
        formats=_formats(formats),
        title=title,
        tempo=tempo,
        instrument=instrument,
        with_short_term=with_short_term,
        track=track,
        grid=grid,
        overwrite=overwrite,
    )
    _check(request, settings)
    opened = open_run(run)
    opened.task.check(settings, request)
    return _generated(opened, request, config, form, progress)


def _generated(
    run: Run, request: Request, config: SampleConfig, form: FormConfig, progress: Progress
) -> GenerateResult:
    task = run.task
    prompts = task.prompts(run, request, form, config)
    targets = task.targets(request)
    predictor = run.predictor(with_short_term=request.with_short_term)
    drawn = [
        generation.generate(
            task.aligned(predictor, prompt),
            prompt.ids,
            prompt.length,
            config,
            len(prompt.numbers),
            partial(_progress_of, progress, place, len(prompts)),
            prompt.constraints,
            prompt.numbers,
        )
        for place, prompt in enumerate(prompts)
    ]
    _warn_of_fewer(sum(len(each.songs) for each in drawn), request.count)
    made = task.make(run, prompts, drawn, config, request)
    pairs = zip(made, targets[: len(made)], strict=True)  # a beam may have found fewer
    written = tuple(task.write(each, files, request) for each, files in pairs)
    return GenerateResult(
        written, config, form if prompts[0].like is not None else None, request.best is not None
    )


def _progress_of(
    progress: Progress, place: int, parts: int, done: int, total: int, words: str = ""
) -> None:
    """That of one part of several, as that of all: the parts are taken for equally long."""
    progress(place * total + done, parts * total, words)


def _outputs(output: str | Path | Sequence[str | Path] | None) -> tuple[Path, ...]:
    if output is None:
        return ()
    return tuple(map(Path, [output] if isinstance(output, str | Path) else output))


def _formats(formats: str | Sequence[str] | None) -> tuple[str, ...] | None:
    if formats is None:
        return None
    return tuple(formats.split(",") if isinstance(formats, str) else formats)


def _check(request: Request, settings: Settings) -> None:
    """Raises ConfigError for what no task can do."""
    check("keep_primer", request.keep_primer, {"switch": True})
    check("count", request.count, {"least": 1, "most": MOST_SONGS})
    if request.best is not None:
        check("best", request.best, {"least": 1})
        if request.best > request.count:
            raise ConfigError(
                f"--best {request.best} is more than --count {request.count}; give a higher --count"
            )
    check_beam(settings, request.count)


def _warn_of_fewer(found: int, count: int) -> None:
    """A beam may hold fewer than were asked for."""
    if found < count:
        warnings.warn(
            f"the beam found {found} song{'s' * (found > 1)}, not {count}; a wider --beam may find "
            "more",
            MelodyWarning,
            stacklevel=4,
        )
