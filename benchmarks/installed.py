"""What an environment holds: its size, its largest packages, their licences.

    python benchmarks/installed.py [--environment .venv] [--licences]
    python benchmarks/installed.py --wheel dist/melodyrnn-0.1.0-py3-none-any.whl

Megabytes of files, all packages with pip. ``--licences`` lists what each package says of itself,
and then each text in them that speaks of the GNU GPL or LGPL, a line a file, with the words there.
What the words mean is for a person to judge: docs/installing.md does. ``--wheel`` says the same of
one package that is not installed, with the files of its licences.
"""

import argparse
import re
import sys
from collections import Counter
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

LARGEST = 8
GPL = re.compile(rb"(?:GNU (?:Lesser |Library )?General Public Licen[sc]e|\bL?GPL)\b", re.I)
TEXTS = {"", ".txt", ".md", ".rst", ".lesser"}
ABOUT = {"METADATA", "RECORD"}  # what pip wrote; licence() reads it


def licence(package: Distribution) -> str:
    """By the expression of its metadata, or its classifiers, or its own words."""
    said = package.metadata
    classifiers = [each for each in said.get_all("Classifier") or [] if each[:7] == "License"]
    named = "; ".join(each.rpartition(" :: ")[2] for each in classifiers)
    words = (said.get("License") or "").strip().splitlines()
    return said.get("License-Expression") or named or (words[0][:60] if words else "in its files")


def megabytes(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def mentions(folder: Path) -> list[str]:
    """Of each text in it that speaks of the GPL, its place and the words around the first time."""
    found = []
    for file in sorted(folder.rglob("*")):
        named = re.search(r"licen[sc]e|copying|notice", file.name, re.I)
        known = file.suffix.lower() in TEXTS and file.name not in ABOUT
        if not (file.is_file() and (named or known)):
            continue
        text = file.read_bytes()
        if where := GPL.search(text):
            words = text[max(0, where.start() - 60) : where.end() + 40].decode(errors="replace")
            found.append(f"{file.relative_to(folder)}: … {' '.join(words.split())} …")
    return found


def show_wheel(path: Path) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        with ZipFile(path) as wheel:
            wheel.extractall(folder)
        print(f"{path.stat().st_size / 1e6:.1f} MB, {megabytes(folder):.1f} MB unpacked")
        (package,) = distributions(path=[place])
        print(f"{package.name:22} {licence(package)}")
        for name in package.metadata.get_all("License-File"):
            print(f"  {name}")
        found = mentions(folder)
        print(*(found or ["no file speaks of the GPL"]), sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, default=Path(sys.prefix))
    parser.add_argument("--licences", action="store_true")
    parser.add_argument("--wheel", type=Path)
    options = parser.parse_args()
    if options.wheel:
        show_wheel(options.wheel)
        return
    packages = next(options.environment.rglob("site-packages"))
    sizes = Counter({each.name: megabytes(each) for each in packages.iterdir() if each.is_dir()})
    print(f"{megabytes(options.environment):,.0f} MB")
    for name, size in sizes.most_common(LARGEST):
        print(f"{size:9,.0f}  {name}")
    if options.licences:
        for package in sorted(distributions(path=[str(packages)]), key=lambda it: it.name.lower()):
            print(f"{package.name:22} {licence(package)}")
        print(*mentions(packages), sep="\n")


if __name__ == "__main__":
    main()
