"""New songs, or more of a text, from a run."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.files import check_no_folder, write_atomically
from melodyrnn.generation import generate as generation
from melodyrnn.generation.again import drawn_again
from melodyrnn.generation.generate import Drawn, Over
from melodyrnn.models.config import FormConfig, SampleConfig, check_beam, configure
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.settings import check
from melodyrnn.models.settings_types import GenerateSettings
from melodyrnn.music.song import Song
from melodyrnn.runs.run import Run, open_run
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.task import Made, Prompt, Request, Settings
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
    track: str | None = None,
    grid: str | None = None,
    overwrite: bool = False,
    page: str | Path | None = None,
    with_short_term: bool = False,
    progress: Progress = if_attended,
    **settings: Unpack[GenerateSettings],
) -> GenerateResult:
    """Draw ``count`` songs, ``primer`` and ``length`` notes after it; or texts, 500 characters.

    ``primer``: tokens such as ``"g8 e8 e4 f8"``, or a song or its file, which is taken from its
    first note on with its meter, key, tempo and pickup; ``primer_notes`` takes so many notes of it.
    A MelodyWarning says what replaces notes that the run does not know. Without a primer, the
    opening of the first training song or text, or nothing where the run learned how songs begin.
    Without ``keep_primer`` songs are only what follows it. ``length`` is the most where a song ends
    by itself; by default, that of the first training song, or half as long again as a long primer.
    ``with_short_term``: joined by a model of the song so far. ``redraw``: ``"5-12"`` draws only
    these notes of the primer anew, and keeps their length. ``best``: only so many songs, those with
    the highest ``score``. ``output``: files, whose suffixes say the formats, numbered where there
    are several songs; or folders for the ``formats``, which replace others with ``overwrite`` only.
    ``page``: an HTML file of them. ``settings``: fields of SampleConfig and FormConfig; ``tempo``:
    quarter notes per minute. Raises MelodyError; nothing is written then, unless the disk fills up.
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
    drawn = _drawn(task.aligned(predictor, prompts), prompts, config, progress)
    _warn_of_fewer(sum(len(each.songs) for each in drawn), request.count)
    made = task.make(run, prompts, drawn, config, request)
    pairs = zip(made, targets[: len(made)], strict=True)  # a beam may have found fewer
    written = tuple(task.write(each, files, request) for each, files in pairs)
    kept_to = form if prompts[0].like is not None else None
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


def _drawn(
    predictor: Predictor, prompts: Sequence[Prompt], config: SampleConfig, progress: Progress
) -> list[Drawn]:
    """Of each prompt as many songs as it has numbers, all of them drawn together."""
    parts = [generation.SongGroup(prompt.length, prompt.constraints) for prompt in prompts]
    songs = [
        (part, place) for part, prompt in enumerate(prompts) for place in range(len(prompt.numbers))
    ]
    numbers = [prompts[part].numbers[place] for part, place in songs]
    furthest = 0

    def onward(done: int, total: int, words: str = "") -> None:
        """Songs that are drawn again begin from the start."""
        nonlocal furthest
        furthest = max(furthest, done)
        progress(furthest, total, words)

    def found(done: int, total: int, words: str = "") -> None:
        """Of songs, each of them taken for as long as it may get."""
        progress(done * parts[0].length, total * parts[0].length, words)

    def draw(places: Sequence[int], streams: Sequence[int], over: Over | None = None) -> Drawn:
        some = [(songs[place][0], stream) for place, stream in zip(places, streams, strict=True)]
        told = onward if over is None or len(songs) == 1 else silent
        return generation.generate_parts(predictor, prompts[0].ids, parts, some, config, told, over)

    def lacks(place: int, ids: Indices) -> int:
        part, which = songs[place]
        of_part = prompts[part].lacks
        return of_part(which, ids) if of_part else 0

    if any(prompt.lacks for prompt in prompts):
        drawn = drawn_again(draw, numbers, lacks, found if len(songs) > 1 else silent)
    else:
        drawn = draw(range(len(songs)), numbers)
    bounds = np.cumsum([len(prompt.numbers) for prompt in prompts])[:-1].tolist()
    of_each = zip([0, *bounds], [*bounds, None], strict=True)
    return [Drawn(drawn.songs[a:b], drawn.log_probability[a:b]) for a, b in of_each]


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
        warnings.warn(
            f"the beam found {found} song{'s' * (found > 1)}, not {count}; a wider --beam may find "
            "more",
            MelodyWarning,
            stacklevel=4,
        )
