"""``python -m fuzz.attacks``: attacks through the real command line, by kind.

Each is a command in a folder of its own, which must end in time and memory, with a status that says
how, without a traceback, and with one line where it fails. Beside that, what the user had must be
there afterwards. Exit status 1 where one fell.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

SECONDS, BYTES = 60, 6_000_000_000
"""What a command may take: the time of a busy machine, and addresses, of which TensorFlow and the
threads of NumPy reserve many."""

SCALE = "c4 d4 e4 f4 g4 a4 b4 c'4\n"
COMMAND = f"{sys.executable} -m melodyrnn"


@dataclass(frozen=True)
class Attack:
    """A line of a shell, where ``M`` is the command, in a folder that ``prepare`` filled."""

    line: str
    prepare: Callable[[Path], object] = lambda folder: None
    statuses: tuple[int, ...] = (0, 1, 2)
    kept: tuple[str, ...] = ("song.txt",)  # files that are the same afterwards
    stopped: float = 0.0  # seconds after which Ctrl-C is pressed


def write(name: str | bytes, data: bytes | str) -> Callable[[Path], object]:
    content = data.encode() if isinstance(data, str) else data

    def prepare(folder: Path) -> None:
        file = folder / os.fsdecode(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return prepare


def every(*steps: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [step(folder) for step in steps]


def link(name: str, to: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(to)


def loop(folder: Path) -> None:
    (folder / "many").mkdir()
    shutil.copy(folder / "song.txt", folder / "many" / "a.txt")
    (folder / "many" / "again").symlink_to("..")
    (folder / "many" / "itself.txt").symlink_to("itself.txt")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.mid")


def run(folder: Path) -> None:
    _command("train song.txt --model ngram -o run --quiet", folder)


def changed(**fields: object) -> Callable[[Path], object]:
    """A run whose run.json says something else."""

    def prepare(folder: Path) -> None:
        run(folder)
        file = folder / "run" / "run.json"
        document = json.loads(file.read_text("utf-8"))
        for name, value in fields.items():
            place, _, inner = name.partition("__")
            if inner:
                document[place][inner] = value
            else:
                document[place] = value
        file.write_text(json.dumps(document))

    return prepare


def _command(words: str, folder: Path) -> None:
    line = [sys.executable, "-m", "melodyrnn", *words.split()]
    subprocess.run(line, cwd=folder, check=True, capture_output=True, env=_environment(folder))


def _environment(folder: Path) -> dict[str, str]:
    root = str(Path(__file__).parent.parent)
    own = {"PYTHONPATH": root, "MELODYRNN_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    return os.environ | own | {"OPENBLAS_NUM_THREADS": "1"}


def files() -> Iterator[Attack]:
    """Files that ask for more than there is; names and kinds of files that are odd."""
    yield from (Attack(f"M inspect {name}") for name in ("/dev/zero", "/dev/null", "/dev/stdin"))
    yield from (Attack(f"M inspect {name}") for name in (".", "", "nowhere.mid", "x" * 300))
    yield Attack("M inspect pipe.mid", pipe, (1,))
    yield Attack("M train many pipe.mid --model ngram -o out", every(pipe, loop), (0, 1))
    yield Attack("M train many --model ngram -o out", loop)
    yield Attack("M inspect many/itself.txt", loop, (1,))
    for suffix in ("mid", "abc", "xml", "mxl", "krn", "txt", "kar", "wav", "json"):
        for data in HARMFUL.values():
            yield Attack(f"M inspect x.{suffix}", write(f"x.{suffix}", data))
        odd = os.fsdecode(b"na\xff\xfe\x1b[2J.") + suffix
        yield Attack("M inspect na*", write(os.fsencode(odd), b"\xff" * 100))


HARMFUL = {
    "empty": b"",
    "noughts": b"\0" * 100_000,
    "brackets": b"[" * 100_000,
    "elements": b"<a>" * 100_000,
    "numbers": b"X:1\nM:" + b"9" * 50_000 + b"/4\nK:C\nc",
    "repeats": b"X:1\nK:C\n" + b"|:c" * 20_000,
    "entities": b'<!DOCTYPE a [<!ENTITY b "c">]><score-partwise>&b;</score-partwise>',
    "header": b"MThd\0\0\0\6\0\1\xff\xff\0\1" + b"MTrk\xff\xff\xff\xff" * 1000,
    "tuplets": b"trip{" * 5000 + b"c4",
    "spines": b"**kern\n" + b"*^\n" * 300,
}


def many_files() -> Iterator[Attack]:
    """One bad file among good ones."""
    for name, data in HARMFUL.items():
        for suffix in ("mid", "abc"):
            several = every(
                write("many/a.txt", SCALE),
                write("many/b.txt", SCALE.replace("c4", "g4")),
                write(f"many/{name}.{suffix}", data),
            )
            yield Attack("M train many --model ngram -o out --quiet", several, (0,))


def options() -> Iterator[Attack]:
    """Numbers beyond all measure, and words where numbers are to be."""
    for value in ("9" * 400, "1e400", "nan", "-1", "1000000000", "x" * 3000, "''", "'\x1b[2J'"):
        for option in ("batch", "embedding", "seed", "epochs", "dropout", "window"):
            seeds = (0,) if (option, value) == ("seed", "1000000000") else ()  # a seed as any
            yield Attack(f"M train song.txt -o out --{option}={value}", statuses=(*seeds, 1, 2))
        yield Attack(f"M generate run --tempo={value} --quiet", run)
        yield Attack(f"M generate run --count={value}", run, (1, 2))
        yield Attack(f"M generate run --temperature={value} --quiet", run)
        yield Attack(f"M inspect song.txt --grid={value} --track={value}", statuses=(0, 1, 2))


def outputs() -> Iterator[Attack]:
    """Outputs that are closed, full, too small, or end early."""
    closed = ("2>&-", ">&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", "<&-", "| head -c 1")
    for words in ("inspect song.txt", "inspect song.txt --json", "inspect nowhere.txt", "--help"):
        yield from (Attack(f"M {words} {end}", statuses=(0, 1, 2, 120)) for end in closed)
    for output in ("/dev/full", "/proc/x.mid", "/x/y.mid", "song.txt", "x" * 260 + ".mid", "a.b"):
        yield Attack(f"M render song.txt -o {output}")
    for name in ("x" * 251, "나" * 83, "x" * 255):
        yield Attack(f"M render song.txt -o {name}.mid")
        yield Attack(f"M train song.txt --model ngram -o {name} --quiet")
    for size in (0, 1, 8, 40):
        yield Attack(f"ulimit -f {size}; M render song.txt -o a.wav")
        yield Attack(f"ulimit -f {size}; M train song.txt --model ngram -o out")
        again = "M train song.txt --model ngram --window 3 -o run --overwrite"
        yield Attack(
            f"ulimit -f {size}; {again}; ls run/run.json .run.old/run.json | grep -q run", run, (0,)
        )
    for cache in ("/proc/x", "song.txt", "x" * 300, "/dev/null/x"):
        yield Attack(f"MELODYRNN_CACHE={cache} M inspect song.txt --json", statuses=(0,))


def strangers() -> Iterator[Attack]:
    """A run folder that somebody sent."""
    wrong: dict[str, tuple[object, ...]] = {
        "model": (None, [], {"model": "lstm"}, "x"),
        "vocabulary": ([], ["c4"] * 9, [1], None, ["\x1b[2J"] * 3),
        "songs": (None, [{}], [{"name": "\x1b[2J", "sha256": "", "text": "x" * 99}]),
        "features": ([[1]], [], [["nan"]]),
        "epochs": (-1, 10**30, "nan", None),
        "metrics": (None, {"a": float("nan")}, {"\x1b[2J": "\x1b[2J"}),
        "task": ("../../x", None, "text", "tunes"),
        "status": ("\x1b[2J", None),
        "format": (None, 99, "x" * 3000),
    }
    for name, values in wrong.items():
        for value in values:
            yield Attack("M generate run", changed(**{name: value}))
    for setting, value in (("units", 10**9), ("window", 10**9), ("model", "lstm"), ("window", 0)):
        yield Attack("M evaluate run song.txt --json", changed(**{f"model__{setting}": value}))
    yield Attack(
        "M generate run",
        every(run, lambda f: (f / "run/run.json").unlink(), link("run/run.json", "/dev/zero")),
        (1,),
    )
    yield Attack(
        "M generate run",
        every(run, lambda f: (f / "run/run.json").unlink(), link("run/run.json", "../song.txt")),
        (1,),
    )
    yield Attack("M generate run", every(run, write("run/run.json", b"{" * 100_000)), (1,))


def stopping() -> Iterator[Attack]:
    """Ctrl-C, from the first tenth of a second on."""
    for tenths in (0, 1, 2, 4, 7, 10, 15, 20, 30, 50):
        for words in ("inspect song.txt", "train song.txt --epochs 500 -o out"):
            yield Attack(f"exec M {words}", statuses=(0, 130, -2), stopped=tenths / 10 + 0.02)
    again = "exec M compare song.txt --models ngram --seeds 20 -o out --overwrite"
    for tenths in (10, 20, 40):
        yield Attack(again, _compared, (0, 130, -2), ("song.txt",), tenths / 10)


def _compared(folder: Path) -> None:
    _command("compare song.txt --models ngram --seeds 1 -o out --quiet", folder)


KINDS = {kind.__name__: kind for kind in (files, many_files, options, outputs, strangers, stopping)}


def fallen(attack: Attack) -> str:
    """What fell, or nothing."""
    with tempfile.TemporaryDirectory(prefix="melodyrnn-attack-") as name:
        folder = Path(name)
        (folder / "song.txt").write_text(SCALE)
        attack.prepare(folder)
        before = {kept: (folder / kept).read_bytes() for kept in attack.kept}
        line = attack.line.replace("M ", f"{COMMAND} ", 2)
        begun = time.monotonic()
        with subprocess.Popen(
            ["bash", "-c", line],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(folder),
            start_new_session=True,
            preexec_fn=_bounded,
        ) as process:
            try:
                if attack.stopped:
                    time.sleep(attack.stopped)
                    with suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGINT)
                out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return f"not ended after {time.monotonic() - begun:.0f} s"
        said = (out + err).decode("utf-8", "replace")
        before_us = attack.stopped and "/melodyrnn/__main__.py" not in said  # Python itself begins
        if ("Traceback" in said and not before_us) or "fault of melodyrnn" in said:
            return said[-300:]
        if process.returncode not in attack.statuses and not before_us:
            return f"status {process.returncode}: {said[-300:]}"
        if "\x1b[2J" in said or "NaN" in said:
            return f"a sign that harms: {said[-300:]}"
        if process.returncode == 1 and len(err.decode("utf-8", "replace")) > 3000:
            return "a very long message"
        if any((folder / kept).read_bytes() != data for kept, data in before.items()):
            return "a file of the user's was lost"
    return ""


def _bounded() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz.attacks", description=__doc__)
    parser.add_argument("kind", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)} [all]")
    kinds = parser.parse_args().kind or list(KINDS)
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        parser.error(f"unknown kind {unknown[0]!r}; choose from {', '.join(KINDS)}")
    fell = 0
    for name in kinds:
        attacks, found = list(KINDS[name]()), 0
        for attack in attacks:
            if what := fallen(attack):
                found += 1
                print(f"            {attack.line[:100]}\n            {what!r}", flush=True)
        print(f"{name:11} {len(attacks)} attacks, {found} fell", flush=True)
        fell += found
    return bool(fell)


if __name__ == "__main__":
    sys.exit(main())
