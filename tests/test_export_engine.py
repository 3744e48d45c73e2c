"""The engine of the exported page in a real browser: it predicts what the run predicts, and draws
what the command line draws.
"""

import os
import re

import numpy as np
import pytest
from browsing import needs_chromium
from random_runs import random_run, write_random_weights

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.errors import ConfigError
from melodyrnn.export.bundle import bundle
from melodyrnn.export.document import document_of
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.recurrent.equations import simple
from melodyrnn.music.notation.headers import write_pickup
from melodyrnn.music.notation.text import parse
from melodyrnn.runs.run import Run, open_run
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.text import TextTask
from melodyrnn.tasks.tunes import TuneTask
from melodyrnn.workflows.export import export_run
from melodyrnn.workflows.generate import generate
from tests.conftest import ROOT

ENGINE = ROOT / "melodyrnn" / "export" / "engine"
CELL_MODELS = ["lstm", "gru", "rnn", "peephole", "peephole-full", "coupled", "attention"]
BY_HEART = {
    **{name: {"model": name} for name in CELL_MODELS},
    "stateless": {"model": "gru-stateless"},
    "mlp": {"model": "mlp"},
    "layers": {"model": "lstm", "layers": 2, "input": "embedding", "embedding": 4},
    "onehot": {"model": "lstm", "input": "onehot"},
    "ensemble": {"model": "gru", "ensemble": 2},
    "lookback": {"model": "lookback", "embedding": 4},
}
OF_TUNES = {
    "tunes": {"model": "lstm", "embedding": 4},
    "factored": {"model": "lookback", "tokenization": "factored", "embedding": 4},
    "viewpoints": {"model": "viewpoints"},
}
UNITS = 8
MOST = 1000  # notes of a tune that ends sooner


def named(*names):
    texts = {name: (ROOT / "songs" / f"{name}.txt").read_text(encoding="utf-8") for name in names}
    return tuple(Named(name, parse(text)) for name, text in texts.items())


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Name -> run: those above and, with weights that were learned, ``folk``."""
    folder = tmp_path_factory.mktemp("runs")
    song = Split(named("nabiya"), (), ())
    tunes = Split(named("nabiya", "amazing_grace", "greensleeves", "auld_lang_syne"), (), ())
    made = {"folk": open_run("folk")}
    for name, settings in BY_HEART.items():
        made[name] = random_run(folder / name, SongTask(), song, {"units": UNITS, **settings})
    for name, settings in OF_TUNES.items():
        made[name] = random_run(folder / name, TuneTask(), tunes, {"units": UNITS, **settings})
    text = folder / "text.txt"
    text.write_text("나비야 나비야\n이리 날아 오너라\n", encoding="utf-8")
    settings = {"model": "lstm", "units": UNITS, "held_out": 0, "embedding": 4}
    record, parts = TextTask().plan(read_texts([text]), settings)
    made["text"] = Run.begin(folder / "text", record, parts, fresh=False, overwrite=False)
    write_random_weights(made["text"])
    return made


@pytest.fixture(scope="module")
def engine(browser, runs, tmp_path_factory):
    """The engine in the browser, with all runs: a function of a name there and its arguments."""
    folder = tmp_path_factory.mktemp("engine")
    place = os.path.relpath(ENGINE, folder).replace(os.sep, "/")
    (folder / "all.js").write_text(
        f'import {{ load, generate, logits, expect }} from "{place}/engine.js";\n'
        f'import {{ uniforms }} from "{place}/random.js";\n'
        "globalThis.engine = { load, generate, logits, expect };\n"
        "globalThis.drawn = (seeds, n) => seeds.map((seed) => [...uniforms(seed, n)]);\n"
        "globalThis.models = {};\n"
    )
    page = folder / "page.html"
    script = bundle(folder / "all.js")
    page.write_text(f'<!doctype html><meta charset="utf-8"><script>{script}</script>')
    browser.get(page.as_uri())
    browser.set_script_timeout(60)
    for name, run in runs.items():
        load = "models[arguments[0]] = engine.load(arguments[1])"
        browser.execute_script(load, name, document_of(run))

    def call(name, run, *arguments):
        found = browser.execute_async_script(
            "const [name, run, given, done] = arguments;"
            "(async () => engine[name](models[run], ...given))().then("
            "  (value) => done(JSON.parse(JSON.stringify(value, (_, each) =>"
            "    ArrayBuffer.isView(each) ? [...each] : each))),"
            "  (error) => done({ refused: error.code ?? 'broken', message: error.message }));",
            name,
            run,
            arguments,
        )
        assert not isinstance(found, dict) or found.get("refused") != "broken", found
        return found

    return call


def played(run, **asked):
    """What the command line makes."""
    settings = {re.sub("[A-Z]", lambda big: f"_{big[0].lower()}", k): v for k, v in asked.items()}
    return generate(run, **settings).made


def assert_same_tunes(takes, songs):
    assert [take["tokens"] for take in takes] == [list(song.tokens) for song in songs]
    for take, made in zip(takes, songs, strict=True):
        song = take["song"]
        header = song["meter"], song["key"], song["pickup"]
        assert header == (str(made.song.meter), str(made.song.key), float(made.song.pickup))
        assert take["primer"] == made.primer
        assert take["logProbability"] == pytest.approx(made.log_probability, abs=1e-3)
        sounds = [(n.pitch and n.pitch.midi, float(n.duration)) for n in made.song]
        assert [(note["midi"], note["duration"]) for note in song["notes"]] == sounds
        steps = [note.pitch and (note.pitch.step, note.pitch.alter) for note in made.song]
        spelled = [n["pitch"] and (n["pitch"]["step"], n["pitch"]["alter"]) for n in song["notes"]]
        assert spelled == steps
        assert [note["onset"] for note in song["notes"]] == list(map(float, made.song.offsets))


@needs_chromium
def test_random_numbers_are_those_of_numpy(engine, browser):
    random = np.random.default_rng(0)
    seeds = [[int(random.integers(10 ** random.integers(1, 18))), n % 7] for n in range(100)]
    seeds += [[0], [10**15], [2**32, 0, 1], [1, 2, 3, 4, 5, 6]]
    found = browser.execute_script(
        "return drawn(arguments[0].map((e) => e.map(BigInt)), 5)",
        [[*map(str, seed)] for seed in seeds],
    )
    assert found == [np.random.default_rng(tuple(seed)).random(5).tolist() for seed in seeds]


@needs_chromium
@pytest.mark.parametrize("name", [*BY_HEART, *OF_TUNES, "folk", "text"])
def test_logits_are_those_of_the_run(engine, runs, name):
    run = runs[name]
    predictor, header = run.predictor(), {}
    if name == "text":
        ids = run.vocabulary.encode("나비야 이리 날아")
    else:
        dataset = Dataset.on_demand(run.parts.train[:1], run.tokenizer)
        (song,), ids = dataset.songs, dataset.sequences[0][:60]
        predictor = predictor.with_contexts(dataset.contexts)
        pickup = song.song.pickup and write_pickup(song.song.pickup)
        header = {"meter": str(song.song.meter), "key": str(song.song.key), "pickup": str(pickup)}
    (expected,) = predictor.logits([ids])
    found = np.array(engine("logits", name, ids.tolist(), header))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    p = engine("expect", name, ids[:-1].tolist(), header)
    assert sum(p) == pytest.approx(1, abs=1e-9)
    assert np.argmax(p) == np.argmax(expected[-1])


@needs_chromium
@pytest.mark.parametrize("name", BY_HEART)
def test_twenty_seeds_give_the_songs_of_the_command_line(engine, runs, name):
    for seed in range(20):
        asked = {"seed": seed, "length": 6}
        takes = engine("generate", name, asked)["takes"]
        assert_same_tunes(takes, played(runs[name], **asked))


ASKED = [
    {"seed": 10**17, "count": 2},
    {"seed": 2, "bars": 8, "count": 2, "end": True},
    {"seed": 3, "bars": 4, "key": "Eb", "meter": "6/8", "ties": True, "count": 2},
    {"seed": 4, "end": True, "key": "e minor", "meter": "3/4", "pickup": "4+8", "count": 2},
    {"seed": 5, "primer": "g4 trip{a8 b8 c'8} | d'#4~ d'#16 r2", "count": 2},
    {"temperature": 0, "length": 40},
    {"temperature": 0, "length": 40, "avoidLoops": True},
    {"seed": 6, "temperature": 1.3, "topK": 9, "count": 2},
    {"seed": 7, "topP": 0.8, "count": 2},
]


@needs_chromium
@pytest.mark.filterwarnings("ignore::melodyrnn.errors.MelodyWarning")
@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("name", OF_TUNES)
def test_what_is_asked_gives_the_tunes_of_the_command_line(engine, runs, name, asked):
    given = {**asked, "seed": str(asked.get("seed", 0))}  # as JavaScript can hold it
    assert_same_tunes(engine("generate", name, given)["takes"], played(runs[name], **asked))


@needs_chromium
@pytest.mark.parametrize(
    "asked",
    [
        {"seed": 0, "bars": 4, "key": "G major"},
        {"seed": 1, "meter": "6/8", "bars": 4, "key": "e minor", "end": True},
        {"seed": 2, "primer": "d8 g8 a8 b4", "temperature": 0.8, "topP": 0.9, "length": 12},
        {"seed": 1},
    ],
    ids=str,
)
def test_a_network_of_viewpoints_plays_the_tunes_of_the_command_line(engine, runs, asked):
    assert_same_tunes(engine("generate", "folk", asked)["takes"], played(runs["folk"], **asked))


@needs_chromium
@pytest.mark.parametrize("asked", [{}, {"key": "G major"}, {"topK": 9}], ids=str)
def test_tunes_are_drawn_again_until_they_close_as_those_of_the_command_line(engine, runs, asked):
    run, count = runs["viewpoints"], 2
    made = played(run, seed=0, count=count, **asked)
    assert_same_tunes(
        engine("generate", "viewpoints", {"seed": 0, "count": count, **asked})["takes"], made
    )
    once = played(run, seed=0, count=count, length=MOST, **asked)  # nothing is drawn again then
    assert [song.tokens for song in once] != [song.tokens for song in made]


@needs_chromium
def test_a_text_is_the_one_of_the_command_line(engine, runs):
    for asked in ({"seed": 3, "count": 2, "length": 50}, {"primer": "이리", "length": 20}):
        takes = engine("generate", "text", asked)["takes"]
        assert [take["text"] for take in takes] == [t.text for t in played(runs["text"], **asked)]
    refused = engine("generate", "text", {"primer": "x"})
    assert refused["refused"] == "unknownCharacter"


@needs_chromium
@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("lstm", {"primer": "g8"}, "primerShort"),
        ("lstm", {"primer": "g8 h8"}, "notation"),
        ("lstm", {"primer": "g8~ a8"}, "notation"),
        ("lstm", {"key": "Bb"}, "outOfKey"),
        ("lstm", {"key": "e"}, "key"),
        ("lstm", {"meter": "3/5"}, "meter"),
        ("lstm", {"pickup": "7"}, "pickup"),
        ("lstm", {"meter": "2/4", "pickup": "2"}, "pickup"),
        ("lstm", {"ties": True}, "noEffect"),
        ("lstm", {"beam": 3}, "noEffect"),
        ("text", {"bars": 3}, "noEffect"),
        ("lstm", {"topP": 1.5}, "range"),
        ("lstm", {"seed": "-1"}, "range"),
        ("lstm", {"length": 1, "bars": 8}, "lengthShort"),
        ("tunes", {"primer": "c4 c4 c4", "meter": "5/8"}, "acrossBar"),
        ("tunes", {"primer": "c4 " * 9, "meter": "4/4", "bars": 2}, "primerLong"),
        ("tunes", {"primer": "c4 g4", "meter": "2/4", "bars": 1, "end": True}, "lastNote"),
        ("tunes", {"meter": "1/64", "bars": 1}, "noWay"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(engine, name, asked, code):
    found = engine("generate", name, asked)
    assert (found["refused"], "\n" in found["message"]) == (code, False), found


@needs_chromium
@pytest.mark.filterwarnings("ignore::melodyrnn.errors.MelodyWarning")
def test_what_is_remarked_on_is_said(engine):
    found = engine("generate", "lstm", {"primer": "g8 e8 e4 f16 d8 d4 r2", "length": 3})
    (remark,) = found["remarks"]
    assert remark["code"] == "replaced"
    assert remark["values"]["joined"]
    assert ["f16", "f8", 1] in remark["values"]["pairs"]


def test_models_that_count_and_cells_of_others_are_refused(tmp_path):
    song = Split(named("nabiya"), (), ())
    run = Run.begin(
        tmp_path / "ppm",
        SongTask().record(song, {"model": "ppm"}),
        song,
        fresh=False,
        overwrite=False,
    )
    with pytest.raises(ConfigError, match="model ppm is the songs that it counts"):
        export_run(run, tmp_path / "page.html")
    CELLS.add(Cell("plain", "the same", "plain cell", simple, gates=1))
    try:
        run = random_run(tmp_path / "run", SongTask(), song, {"model": "plain", "units": UNITS})
        with pytest.raises(ConfigError, match="the cell plain comes from another package"):
            export_run(run, tmp_path / "page.html")
    finally:
        CELLS.remove("plain")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ('import { a } from "./b.js";\nfunction b() {}\n', "b is a name in"),
        ("export default 3;\n", "'export default 3;' is no import or export"),
        ('import { a } from "./a.js";\n', "imports itself"),
    ],
)
def test_modules_that_do_not_make_one_script_are_named(tmp_path, module, words):
    (tmp_path / "a.js").write_text(module)
    (tmp_path / "b.js").write_text("export const a = 1;\nfunction b() {}\n")
    with pytest.raises(ValueError, match=words):
        bundle(tmp_path / "a.js")
