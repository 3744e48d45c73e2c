"""Whole commands, from the shell to their files: seconds, and memory, beside bare imports.

python benchmarks/start_up.py [--repeats 5]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SONG = Path(__file__).parent.parent.resolve() / "songs" / "nabiya.txt"
MELODYRNN = Path(sys.executable).with_name("melodyrnn")
# What is installed is compiled; so is a working copy after its first start, but where this is set.
ENVIRONMENT = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
LEAN = "from melodyrnn.system import startup; startup.claim(); from melodyrnn.models import backend"
"""TensorFlow without the packages that Keras and it only wrap."""


def run(command, folder):
    """Seconds, and the largest resident memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "--help": [MELODYRNN, "--help"],
            "inspect": [MELODYRNN, "inspect", SONG],
            "render .svg": [MELODYRNN, "render", SONG, "-o", "a.svg"],
            "render .wav": [MELODYRNN, "render", SONG, "-o", "a.wav"],
            "import tensorflow": [sys.executable, "-c", "import tensorflow"],
            "as in a command": [sys.executable, "-c", LEAN],
            "train": [MELODYRNN, "train", SONG, "-o", "run", "--overwrite"],
            "generate": [MELODYRNN, "generate", "run"],
        }
        taken = {name: [] for name in commands}
        for _ in range(options.repeats + 1):  # the first one warms the disk, and compiles
            for name, command in commands.items():
                taken[name].append(run(command, folder))
    medians = {
        name: [statistics.median(part) for part in zip(*each[1:], strict=True)]
        for name, each in taken.items()
    }
    bare, heavy = medians["python -c pass"][0], medians["import tensorflow"]
    for name, (took, memory) in medians.items():
        has_tensorflow = memory > heavy[1] / 2
        beside = f"{took / heavy[0]:.2f} x" if has_tensorflow else f"+{took - bare:.2f} s"
        print(f"{name:18} {took:6.2f} s {beside:>9} {memory:7.0f} MB {memory / heavy[1]:6.2f} x")


if __name__ == "__main__":
    main()
