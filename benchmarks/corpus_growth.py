"""What do more tunes cost? Seconds and memory of training on 100 to 10,000 of them.

    python benchmarks/corpus_growth.py [--sizes 100,300,1000,3000,10000] [--plot FILE]

The tunes are of Essen, O'Neill's, Ryan's and Aird's collections, evenly over all of them. Of each
number of tunes a process of its own measures what is done once (deal them out by families, make the
vocabulary and the indices), one epoch of an LSTM(128) in 32 lanes after its program is made, and
the most memory that the process had.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

from melodyrnn.errors import MelodyWarning

MEGABYTE = 1024 if sys.platform != "darwin" else 1024**2


def measure(count):
    """The figures of one number of tunes: seconds, and bytes or megabytes."""
    from many_tunes import evenly

    from melodyrnn.data.split import split
    from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.sequences.streams import MeasuredStream, lanes
    from melodyrnn.tasks.dataset import Dataset
    from melodyrnn.tasks.tokenizer import TuneTokenizer
    from melodyrnn.tasks.tunes import epochs
    from melodyrnn.training.streams import StreamProgram
    from melodyrnn.training.trainer import Trainer

    warnings.simplefilter("ignore", MelodyWarning)
    named = evenly(count)
    start = time.perf_counter()
    parts = split(named, 0.1)
    tokenizer = TuneTokenizer.of([each.song for each in named], 0)
    learned, validation, _ = (Dataset.of(songs, 1, tokenizer) for songs in parts)
    prepare = time.perf_counter() - start
    model = ModelConfig(**STREAM_MODEL | {"units": 128})
    config = StreamConfig(epochs=3, early_stop=False)
    program = StreamProgram(
        models.build(model, len(tokenizer.vocabulary)),
        epochs(learned, model, config),
        MeasuredStream.plain(lanes(validation.sequences, config.batch, config.steps)),
        config,
    )
    trainer = Trainer(program, config)
    marks = [time.perf_counter()]
    trainer.advance()  # makes the program
    while not trainer.done:
        before = trainer.epoch
        trainer.advance()
        if trainer.epoch > before:
            marks.append(time.perf_counter())
    return {
        "notes": sum(len(each.song) for each in named),
        "prepare": prepare,
        "epoch": marks[-1] - marks[-2],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE,
        "indices": sum(s.nbytes for part in (learned, validation) for s in part.sequences) / 2**20,
    }


def plot(found, file):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sizes = list(found)
    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for name, words in (("epoch", "one epoch"), ("prepare", "before the first")):
        times.loglog(sizes, [found[size][name] for size in sizes], "o-", label=words)
    first, last = sizes[0], sizes[-1]
    line = [found[last]["epoch"] * size / last for size in (first, last)]
    times.loglog([first, last], line, ":", color="grey", label="proportional")
    times.set(xlabel="tunes", ylabel="seconds")
    times.legend(frameon=False)
    memory.plot(sizes, [found[size]["memory"] for size in sizes], "o-")
    memory.set(
        xlabel="tunes",
        ylabel="memory at most, MB",
        ylim=(0, 1.15 * max(row["memory"] for row in found.values())),
    )
    for axes in (times, memory):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="100,300,1000,3000,10000")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    found = {}
    print(" tunes    notes  once, s  an epoch, s  ms a note  memory, MB  indices, MB")
    for size in map(int, options.sizes.split(",")):
        command = [sys.executable, __file__, "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[size] = row = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{size:6,} {row['notes']:8,} {row['prepare']:8.2f} {row['epoch']:12.2f} "
            f"{1000 * row['epoch'] / row['notes']:10.3f} {row['memory']:11.0f} "
            f"{row['indices']:12.2f}",
            flush=True,
        )
    if options.plot:
        plot(found, options.plot)


if __name__ == "__main__":
    main()
