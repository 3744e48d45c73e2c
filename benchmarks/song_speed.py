"""One song: how much faster than one `fit` an epoch, and how near to C, is the compiled training?

    python benchmarks/song_speed.py [--repeats 9]

songs/nabiya.txt, windows of 4, Adam, in each case from the same weights: the stateful LSTM(128) at
batch 1, and the MLP (128, 128) at batch 10. `fit` is timed over a few epochs, since each takes as
long as the next; the compiled program over a block of them, with the evaluation after it; the C
loop (lstm.c, built with cc where there is one) over as many. Their losses are compared first.
"""

import argparse
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import as_a_command  # noqa: F401 - before all that computes
import numpy as np
from alternating import medians, seconds

from melodyrnn.data.gather import gather
from melodyrnn.models.backend import keras
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.sequences.windows import next_token
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.training.trainer import Trainer
from melodyrnn.training.windows import TrainingSongs, WindowProgram

HERE = Path(__file__).parent
SONG = HERE.parent / "songs" / "nabiya.txt"
FIT_EPOCHS = 3


def fit_of(dataset, config):
    """One epoch as tutorials write it; returns its loss."""
    model = models.build(config, len(dataset.vocabulary))
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    (x, y, _), _ = next_token(dataset.sequences, config.window)

    def epoch():
        batch = config.spec.batch
        history = model.fit(x, y, epochs=1, batch_size=batch, shuffle=False, verbose=0)
        for layer in models.recurrent_layers(model):
            if layer.stateful:
                layer.reset_state()
        return history.history["loss"][0]

    return epoch


def trainer_of(dataset, config):
    model = models.build(config, len(dataset.vocabulary))
    training = TrainConfig(epochs=10**6, early_stop=False)
    songs = TrainingSongs(dataset.sequences)
    program = WindowProgram(model, songs, config, training, config.spec.batch)
    return Trainer(program, training)


def loop_in_c(dataset, config, folder):
    """A function of epochs: (losses, seconds); None without a C compiler."""
    if not (compiler := shutil.which("cc")):
        return None
    program, weights, codes = (Path(folder, name) for name in ("lstm", "weights", "codes"))
    options = ["-O3", "-march=native", "-ffast-math", "-o", program, HERE / "lstm.c", "-lm"]
    subprocess.run([compiler, *options], check=True)
    model = models.build(config, len(dataset.vocabulary))
    weights.write_bytes(b"".join(w.astype("<f4").tobytes() for w in model.get_weights()[1:]))
    (sequence,) = dataset.sequences
    head = struct.pack("<ii", len(sequence), len(dataset.vocabulary))
    codes.write_bytes(head + sequence.astype("<i4").tobytes())

    def run(epochs):
        done = subprocess.run(
            [program, weights, codes, str(epochs)], capture_output=True, text=True, check=True
        )
        *losses, took = map(float, done.stdout.split())
        return losses, took

    return run


def compare(name, repeats):
    config = ModelConfig(name)
    dataset = Dataset.of(gather(SONG), config.window)
    epoch, trainer = fit_of(dataset, config), trainer_of(dataset, config)
    theirs = [epoch() for _ in range(FIT_EPOCHS)]
    compiling = seconds(trainer.advance)
    ours = [row.loss for row in trainer.history[:FIT_EPOCHS]]
    print(f"{name}: losses apart by at most {np.abs(np.subtract(ours, theirs)).max():.1e}")
    taken = medians(repeats, fit=epoch, compiled=trainer.advance)
    fit, compiled = taken["fit"], taken["compiled"] / trainer.program.block
    print(f"  one fit an epoch   {fit * 1000:8.1f} ms an epoch")
    print(f"  compiled blocks    {compiled * 1000:8.1f} ms, after {compiling:.1f} s of compiling")
    print(f"  ratio              {fit / compiled:8.1f}")
    return dataset, config, trainer


def compare_with_c(dataset, config, trainer, repeats):
    with tempfile.TemporaryDirectory() as folder:
        if not (loop := loop_in_c(dataset, config, folder)):
            print("  no C compiler: the C loop is skipped")
            return
        losses, _ = loop(trainer.program.block)
        ours = [row.loss for row in trainer.history[: trainer.program.block]]
        apart = np.abs(np.subtract(ours, losses)).max()
        in_c, compiled = [], []
        for _ in range(repeats):
            in_c.append(loop(10 * trainer.program.block)[1] / 10)
            compiled.append(seconds(trainer.advance))
        in_c, compiled = (
            np.median(in_c) / trainer.program.block,
            np.median(compiled) / trainer.program.block,
        )
    print(f"  the C loop         {in_c * 1000:8.1f} ms; losses apart by at most {apart:.1e}")
    print(f"  compiled / C       {compiled / in_c:8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    compare_with_c(*compare("lstm", options.repeats), options.repeats)
    compare("mlp", options.repeats)


if __name__ == "__main__":
    main()
