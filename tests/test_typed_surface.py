"""What a type checker and an editor see of the package from outside."""

import ast
import subprocess
import sys
import typing
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import pytest

import melodyrnn
from melodyrnn.lessons.catalogue import all_lessons
from melodyrnn.models import settings_types
from melodyrnn.models.config import (
    FitConfig,
    FormConfig,
    ModelConfig,
    SampleConfig,
    SequenceConfig,
    StreamConfig,
    TrainConfig,
)

PACKAGE = Path(melodyrnn.__file__).parent


def types_of(*configs):
    """Setting -> its type; of one that several have, the type that takes the values of all."""
    found = {}
    for each in (each for config in configs for each in fields(config)):
        found[each.name] = found[each.name] | each.type if each.name in found else each.type
    return found


def without(settings, *names):
    return {name: kind for name, kind in settings.items() if name not in names}


def types_of_lessons():
    """The same of what single lessons have: the kind of its default, or a text for None."""
    own = {name: value for lesson in all_lessons() for name, value in lesson.own.items()}
    return {name: str | None if value is None else type(value) for name, value in own.items()}


VARIED = ("model", "window", "seed", "held_out", "fold")
"""What a comparison varies itself, or names among its arguments."""

CELL = {"cell": str}
"""What lessons have in the place of a model: ``cell_as_model``."""

AGREE = {
    "ModelSettings": types_of(ModelConfig),
    "ComparedModelSettings": without(types_of(ModelConfig), "model", "window"),
    "CompareSettings": without(types_of(ModelConfig, TrainConfig, StreamConfig), *VARIED),
    "TextSettings": types_of(ModelConfig, StreamConfig) | CELL,
    "TrainSettings": types_of(ModelConfig, TrainConfig, StreamConfig) | CELL,
    "SampleSettings": types_of(SampleConfig),
    "FormSettings": types_of(FormConfig),
    "LessonSettings": types_of(SequenceConfig, FitConfig) | types_of_lessons(),
    "GenerateSettings": types_of(SampleConfig, FormConfig),
}


@pytest.mark.parametrize("name", AGREE)
def test_the_types_of_settings_are_those_of_the_configurations(name):
    settings = getattr(settings_types, name)
    assert typing.get_type_hints(settings) == AGREE[name]
    assert settings.__required_keys__ == frozenset()


def test_every_type_of_settings_is_held_to_a_configuration():
    found = {name for name, each in vars(settings_types).items() if typing.is_typeddict(each)}
    assert found == set(AGREE)


def typed_imports(source):
    """Public name -> its module, as a type checker sees them."""
    [block] = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.asname: node.module.removeprefix("melodyrnn.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name  # which says that it is public: PEP 484
    }


def test_a_type_checker_sees_the_names_that_there_are():
    source = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    assert typed_imports(source) == melodyrnn._HOME
    assert typed_imports(source.replace("import Song as Song", "import Song")) != melodyrnn._HOME


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").read_bytes() == b""


def test_the_version_is_that_of_what_is_installed():
    assert melodyrnn.__version__ == version("melodyrnn")
    assert {"__version__", "train"} <= set(dir(melodyrnn))


def loaded_by_import(statement):
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_version_is_looked_up_only_when_it_is_asked_for():
    assert "importlib.metadata" not in loaded_by_import("import melodyrnn")
    assert "importlib.metadata" in loaded_by_import("import melodyrnn; melodyrnn.__version__")


GOOD = """
from pathlib import Path

import melodyrnn
from melodyrnn import (
    MelodyError, ModelConfig, Note, Run, Song, compare, evaluate, generate, parse, read_song,
    run_lesson, train, train_text, write_song,
)

song: Song = read_song("song.mid")
notes: tuple[Note, ...] = parse("c4 d4").notes
version: str = melodyrnn.__version__
settings: dict[str, object] = ModelConfig(units=3).to_json()
try:
    run: Run = train(song, model="gru", units=64, epochs=3, early_stop=False, held_out=0.2).run
    text = train_text("text.txt", units=64, steps=32)
    path: Path = run.path
    made = generate(run, temperature=0.8, bars=8, key="G major", count=3)
    best = generate(
        run, primer=path, primer_notes=9, keep_primer=False, count=8, best=2, title="Waltz",
        tempo=90, output=["a.pdf", path], formats="mid,wav",
    ).songs[0]
    ranked: tuple[float, int, tuple[Path, ...]] = best.score.total, best.take, best.files
    table = compare(song, models=["lstm", "mlp"], units=32, epochs=10).sentence
    evaluate(run, song)
    run_lesson("hihello", cell="gru", seed=1)
    write_song(song, "song.svg")
except MelodyError as error:
    print(error)
"""

WRONG = {
    'train("song.mid", unit=64)': 'Unexpected keyword argument "unit" for "train"',
    'train("song.mid", units="64")': 'Argument "units" to "train" has incompatible type "str"',
    'train("song.mid").runn': 'has no attribute "runn"',
    'generate("run", temprature=0.8)': 'Unexpected keyword argument "temprature" for "generate"',
    'generate("run", best="2")': 'Argument "best" to "generate" has incompatible type "str"',
    'generate("run", bars=1.5)': 'Argument "bars" to "generate" has incompatible type "float"',
    'compare("a.mid", unit=64)': 'Unexpected keyword argument "unit" for "compare"',
    'compare("a.mid").sentense': 'has no attribute "sentense"',
    'train_text("a.txt", unit=64)': 'Unexpected keyword argument "unit" for "train_text"',
    'run_lesson("hihello", sed=1)': 'Unexpected keyword argument "sed" for "run_lesson"',
    'melodyrnn.trane("a.mid")': 'Module has no attribute "trane"',
    'melodyrnn.read_song("a.mid").note': '"Song" has no attribute "note"',
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What mypy says, line by line, of scripts that lie outside the project: good and wrong."""
    folder = tmp_path_factory.mktemp("script")
    (folder / "good.py").write_text(GOOD, encoding="utf-8")
    head = (
        "import melodyrnn\nfrom melodyrnn import compare, generate, run_lesson, train, train_text\n"
    )
    (folder / "wrong.py").write_text(head + "\n".join(WRONG) + "\n", encoding="utf-8")
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n", encoding="utf-8")
    line = [sys.executable, "-m", "mypy", "--no-error-summary", "good.py", "wrong.py"]
    done = subprocess.run(
        line, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert not done.stderr
    return done.stdout.splitlines()


def test_a_good_script_passes(checked):
    assert not [line for line in checked if not line.startswith("wrong.py:")]


@pytest.mark.parametrize(("line", "statement"), list(enumerate(WRONG, 3)))
def test_a_mistake_is_found(checked, line, statement):
    said = [each for each in checked if each.startswith(f"wrong.py:{line}: error: ")]
    assert said
    assert WRONG[statement] in said[0]


def public(name):
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def functions(node, place):
    """Place -> each public function and method of a module, those within functions apart."""
    for each in node.body:
        if isinstance(each, ast.ClassDef) and public(each.name):
            yield from functions(each, f"{place}.{each.name}")
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and public(each.name):
            yield f"{place}.{each.name}", each


def returning_any(modules):
    """The public functions of sources, by module, that say nothing of what they return."""
    return [
        place
        for module, source in modules.items()
        for place, function in functions(ast.parse(source), module)
        if function.returns is None or ast.unparse(function.returns).strip("'\"") == "Any"
    ]


def test_every_public_function_says_what_it_returns():
    modules = {
        path.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", "."): path
        for path in PACKAGE.rglob("*.py")
    }
    assert not returning_any({name: path.read_text("utf-8") for name, path in modules.items()})


def test_a_function_that_returns_anything_is_found():
    source = "def f() -> Any: ...\nclass A:\n    def g(self): ...\n    def _h(self) -> Any: ..."
    assert returning_any({"m": source}) == ["m.f", "m.A.g"]


def test_each_class_has_a_name_of_its_own():
    names = [
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert len(names) > 200
    assert sorted(set(names)) == sorted(names)
