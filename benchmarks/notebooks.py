"""The notebooks of examples/, carried out again: shows where a cell says something else now.

    python benchmarks/notebooks.py                               # what differs
    python benchmarks/notebooks.py examples/nabiya.ipynb         # of one
    python benchmarks/notebooks.py --write                       # into the notebooks

Exit status 1 where a figure differs. Notebooks are kept with their outputs, for those who read them
on a page; what a cell prints is compared as texts.py compares what a command prints: seconds are no
difference, and decimals may be off by 0.1, as processors round differently. Cells with the tag
``one-processor`` draw songs, which come out otherwise on another processor, and are only run.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import nbformat
import texts
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.ipynb"))
WITHIN = 0.1
ONE_PROCESSOR = "one-processor"
MOST_BYTES = 500_000
"""Of a notebook with its outputs: a page that opens at once."""


def executed(path):
    """The notebook with the outputs that its cells have now, in a fresh folder. Raises
    CellExecutionError where one fails.
    """
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
        client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the hours at which it ran
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if says_something(output)]
    return notebook


def says_something(output):
    """Whether it is no line of progress, which is empty in the end."""
    return output.output_type != "display_data" or any(output.data.values())


def printed(cell):
    """What a cell prints and returns, as lines of text, and what kinds of pictures it shows."""
    lines, kinds = [], []
    for output in cell.outputs:
        if output.output_type == "stream":
            lines += output.text.splitlines()
        elif output.output_type == "error":
            lines += [f"{output.ename}: {output.evalue}"]
        else:
            lines += output.data.get("text/plain", "").splitlines()
            kinds += sorted(output.data)
    return lines, kinds


def differences(kept, now):
    """Of each cell whose figures differ: its number, what is kept of it, what it prints now."""
    for number, (before, after) in enumerate(zip(kept.cells, now.cells, strict=True), 1):
        if before.cell_type != "code":
            continue
        (lines, kinds), (new_lines, new_kinds) = printed(before), printed(after)
        free = ONE_PROCESSOR in before.metadata.get("tags", ())
        if kinds != new_kinds or not (free or texts.agree(lines, new_lines, WITHIN)):
            yield number, lines, new_lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=EXAMPLES)
    parser.add_argument("--write", action="store_true", help="keep the outputs of today")
    asked = parser.parse_args()
    differs = False
    for path in asked.notebooks:
        now = executed(path)
        for number, lines, new_lines in differences(nbformat.read(path, as_version=4), now):
            differs = True
            print(f"{path}: cell {number}", *(f"-{line}" for line in lines), sep="\n")
            print(*(f"+{line}" for line in new_lines), sep="\n")
        if asked.write:
            nbformat.write(now, path)
    sys.exit(differs and not asked.write)


if __name__ == "__main__":
    main()
