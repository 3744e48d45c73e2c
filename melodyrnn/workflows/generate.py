"""New songs, or more of a text, from a run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

from melodyrnn.errors import ConfigError, warn
from melodyrnn.files import check_no_folder, write_atomically
from melodyrnn.models.config import FormConfig, SampleConfig, check_beam, configure
from melodyrnn.models.settings import check
from melodyrnn.models.settings_types import GenerateSettings
from melodyrnn.music.playing import Playing
from melodyrnn.music.song import Song
from melodyrnn.runs.run import Run, open_run
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.drawing import drawn_together
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.task import Made, Request, Settings
from melodyrnn.tasks.text import GeneratedText

MOST_SONGS = 100_000
MOST_ON_PAGE = 100


@dataclass(frozen=True, repr=False)
class GenerateResult:
    """What was made, and how it was drawn."""

    made: tuple[Made, ...]  # songs or, of a run on text, texts
    config: SampleConfig  # how they were drawn, with the seed that draws them again
    form: FormConfig | None  # what songs keep to
    ranked: bool = False  # whether they are the best of more, the best first
    page: Path | None = None  # that shows them, where one was asked for

    @property
    def songs(self) -> tuple[GeneratedSong, ...]:
        return tuple(each for each in self.made if isinstance(each, GeneratedSong))

    @property
    def texts(self) -> tuple[GeneratedText, ...]:
        return tuple(each for each in self.made if isinstance(each, GeneratedText))

    @property
    def files(self) -> tuple[Path, ...]:
        """All that were written."""
        page = (self.page,) if self.page else ()
        return (*(file for each in self.made for file in each.files), *page)

    def __repr__(self) -> str:
        what = "song" if self.songs else "text"
        many = "s" * (len(self.made) != 1)
        return f"<GenerateResult {len(self.made)} {what}{many}, seed {self.config.seed}>"

    def _repr_html_(self) -> str | None:
        """What a notebook shows: the first songs, each with a player and what it only copied."""
        if not self.songs:
            return None
        from melodyrnn.render.pages.notebook import songs_html

        return songs_html(
            [each.song for each in self.songs], [each.copied_words for each in self.songs]
        )

    def to_json(self) -> dict[str, Any]:
        document = self.config.to_json() | (self.form.to_json() if self.form else {})
        kinds: dict[str, Sequence[Made]] = {"songs": self.songs, "texts": self.texts}
        made = {name: [each.to_json() for each in some] for name, some in kinds.items() if some}
        return document | made | ({"page": str(self.page)} if self.page else {})


@verb("drawing")
def generate(
    run: "str | PathLike[str]",
    *,
    primer: str | Path | Song | None = None,
    primer_notes: int | None = None,
    keep_primer: bool = True,
    redraw: str | None = None,
    length: int | None = None,
    count: int = 1,
    best: int | None = None,
    output: str | Path | Sequence[str | Path] | None = None,
    formats: str | Sequence[str] | None = None,
    title: str | None = None,
    tempo: float | None = None,
    instrument: str | None = None,
    playing: Playing | None = None,
    track: str | None = None,
    grid: str | None = None,
    overwrite: bool = False,
    page: str | Path | None = None,
    with_short_term: bool = False,
    progress: Progress = if_attended,
    **settings: Unpack[GenerateSettings],
) -> GenerateResult:
    """Draw ``count`` songs, ``primer`` and ``length`` notes after it; or texts, 500 characters.

    ``primer``: tokens such as ``"g8 e8 e4 f8"``, or a song or its file, taken with its meter, key,
    tempo and pickup; ``primer_notes`` takes so many of its notes. A MelodyWarning says what stands
    for notes that the run does not know. By default it is the opening of the first training song or
    text, or nothing where the run learned how songs begin. Without ``keep_primer`` songs are what
    follows. ``length``: the most where a song ends by itself; by default that of the first training
    song, or half as long again as a long primer. ``with_short_term``: joined by a model of the song
    so far. ``redraw``: ``"5-12"`` draws only these notes of the primer anew. ``best``: only so many
    songs, by ``score``. ``output``: files, whose suffixes say the formats, numbered where there are
    several songs; or folders for the ``formats``, which replace others with ``overwrite`` only.
    ``page``: an HTML file of them. ``tempo``: quarter notes per minute. ``playing``: how it sounds.
    ``settings``: of SampleConfig and FormConfig. Raises MelodyError; nothing is written then.
    """
    config, form = configure(settings, SampleConfig, FormConfig)
    request = Request(
        primer=primer,
        primer_notes=primer_notes,
        keep_primer=keep_primer,
        redraw=redraw,
        length=length,
        count=count,
        best=best,
        outputs=_paths(output),
        formats=_formats(formats),
        title=title,
        tempo=tempo,
        instrument=instrument,
        playing=playing,
        with_short_term=with_short_term,
        track=track,
        grid=grid,
        overwrite=overwrite,
        page=next(iter(_paths(page)), None),
    )
    return _generated(run, settings, request, config, form, progress)


def _generated(
    source: "str | PathLike[str]",
    settings: Settings,
    request: Request,
    config: SampleConfig,
    form: FormConfig,
    progress: Progress,
) -> GenerateResult:
    _check(request, settings)
    run = open_run(source)
    task = run.task
    task.check(settings, request)
    prompts = task.prompts(run, request, form, config)
    targets = task.targets(request)
    predictor = run.predictor(with_short_term=request.with_short_term)
    drawn = drawn_together(task.aligned(predictor, prompts), prompts, config, progress)
    _warn_of_fewer(sum(len(each.songs) for each in drawn), request.count)
    made = task.make(run, prompts, drawn, config, request)
    pairs = zip(made, targets[: len(made)], strict=True)  # a beam may have found fewer
    written = tuple(task.write(each, files, request) for each, files in pairs)
    kept_to = form if prompts[0].like is not None else None
    config = replace(config, candidates=prompts[0].candidates)
    result = GenerateResult(written, config, kept_to, request.best is not None)
    return replace(result, page=_page(run, result, request, form))


def _check_page(path: Path, count: int) -> None:
    """Raises MelodyError where no page can be written there, or not of so many songs."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"--page {path} is no name of a page; give one such as takes.html")
    check_no_folder(path)
    if count > MOST_ON_PAGE:
        raise ConfigError(f"--page shows at most {MOST_ON_PAGE} songs; give --best {MOST_ON_PAGE}")


def _page(run: Run, result: GenerateResult, request: Request, form: FormConfig) -> Path | None:
    """The page that was asked for, written."""
    if request.page is None:
        return None
    # The engraver, when there is something to draw.
    from melodyrnn.render.pages.takes import takes_page
    from melodyrnn.tasks.takes import takes_of

    title = request.title or run.path.name
    takes = takes_of(title, run.record, result.made, result.config, form, result.ranked)
    return write_atomically(request.page, takes_page(takes, instrument=request.instrument))


def _paths(output: str | Path | Sequence[str | Path] | None) -> tuple[Path, ...]:
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
    if request.redraw is not None:
        check("redraw", request.redraw, {"text": True})
    check("count", request.count, {"least": 1, "most": MOST_SONGS})
    if request.best is not None:
        check("best", request.best, {"least": 1})
        if request.best > request.count:
            raise ConfigError(
                f"--best {request.best} is more than --count {request.count}; give a higher --count"
            )
    check_beam(settings, request.count)
    if request.page:
        _check_page(request.page, request.best or request.count)


def _warn_of_fewer(found: int, count: int) -> None:
    """A beam may hold fewer than were asked for."""
    if found < count:
        warn(
            f"the beam found {found} song{'s' * (found > 1)}, not {count}; a wider --beam may find "
            "more"
        )
