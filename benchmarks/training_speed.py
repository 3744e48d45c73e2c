"""How much faster than one `fit` an epoch is the compiled training? Both in one run, medians.

    python benchmarks/training_speed.py [--epochs 200] [--repeats 5]

The song, the weights and the settings are the same on both sides: songs/nabiya.txt, the stateful
LSTM(128), windows of 4, batch 1, Adam. The loop is timed over a few epochs at a time, since each
takes as long as the next; the compiled program over blocks of them. Compiling is timed apart, and
then once counted in, over a training of `--epochs`.
"""

import argparse
import statistics
import time
from pathlib import Path

from melodyrnn.networks import models
from melodyrnn.networks.backend import keras
from melodyrnn.networks.config import ModelConfig, TrainConfig
from melodyrnn.networks.training import Trainer
from melodyrnn.sequences.windows import next_code
from melodyrnn.workflows.dataset import Dataset
from melodyrnn.workflows.sources import gather

SONG = Path(__file__).parent.parent / "songs" / "nabiya.txt"
LOOP_EPOCHS = 5


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def loop_of(dataset, config):
    """One epoch as tutorials write it."""
    model = models.build(config, len(dataset.vocabulary))
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    (x, y, _), _ = next_code(dataset.sequences, config.window)

    def epochs():
        for _ in range(LOOP_EPOCHS):
            model.fit(x, y, epochs=1, batch_size=1, shuffle=False, verbose=0)
            for layer in models.recurrent_layers(model):
                layer.reset_state()

    return epochs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()

    config = ModelConfig()
    dataset = Dataset.of(gather(SONG), config.window)
    loop = loop_of(dataset, config)
    training = TrainConfig(epochs=10**9, early_stop=False)
    model = models.build(config, len(dataset.vocabulary))
    trainer = Trainer(model, dataset.sequences, config, training, 1)
    warm_loop, compiling = seconds(loop), seconds(trainer.run_block)

    ours, theirs = [], []
    for _ in range(options.repeats):  # in turns, so that both meet the same machine
        theirs.append(seconds(loop) / LOOP_EPOCHS)
        ours.append(seconds(trainer.run_block) / trainer.block)
    slow, fast = statistics.median(theirs), statistics.median(ours)
    whole = (warm_loop + slow * (options.epochs - LOOP_EPOCHS)) / (
        compiling + fast * options.epochs
    )
    print(f"one fit an epoch   {slow * 1000:8.1f} ms an epoch")
    print(f"compiled blocks    {fast * 1000:8.1f} ms an epoch")
    print(f"ratio              {slow / fast:8.1f}")
    print(f"compiling          {compiling:8.1f} s, once; first fits {warm_loop:.1f} s")
    print(f"ratio over {options.epochs} epochs, compiling counted: {whole:.1f}")


if __name__ == "__main__":
    main()
