"""Make a run of viewpoints one that the package carries: `python benchmarks/carry.py RUN NAME`.

It prints how large the run is, and how well it predicts its held-out tunes before and after its
weights are rounded to half precision.
"""

import io
import shutil
import sys

import numpy as np

from melodyrnn import Run, evaluate, open_run
from melodyrnn.evaluation.model_card import model_card
from melodyrnn.files import make_folder, write_atomically
from melodyrnn.runs import tune_store
from melodyrnn.runs.carried import FILE, FOLDER
from melodyrnn.runs.network_files import WEIGHTS, named_weights
from melodyrnn.runs.training_files import HISTORY
from melodyrnn.workflows.train import CARD
from melodyrnn.workflows.whole_songs import learn_whole_songs


def carry(run: Run, name: str) -> Run:
    """Replace the carried run of that name. Checkpoints stay behind."""
    content, folder = io.BytesIO(), FOLDER / name
    weights = named_weights(run.path, run.record)
    np.savez_compressed(content, **{k: v.astype(np.float16) for k, v in weights.items()})
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    for file in (FILE, HISTORY):
        shutil.copyfile(run.path / file, folder / file)
    shutil.copytree(run.path / tune_store.FOLDER, folder / tune_store.FOLDER)
    write_atomically(folder / WEIGHTS, content.getvalue())
    made = Run.open(folder)
    learn_whole_songs(made, made.predictor())
    card = model_card(name, made.task, made.record, made.predictor().parameters)
    write_atomically(folder / CARD, card)
    return made


def main(source: str, name: str) -> None:
    run = open_run(source)
    carried = carry(run, name)
    size = sum(file.stat().st_size for file in carried.path.rglob("*") if file.is_file())
    print(f"{carried.path}: {size / 1e6:.2f} MB")
    print(f"{evaluate(run).bits:.4f} bits per note, in half precision", end=" ", flush=True)
    print(f"{evaluate(carried).bits:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
