"""What results say in other languages: the catalogues in melodyrnn/console/locale/.

    python benchmarks/catalogues.py            # what a catalogue lacks, or has in vain
    python benchmarks/catalogues.py --write    # new texts into the .po files; .mo files of them

Exit status 1 where something is missing. The .po file is what a translator edits, with any program
for such files; the .mo file is made from it, and is what a terminal's words are looked up in. Texts
are found in the sources: what stands in Sentence(…), template(…), said(…) and phrase(…), in the
words of progress, in the rows of show_rows(…), in a lesson's about and claim, and in titles and
headings of its tables.
"""

import argparse
import ast
import io
import string
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from melodyrnn.evaluation.human.features import GROUPS
from melodyrnn.lessons.lesson import SHAPES
from melodyrnn.models.registry import MODELS
from melodyrnn.music.statistics import FIGURES

PACKAGE = Path(__file__).resolve().parent.parent / "melodyrnn"
LOCALE = PACKAGE / "console" / "locale"
SAID = {
    **dict.fromkeys(("Sentence", "phrase", "progress_of", "said", "template"), slice(1)),
    **dict.fromkeys(("progress", "_progress"), slice(2, 3)),
    **dict.fromkeys(("listed", "show_rows"), slice(None)),
    "Table": slice(2),
}
"""Function -> which of its arguments hold texts to be said."""
SIGNS = ("{a}; {b}", "{count:,} {kind}", "{low:.3f} to {high:.3f}")
"""Those without a word that other languages may write otherwise."""
COUNTED = ("note", "character", "songs", "tunes", "text")
"""What predictions and items are counted in."""
ATTRIBUTES = ("pitch", "duration", "both")
SETS = ("generated", "training", "held out")


def values():
    """Words that are values where they are said."""
    figures = [word for each in FIGURES.values() for word in (each.name, each.unit) if word]
    spelled = [word.replace("_", " ") for word in figures]
    return [*COUNTED, *ATTRIBUTES, *SETS, *spelled, *GROUPS]


def constants(node):
    """The texts that an argument may be: one, either of two, or those of a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.List | ast.Tuple):
        for each in node.elts:
            yield from constants(each)


def arguments(call):
    """Those of a call that hold texts to be said."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in SAID:
        yield from call.args[SAID[name]]
    elif name == "Lesson":
        yield from (each.value for each in call.keywords if each.arg in ("about", "claim"))


@cache
def texts():
    """Every text that is said somewhere, and where."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for text in (each for some in arguments(node) for each in constants(some)):
                    found.setdefault(text, []).append((path.relative_to(PACKAGE).as_posix(), 0))
    titles = [model.title for model in MODELS.own]
    for text in [*SHAPES, *titles, *values()]:
        found.setdefault(text, [])
    return {
        text: places
        for text, places in found.items()
        if any(map(str.isalpha, plain(text))) or text in SIGNS
    }


def plain(text):
    """A template without its fields."""
    return "".join(literal for literal, *_ in string.Formatter().parse(text))


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def read(path):
    with path.open("rb") as file:
        return read_po(file)


def compiled(catalogue):
    """The bytes of the .mo file."""
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def faults(catalogue):
    """What is missing in a catalogue, or there in vain, or asks for values that are not given."""
    wanted = texts()
    there = {message.id: message for message in catalogue if message.id}
    for text in wanted:
        message = there.get(text)
        if message is None or not message.string or message.fuzzy:
            yield f"not translated: {text!r}"
        elif not fields(message.string) <= fields(text):
            yield f"asks for {fields(message.string) - fields(text)}: {message.string!r}"
    yield from (f"said nowhere: {text!r}" for text in there if text not in wanted)


def updated(catalogue):
    """With every text that is said, and no other."""
    made = Catalog(catalogue.locale, project="melodyrnn", copyright_holder="", fuzzy=False)
    made.mime_headers = catalogue.mime_headers
    for text, places in texts().items():
        before = catalogue.get(text)
        made.add(text, before.string if before else "", locations=sorted(set(places)))
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    lacking = False
    for path in sorted(LOCALE.rglob("*.po")):
        catalogue = read(path)
        if asked.write:
            catalogue = updated(catalogue)
            with path.open("wb") as file:
                write_po(file, catalogue, width=96, omit_header=False, include_lineno=False)
            path.with_suffix(".mo").write_bytes(compiled(read(path)))
        for fault in faults(catalogue):
            lacking = True
            print(f"{path}: {fault}")
    sys.exit(lacking)


if __name__ == "__main__":
    main()
