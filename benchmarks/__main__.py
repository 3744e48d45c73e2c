"""All benchmarks, one after the other: python benchmarks"""

import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

from melodyrnn.system.cluster import versions

SCRIPTS = (
    "start_up",
    "song_speed",
    "generation_speed",
    "stream_speed",
    "reading_speed",
    "counting_speed",
    "corpus_growth",
)


def main():
    known = versions()
    libraries = ", ".join(f"{name} {known[name]}" for name in ("tensorflow", "keras", "numpy"))
    print(f"{date.today()}, {platform.machine()}, Python {platform.python_version()}, {libraries}")
    for script in SCRIPTS:
        print(f"\n$ python benchmarks/{script}.py", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(f"{script}.py")], check=True)


if __name__ == "__main__":
    main()
