"""What an epoch takes where there are ten times the tunes, and ten times more: time and memory.

    python benchmarks/epoch_growth.py                      # 2,000 and 20,000 tunes, both models
    python benchmarks/epoch_growth.py --tunes 200000 --steps 50 --model viewpoints

Each size is measured in a process of its own. The tunes are walks on a scale drawn with a seed, 25
to 75 notes each, three fifths of them learned and a fifth in the validation set; families of
variants are not looked for. Seconds are of the processor. Memory is what the process has at most
beyond TensorFlow: while songs are drawn, while they become what is learned, and in the steps.
``--steps`` ends an epoch early, and the rest is reckoned; 0 only prepares it. Of Linux.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

LENGTHS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(1), Fraction(3, 2), Fraction(2))
SCALE = (0, 2, 4, 5, 7, 9, 11)
SETTINGS = {"units": 16, "epochs": 1}
SIZES = (2_000, 20_000)


def tunes(count):
    """Walks on the scale of C from C3 to B5, mostly by steps."""
    from melodyrnn.data.gather import Named
    from melodyrnn.music.song import Key, Note, Song

    drawn, key = random.Random(1), Key()
    heights = [48 + 12 * octave + step for octave in range(3) for step in SCALE]
    notes = [[Note(key.pitch(height), length) for length in LENGTHS] for height in heights]

    def walk():
        place = drawn.randrange(7, 14)
        for _ in range(drawn.randrange(25, 75)):
            place += drawn.choice((-2, -1, -1, 0, 1, 1, 2, drawn.randrange(-5, 6)))
            place = min(max(place, 0), len(notes) - 1)
            yield drawn.choice(notes[place])

    return [Named(f"tune-{n}", Song(tuple(walk()), title=f"tune {n}")) for n in range(count)]


def megabytes(kind="VmHWM"):
    """At most since it was ``forgotten``, or, VmRSS, now."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{kind}:")[2].split()[0]) * 1024 / 1e6


def forgotten():
    """From now on ``megabytes`` counts anew."""
    Path("/proc/self/clear_refs").write_text("5")


def measured(count, model, steps):
    """Seconds and megabytes of one size, in this process."""
    from melodyrnn.data.split import Split
    from melodyrnn.models.networks import step_network
    from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork
    from melodyrnn.tasks.registry import NOTE_TASKS

    task, loaded, found = NOTE_TASKS["tunes"], megabytes("VmRSS"), {}

    def timed(name, work):
        forgotten()
        begun = time.process_time()
        value = work()
        found[name] = time.process_time() - begun, megabytes() - loaded
        return value

    def prepare():
        record = task.record(parts, {"model": model, **SETTINGS})
        data = task.encode(record, parts)
        if record.model.spec.viewpoints:
            network = ViewpointNetwork(task.observer(record).layout, record.model)
            network.start(0)
        else:
            network = step_network.build(record.model, len(record.vocabulary), 0, record.features)
        return task.program(record, data, network)

    def epoch():
        done = 1
        while not program.advance(0, 1) and done != steps:
            done += 1
        return done / program.progress([], 1)[1]

    named = timed("songs", lambda: tunes(count))
    learned, chosen = 3 * count // 5, 4 * count // 5
    parts = Split(tuple(named[:learned]), tuple(named[learned:chosen]), ())
    program = timed("prepared", prepare)
    if steps:
        timed("compiled", lambda: program.advance(0, 1))  # in the first step
        share = timed("steps", epoch)
        found["epoch"] = found["steps"][0] / share
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tunes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--model", nargs="*", default=("viewpoints", "lookback"))
    parser.add_argument("--steps", type=int, default=-1, help="of the epoch; -1: all of them")
    parser.add_argument("--here", action="store_true", help="measure one size, print JSON")
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(measured(asked.tunes[0], asked.model[0], asked.steps)))
        return
    print("seconds of the processor, and MB at most beyond TensorFlow")
    print("model          tunes  songs MB  prepared s    MB  steps s    MB  epoch s")
    for model in asked.model:
        for count in asked.tunes:
            command = [sys.executable, __file__, "--here", "--steps", str(asked.steps)]
            command += ["--tunes", str(count), "--model", model]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = json.loads(done.stdout.splitlines()[-1])
            steps = row.get("steps", [0, 0])
            print(
                f"{model:10} {count:9,} {row['songs'][1]:9.0f} {row['prepared'][0]:11.1f} "
                f"{row['prepared'][1]:5.0f} {steps[0]:8.1f} {steps[1]:5.0f} "
                f"{row.get('epoch', 0):8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
