"""Generation: notes a second beside a loop over `model.predict`, and a batch beside one by one.

    python benchmarks/generation_speed.py [--repeats 5]

The network is that of songs/nabiya.txt, a stateful LSTM(128) with windows of 4, its weights drawn
at random, which are as quick as trained ones.
"""

import argparse
from pathlib import Path

import numpy as np
from alternating import medians

from melodyrnn.networks import models
from melodyrnn.networks.arrays import Network
from melodyrnn.networks.config import ModelConfig, SampleConfig
from melodyrnn.networks.generation import generate
from melodyrnn.workflows.dataset import Dataset
from melodyrnn.workflows.sources import gather

SONG = Path(__file__).parent.parent / "songs" / "nabiya.txt"
PREDICTED, NOTES, SONGS, SHORT = 20, 1000, 1000, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    config = ModelConfig()
    dataset = Dataset.of(gather(SONG), config.window)
    codes, primer = len(dataset.vocabulary), dataset.sequences[0][: config.window]
    model = models.build(config, codes)
    network, draw = Network.of(model, config), SampleConfig()

    def predicted():
        song, random = primer.tolist(), np.random.default_rng(0)
        for _ in range(PREDICTED):
            p = model.predict(np.array([song[-config.window :]]), verbose=0)[0].astype(float)
            song.append(int(random.choice(codes, p=p / p.sum())))

    taken = medians(
        options.repeats,
        predict=predicted,
        # Not next to predict, whose threads go on turning for a while.
        batch=lambda: generate(network, primer, SHORT, draw, count=SONGS),
        apart=lambda: [generate(network, primer, SHORT, draw) for _ in range(SONGS // 50)],
        one=lambda: generate(network, primer, NOTES, draw),
    )
    predict, one = PREDICTED / taken["predict"], NOTES / taken["one"]
    batch, apart = SONGS * SHORT / taken["batch"], SONGS // 50 * SHORT / taken["apart"]
    print(f"a loop over predict       {predict:10,.0f} notes a second")
    print(f"one song of {NOTES:,}         {one:10,.0f}   {one / predict:8.0f} times")
    print(f"{SONGS:,} songs one by one    {apart:10,.0f}")
    print(f"{SONGS:,} songs as a batch    {batch:10,.0f}   {batch / apart:8.1f} times one by one")


if __name__ == "__main__":
    main()
