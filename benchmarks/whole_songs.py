"""What weighing whole songs is worth: `python benchmarks/whole_songs.py RUN...`.

In bits a song, by how much more likely songs are that the run never learned from once songs are
weighed (``melodyrnn/tasks/whole_songs/weights.py``) than as its network alone has them: for its
validation songs and those held out, and for ever more candidates, of which one is taken. Z, and
what other candidates weigh, are estimated from songs that the network draws anew, none of which the
weights were learned from. "variants" is the share of songs most of which is known from those
learned; they weigh nothing and are left out of the bits.
"""

import sys
from dataclasses import replace

import numpy as np

from melodyrnn import open_run
from melodyrnn.runs.run import Run
from melodyrnn.sequences.sampling import Floats
from melodyrnn.tasks.whole_songs.weights import WholeSongs
from melodyrnn.workflows.whole_songs import drawn_songs

DRAWN = 2000
CANDIDATES = (2, 4, 8, 16, 32, 64)
TIMES = 4000


def drawn_anew(run: Run, count: int) -> "Floats":
    """The log-weights of songs from another seed than those that the weights were learned from."""
    training = replace(run.record.training, seed=run.record.training.seed + 1_000_003)
    other = replace(run, record=replace(run.record, training=training))
    assert run.whole_songs
    return np.array([*map(run.whole_songs.log_weight, drawn_songs(other, run.predictor(), count))])


def gains(weighed: WholeSongs, songs: list[Floats], drawn: Floats) -> None:
    """Prints a row for each number of candidates."""
    weights, random = np.exp(drawn), np.random.default_rng(0)
    print(
        f"  {'all':>10s}", *(f"{np.log2(np.exp(w) / weights.mean()).mean():10.2f}" for w in songs)
    )
    for candidates in sorted({*CANDIDATES, weighed.candidates}):
        others = random.choice(weights, (TIMES, candidates - 1)).sum(axis=1)
        row = [
            np.mean([np.log2((candidates * v / (v + others)).mean()) for v in np.exp(some)])
            for some in songs
        ]
        marked = "  as it is" if candidates == weighed.candidates else ""
        print(f"  {candidates:10d}" + "".join(f" {gain:10.2f}" for gain in row) + marked)


def main(paths: list[str]) -> None:
    for path in paths:
        run = open_run(path)
        weighed, parts = run.whole_songs, (run.parts.validation, run.parts.held_out)
        assert weighed, f"{path} has not learned what whole songs weigh"
        found = [np.array([weighed.log_weight(each.song) for each in part]) for part in parts]
        drawn = drawn_anew(run, DRAWN)
        print(f"{path}, {weighed.candidates} candidates")
        print("  candidates validation   held out")
        gains(weighed, [some[np.isfinite(some)] for some in found], drawn)
        shares = [f"{100 * np.isinf(some).mean():8.1f} %" for some in (*found, drawn)]
        print(f"  {'variants':>10s}", *shares[:2], f"  of the network's songs {shares[2].strip()}")


if __name__ == "__main__":
    main(sys.argv[1:])
