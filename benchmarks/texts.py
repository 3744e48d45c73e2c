"""The figures of README and docs, measured again: runs the commands of a page, shows what differs.

    python benchmarks/texts.py                                # all that takes two minutes at most
    python benchmarks/texts.py docs/lessons.md --only hihello
    python benchmarks/texts.py --list                         # what there is, and how long it takes
    python benchmarks/texts.py --longest 600 --write          # up to ten hours each; into the pages

Exit status 1 where a page says something else than its commands, or where a table of figures does
not say where they come from.

A line of an indented or fenced block that begins with $ is a command, and what stands below it is
what it prints, on standard output or, where it fails, its error. Nothing below: it is only run. …
stands for anything, in a line or over many. The commands of a page run in order in one folder with
songs/, as a reader would give them; of --only also those whose folders and files are needed.

A comment before a block or a table says what a reader need not see, its parts apart by commas:

    <!-- texts: 40 seconds -->                 minutes, hours: so long it takes; not in the suite
    <!-- texts: of one processor -->           others print other figures; not in the suite either
    <!-- texts: decimals within 0.1 -->        nor are epochs compared: processors round differently
    <!-- texts: 9 hours, not run: REASON -->   only listed, never run
    <!-- texts: from kinder.json, rows by model, bits per note = bits.mean -->

The last one stands before a table. A command of the page wrote the file (--json > kinder.json); its
list "rows" has an object for each row of the table, whose "model" is the first cell. A column has
what stands at a path of that object, rounded as in the table.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

VARIES = (
    (r"\d[\d,.]* (s|ms|MB)\b", r"# \1"),  # how fast, and how large a process is
    (r" +", " "),  # a column is as wide as its widest cell, which may be one of those
)
"""What depends on the machine or the hour, and what it counts as."""

SECONDS = {"second": 1, "minute": 60, "hour": 3600}
ANYTHING = "…"
FIGURE = r"\d\.\d\d|\d %|\d of \d"
"""What shows that a table has figures that somebody measured."""


@dataclass(frozen=True)
class Mark:
    """What a comment says of the block or table below it."""

    seconds: float = 0.0
    within: float = 0.0
    one_processor: bool = False
    not_run: str = ""
    file: str = ""
    rows: tuple[str, str] = ("rows", "model")
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def quick(self):
        """Whether the test suite runs it."""
        return not (self.seconds or self.one_processor or self.not_run or self.file)

    @classmethod
    def of(cls, words, place):
        said, columns = {}, []
        words, _, reason = words.partition("not run:")
        for part in filter(None, map(str.strip, words.split(","))):
            if match := re.fullmatch(r"([\d.]+) (second|minute|hour)s?", part):
                said["seconds"] = float(match[1]) * SECONDS[match[2]]
            elif match := re.fullmatch(r"decimals within ([\d.]+)", part):
                said["within"] = float(match[1])
            elif part == "of one processor":
                said["one_processor"] = True
            elif match := re.fullmatch(r"from (\S+)", part):
                said["file"] = match[1]
            elif match := re.fullmatch(r"(\w+) by (\w+)", part):
                said["rows"] = match.groups()
            elif match := re.fullmatch(r"(.+?) = (\S+)", part):
                columns.append(match.groups())
            else:
                raise SystemExit(f"{place}: '{part}' says nothing to texts.py; see its first lines")
        return cls(**said, not_run=reason.strip(), columns=tuple(columns))


def place_of(page, line):
    """A line, counted from 0, as a reader finds it: two pages are called README.md."""
    name = page.relative_to(ROOT) if page.is_relative_to(ROOT) else page.name
    return f"{name}:{line + 1}"


@dataclass(frozen=True)
class Passage:
    """What a command or a file of figures says on a page: the lines ``shown`` from ``first`` on."""

    page: Path
    line: int  # from 0, as ``first``: there the command stands
    name: str
    mark: Mark
    first: int
    shown: list[str]
    indent: str = ""

    @property
    def place(self):
        return place_of(self.page, self.line)


class Command(Passage):
    """A command and its output."""

    def leaves(self):
        """Folders and files that it makes, as patterns of their names in other commands."""
        for name in re.findall(r"(?:--output|-o|>) (\S+)", self.name):
            yield rf"(?<![\w/]){re.escape(name)}(?![\w-])"
        if match := re.search(r"melodyrnn train (?:--text )?(\S+)", self.name):
            yield rf"runs/{re.escape(Path(match[1]).stem)}-"

    def has_no_source(self):
        return False

    def print(self, folder):
        """The lines that it prints, and whether it succeeds."""
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = os.environ | {"PATH": paths, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
        done = subprocess.run(
            ["bash", "-c", self.name],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        printed = done.stdout
        if done.returncode:
            printed += done.stderr[max(done.stderr.rfind("error:"), 0) :]
        return [line.rstrip() for line in printed.strip("\n").splitlines()], not done.returncode


class Table(Passage):
    """A table of figures."""

    def leaves(self):
        return ()

    def has_no_source(self):
        return not (self.mark.file or self.mark.not_run)

    def print(self, folder):
        """The table with the figures of its file, without rows that the file lacks."""
        headings = [cell.strip() for cell in self.shown[0].strip("|").split("|")]
        rows, key = self.mark.rows
        lines = self.shown[:2]
        try:
            document = json.loads((folder / self.mark.file).read_text(encoding="utf-8"))
            found = {str(row[key]): row for row in document[rows]}
            for line in self.shown[2:]:
                cells = line.strip("|").split("|")
                if (row := found.get(cells[0].strip())) is None:
                    continue
                for heading, path in self.mark.columns:
                    place = headings.index(heading)
                    cells[place] = f" {rounded(at(row, path), cells[place].strip())} "
                lines.append(f"|{'|'.join(cells)}|")
        except (OSError, LookupError, TypeError, ValueError) as error:
            return [f"{self.mark.file}: {type(error).__name__}: {error}"], False
        return lines, True


def at(value, path):
    for key in path.split("."):
        value = value[int(key) if isinstance(value, list) else key]
    return value


def rounded(value, cell):
    """``value`` with as many decimals as ``cell`` has."""
    if not isinstance(value, int | float):
        return "–" if value is None else value
    return f"{value:.{len(cell.partition('.')[2])}f}"


def passages(page):
    """The commands and the tables of figures of a page, in its order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    mark, place = Mark(), 0
    while place < len(lines):
        line = lines[place]
        if match := re.fullmatch(r"<!-- texts: (.*) -->", line):
            mark = Mark.of(match[1], place_of(page, place))
        elif match := re.match(r"( {4}|)\$ ", line):
            end = block_end(lines, place, match[1])
            yield from commands(page, lines, place, end, match[1], mark)
            mark, place = Mark(), end
            continue
        elif line.startswith("| --- "):
            end = next((n for n in range(place, len(lines)) if not lines[n].startswith("|")), None)
            shown = lines[place - 1 : end]
            if mark != Mark() or re.search(FIGURE, "\n".join(shown)):
                yield Table(page, place - 1, f"table {shown[0]}", mark, place - 1, shown)
            mark = Mark()
        elif line and not line.startswith(("|", "```")):
            mark = Mark()
        place += 1


def block_end(lines, start, indent):
    """The line after a block that is indented, or else fenced."""

    def is_in(line):
        return not line or line.startswith(indent) if indent else line != "```"

    return next((n for n in range(start, len(lines)) if not is_in(lines[n])), len(lines))


def commands(page, lines, start, end, indent, mark):
    """The commands of one block."""
    block = [line.removeprefix(indent) for line in lines[start:end]]
    begins = [n for n, line in enumerate(block) if line.startswith("$ ")]
    for begin, after in zip(begins, [*begins[1:], len(block)], strict=True):
        first = begin + 1
        while block[first - 1].endswith("\\"):
            first += 1
        words = [line.removesuffix("\\").strip() for line in block[begin:first]]
        shown = block[first:after]
        while shown and not shown[-1]:
            shown.pop()
        name = " ".join(words).removeprefix("$ ")
        yield Command(page, start + begin, name, mark, start + first, shown, indent)


def comparable(text, within=0.0):
    for pattern, instead in VARIES + ((r"\d[\d,]* epochs", "# epochs"),) * bool(within):
        text = re.sub(pattern, instead, text)
    return text


def agree(shown, printed, within=0.0):
    """Whether these lines say the same, but for what depends on the machine and for …"""
    decimal = r"\d+\.\d+"
    pieces = re.split(rf"({ANYTHING}|{decimal})", comparable("\n".join(shown), within))
    numbers = [piece for piece in pieces if re.fullmatch(decimal, piece)] if within else []
    patterns = {ANYTHING: "(?s:.*?)"} | dict.fromkeys(numbers, f"({decimal})")
    pattern = "".join(patterns.get(piece, re.escape(piece)) for piece in pieces)
    match = re.fullmatch(pattern, comparable("\n".join(printed), within))
    return match is not None and all(
        abs(float(ours) - float(theirs)) <= within * (1 + 1e-9)
        for ours, theirs in zip(match.groups(), numbers, strict=True)
    )


def elided(shown, printed):
    """What is printed, left out where ``shown`` leaves out lines; None where that is not clear.

    It is clear of one line that is nothing but …, if the next line of the page is printed still.
    """
    left_out = [n for n, line in enumerate(shown) if ANYTHING in line]
    if not left_out:
        return printed
    first = left_out[0]
    after = shown[first + 1 :]
    if len(left_out) > 1 or shown[first].strip() != ANYTHING:
        return None
    if not after:
        return [*printed[:first], shown[first]]
    blank = next(n for n, line in enumerate(after) if line)
    known = [comparable(line) for line in printed]
    if (next_line := comparable(after[blank])) not in known[first:]:
        return None
    return [*printed[:first], shown[first], *printed[known.index(next_line, first) - blank :]]


def settled(shown, printed):
    """What is printed, with the paragraphs of ``shown`` that say the same but for the machine."""
    known = {comparable(line): line for line in shown}
    lines = []
    for _, each in groupby(printed, bool):
        paragraph = list(each)
        same = [known.get(comparable(line)) for line in paragraph]
        lines += paragraph if None in same else same
    return lines


def difference(passage, printed):
    """A unified diff, in which what only depends on the machine is no difference."""
    now = settled(passage.shown, elided(passage.shown, printed) or printed)
    return unified_diff(passage.shown, now, "on the page", "printed now", n=1, lineterm="")


def needed(passage, earlier):
    """Those of ``earlier`` whose folders and files the passage names, theirs included."""
    text = passage.mark.file or passage.name
    found = []
    for each in reversed(earlier):
        if any(re.search(pattern, text) for pattern in each.leaves()):
            found.append(each)
            text += f"\n{each.name}"
    return found[::-1]


def chosen(every, wanted):
    """Those of ``every`` that are wanted, and what they need, in order."""
    kept = set()
    for place, passage in enumerate(every):
        if wanted(passage):
            kept |= {id(passage), *map(id, needed(passage, every[:place]))}
    return [passage for passage in every if id(passage) in kept]


@dataclass(frozen=True)
class Outcome:
    """What became of a passage: "same", "differs", "fails", "not run" or "no command"."""

    passage: Passage
    state: str
    seconds: float = 0.0
    printed: tuple[str, ...] = ()
    why: str = ""

    @property
    def was_run(self):
        return self.state in ("same", "differs", "fails")


def run(passage, folder):
    start = time.perf_counter()
    printed, succeeded = passage.print(folder)
    took = time.perf_counter() - start
    may_fail = any(line.startswith("error:") for line in passage.shown)
    if not (succeeded or may_fail):
        state = "fails"
    elif not passage.shown or agree(passage.shown, printed, passage.mark.within):
        state = "same"
    else:
        state = "differs"
    return Outcome(passage, state, took, tuple(printed))


def why_not(passage, longest, left_out):
    """Why it is not run, or nothing: its mark, its length in seconds, or what it needs."""
    if passage.mark.not_run:
        return passage.mark.not_run
    if passage.mark.seconds > longest:
        return f"takes {told(passage.mark.seconds)}"
    if missing := needed(passage, left_out):
        return f"needs line {missing[0].line + 1}"
    return ""


def run_page(some, longest):
    """The outcome of each of these passages of a page, as it comes.

    None takes longer than ``longest`` seconds, or needs what does.
    """
    left_out = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shared in ("songs", "benchmarks"):
            (folder / shared).symlink_to(ROOT / shared)
        for passage in some:
            if passage.has_no_source():
                yield Outcome(passage, "no command")
            elif why := why_not(passage, longest, left_out):
                left_out.append(passage)
                yield Outcome(passage, "not run", why=why)
            else:
                yield run(passage, folder)


def told(seconds):
    """``seconds`` in the largest unit of which they are so many whole ones."""
    unit = next(
        unit for unit in reversed(SECONDS) if not seconds % SECONDS[unit] or unit == "second"
    )
    count = seconds / SECONDS[unit]
    return f"{count:g} {unit}{'s' * (count != 1)}"


def write(outcome):
    """Put what was printed in the place of what stands on the page; whether that could be done.

    What is only as near as its mark allows is written too, what a command printed that failed is
    not. The page may have been changed meanwhile.
    """
    passage = outcome.passage
    if not passage.shown or outcome.state not in ("same", "differs"):
        return True
    if agree(passage.shown, outcome.printed):
        return True
    lines = passage.page.read_text(encoding="utf-8").splitlines()
    old = [f"{passage.indent}{line}".rstrip() for line in passage.shown]
    places = [n for n in range(len(lines)) if lines[n : n + len(old)] == old]
    printed = elided(passage.shown, outcome.printed)
    if printed is None or not places:
        return False
    printed = settled(passage.shown, printed)
    place = min(places, key=lambda n: abs(n - passage.first))
    lines[place : place + len(old)] = [f"{passage.indent}{line}".rstrip() for line in printed]
    passage.page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True


def report(outcome):
    passage = outcome.passage
    took = f"{outcome.seconds:.1f} s" * outcome.was_run
    why = f" ({outcome.why})" if outcome.why else ""
    print(f"{passage.place:23} {took:>8}  {outcome.state:10} {passage.name}{why}", flush=True)
    if outcome.state == "differs":
        print("\n".join(difference(passage, outcome.printed)), flush=True)
    if outcome.state == "fails":
        print("\n".join(outcome.printed), flush=True)


def show(every):
    """What there is, and how long it takes."""
    for passage in every:
        mark = passage.mark
        took = told(mark.seconds) if mark.seconds else "quick" * mark.quick
        why = f" ({mark.not_run})" * bool(mark.not_run)
        print(f"{passage.place:23} {took:>12}  {passage.name}{why}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, default=PAGES)
    parser.add_argument("--only", default="", help="commands with this in them, and what they need")
    parser.add_argument("--longest", type=float, default=2.0, help="minutes a command may take")
    parser.add_argument("--list", action="store_true", help="run nothing")
    parser.add_argument("--write", action="store_true", help="put what is printed into the pages")
    options = parser.parse_args()
    counts = Counter()
    for page in options.pages:
        some = chosen(list(passages(page)), lambda each: options.only in each.name)
        if options.list:
            show(some)
            continue
        for outcome in run_page(some, options.longest * 60):
            counts[outcome.state] += 1
            report(outcome)
            if options.write and not write(outcome):
                print(
                    f"{outcome.passage.place}: not written, for it has a {ANYTHING} or has changed"
                )
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    sys.exit(any(counts[state] for state in ("differs", "fails", "no command")))


if __name__ == "__main__":
    main()
