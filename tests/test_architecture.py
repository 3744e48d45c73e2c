"""Imports run one way, objects answer, start-up stays light. Each check is shown able to fail."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "melodyrnn"

GROUND = {"errors", "files", "limits", "plugins"}
MUSIC = {"music", "formats"}
NETWORKS = {"sequences", "models", "training", "generation"}
MEETING = {"tasks", "evaluation", "runs"}
VERBS = {"workflows", "experiments", "lessons"}

MAY_IMPORT = {
    "errors": set(),
    "files": {"errors"},
    "limits": {"errors"},
    "plugins": {"errors"},
    "system": GROUND,
    "music": GROUND,
    "formats": GROUND | {"music"},
    "sequences": {"errors"},
    "models": GROUND | {"system", "sequences"},
    "training": GROUND | {"system", "sequences", "models"},
    "generation": GROUND | {"system", "sequences", "models"},
    "data": GROUND | MUSIC | {"system", "sequences"},
    "render": GROUND | MUSIC | {"system", "sequences"},
    **dict.fromkeys(MEETING, GROUND | MUSIC | NETWORKS | MEETING | {"system", "data", "render"}),
    **dict.fromkeys(
        VERBS, GROUND | MUSIC | NETWORKS | MEETING | VERBS | {"system", "data", "render", "export"}
    ),
    "export": GROUND | MUSIC | NETWORKS | MEETING | {"system", "data", "render"},
    "console": {"system", "evaluation", "render"} | VERBS,
    "studio": GROUND | VERBS | {"models", "data", "system"},
    "cli": GROUND | VERBS | {"models", "data", "system", "console", "studio"},
    "__init__": set(),
    "__main__": {"cli"},
}
"""Part of the package -> the other parts it may import."""

OWNERS = {
    "tensorflow": {"models.backend"},
    "keras": {"models.backend"},
    "music21": set(),  # its files are read, its code only by tests, as an oracle
    "verovio": {"render"},
    "rich": {"console"},
    "click": {"cli"},
    "onnx": {"export"},
    "starlette": {"studio"},
    "loky": {"system.workers"},
    "pyarrow": {"data.song_packs"},
    "distributed": {"system.cluster"},
    "uvicorn": {"studio"},
}
"""Library -> the modules, or parts, which alone may import it."""


def seen_by_type_checkers_only(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            if node.module == "melodyrnn":
                yield from (f"melodyrnn.{alias.name}" for alias in node.names)
            else:
                yield node.module


def breaches(module, source):
    """What ``module`` (such as "music.song") imports against the rules."""
    part = module.split(".")[0]
    tree = ast.parse(source)
    if module == "__init__":  # the public names, of all parts: fetched late, and typed
        tree.body = [node for node in tree.body if not seen_by_type_checkers_only(node)]
    for name in imports(tree):
        head, *rest = name.split(".")
        if head == "melodyrnn" and rest and rest[0] != part and rest[0] not in MAY_IMPORT[part]:
            yield name
        owners = OWNERS.get(head, {module})
        if not any(module == owner or module.startswith(f"{owner}.") for owner in owners):
            yield name


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "source"), list(modules()), ids=lambda value: value[:30])
def test_imports_run_one_way(module, source):
    assert list(breaches(module, source)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("music.song", "from melodyrnn.networks import models"),
        ("models.networks.step_network", "import melodyrnn.music.song"),
        ("sequences.windows", "import tensorflow as tf"),
        ("workflows.train", "from music21 import converter"),
        ("render.sheet", "from melodyrnn import workflows"),
        ("__init__", "from melodyrnn.music.song import Song"),
        ("music.song", "if TYPE_CHECKING:\n    import melodyrnn.models.config"),
    ],
)
def test_a_breach_is_found(module, source):
    assert list(breaches(module, source))


def parts_of(names):
    return {name.split(".")[0] for name in names}


def test_every_part_of_the_package_has_its_rules():
    assert parts_of(name for name, _ in modules()) == {*MAY_IMPORT}
    assert parts_of(["orchestra.strings"]) - {*MAY_IMPORT}


def graph(sources):
    """Module -> the modules of the package that it imports, early, late or for types."""
    edges = {}
    for module, source in sources.items():
        edges[module] = set()
        for node in ast.walk(ast.parse(source)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                submodules = [f"{node.module}.{alias.name}" for alias in node.names]
                known = [name for name in submodules if name.removeprefix("melodyrnn.") in sources]
                names = known or [node.module]
            inner = {name.removeprefix("melodyrnn.") for name in names}
            edges[module] |= inner & sources.keys() - {module}
    return edges


def in_cycles(edges):
    """The modules of the cycles, and those between: what is left once the ends are taken away."""
    left = dict(edges)
    while True:
        imported = {name for names in left.values() for name in names}
        ends = [name for name in left if not left[name] & left.keys() or name not in imported]
        if not ends:
            return set(left)
        for name in ends:
            del left[name]


def test_no_modules_import_each_other_in_a_circle():
    assert in_cycles(graph(dict(modules()))) == set()


def test_a_circle_is_found():
    sources = {
        "music.a": "from melodyrnn.music.b import x\nimport melodyrnn.music.d",
        "music.b": "def late():\n    from melodyrnn.music import c",
        "music.c": "if TYPE_CHECKING:\n    import melodyrnn.music.a",
        "music.d": "import json",
        "music.e": "from melodyrnn.music import a",
    }
    assert in_cycles(graph(sources)) == {"music.a", "music.b", "music.c"}


MOST_LINES = 60
ENDS = {"START", "END"}
TOKENIZER = "tasks.tokenizer"


def named(node):
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)


def questions(module, source):
    """Places that ask what a task or a tokenizer should answer, by their lines."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        asked = {"source", "task"}.intersection(map(named, sides))
        if asked and not isinstance(node.ops[0], ast.Is | ast.IsNot):
            yield f"{module}:{node.lineno}: asks what the {asked.pop()} is"
        membership = isinstance(node.ops[0], ast.In | ast.NotIn)
        if membership and named(node.left) in ENDS and module != TOKENIZER:
            yield f"{module}:{node.lineno}: asks whether a vocabulary has ends"


def long_functions(module, source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines > MOST_LINES:
                yield f"{module}.{node.name}: {lines} lines"


@pytest.mark.parametrize("check", [questions, long_functions])
def test_objects_answer_and_functions_are_short(check):
    assert [found for module in modules() for found in check(*module)] == []


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (questions, 'if record.task == "text": pass'),
        (questions, 'if source != "songs": pass'),
        (questions, 'if "tunes" == run.source: pass'),
        (questions, 'if record.task in ("tunes", "text"): pass'),
        (questions, "START in vocabulary"),
        (questions, "vocabulary_module.END not in vocabulary.symbols"),
        (long_functions, "def long():\n" + "    pass\n" * MOST_LINES),
        (long_functions, "class A:\n    async def long():\n" + "        pass\n" * MOST_LINES),
    ],
)
def test_what_is_asked_or_long_is_found(check, source):
    assert list(check("workflows.train", source))


def test_what_may_be_asked_may_be():
    assert not list(questions(TOKENIZER, "START in vocabulary"))
    assert not list(questions("workflows.train", "source is None and step != START"))
    assert not list(long_functions("workflows.train", "def f():\n" + "    pass\n" * 59))


TAG = re.compile(r"</?[A-Za-z]")


def markup_by_hand(module, source):
    """Places that write HTML or SVG around a value, which nothing escapes there."""
    if not module.startswith("render"):
        return
    for node in ast.walk(ast.parse(source)):
        parts = []
        if isinstance(node, ast.JoinedStr):
            parts = node.values
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Attribute) and node.attr in ("format", "join"):
            parts = [node.value]
        for part in parts:
            if isinstance(part, ast.Constant) and TAG.search(str(part.value)):
                yield f"{module}:{node.lineno}: markup beside a value"


def test_markup_comes_from_templates_and_trees():
    assert [found for module in modules() for found in markup_by_hand(*module)] == []


@pytest.mark.parametrize(
    "source",
    ['f"<b>{title}</b>"', '"<p>" + title', '"<i>%s</i>" % title', '"<br>".join(titles)'],
)
def test_markup_by_hand_is_found(source):
    assert list(markup_by_hand("render.page", source))
    assert not list(markup_by_hand("render.page", 'f"{a} < {b}"'))


def loaded_after(statement):
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"numpy", "tensorflow", "keras", "music21", "verovio", "rich", "matplotlib", "loky"}


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import melodyrnn", HEAVY | {"click"}),
        ("import melodyrnn.cli", HEAVY),
        ("from melodyrnn import parse; parse('c4 d4')", HEAVY),
        ("import melodyrnn.formats.midi.write, melodyrnn.formats.musicxml.write", HEAVY),
        ("from melodyrnn import inspect; inspect('songs/nabiya.txt')", HEAVY - {"numpy"}),
        ("import melodyrnn.workflows.render", HEAVY - {"numpy"}),
        ("import melodyrnn.workflows.train", HEAVY - {"numpy"}),
    ],
)
def test_start_up_is_light(statement, forbidden):
    assert not loaded_after(statement) & forbidden


def test_a_heavy_import_is_found():
    assert "numpy" in loaded_after("import melodyrnn.sequences.windows")


def test_every_public_name_is_there():
    import melodyrnn

    for name in melodyrnn.__all__:
        assert getattr(melodyrnn, name).__name__ == name
    with pytest.raises(AttributeError, match="module 'melodyrnn' has no attribute 'sing'"):
        melodyrnn.sing  # noqa: B018 - the access is what is tested
