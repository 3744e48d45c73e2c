"""How well a run predicts: songs of its own, which it may remember, or others, which are new to it;
and what new songs are like beside those that people made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Named, Source, gather
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError
from melodyrnn.evaluation.generated import GeneratedFigures, figures_beside
from melodyrnn.evaluation.hidden_states import HiddenStates, songs_of
from melodyrnn.evaluation.human.likeness import Material, human_likeness
from melodyrnn.evaluation.human.result import HumanLikeness
from melodyrnn.evaluation.result import EvaluateResult
from melodyrnn.files import write_atomically
from melodyrnn.models.settings import check
from melodyrnn.runs.run import Run, open_run
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.extras import require_extra
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.task import Reading, Task

Sources = Source | Iterable[Source]

_KINDS = {True: "run that learned songs by heart", False: "text"}
"""Whether a task is of notes -> what it is called where an option has no effect."""


@verb("evaluating")
def evaluate(
    run: "str | PathLike[str]",
    songs: Sources = (),
    *,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    with_short_term: bool = False,
    notes: str | Path | None = None,
    states: str | Path | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress = if_attended,
) -> EvaluateResult:
    """Measure a run on ``songs``; without any, on those held out of its training or, where none
    were, on its training set. A run on text is measured on text files.

    ``track``, ``grid``, ``report`` and ``progress`` are those of ``gather``; without ``track`` and
    ``grid`` those hold that the run was trained with. A token that the run
    never saw is predicted as an unknown one (``sequences.open_vocabulary``). Of several ``songs``,
    those too short for the run's window are left out as those that cannot be read are.
    Songs of which the pretraining of a fine-tuned run had a variant are named and are part of no
    figure. ``with_short_term``: the run is joined by a model of what the song itself has had so
    far. ``notes``: a file to write, a row for each note (``evaluation.note_table``); the result
    has the same as an array. ``states``: a file to write, what the hidden layers give
    (``hidden_states`` returns the same).

    Many tunes that take longer than a few seconds are predicted by as many processes as ``jobs``,
    by default one a core, or by the workers of the ``cluster`` whose scheduler has that address;
    the figures are the same. Raises MelodyError.
    """
    check("jobs", 1 if jobs is None else jobs, {"least": 1, "most": 1000})
    opened = open_run(run)
    task, record = opened.task, opened.record
    _check_asked(task, {"--with-short-term": with_short_term, "--notes": notes}, task.of_notes)
    _check_asked(task, {"--jobs": jobs, "--cluster": cluster}, task.shares_evaluation)
    items, left_out = task.chosen(opened, songs, Reading(track, grid, report, progress))
    predictor = opened.predictor(with_short_term=with_short_term)
    if states is not None:
        _check_layers(opened)
    found = task.evaluate(opened, predictor, items, Place.of(jobs, cluster), progress)
    result = EvaluateResult(
        record.model.model,
        task.unit,
        record.model.window,
        found.items,
        found.targets,
        found.played,
        with_short_term,
        left_out,
        record.base,
    )
    files = []
    if notes is not None:
        files.append(write_atomically(notes, result.notes.to_csv()))
    if states is not None:
        files.append(write_atomically(states, _states(opened, items).to_npz()))
    return replace(result, files=tuple(files))


def _check_asked(task: Task[Any, Any], options: Mapping[str, object], has_effect: bool) -> None:
    """Raise ConfigError where one of them is asked for that has no effect with such a run."""
    for option, asked in options.items():
        if asked and not has_effect:
            kind = _KINDS[task.of_notes]
            raise ConfigError(f"{option} has no effect with a {kind}; leave it out")


@verb("reading")
def hidden_states(
    run: "str | PathLike[str]",
    songs: Sources = (),
    *,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = if_attended,
) -> HiddenStates:
    """What the hidden layers of a run's network give at each note of ``songs``, and its learned
    vectors, as arrays. Arguments are those of ``evaluate``. Raises MelodyError: ConfigError for a
    model that counts, which has no layers.
    """
    opened = open_run(run)
    _check_layers(opened)
    items, _ = opened.task.chosen(opened, songs, Reading(track, grid, report, progress))
    return _states(opened, items)


def _check_layers(run: Run) -> None:
    if not run.record.model.spec.learns_by_gradient:
        raise ConfigError(
            f"{run.path}: --model {run.record.model.model} counts and has no hidden states; name a "
            "run of a network"
        )


def _states(run: Run, items: Sequence[Any]) -> HiddenStates:
    task, vocabulary = run.task, run.vocabulary
    data = task.encode(run.record, Split(items, (), ())).train
    predictor, sequences = task.in_context(run.predictor(), data), task.sequences(data)
    return HiddenStates(
        predictor.window,
        tuple(vocabulary.symbols),
        predictor.embeddings,
        songs_of(
            [item.name for item in items],
            sequences,
            [vocabulary.decode(ids) for ids in sequences],
            predictor.hidden_states(sequences),
        ),
    )


@verb("evaluating")
def evaluate_generated(
    generated: Sources,
    run: "str | PathLike[str] | None" = None,
    *,
    training: Sources = (),
    held_out: Sources = (),
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = if_attended,
) -> GeneratedFigures:
    """Figures of ``generated`` songs beside those of the songs they came from, ``training`` or the
    training set of ``run``, and of songs that people made and that were no part of it,
    ``held_out`` or those that the run held out; and how much is copied. Raises MelodyError.
    """
    if (run is None) == (training == ()):
        raise ConfigError(
            "--generated songs are set beside those they came from: name their RUN, or those songs "
            "by --training, and not both"
        )
    read = partial(gather, track=track, grid=grid, report=report, progress=progress)
    learned: Sequence[Named] = ()
    people: Sequence[Named] = ()
    if run is not None:
        parts = open_run(run).parts
        learned, people = parts.train, parts.held_out
    if training != ():
        learned = read(training)
    if held_out != ():
        people = read(held_out)
    return figures_beside(read(generated), learned, people, progress)


@verb("evaluating")
def evaluate_against(
    generated: Sources,
    against: Sources,
    run: "str | PathLike[str] | None" = None,
    *,
    training: Sources = (),
    control: Sources = (),
    seed: int = 0,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = if_attended,
) -> HumanLikeness:
    """How well a classifier tells ``generated`` songs from those that people made, ``against``.

    ``control``: other collections that people made, each set in place of the generated songs.
    ``training``, or the training set of ``run``: what the generated songs were learned from, to
    see how much of it is copied. ``seed`` deals out the songs. Raises MelodyError.
    """
    if run is not None and training != ():
        raise ConfigError("what songs came from is a RUN, or the songs of --training; name one")
    require_extra("human")
    read = partial(gather, track=track, grid=grid, report=report, progress=progress)
    learned: Sequence[Named] = open_run(run).learned if run is not None else ()
    if training != ():
        learned = read(training)
    controls = [control] if isinstance(control, Source) else control
    material = Material(read(generated), read(against), [read(each) for each in controls], learned)
    return human_likeness(material, seed, progress)
