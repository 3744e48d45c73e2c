"""New songs from a run."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from melodyrnn.data.copies import Copied, Copies
from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.files import make_folder, numbered
from melodyrnn.generation import generate as generation
from melodyrnn.generation.loops import Loop, closing_loop
from melodyrnn.models.config import FormConfig, SampleConfig, check_beam, configure
from melodyrnn.models.lookback import under
from melodyrnn.models.settings import check
from melodyrnn.models.settings_types import GenerateSettings
from melodyrnn.music.note_tokens import from_codes, respelled, to_codes
from melodyrnn.music.song import Song
from melodyrnn.render.write import write_song, writer_of
from melodyrnn.runs import record as runs
from melodyrnn.runs.run import open_run
from melodyrnn.sequences.vocabulary import END, START, Indices
from melodyrnn.tasks.control.form import MOST_NOTES, form_of
from melodyrnn.tasks.control.primer import beginning
from melodyrnn.tasks.tokenizer import Dataset, cycle_of
from melodyrnn.workflows.generate_text import GenerateTextResult, generate_text

MOST_SONGS = 100_000


@dataclass(frozen=True)
class Generated:
    """One new song."""

    song: Song
    tokens: tuple[str, ...]
    primer: int  # notes at its start that were given
    copied: Copied  # the longest run of notes that a training song has too, in whatever key
    loop: Loop | None  # the round in which it ends, if it does
    log_probability: float  # of what follows the primer, as the model has it; natural logarithm
    file: Path | None = None

    def to_json(self) -> dict[str, Any]:
        document = {
            "tokens": list(self.tokens),
            "primer": self.primer,
            "copied": self.copied.to_json(),
            "loop": self.loop and self.loop._asdict(),
            "log_probability": self.log_probability,
        }
        return document | ({"file": str(self.file)} if self.file else {})


@dataclass(frozen=True)
class GenerateResult:
    """The new songs, and the files written."""

    songs: tuple[Generated, ...]
    files: tuple[Path, ...]
    config: SampleConfig  # how they were drawn, with the seed that draws them again
    form: FormConfig  # what they keep to
    source = "songs"

    @property
    def made(self) -> tuple[Generated, ...]:
        return self.songs

    def to_json(self) -> dict[str, Any]:
        songs = [song.to_json() for song in self.songs]
        return {**self.config.to_json(), **self.form.to_json(), "songs": songs}


def generate(
    run: str | Path,
    *,
    primer: str | Path | Song | None = None,
    length: int | None = None,
    count: int = 1,
    output: str | Path | None = None,
    track: str | None = None,
    grid: str | None = None,
    instrument: str | None = None,
    with_short_term: bool = False,
    progress: Callable[[int, int], None] = lambda done, all_: None,
    **settings: Unpack[GenerateSettings],
) -> GenerateResult | GenerateTextResult:
    """Draw ``count`` songs that begin with ``primer`` and go on for ``length`` notes.

    ``primer``: tokens such as ``"g8 e8 e4 f8"``, or a song or its file, of which the first notes
    are taken, as many as the window has; without one, the opening of the first training song, or
    nothing where the run learned how songs begin. Without ``length``, as many notes as make the
    song as long as the first training song. It is the most where a song ends by itself: in a run
    that learned how songs end, with ``bars`` and with ``end``. ``with_short_term``: joined by a
    model of what the song itself has had so far. ``settings`` are fields of
    SampleConfig and FormConfig, such as ``temperature=0.8``, ``bars=8``. ``output`` is a file,
    whose suffix tells the format and whose name is numbered where there are several songs, or a
    folder for MIDI files. Raises MelodyError; nothing is written then, unless the disk fills up
    between two songs.
    A run on text goes on writing: see ``generate_text``.
    """
    config, asked = configure(settings, SampleConfig, FormConfig)
    check("count", count, {"least": 1, "most": MOST_SONGS})
    check_beam(settings, count)
    if length is not None:
        check("length", length, {"least": 1, "most": MOST_NOTES})
    run = Path(run)
    record = runs.read_record(run)
    if record.source == "text":
        options = {
            "track": track,
            "grid": grid,
            "instrument": instrument,
            "with-short-term": with_short_term or None,
        }
        if unused := [name for name, value in options.items() if value is not None]:
            raise ConfigError(f"--{unused[0]} is of no use for a text; leave it out")
        return generate_text(
            run,
            record,
            primer=None if primer is None else str(primer),
            length=length,
            count=count,
            output=output,
            progress=progress,
            **settings,
        )
    opened = open_run(run, record)
    dataset, learned = opened.dataset, opened.dataset.songs
    given = beginning(primer, dataset, opened.window, track=track, grid=grid)
    targets = _targets(output, count)
    copies = Copies(learned)
    form = form_of(asked, dataset, copies, *given, length)

    drawn = generation.generate(
        under(opened.predictor(with_short_term), [cycle_of(form.like)]),
        given.indices,
        form.length,
        config,
        count,
        progress,
        form.constraints,
    )
    if (found := len(drawn.songs)) < count:
        warnings.warn(
            f"the beam found {found} song{'s' * (found > 1)}, not {count}; a wider --beam may find "
            "more",
            MelodyWarning,
            stacklevel=2,
        )
    songs: list[Generated] = []
    files: list[Path] = []
    for number, (indices, likely) in enumerate(zip(*drawn, strict=True), 1):
        song = _generated(indices, len(given.indices), dataset, form.like, copies, float(likely))
        titled = replace(
            song.song,
            title=_title(learned, number, count),
            composer=f"melodyrnn, {opened.record.model.model}, seed {config.seed}",
        )
        written = write_song(titled, targets[number - 1], instrument=instrument) if targets else []
        files += written
        songs.append(replace(song, song=titled, file=written[0] if written else None))
    _warn_of_loops(songs)
    return GenerateResult(tuple(songs), tuple(files), config, asked)


def _targets(output: str | Path | None, count: int) -> list[Path]:
    """Where each song goes. Raises RenderError before anything is drawn."""
    if output is None:
        return []
    path = Path(output)
    if path.is_dir() or not path.suffix:
        make_folder(path)
        path /= "song.mid"
    writer_of(path)
    return numbered(path, count)


def _generated(
    indices: Indices, primer: int, dataset: Dataset, like: Song, copies: Copies, likely: float
) -> Generated:
    vocabulary = dataset.vocabulary
    begun = START in vocabulary
    if begun:
        indices = indices[~np.isin(indices, vocabulary.encode([START, END]))]
    song = from_codes(vocabulary.decode(indices), like)
    if begun:  # codes that spell each pitch in one way
        song = respelled(song)
    tokens, loop = tuple(to_codes(song)), closing_loop(indices)
    return Generated(song, tokens, primer - begun, copies.longest(song), loop, likely)


def _title(learned: Sequence[Named], number: int, count: int) -> str:
    title = learned[0].song.title or learned[0].name
    more = f" and {len(learned) - 1} more" if len(learned) > 1 else ""
    return f"After {title}{more}" + (f", take {number}" if count > 1 else "")


def _warn_of_loops(songs: Sequence[Generated]) -> None:
    looping = [(number, song.loop) for number, song in enumerate(songs, 1) if song.loop]
    if not looping:
        return
    number, loop = looping[0]
    notes = "note" if loop.period == 1 else f"{loop.period} notes"
    which = "the song ends"
    if len(songs) > 1:
        which = f"{len(looping)} of {len(songs)} songs end (the first: song {number})"
    warnings.warn(
        f"{which} in a loop: the last {notes} {loop.rounds} times over; "
        "a higher --temperature may break it, --avoid-loops does",
        MelodyWarning,
        stacklevel=3,
    )
