"""Generation: notes a second beside a loop over `model.predict`, and a batch beside one by one.

    python benchmarks/generation_speed.py [--repeats 9]

The network is that of songs/nabiya.txt, a stateful LSTM(128) with windows of 4, which has learned
the song as `melodyrnn train` does. Songs that are the same so far are predicted as one; a batch is
therefore measured with weights drawn at random too, whose songs all part within three notes.

Then the network `folk`, whose songs differ in meter, key and pickup: one that is drawn again until
it closes as was drawn for it, of several the median, and many of sixteen bars, in seconds of one
core.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from alternating import medians

import melodyrnn
from melodyrnn.data.gather import gather
from melodyrnn.generation.generate import generate
from melodyrnn.models.backend import keras
from melodyrnn.models.config import ModelConfig, SampleConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.runs import network_files
from melodyrnn.runs import record as runs
from melodyrnn.tasks.dataset import Dataset

SONG = Path(__file__).parent.parent / "songs" / "nabiya.txt"
PREDICTED, NOTES, SONGS, SHORT = 20, 1000, 1000, 64
CLOSED = 16


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    config = ModelConfig()
    dataset = Dataset.of(gather(SONG), config.window)
    codes, primer = len(dataset.vocabulary), dataset.sequences[0][: config.window]
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        melodyrnn.train(SONG, output=run)
        model = keras.models.load_model(run / "model.keras")
        learned = network_files.load_network(run, runs.read_record(run))
    drawn = Network.of(models.build(config, codes), config)
    settings = SampleConfig()

    def predicted():
        song, random = primer.tolist(), np.random.default_rng(0)
        for _ in range(PREDICTED):
            p = model.predict(np.array([song[-config.window :]]), verbose=0)[0].astype(float)
            song.append(int(random.choice(codes, p=p / p.sum())))

    def one_by_one(network):
        return lambda: [generate(network, primer, SHORT, settings) for _ in range(SONGS // 50)]

    def batch(network):
        return lambda: generate(network, primer, SHORT, settings, count=SONGS)

    taken = medians(
        options.repeats,
        predict=predicted,
        # Not next to predict, whose threads go on turning for a while.
        batch=batch(learned),
        apart=one_by_one(learned),
        drawn_batch=batch(drawn),
        drawn_apart=one_by_one(drawn),
        one=lambda: generate(learned, primer, NOTES, settings),
    )
    predict, one = PREDICTED / taken["predict"], NOTES / taken["one"]
    print(f"a loop over predict       {predict:10,.0f} notes a second")
    print(f"one song of {NOTES:,}         {one:10,.0f}   {one / predict:8.0f} times")
    for prefix, weights in {"": "", "drawn_": "weights drawn at random:\n"}.items():
        apart = SONGS // 50 * SHORT / taken[f"{prefix}apart"]
        together = SONGS * SHORT / taken[f"{prefix}batch"]
        print(f"{weights}{SONGS:,} songs one by one    {apart:10,.0f}")
        ratio = together / apart
        print(f"{SONGS:,} songs as a batch    {together:10,.0f}   {ratio:8.1f} times one by one")
    of_many_headers()


def of_many_headers():
    melodyrnn.generate("folk", bars=1)  # the package is loaded, and its tunes
    closed = [of_one_core(seed=seed) for seed in range(CLOSED)]
    print(
        f"a tune of folk            {np.median(closed):10.2f} s of one core, the median of {CLOSED}"
    )
    many = of_one_core(bars=16, count=SONGS)
    print(f"{SONGS:,} of sixteen bars    {many:10.1f} s of one core")


def of_one_core(**asked):
    start = time.process_time()
    melodyrnn.generate("folk", **asked)
    return time.process_time() - start


if __name__ == "__main__":
    main()
