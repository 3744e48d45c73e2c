"""``melodyrnn benchmark``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import CLUSTER, PATH, given, print_result, printing, reading_many
from melodyrnn.system.sentences import Sentence

_ROWS = """\b
bits per note  the mean of -log2 p(next pitch) over the notes of a fold, and
               the mean of that over the folds
by melody      the mean over the melodies of the bits per note of each: what
               the published figures are
LTM, STM       long-term model, learned from the other melodies; short-term
               model, learned from the earlier notes of the same melody;
               LTM+ goes on learning from the melodies that it is tested on
C*I, X5UI      escape method, longest context (* is any), U: update
               exclusion, I: interpolated
of intervals,  n-gram models of the intervals from note to note, or from the
of degrees     first note on, or of scale degrees, whose tonic nobody gives: a
               mixture over the twelve, each weighted by how it predicted the
               melody so far
copying        what is copied from earlier in the melody, and else the model
LSTM           a network that also sees what followed the same notes before;
               of an ensemble of 3, the mean; pretrained: first trained on
               other traditions, without variants of these melodies
timed          a network that also sees durations, meter and key, and when
               the target note begins and how long it lasts
& PPM,         combined with LTM+ and STM, or with other n-gram models, with
& n-grams      mixing weights fitted in an inner validation within the
               training set

Each fold that was predicted is kept in the output folder. Where a benchmark
was cut off, the same command goes on with the next fold.
"""


@click.command(epilog=_ROWS)
@click.argument("name", required=False)
@click.option("--data", type=PATH, help="of pearce: the folder of data sets, one folder each")
@click.option("--songs", type=PATH, help="measure on this file, folder or corpus instead")
@click.option("--fast", is_flag=True, help="only three of the folds, and only the quick rows")
@click.option("--folds", type=int, help="folds of the cross-validation  [default: 10]")
@click.option("--seed", type=int, help="random seed of the folds and of the networks  [default: 0]")
@click.option("--seeds", type=int, help="of pearce: so many seeds from that on  [default: 1]")
@CLUSTER
@click.option("--output", "-o", type=PATH, help="the folder to make, or to go on in")
@click.option("--overwrite", is_flag=True, help="replace the benchmark.json in the folder")
@reading_many
@printing
def benchmark(
    name: str | None,
    data: Path | None,
    seeds: int | None,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Set a published table beside what this machine measures.

    'kinder': the next pitch of German children's songs, in ten-fold cross-validation. Each song
    is predicted by models trained on the other nine tenths of the collection. 'pearce': the same
    of every data set in a folder, --data, from pitches alone. 'chorales': soprano lines of Bach's.
    Without a name: the songs of --songs.
    """
    from melodyrnn.console.benchmark import show_benchmark, show_data_sets
    from melodyrnn.console.progress import progress_of
    from melodyrnn.experiments.benchmark.benchmark import benchmark
    from melodyrnn.experiments.benchmark.data_sets import benchmark_sets
    from melodyrnn.experiments.benchmark.protocol import CrossValidation
    from melodyrnn.experiments.benchmark.published import PEARCE

    what = settings["songs"] or name or "songs"
    if name == PEARCE and data is not None:
        if settings.pop("songs") is not None:
            raise click.UsageError("--songs and --data are two ways to bring songs; give one")
        chosen = {name: settings.pop(name) for name in ("folds", "seed", "fast")}
        protocol = CrossValidation(**given({**chosen, "seeds": seeds}))
        with progress_of(Sentence("measuring {what}", what=what), quiet or as_json) as report:
            sets = benchmark_sets(data, protocol=protocol, progress=report, **given(settings))
        print_result(sets, show_data_sets, [sets.file], as_json=as_json, quiet=quiet)
        return
    if name != PEARCE and (data is not None or seeds is not None):
        raise click.UsageError(f"--data and --seeds are options of 'benchmark {PEARCE}'")
    with progress_of(Sentence("measuring {what}", what=what), quiet or as_json) as report:
        result = benchmark(name, progress=report, **given(settings))
    print_result(result, show_benchmark, [result.file], as_json=as_json, quiet=quiet)
