"""What bounds an epoch of one song, and many songs drawn at once: where the processor's time goes.

    python benchmarks/bounds.py [--repeats 15]

The network is that of songs/nabiya.txt, a stateful LSTM(128) with windows of 4. An epoch is
computed as `melodyrnn train` does, beside the C loop of `song_speed.py` (where there is a cc), and
in another process by as many threads as TensorFlow chooses. Notes are drawn with weights drawn at
random: of one song by itself, and of 500 together, as each of two threads does for 1,000. All in
processor time, to which other work on the machine adds little; medians.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial

import as_a_command  # noqa: F401 - before all that computes
import numpy as np

ONLY_COMPILED = "--only-compiled"
TOGETHER, ALONE, NOTES, SIZE = 500, 5, 64, 1024


def taken(action, repeats, clock=time.process_time):
    """The median seconds of ``action``."""
    each = []
    for _ in range(repeats):
        start = clock()
        action()
        each.append(clock() - start)
    return float(np.median(each))


def of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def epoch(repeats, *, beside_c=True):
    """What is computed -> milliseconds of an epoch."""
    from song_speed import SONG, loop_in_c, trainer_of

    from melodyrnn.data.gather import gather
    from melodyrnn.models.config import ModelConfig
    from melodyrnn.tasks.dataset import Dataset

    config = ModelConfig("lstm")
    dataset = Dataset.of(gather(SONG), config.window)
    program, found = trainer_of(dataset, config).program, {}
    epochs = program.block
    program.advance(0, epochs)  # it is compiled
    with tempfile.TemporaryDirectory() as folder:
        if beside_c and (loop := loop_in_c(dataset, config, folder)):
            many = 10 * epochs
            found["the C loop"] = taken(lambda: loop(many), repeats, of_children) / many
    found["compiled"] = taken(lambda: program.advance(0, epochs), repeats) / epochs
    found["measured after each block"] = taken(program.evaluate, repeats) / epochs
    return {name: 1000 * seconds for name, seconds in found.items()}


def print_epoch(repeats):
    found = epoch(repeats)
    found["both"] = found["compiled"] + found["measured after each block"]
    command = [sys.executable, __file__, ONLY_COMPILED, "--repeats", str(repeats)]
    freely = os.environ | {"TF_NUM_INTRAOP_THREADS": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=freely)
    found["compiled, threads free"] = float(done.stdout)
    print("an epoch of one song")
    in_c = found.get("the C loop")
    for name, milliseconds in found.items():
        beside = f"{milliseconds / in_c:8.2f} x C" if in_c else ""
        print(f"  {name:26}{milliseconds:7.2f} ms{beside}")


def print_notes(repeats):
    from song_speed import SONG

    from melodyrnn.data.gather import gather
    from melodyrnn.generation.generate import generate
    from melodyrnn.models.config import ModelConfig, SampleConfig
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.models.networks.numpy_network import Network, NumpyMath
    from melodyrnn.models.recurrent.cells import CELLS
    from melodyrnn.tasks.dataset import Dataset

    config, random = ModelConfig(), np.random.default_rng(0)
    dataset = Dataset.of(gather(SONG), config.window)
    network = Network.of(models.build(config, len(dataset.vocabulary)), config)
    draw = partial(generate, network, dataset.sequences[0][: config.window], NOTES, SampleConfig())
    h, u, large = (
        random.uniform(-0.1, 0.1, shape).astype(np.float32)
        for shape in ((TOGETHER, config.units), (config.units, 4 * config.units), (SIZE, SIZE))
    )
    z, cell = h @ u, CELLS["lstm"].step
    steps = TOGETHER / config.window  # of the cell, for a note of each song
    alone = taken(lambda: [draw() for _ in range(ALONE)], repeats) / ALONE / NOTES
    drawn = taken(lambda: draw(count=TOGETHER), repeats) / TOGETHER / NOTES
    product = taken(lambda: h @ u, 20 * repeats) / steps
    whole_cell = taken(lambda: cell(NumpyMath, z, (h, h), u), 20 * repeats) / steps
    peak = 2 * SIZE**3 / taken(lambda: large @ large, repeats) / 1e9
    rate = 2 * config.window * u.size / product / 1e9
    print("a note, on one core, weights drawn at random")
    rows = {
        "of one song": alone,
        f"of {TOGETHER} songs": drawn,
        "  its matrix products": product,
        "  the rest of its cells": whole_cell - product,
        "  all else": drawn - whole_cell,
    }
    for name, seconds in rows.items():
        print(f"  {name:26}{1e6 * seconds:7.2f} us{alone / seconds:8.1f} in the time of the first")
    print(f"  the products {rate:,.0f} GFlop/s; of {SIZE:,} by {SIZE:,} {peak:,.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument(ONLY_COMPILED, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_compiled:
        print(epoch(options.repeats, beside_c=False)["compiled"])
        return
    print_epoch(options.repeats)
    print_notes(options.repeats)


if __name__ == "__main__":
    main()
