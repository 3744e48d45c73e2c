"""The n-gram rows of the published table: seconds for the ten folds, on one core.

    python benchmarks/counting_speed.py [--repeats 5]

Reading the songs and dealing them out is not counted.
"""

import argparse
from functools import partial

from alternating import medians

from melodyrnn.data.gather import gather
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.protocol import FOLDS, folds_of
from melodyrnn.experiments.benchmark.rows import NGRAMS
from melodyrnn.formats.read import Corpus


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    folds = folds_of(melodies_of(gather(Corpus("kinder"))), FOLDS, seed=0)
    predictions = [{} for _ in folds]

    def predict(row):
        for fold, before in zip(folds, predictions, strict=True):
            before[row.model] = row.predict(fold, before)

    taken = medians(options.repeats, **{row.model: partial(predict, row) for row in NGRAMS})
    for model, seconds in taken.items():
        print(f"{model:30} {seconds:6.2f} s")
    print(f"{'all':30} {sum(taken.values()):6.2f} s")


if __name__ == "__main__":
    main()
