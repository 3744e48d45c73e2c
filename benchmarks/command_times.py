"""What each command takes, in seconds of a processor: the rows of README's table of them.

    python benchmarks/command_times.py                       # all, some ten minutes
    python benchmarks/command_times.py predict export        # those whose line has such a word

A machine that does other things beside it makes a command wait, and does not make it work more: so
the processor's seconds, of user and system, are measured, the least of ``--repeats`` runs, and what
is said of a slow machine is a range from these seconds, on a quiet one, to twice them, on a busy
one. Commands that share work among processes are held to one; those that the studio begins are not
counted.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.resolve()
MELODYRNN = [sys.executable, "-m", "melodyrnn"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "MELODYRNN_CACHE": "off"}
# What is installed is compiled; so is a working copy after its first start, but where this is set.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)

SONG, TAKES = "song.txt", "takes"
COMMANDS = (
    "inspect song.txt",
    "render song.txt -o song.pdf",
    "render song.txt -o song.wav",
    "corpus list",
    "corpus show kinder",
    "corpus export kinder --format mid -o kinder{time}",
    "train song.txt -o run --overwrite",
    "predict runs/song-lstm 'g8 e8 e4 f8'",
    "predict folk 'g8 b8' -o expected.png",
    "generate runs/song-lstm",
    "generate folk",
    "generate folk --bars 16 -o tune.pdf",
    "generate folk --count 8 --best 2 --page takes.html",
    "evaluate runs/song-lstm",
    "evaluate folk song.txt",
    "evaluate folk --jobs 1",
    "evaluate folk --generated takes",
    "export folk --to folk.html",
    "export runs/song-lstm --to model.onnx",
    "export runs/song-lstm --to model.keras",
    "reproduce runs/song-lstm",
    "studio",
    *(f"notebook {path.name}" for path in sorted((ROOT / "examples").glob("*.ipynb"))),
)
"""As a reader types them, but for ``notebook``, one of examples/ carried out, and ``{time}``: a
number, where a folder may not be there yet.
"""

MOST_WAIT = 120.0
"""Seconds until the studio's page is there."""


def words_of(command):
    """The words of a line of ``COMMANDS`` as they are started."""
    first, *rest = shlex.split(command)
    if first == "notebook":
        return [
            sys.executable,
            str(ROOT / "benchmarks" / "notebooks.py"),
            str(ROOT / "examples" / rest[0]),
        ]
    return [*MELODYRNN, first, *rest]


def processor_seconds(command, folder):
    """Of one run, in ``folder``; of the studio, until its page is there."""
    options = {"cwd": folder, "env": ENVIRONMENT, "stderr": subprocess.DEVNULL}
    if command == "studio":
        return _until_the_page(options)
    process = subprocess.Popen(words_of(command), stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime


def _until_the_page(options):
    words = [*MELODYRNN, "studio", "--no-browser", "--port", "0", "--folder", "studio"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **options)
    address = next(word for line in process.stdout for word in line.split() if "http" in word)
    deadline = time.monotonic() + MOST_WAIT
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            break
        except urllib.error.URLError:
            time.sleep(0.1)
    process.terminate()
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def said(seconds):
    """The range in words: ``1.5 to 3 s``."""
    if 2 * seconds <= 1:
        return "under a second"
    return f"{_rounded(seconds)} to {_rounded(2 * seconds)} s"


def _rounded(seconds):
    """To half a second below five."""
    return f"{max(round(2 * seconds) / 2, 0.5):g}" if seconds < 5 else f"{seconds:.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    asked = [
        each for each in COMMANDS if not options.words or set(options.words) & set(each.split())
    ]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / SONG).write_bytes((ROOT / "songs" / "nabiya.txt").read_bytes())
        for before in (f"train {SONG}", f"generate folk --count 8 -o {TAKES} --formats mid"):
            processor_seconds(before, folder)
        for command in asked:
            times = range(options.repeats)
            least = min(processor_seconds(command.format(time=n), folder) for n in times)
            shown = command.format(time="")
            print(f"{shown:52}{least:7.1f} s   {said(least)}", flush=True)


if __name__ == "__main__":
    main()
